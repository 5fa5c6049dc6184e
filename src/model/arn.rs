//! Amazon Resource Names, taken apart.

use serde::{Deserialize, Serialize};
use std::fmt;

/// An Amazon Resource Name: `arn:partition:service:region:account:resource`.
///
/// Two ARNs are equal when all six parts are. The partition is not limited to those that are known today.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct Arn {
    /// `aws`, `aws-cn`, `aws-us-gov`, `aws-iso`, ...
    pub partition: String,
    /// The service prefix, such as `sqs`.
    pub service: String,
    /// Empty for a global service such as IAM.
    pub region: String,
    /// 12 digits, empty, or `aws` for what AWS itself manages.
    pub account: String,
    /// All that follows the fifth colon; may contain colons and slashes.
    pub resource: String,
}

/// Why a text is not an ARN.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidArn {
    /// The first part is something else.
    #[error("an ARN begins with `arn:`")]
    Prefix,
    /// There are fewer than six parts.
    #[error("an ARN has six parts, `arn:partition:service:region:account:resource`; this one has {0}")]
    Parts(usize),
    /// A part that must be there is empty.
    #[error("the {0} of this ARN is empty")]
    Empty(&'static str),
    /// The account is not one.
    #[error("the account of this ARN, `{0}`, is not 12 digits")]
    Account(String),
}

impl Arn {
    /// The ARN of `resource` (its sixth part).
    pub fn new(partition: &str, service: &str, region: &str, account: &str, resource: &str) -> Self {
        Self {
            partition: partition.to_owned(),
            service: service.to_owned(),
            region: region.to_owned(),
            account: account.to_owned(),
            resource: resource.to_owned(),
        }
    }

    /// The last segment of the resource: the name without its type and path.
    pub fn name(&self) -> &str {
        self.resource.rsplit(['/', ':']).next().unwrap_or(&self.resource)
    }
}

impl std::str::FromStr for Arn {
    type Err = InvalidArn;

    fn from_str(text: &str) -> Result<Self, InvalidArn> {
        let parts: Vec<&str> = text.splitn(6, ':').collect();
        if parts[0] != "arn" {
            return Err(InvalidArn::Prefix);
        }
        let [_, partition, service, region, account, resource] = parts[..] else {
            return Err(InvalidArn::Parts(parts.len()));
        };
        for (part, name) in [(partition, "partition"), (service, "service"), (resource, "resource")] {
            if part.is_empty() {
                return Err(InvalidArn::Empty(name));
            }
        }
        let digits = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
        if !(account.is_empty() || account == "aws" || digits) {
            return Err(InvalidArn::Account(account.to_owned()));
        }
        Ok(Self::new(partition, service, region, account, resource))
    }
}

impl fmt::Display for Arn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { partition, service, region, account, resource } = self;
        write!(f, "arn:{partition}:{service}:{region}:{account}:{resource}")
    }
}

impl TryFrom<String> for Arn {
    type Error = InvalidArn;

    fn try_from(text: String) -> Result<Self, InvalidArn> {
        text.parse()
    }
}

impl Serialize for Arn {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct("Arn", &self.to_string())
    }
}

impl schemars::JsonSchema for Arn {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Arn".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "arn" })
    }
}

/// The partition that a region belongs to, by the prefixes that the SDK's own endpoint rules use.
pub fn partition_of_region(region: &str) -> &'static str {
    const BY_PREFIX: [(&str, &str); 8] = [
        ("cn-", "aws-cn"),
        ("us-gov-", "aws-us-gov"),
        ("us-iso-", "aws-iso"),
        ("us-isob-", "aws-iso-b"),
        ("eu-isoe-", "aws-iso-e"),
        ("us-isof-", "aws-iso-f"),
        ("eu-isof-", "aws-iso-f"),
        ("eusc-", "aws-eusc"),
    ];
    BY_PREFIX.iter().find(|(prefix, _)| region.starts_with(prefix)).map_or("aws", |(_, partition)| partition)
}

/// Whether `text` is written as regions are: `us-east-1`, `us-gov-west-1`.
///
/// The list of regions grows, so what is asked is the form alone.
pub fn is_region_name(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [first, .., last] = parts[..] else { return false };
    text.len() <= 40
        && parts.len() >= 3
        && parts.iter().all(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()))
        && first.bytes().all(|b| b.is_ascii_lowercase())
        && last.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_partition_and_form_survives_a_round_trip() {
        for text in [
            "arn:aws:sqs:us-east-1:123456789012:POC-Queue",
            "arn:aws-cn:iam::123456789012:role/service-role/x",
            "arn:aws-us-gov:dynamodb:us-gov-west-1:123456789012:table/orders/stream/2026-01-01T00:00:00.000",
            "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
            "arn:aws-iso-f:lambda:us-isof-south-1:123456789012:function:f:alias",
            "arn:aws:s3:::bucket/key",
        ] {
            assert_eq!(text.parse::<Arn>().expect(text).to_string(), text);
        }
    }

    #[test]
    fn what_is_no_arn_says_why() {
        let wrong = |text: &str| text.parse::<Arn>().expect_err(text);
        assert_eq!(wrong("POC-Queue"), InvalidArn::Prefix);
        assert_eq!(wrong("arn:aws:sqs"), InvalidArn::Parts(3));
        assert_eq!(wrong("arn:aws::us-east-1:123456789012:q"), InvalidArn::Empty("service"));
        assert_eq!(wrong("arn:aws:sqs:us-east-1:1234-5678-9012:q"), InvalidArn::Account("1234-5678-9012".to_owned()));
    }

    #[test]
    fn regions_lie_in_their_partitions() {
        assert_eq!(partition_of_region("us-east-1"), "aws");
        assert_eq!(partition_of_region("cn-north-1"), "aws-cn");
        assert_eq!(partition_of_region("us-gov-east-1"), "aws-us-gov");
        assert_eq!(partition_of_region("us-isob-east-1"), "aws-iso-b");
        assert_eq!(partition_of_region("eusc-de-east-1"), "aws-eusc");
    }

    #[test]
    fn a_region_is_told_from_other_words() {
        for region in ["us-east-1", "us-gov-west-1", "us-isob-east-1", "eusc-de-east-1", "ap-southeast-7"] {
            assert!(is_region_name(region), "{region}");
        }
        for word in ["", "nowhere", "us-east", "US-EAST-1", "us--1", "us-east-1.example.com", "-east-1", "1-east-1"] {
            assert!(!is_region_name(word), "{word}");
        }
    }
}
