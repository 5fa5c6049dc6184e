//! A resource that no policy names. A statement that allows something on it means every such resource: only wildcards
//! can have let it in.

use crate::iam::catalogue::ArnFormat;
use crate::iam::{Effect, Policy, Statement};
use crate::reach::Authority;

/// What stands for a name in a resource that no policy names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Generic(String);

impl Generic {
    /// One that no policy in `authority` could name: a run of a letter that none of them has in its resources, longer
    /// than each of these, so that `?` cannot spell it out either. `None` if they use up every letter there is.
    pub(super) fn new(authority: &Authority) -> Option<Self> {
        let policies = authority.policies.iter().chain(authority.boundary.iter().flatten());
        let values: Vec<&str> = policies
            .flat_map(|policy| &policy.statements)
            .filter_map(|statement| statement.resource.as_ref())
            .flat_map(|element| element.values.iter().map(String::as_str))
            .collect();
        let longest = values.iter().map(|value| value.len()).max().unwrap_or_default();
        let letter = ('a'..='z').rev().chain('0'..='9').find(|letter| {
            let other = letter.to_ascii_uppercase();
            values.iter().all(|value| !value.contains([*letter, other]))
        })?;
        Some(Self(letter.to_string().repeat(longest + 1)))
    }

    /// A resource of this form in this account, with the name in every place where there may be any.
    pub(super) fn arn(&self, form: ArnFormat, partition: &str, account: &str) -> String {
        let form = form.to_string();
        let mut arn = String::new();
        let mut rest = form.as_str();
        while let Some((before, (name, after))) =
            rest.split_once("${").and_then(|(before, open)| Some((before, open.split_once('}')?)))
        {
            arn.push_str(before);
            arn.push_str(match name {
                "Partition" => partition,
                "Account" | "AccountId" => account,
                _ => &self.0,
            });
            rest = after;
        }
        arn.push_str(rest);
        arn.replace('*', &self.0)
    }
}

/// A request for this action on this resource, as a policy that asks for no more.
pub(super) fn asks(action: &str, arn: &str, like: &Policy, statement: &Statement) -> Authority {
    let mut asked = statement.clone();
    asked.effect = Effect::Allow;
    asked.conditions.clear();
    asked.action.not = false;
    asked.action.values = vec![action.to_owned()];
    if let Some(resource) = &mut asked.resource {
        resource.not = false;
        resource.values = vec![arn.to_owned()];
    }
    Authority::of(Policy { statements: vec![asked], ..like.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::catalogue::Catalogue;
    use crate::reach::{Answer, within};

    /// Whether a statement on `resources` means every queue of the account.
    fn every_queue(resources: &str) -> bool {
        let text =
            format!(r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"sqs:*",{resources}}}}}"#);
        let policy = Policy::parse(&text).expect("a policy");
        let authority = Authority::of(policy.clone());
        let generic = Generic::new(&authority).expect("a letter is left");
        let queue = Catalogue::embedded().resource_type("sqs", "queue").expect("queues");
        let arn = generic.arn(queue.arn_formats().next().expect("a form"), "aws", "123456789012");
        let asked = asks("sqs:SendMessage", &arn, &policy, &policy.statements[0]);
        within(&asked, &authority) == Answer::Yes
    }

    #[test]
    fn what_lets_in_a_resource_that_nobody_named_lets_in_every_one() {
        for (resources, wanted) in [
            (r#""Resource":"*""#, true),
            (r#""Resource":"**""#, true),
            (r#""Resource":"arn:aws:sqs:*:*:*""#, true),
            (r#""Resource":"arn:aws:sqs:*:123456789012:*""#, true),
            (r#""Resource":["arn:aws:sqs:us-east-1:123456789012:orders","arn:*:sqs:*:*:?*"]"#, true),
            (r#""Resource":"arn:aws:sqs:us-east-1:123456789012:*""#, false),
            (r#""Resource":"arn:aws:sqs:*:*:??????""#, false),
            (r#""Resource":"arn:aws:sqs:*:*:orders*""#, false),
            (r#""Resource":"arn:aws:sqs:*:*:*-orders""#, false),
            (r#""Resource":"arn:aws:sns:*:*:*""#, false),
            (r#""NotResource":"arn:aws:sqs:*:*:secrets""#, true),
            (r#""NotResource":"arn:aws:sqs:*:*:*""#, false),
        ] {
            assert_eq!(every_queue(resources), wanted, "{resources}");
        }
    }
}
