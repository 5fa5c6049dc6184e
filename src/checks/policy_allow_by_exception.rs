//! `policy-allow-by-exception`: resource and trust policies that allow everything but what they name.

use super::own::Own;
use super::settings::Rows;
use super::{Analysis, Case, Judged};
use crate::iam::document::PrincipalName;
use crate::iam::{Policy, Scene, Statement};
use crate::model::{Check, Control, QUEUE, ROLE, Reads, Severity, TOPIC};
use crate::reach::{Answer, Authority, within};

pub(super) static CHECK: Analysis = Analysis {
    check: Check {
        name: "policy-allow-by-exception",
        title: "No policy of a resource allows by exception",
        finds: "Each statement of the policy of a queue, topic, function, table or REST API, and of the trust policy of a role, that allows with NotPrincipal, NotAction or NotResource; with a request that it allows.\n\n\
            NotPrincipal with Allow lets in everyone but those named, unsigned callers too; AWS no longer saves it, but what was saved before still counts. NotAction takes in all actions that AWS will ever add, NotResource all that the resource has below it.\n\n\
            Left alone: the same elements with Deny, where an exception is how a bound is written, and statements of which the denials beside them leave nothing on the resource.",
        matters: "The statement grants what nobody wrote down, and more of it with every action that AWS adds.",
        mend: "The console of the service > the resource > its policy (role: Trust relationships): write Principal, Action and Resource with what is meant in the place of NotPrincipal, NotAction and NotResource; put what must not be into a statement that denies.",
        severity: Severity::High,
        controls: &[
            Control::on(QUEUE, "Guard Rules Registry", "SQS_QUEUEPOLICY_NO_ALLOW_PLUS_NOTPRINCIPAL"),
            Control::on(QUEUE, "Guard Rules Registry", "SQS_QUEUEPOLICY_NO_ALLOW_PLUS_NOT_ACTION"),
            Control::on(TOPIC, "Guard Rules Registry", "SNS_TOPICPOLICY_NO_ALLOW_PLUS_NOTPRINCIPAL"),
            Control::on(TOPIC, "Guard Rules Registry", "SNS_TOPICPOLICY_NO_ALLOW_PLUS_NOT_ACTION"),
            Control::on(ROLE, "Guard Rules Registry", "IAM_ROLE_NO_ALLOW_PLUS_NOT_PRINCIPAL"),
            Control::on(ROLE, "Guard Rules Registry", "IAM_ROLE_NO_ALLOW_PLUS_NOT_ACTION_ON_TRUST_POLICY"),
        ],
        reads: Reads::OwnPolicy,
        beside: &[],
    },
    run,
};

fn run(case: &Case<'_>) -> Judged {
    let mut rows = Rows::new(case);
    let Some(own) = Own::of(case, &mut rows) else { return rows.judged("") };
    let mut witness = None;
    for allowing in own.allowing() {
        let exceptions = exceptions(allowing.statement);
        if exceptions.is_empty() {
            rows.pass(allowing.place, "names what it allows");
            continue;
        }
        match within(&on_the_resource(case, &own, &allowing.alone), &Authority::default()) {
            Answer::Yes => rows.pass(allowing.place, "allows by exception, and nothing of it is left here"),
            answer => {
                rows.fail(&allowing.place, format!("allows {}{}", exceptions.join(", "), allowing.conditions()));
                if let Answer::No(proof) = answer {
                    witness.get_or_insert(proof.line);
                }
            }
        }
    }
    Judged { witness, ..rows.judged("no statement allows anything to anybody") }
}

/// What a statement allows by naming what it does not, in words.
fn exceptions(statement: &Statement) -> Vec<String> {
    let mut found = Vec::new();
    if let Some(element) = statement.principal.as_ref().filter(|element| element.not) {
        let names: Vec<&str> = element.values.iter().map(name).collect();
        found.push(format!("everyone but {} (NotPrincipal)", names.join(" and ")));
    }
    if statement.action.not {
        found.push(format!("all actions but {} (NotAction)", statement.action.values.join(" and ")));
    }
    if let Some(element) = statement.resource.as_ref().filter(|element| element.not) {
        found.push(format!("all resources but {} (NotResource)", element.values.join(" and ")));
    }
    found
}

fn name(name: &PrincipalName) -> &str {
    match name {
        PrincipalName::Everyone => "*",
        PrincipalName::Aws(name)
        | PrincipalName::Service(name)
        | PrincipalName::Federated(name)
        | PrincipalName::CanonicalUser(name) => name,
    }
}

/// What the statement allows of the actions that AWS has on the resource today.
fn on_the_resource(case: &Case<'_>, own: &Own, alone: &Policy) -> Authority {
    let scene = Scene {
        principal: None,
        partition: case.place.partition.clone(),
        region: case.place.region.clone(),
        account: own.account().to_owned(),
    };
    let targets: Vec<&str> = own.targets.iter().map(|target| target.arn.as_str()).collect();
    let bound = serde_json::json!({
        "Version": "2012-10-17",
        "Statement": { "Effect": "Allow", "Action": own.actions, "Resource": targets },
    });
    let boundary = Policy::parse(&bound.to_string()).ok().map(|bound| vec![bound]);
    Authority { boundary, scene: Some(scene), ..Authority::of(alone.clone()) }
}
