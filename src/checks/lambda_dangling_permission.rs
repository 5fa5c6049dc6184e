//! `lambda-dangling-permission`: functions that let in a thing that is gone.

use super::settings::Rows;
use super::target::{REST_API, look};
use super::{Analysis, Case, Judged};
use crate::iam::document::{Base, Condition};
use crate::iam::{Effect, Policy};
use crate::model::{Beside, Check, FUNCTION, QUEUE, Reads, Severity, TABLE, TOPIC, Verdict};
use crate::reach::{Missing, policy_in};

pub(super) static CHECK: Analysis = Analysis {
    check: Check {
        name: "lambda-dangling-permission",
        title: "No function lets in a thing that is gone",
        finds: "Each value of aws:SourceArn in a statement of a function's policy that allows something, where it names a queue, topic, table, function or REST API of this account and region that is gone. The console leaves such statements behind when a trigger is deleted at its other end.\n\n\
            HTTP and WebSocket APIs have the same form of ARN as REST APIs and are not read, so that an id that no REST API has leaves the finding unknown. Patterns, and things of other services (such as a bucket or a rule of EventBridge), other accounts and other regions are not looked at; nor is what a condition on another key names.",
        matters: "Names can be taken again: whoever may make a topic or an API of that name may have the function invoked.",
        mend: "Lambda console > Functions > the function > Configuration > Permissions > Resource-based policy statements > the statement > Delete.",
        severity: Severity::Low,
        controls: &[],
        reads: Reads::Fields(FUNCTION, &["Policy"]),
        beside: &[
            Beside::InRegion(FUNCTION, &[]),
            Beside::InRegion(QUEUE, &[]),
            Beside::InRegion(REST_API, &["RestApiId"]),
            Beside::InRegion(TABLE, &[]),
            Beside::InRegion(TOPIC, &[]),
        ],
    },
    run,
};

fn run(case: &Case<'_>) -> Judged {
    const POLICY: &str = "the function policy";
    let mut rows = Rows::new(case);
    match policy_in(case.resource.properties.get("Policy"), POLICY) {
        Ok(None) => {}
        Ok(Some(policy)) => {
            for (path, arn) in sources(&policy) {
                look(case, &arn).say(path, &mut rows);
            }
        }
        Err(Missing::Unread(gap)) => rows.unread(POLICY, &[&gap]),
        Err(Missing::Malformed(why)) => rows.say(POLICY, Verdict::Unknown, why),
    }
    rows.judged("no statement of the function policy names what it lets in by its ARN")
}

/// What the statements that allow something let in by its ARN, with where that is said.
fn sources(policy: &Policy) -> Vec<(String, String)> {
    let allowing = policy.statements.iter().filter(|statement| statement.effect == Effect::Allow);
    let mut sources = Vec::new();
    for statement in allowing {
        for condition in statement.conditions.iter().filter(|condition| is_on_source(condition)) {
            sources.extend(condition.values.iter().map(|arn| (policy.place(statement).to_string(), arn.clone())));
        }
    }
    sources
}

/// Whether a condition says what the source must be, and not what it must not be.
fn is_on_source(condition: &Condition) -> bool {
    let wants = |base| {
        matches!(
            base,
            Base::ArnEquals | Base::ArnLike | Base::StringEquals | Base::StringEqualsIgnoreCase | Base::StringLike
        )
    };
    condition.key.eq_ignore_ascii_case("aws:SourceArn")
        && condition.operator.as_ref().is_ok_and(|operator| wants(operator.base))
}
