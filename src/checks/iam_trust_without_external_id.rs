//! `iam-trust-without-external-id`: roles that another account may take on by nothing but being that account.

use super::own::{Own, in_person};
use super::settings::Rows;
use super::{Analysis, Case, Judged};
use crate::iam::evaluate::speaks_of;
use crate::model::{Check, Control, ROLE, Reads, Severity, Verdict};
use crate::reach::unproven;

const ASSUME: &str = "sts:AssumeRole";

pub(super) static CHECK: Analysis = Analysis {
    check: Check {
        name: "iam-trust-without-external-id",
        title: "No other account takes on a role without an external id or MFA",
        finds: "Each statement of the trust policy of a role that lets a named other account, or a role or user of it, do sts:AssumeRole though it gives no external id (sts:ExternalId), has no MFA (aws:MultiFactorAuthPresent), and belongs to no organisation that the policy asks for (aws:PrincipalOrgID); with a request that shows it. The IAM engine decides it: BoolIfExists on aws:MultiFactorAuthPresent asks for nothing, since sessions of long-term keys have no such key.\n\n\
            Left alone: the own account, services, identity providers, and statements that let anyone in (see policy-lets-anyone-in).",
        matters: "A third party that works for many customers can be made to take on the role of one for another: whoever tells it the ARN is served.",
        mend: "IAM console > Roles > the role > Trust relationships > Edit trust policy: add the condition StringEquals sts:ExternalId with the id that the third party gives out, for people Bool aws:MultiFactorAuthPresent true.",
        severity: Severity::Medium,
        controls: &[
            Control::new("ScoutSuite", "iam-assume-role-lacks-external-id-and-mfa"),
            Control::new("ScoutSuite", "iam-assume-role-no-mfa"),
        ],
        reads: Reads::Fields(ROLE, &["AssumeRolePolicyDocument"]),
        beside: &[],
    },
    run,
};

fn run(case: &Case<'_>) -> Judged {
    let mut rows = Rows::new(case);
    let Some(own) = Own::of(case, &mut rows) else { return rows.judged("") };
    let mut witness = None;
    for allowing in own.allowing().filter(|allowing| speaks_of(allowing.statement, ASSUME)) {
        let mut found: Vec<(String, String)> = Vec::new();
        let mut undecided = None;
        for target in own.targets.iter().filter(|_| allowing.names_others(own.account())) {
            let bare = unproven(&allowing.alone, target, ASSUME);
            undecided = undecided.or(bare.unknown);
            found.extend(bare.admitted.into_iter().map(|admitted| (in_person(&admitted.who), admitted.witness)));
        }
        if let Some((_, request)) = found.first() {
            witness.get_or_insert_with(|| request.clone());
            let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
            let conditions = allowing.conditions();
            let found = format!("lets {} take it on without an external id or MFA{conditions}", names.join(" and "));
            rows.fail(allowing.place, found);
        } else if let Some(why) = undecided {
            rows.say(allowing.place, Verdict::Unknown, format!("whom it lets in without proof is not decided: {why}"));
        } else {
            rows.pass(allowing.place, "lets no other account in by that alone");
        }
    }
    Judged { witness, ..rows.judged("no statement lets anybody take it on") }
}
