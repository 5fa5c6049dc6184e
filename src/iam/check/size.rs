//! Quotas: how long a policy may be, as AWS documents it for its kind.

use super::{Finding, Findings, Kind, Severity};

/// Characters without white space that a managed policy may have.
const MANAGED: usize = 6_144;
/// Of a trust policy: unless the quota is raised, and at the most.
const TRUST: (usize, usize) = (2_048, 4_096);

/// The quota on all inline policies of one user, group or role together.
fn inline(kind: Kind) -> Option<(usize, &'static str)> {
    match kind {
        Kind::OfUser => Some((2_048, "user")),
        Kind::OfGroup => Some((5_120, "group")),
        Kind::OfRole => Some((10_240, "role")),
        _ => None,
    }
}

/// The quota on one managed policy, or on all inline policies of one user, group or role together.
pub(super) fn most(kind: Kind) -> Option<usize> {
    if kind == Kind::Managed { Some(MANAGED) } else { inline(kind).map(|(most, _)| most) }
}

/// Bytes that the policy of a resource may have, by the prefix of its service.
fn bytes_of(service: &str) -> Option<usize> {
    match service {
        "sqs" => Some(8_192),
        "s3" | "lambda" | "dynamodb" => Some(20_480),
        "kms" => Some(32_768),
        _ => None,
    }
}

/// What IAM counts: white space does not count.
pub(super) fn counted(json: &str) -> usize {
    json.chars().filter(|c| !c.is_whitespace()).count()
}

const SHORTEN: &str = "split the policy, or use patterns where they say the same";

pub(super) fn check(findings: &mut Findings<'_>, json: &str) {
    let policy = findings.policy;
    if findings.kind.is_of_iam() {
        let allowed = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{ff}');
        if let Some((at, strange)) = json.char_indices().find(|(_, c)| !allowed(*c)) {
            let line = 1 + json[..at].matches('\n').count();
            findings.of_document(
                "character-not-allowed",
                Severity::Error,
                line,
                format!("the character U+{:04X} may not stand in a policy of IAM", u32::from(strange)),
                "IAM takes tab, line feed, carriage return, and U+0020 to U+00FF",
            );
        }
        of_iam(findings, json);
    }
    // A policy of a resource is about one service.
    let mut prefixes = policy.statements.iter().flat_map(|statement| &statement.action.values);
    let prefix = |action: &String| action.split(':').next().unwrap_or_default().to_ascii_lowercase();
    let Some(service) = prefixes.next().map(prefix).filter(|_| findings.kind == Kind::Resource) else { return };
    let Some(most) = bytes_of(&service).filter(|_| prefixes.all(|action| prefix(action) == service)) else { return };
    let without = counted(json);
    if json.len() > most {
        let severity = if without > most { Severity::Error } else { Severity::Warning };
        findings.of_document(
            "too-long",
            severity,
            1,
            format!("the policy has {} bytes ({without} without white space); {service} takes {most}", json.len()),
            SHORTEN,
        );
    }
    if service == "sqs" {
        of_queue(findings);
    }
}

fn of_iam(findings: &mut Findings<'_>, json: &str) {
    // Few policies are longer than the least quota even with their white space.
    if json.len() <= TRUST.0 {
        return;
    }
    let size = counted(json);
    let (severity, what, most) = match findings.kind {
        Kind::Managed if size > MANAGED => (Severity::Error, "a managed policy", MANAGED),
        Kind::Trust if size > TRUST.1 => (Severity::Error, "a trust policy", TRUST.1),
        Kind::Trust if size > TRUST.0 => {
            (Severity::Warning, "a trust policy, until the quota is raised to 4096,", TRUST.0)
        }
        Kind::Identity if size > MANAGED => (Severity::Warning, "a managed policy", MANAGED),
        _ => return,
    };
    let message = format!("the policy has {size} characters without white space; {what} may have {most}");
    findings.of_document("too-long", severity, 1, message, SHORTEN);
}

pub(super) fn together(kind: Kind, size: usize) -> Option<Finding> {
    let (most, owner) = inline(kind).filter(|(most, _)| size > *most)?;
    Some(Finding {
        code: "too-long",
        severity: Severity::Error,
        line: 1,
        statement: None,
        message: format!(
            "its inline policies have {size} characters without white space together; a {owner} may have {most}"
        ),
        next: "move statements to a managed policy".to_owned(),
    })
}

/// The quotas of SQS on what a policy says.
fn of_queue(findings: &mut Findings<'_>) {
    let policy = findings.policy;
    let principals =
        policy.statements.iter().flat_map(|statement| &statement.principal).map(|element| element.values.len()).sum();
    let conditions = policy.statements.iter().map(|statement| statement.conditions.len()).sum();
    for (what, count, most) in
        [("statements", policy.statements.len(), 20), ("principals", principals, 50), ("conditions", conditions, 10)]
    {
        if count > most {
            let message = format!("the policy has {count} {what}; a queue's may have {most}");
            findings.of_document("too-many", Severity::Warning, 1, message, SHORTEN);
        }
    }
    for statement in &policy.statements {
        let count = statement.action.values.len();
        if count > 7 {
            let message = format!("the statement has {count} actions; a statement of a queue's policy may have 7");
            findings.add("too-many", Severity::Warning, statement, message, "split the statement");
        }
    }
}
