//! `policy-confused-deputy`: services that are let in on anybody's behalf.

mod roles;

use super::own::{Own, several};
use super::settings::Rows;
use super::{Analysis, Case, Judged};
use crate::iam::Outsider;
use crate::model::{Check, Control, FUNCTION, ROLE, Reads, Severity, Verdict};
use crate::reach::outsider;

pub(super) static CHECK: Analysis = Analysis {
    check: Check {
        name: "policy-confused-deputy",
        title: "No service is let in on behalf of strangers",
        finds: "Each statement of the policy of a queue, topic, function, table or REST API that lets an AWS service in, whoever makes the service call: no aws:SourceArn, aws:SourceAccount, aws:SourceOrgID or aws:SourceOrgPaths ties the call to a resource, an account or an organisation. The IAM engine decides it: a source of `*` ties nothing, nor does a condition with IfExists. An Alexa skill is tied by lambda:EventSourceToken.\n\n\
            A source without an account in it, such as arn:aws:s3:::bucket, counts as tied; AWS advises to add aws:SourceAccount, since whoever makes a bucket of that name anew owns it.\n\n\
            Of the trust policy of a role those services alone count whose guide says that they send these keys when they take on a role: WorkSpaces Applications, Bedrock, CloudWatch Logs, ECS (tasks), EventBridge (rules, pipes, schedules), Fraud Detector, IoT, Personalize, Step Functions and VPC flow logs. Others do not, so that a role with such a condition would not work: of Lambda the guide says that \"the aws:SourceArn condition key applies only to policies where your Lambda function is the target resource\" (Lambda Developer Guide, source function ARN), and that of API Gateway asks for no condition on the roles of integrations. A role can also only be given to a service by who may pass it (iam:PassRole), which nobody of another account may.\n\n\
            Left alone: what is open to everyone (see policy-lets-anyone-in), and service-linked roles, whose trust AWS writes.",
        matters: "Anybody can have the service act on the resource from an account of their own: a topic, bucket, rule or API there is enough.",
        mend: "The console of the service > the resource > its policy (function: Configuration > Permissions > Resource-based policy statements; role: Trust relationships): add to the statement StringEquals aws:SourceAccount with the id of your account, and ArnLike aws:SourceArn with the ARN of the topic, bucket, rule or API that calls.",
        severity: Severity::Medium,
        controls: &[
            Control::on(FUNCTION, "Checkov", "CKV_AWS_364"),
            Control::on(ROLE, "Prowler", "iam_role_cross_service_confused_deputy_prevention"),
        ],
        reads: Reads::OwnPolicy,
        beside: &[],
    },
    run,
};

fn run(case: &Case<'_>) -> Judged {
    let mut rows = Rows::new(case);
    let Some(own) = Own::of(case, &mut rows) else { return rows.judged("") };
    let is_trust = own.carried.service == "sts";
    let mut witness = None;
    for allowing in own.allowing() {
        let (mut loose, mut unable, mut tied) = (Vec::new(), Vec::new(), Vec::new());
        let (mut actions, mut undecided): (Vec<String>, _) = (Vec::new(), None);
        for service in crate::iam::services(&allowing.alone) {
            let asked = allowing
                .ask(&own.targets, |policy, on, action| outsider(policy, on, action, Outsider::Deputy(&service)));
            if asked.actions.is_empty() {
                undecided = undecided.or(asked.undecided);
                tied.push(service);
            } else if is_trust && !roles::sends_its_source(&service) {
                unable.push(service);
            } else {
                loose.push(service);
                actions.extend(asked.actions);
                witness = witness.or(asked.witness);
            }
        }
        actions.sort();
        actions.dedup();
        let place = allowing.place.as_str();
        if is_trust && is_service_linked(&case.resource.id) && !loose.is_empty() {
            rows.pass(place, "the trust of a service-linked role, which AWS writes and keeps");
        } else if !loose.is_empty() {
            let (services, actions, conditions) = (loose.join(" and "), several(&actions), allowing.conditions());
            rows.fail(place, format!("lets {services} do {actions} on behalf of anybody{conditions}"));
        } else if let Some(why) = undecided {
            rows.say(place, Verdict::Unknown, format!("on whose behalf it lets services in is not decided: {why}"));
        } else if !unable.is_empty() {
            let services = unable.join(" and ");
            rows.pass(place, format!("lets {services} in, not known to tell a role for whom they act"));
        } else if !tied.is_empty() {
            rows.pass(place, format!("lets {} in, and not on behalf of strangers", tied.join(" and ")));
        }
    }
    Judged { witness, ..rows.judged("no statement lets a service in") }
}

/// Whether a role belongs to a service, which alone can change it.
fn is_service_linked(arn: &str) -> bool {
    arn.contains(":role/aws-service-role/")
}
