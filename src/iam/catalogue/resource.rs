//! A resource type, and the form of its ARNs.

use std::fmt;

use super::key::{self, ConditionKey};
use super::table::TABLE;

/// A kind of resource that actions of a service can be granted on, such as the `queue` of SQS.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResourceType(u16);

/// The form of the ARNs of a resource type, such as `arn:${Partition}:sqs:${Region}:${Account}:${QueueName}`.
/// It is shown by `Display`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ArnFormat {
    /// The first five parts with the colon after them.
    head: &'static str,
    /// The sixth part.
    resource: &'static str,
}

/// The resource type at this index.
pub(super) fn at(index: u16) -> ResourceType {
    ResourceType(index)
}

/// The name of the resource type at this index.
pub(super) fn name_bytes(index: usize) -> &'static [u8] {
    let [a, b, c, d, ..] = TABLE.resource_types.record::<9>(index);
    TABLE.bytes([a, b, c, d])
}

impl ResourceType {
    fn row(self) -> [u8; 9] {
        TABLE.resource_types.record(usize::from(self.0))
    }

    /// Its name within its service, such as `queue`. Some have spaces.
    pub fn name(self) -> &'static str {
        let [a, b, c, d, ..] = self.row();
        TABLE.text([a, b, c, d])
    }

    /// The forms of its ARNs: one, or two where two pages of AWS's reference define the type.
    pub fn arn_formats(self) -> impl Iterator<Item = ArnFormat> + Clone {
        let [_, _, _, _, low, high, count, _, _] = self.row();
        let first = usize::from(u16::from_le_bytes([low, high]));
        (first..first + usize::from(count)).map(|index| {
            let [a, b, c, d, e, f, g, h] = TABLE.arn_formats.record(index);
            ArnFormat { head: TABLE.text([a, b, c, d]), resource: TABLE.text([e, f, g, h]) }
        })
    }

    /// The condition keys that look at a resource of this type.
    pub fn condition_keys(self) -> impl Iterator<Item = ConditionKey> + Clone {
        let [.., low, high] = self.row();
        key::listed(u16::from_le_bytes([low, high]))
    }
}

impl ArnFormat {
    /// The first five parts with the colon after them, such as `arn:${Partition}:sqs:${Region}:${Account}:`.
    pub fn head(self) -> &'static str {
        self.head
    }

    /// The sixth part, such as `table/${TableName}`.
    pub fn resource(self) -> &'static str {
        self.resource
    }

    /// An ARN of this form; see [`example_arn`].
    pub fn example(self, partition: &str, region: &str, account: &str) -> String {
        example_arn(&self.to_string(), partition, region, account)
    }
}

impl fmt::Display for ArnFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.head, self.resource)
    }
}

impl fmt::Display for ResourceType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Debug for ResourceType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ResourceType({self})")
    }
}

/// An ARN of the form `template`, with readable tokens for its placeholders: `${QueueName}` becomes `queue-name`.
///
/// `*` becomes the region or the account where these stand, and `any` elsewhere. A placeholder that is not closed
/// stays as it is.
pub fn example_arn(template: &str, partition: &str, region: &str, account: &str) -> String {
    let mut arn = String::with_capacity(template.len());
    for (index, part) in template.splitn(6, ':').enumerate() {
        if index > 0 {
            arn.push(':');
        }
        let any = match index {
            3 => region,
            4 => account,
            _ => "any",
        };
        let mut rest = part;
        while let Some((before, (name, after))) =
            rest.split_once("${").and_then(|(before, open)| Some((before, open.split_once('}')?)))
        {
            arn.push_str(&before.replace('*', any));
            match name {
                "Partition" => arn.push_str(partition),
                "Region" => arn.push_str(region),
                "Account" | "AccountId" => arn.push_str(account),
                name => push_words(&mut arn, name),
            }
            rest = after;
        }
        arn.push_str(&rest.replace('*', any));
    }
    arn
}

/// Adds the words of a name in camel case: `GraphQLAPIId` becomes `graph-qlapi-id`.
fn push_words(out: &mut String, name: &str) {
    let mut before = None;
    let mut characters = name.chars().peekable();
    while let Some(c) = characters.next() {
        let ends_capitals = characters.peek().is_some_and(|next| next.is_ascii_lowercase());
        let starts = before.is_some_and(|before: char| {
            c.is_ascii_uppercase() && (!before.is_ascii_uppercase() || ends_capitals) && before.is_ascii_alphanumeric()
        });
        if starts {
            out.push('-');
        }
        out.push(c.to_ascii_lowercase());
        before = Some(c);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example(template: &str) -> String {
        example_arn(template, "aws", "us-east-1", "111122223333")
    }

    #[test]
    fn an_example_reads_like_an_arn() {
        let cases = [
            ("arn:${Partition}:sqs:${Region}:${Account}:${QueueName}", "arn:aws:sqs:us-east-1:111122223333:queue-name"),
            (
                "arn:${Partition}:dynamodb:${Region}:${Account}:table/${TableName}/stream/${StreamLabel}",
                "arn:aws:dynamodb:us-east-1:111122223333:table/table-name/stream/stream-label",
            ),
            ("arn:${Partition}:s3:::${BucketName}/${ObjectName}", "arn:aws:s3:::bucket-name/object-name"),
            ("arn:${Partition}:x:::${GraphQLAPIId}/${UUID}/${Id2Name}", "arn:aws:x:::graph-qlapi-id/uuid/id2-name"),
            (
                "arn:${Partition}:braket:*:*:device/${AccountId}/*",
                "arn:aws:braket:us-east-1:111122223333:device/111122223333/any",
            ),
            ("arn:aws:x:::a${Name", "arn:aws:x:::a${Name"),
            ("${", "${"),
            ("", ""),
        ];
        for (template, wanted) in cases {
            assert_eq!(example(template), wanted);
        }
    }
}
