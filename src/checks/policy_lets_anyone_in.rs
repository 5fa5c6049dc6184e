//! `policy-lets-anyone-in`: resource and trust policies that let strangers in.
//!
//! "Anyone" is decided by the IAM engine: somebody outside every account that the policy names makes a request that it
//! allows, with nothing that only the owner can give.

pub(super) mod methods;
mod providers;

use self::providers::Provider;
use super::own::{Asked, EXECUTE_API, Own, several};
use super::settings::Rows;
use super::{Analysis, Case, Judged};
use crate::iam::{Outsider, Policy};
use crate::model::{Beside, Check, Control, FUNCTION, METHOD, QUEUE, ROLE, Reads, Severity, TOPIC, Verdict};
use crate::reach::{Guarded, outsider};

const REST_API: &str = "AWS::ApiGateway::RestApi";

pub(super) static CHECK: Analysis = Analysis {
    check: Check {
        name: "policy-lets-anyone-in",
        title: "No policy of a resource lets anyone in",
        finds: "Each statement of the policy of a queue, topic, function, table or REST API, and of the trust policy of a role, that lets strangers in: unsigned callers, or the principals of an account that nobody named; with the actions, the conditions that stay open to them, and a request that shows it.\n\n\
            It is decided over all requests and never by the look of a statement. What a stranger brings does not close it: tags, names, headers, TLS, MFA, time, an external id, a VPC or an organisation of their own, `*` as the source. What the owner alone can give does: membership of an organisation that is written out, a fixed source, account, VPC or public network. A private address range lets no stranger in, since aws:SourceIp works only for public addresses (IAM User Guide, policy validation check reference). A Deny counts where it holds for every stranger.\n\n\
            Of a trust policy it takes in identity providers whose tokens everybody can have (GitHub Actions, GitLab, Terraform Cloud, Buildkite, Amazon Cognito, Google, Facebook, Login with Amazon and a few others): a token of theirs is a stranger's unless the policy asks for a claim that is one customer's own, such as token.actions.githubusercontent.com:sub from repo:OWNER/ on, or cognito-identity.amazonaws.com:aud. Providers that serve a single owner, as those of EKS clusters and of SAML do, are left alone.\n\n\
            Of a function this takes in its URL: authorization NONE shows in the policy as lambda:InvokeFunctionUrl for everyone, if lambda:FunctionUrlAuthType is NONE. Whether there is a URL now is not asked: one call makes it.\n\n\
            Of a REST API the policy is not the whole. It is held against each method: one with IAM authorization is open to any AWS principal whose own account permits it, one without authorization to anyone; one with an authorizer or Cognito asks for that as well and is left alone, as are OPTIONS with a mock integration, which answers browsers, and an API without a policy (see apigateway-method-without-authorization). Resources written as execute-api:/... are completed with the ARN of the API, as AWS does.\n\n\
            Left alone: the own account and what it delegates, AWS services (see policy-confused-deputy), and other accounts that are named (see policy-lets-other-accounts-in).",
        matters: "Whoever knows the ARN can do what the statement allows: read or fill a queue, run a function at your cost, take on a role.",
        mend: "The console of the service > the resource > its policy (queue: Access policy; topic: Access policy; function: Configuration > Permissions > Resource-based policy statements; table: Permissions; REST API: Resource policy; role: Trust relationships): name the principals that need it in the place of *, or add a condition that they alone meet, such as StringEquals aws:PrincipalOrgID, aws:SourceArn for a service, or the subject for an identity provider.",
        severity: Severity::High,
        controls: &[
            Control::on(QUEUE, "AWS Security Hub", "SQS.3"),
            Control::on(QUEUE, "AWS Config", "SQS_QUEUE_NO_PUBLIC_ACCESS"),
            Control::on(QUEUE, "Prowler", "sqs_queues_not_publicly_accessible"),
            Control::on(QUEUE, "ScoutSuite", "sqs-queue-world-policy"),
            Control::on(QUEUE, "Powerpipe", "sqs_queue_policy_prohibit_public_access"),
            Control::on(QUEUE, "Checkov", "CKV_AWS_168"),
            Control::on(QUEUE, "Checkov", "CKV_AWS_387"),
            Control::on(QUEUE, "Guard Rules Registry", "SQS_QUEUEPOLICY_NO_WILDCARD_PRINCIPAL"),
            Control::on(TOPIC, "AWS Security Hub", "SNS.4"),
            Control::on(TOPIC, "Prowler", "sns_topics_not_publicly_accessible"),
            Control::on(TOPIC, "ScoutSuite", "sns-topic-world-policy"),
            Control::on(TOPIC, "Powerpipe", "sns_topic_policy_prohibit_public_access"),
            Control::on(TOPIC, "Checkov", "CKV_AWS_169"),
            Control::on(TOPIC, "Guard Rules Registry", "SNS_TOPICPOLICY_NO_WILDCARD_PRINCIPAL"),
            Control::on(FUNCTION, "AWS Security Hub", "Lambda.1"),
            Control::on(FUNCTION, "AWS Config", "LAMBDA_FUNCTION_PUBLIC_ACCESS_PROHIBITED"),
            Control::on(FUNCTION, "NIST SP 800-53 Rev. 5", "AC-3"),
            Control::on(FUNCTION, "NIST SP 800-53 Rev. 5", "AC-3(7)"),
            Control::on(FUNCTION, "NIST SP 800-53 Rev. 5", "AC-4(21)"),
            Control::on(FUNCTION, "NIST SP 800-53 Rev. 5", "AC-6"),
            Control::on(FUNCTION, "NIST SP 800-53 Rev. 5", "SC-7"),
            Control::on(FUNCTION, "PCI DSS v4.0", "1.3.1"),
            Control::on(FUNCTION, "PCI DSS v4.0", "1.4.2"),
            Control::on(FUNCTION, "Prowler", "awslambda_function_not_publicly_accessible"),
            Control::on(FUNCTION, "Powerpipe", "lambda_function_restrict_public_access"),
            Control::on(FUNCTION, "Checkov", "CKV_AWS_301"),
            Control::on(FUNCTION, "Guard Rules Registry", "LAMBDA_FUNCTION_PUBLIC_ACCESS_PROHIBITED"),
            Control::on(FUNCTION, "Guard Rules Registry", "LAMBDA_NO_WILDCARD_PRINCIPAL"),
            Control::on(ROLE, "ScoutSuite", "iam-assume-role-policy-allows-all"),
            Control::on(ROLE, "Checkov", "CKV_AWS_60"),
            Control::on(ROLE, "Guard Rules Registry", "IAM_ROLE_NO_FULL_ACCESS_ON_TRUST_POLICY"),
        ],
        reads: Reads::OwnPolicy,
        beside: &[Beside::Below(REST_API, METHOD, &["AuthorizationType", "HttpMethod", "Integration", "ResourcePath"])],
    },
    run,
};

fn run(case: &Case<'_>) -> Judged {
    let mut rows = Rows::new(case);
    let Some(own) = Own::of(case, &mut rows) else { return rows.judged("") };
    let mut witness = None;
    for allowing in own.allowing() {
        let (vouched, by) =
            if own.carried.service == "sts" { providers::ask(&own, &allowing) } else { Default::default() };
        if let Some(Provider { host, which }) = by {
            let (actions, conditions) = (several(&vouched.actions), allowing.conditions());
            let found = format!(
                "lets anyone with a token of {host} do {actions}{conditions}; whose it is, which {which} says, is left open"
            );
            rows.fail(allowing.place.as_str(), found);
            witness = witness.or(vouched.witness);
            continue;
        }
        if !allowing.names_everyone() {
            match vouched.undecided {
                Some(why) => rows.say(
                    allowing.place,
                    Verdict::Unknown,
                    format!("whether it lets anyone in is not decided: {why}"),
                ),
                None => rows.pass(allowing.place, "lets no stranger in"),
            }
            continue;
        }
        let mut asked = allowing.ask(&own.targets, by_a_stranger);
        let mut of = String::new();
        if own.carried.service == EXECUTE_API && !asked.actions.is_empty() {
            (asked, of) = methods::ask(case, &own, &allowing, &mut rows);
        }
        let Asked { actions, witness: shown, undecided } = asked;
        let conditions = allowing.conditions();
        if !actions.is_empty() {
            let met = if conditions.is_empty() { "" } else { ", which strangers can meet" };
            rows.fail(allowing.place, format!("lets anyone do {}{conditions}{met}{of}", several(&actions)));
            witness = witness.or(shown);
        } else if let Some(why) = undecided {
            rows.say(allowing.place, Verdict::Unknown, format!("whether it lets anyone in is not decided: {why}"));
        } else {
            rows.pass(allowing.place, format!("lets no stranger in{of}"));
        }
    }
    Judged { witness, ..rows.judged("no statement allows anything to anybody") }
}

/// A stranger's request. One that is signed is shown first where the service takes no other.
fn by_a_stranger(policy: &Policy, on: &Guarded, action: &str) -> Result<Option<String>, String> {
    const UNSIGNED: [&str; 6] = [
        "execute-api:",
        "lambda:InvokeFunctionUrl",
        "sns:",
        "sqs:",
        "sts:AssumeRoleWithSAML",
        "sts:AssumeRoleWithWebIdentity",
    ];
    if !UNSIGNED.iter().any(|start| action.starts_with(start))
        && let Ok(Some(request)) = outsider(policy, on, action, Outsider::SignedStranger)
    {
        return Ok(Some(request));
    }
    outsider(policy, on, action, Outsider::Stranger)
}
