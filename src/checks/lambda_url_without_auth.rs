//! `lambda-url-without-auth`: function URLs that ask nobody for a signature.

use super::settings::{Rows, text};
use super::{Analysis, Case, Judged};
use crate::model::{Check, Control, Reads, Severity, Verdict};

pub(super) static CHECK: Analysis = Analysis {
    check: Check {
        name: "lambda-url-without-auth",
        title: "Every function URL asks for a signature",
        finds: "Each function URL whose authentication type is NONE. Whom the function's policy lets invoke it through the URL is not part of it: with this type, whoever it lets in needs no identity, and the console writes it to let in everyone.",
        matters: "The function does its work for the whole internet, at the account's cost, as soon as its policy lets everyone in.",
        mend: "Lambda console > Functions > the function > Configuration > Function URL > Edit > Auth type: AWS_IAM; then remove the statement with the principal * under Permissions. A site that must be open to all belongs behind CloudFront or API Gateway.",
        severity: Severity::High,
        controls: &[
            Control::new("Prowler", "awslambda_function_url_public"),
            Control::new("Powerpipe", "lambda_function_restrict_public_url"),
            Control::new("Checkov", "CKV_AWS_258"),
            Control::new("NIST SP 800-53 Rev. 5", "AC-3"),
        ],
        reads: Reads::Fields("AWS::Lambda::Url", &["AuthType"]),
        beside: &[],
    },
    run,
};

fn run(case: &Case<'_>) -> Judged {
    const ROW: &str = "AuthType";
    let mut rows = Rows::new(case);
    match text(case.resource, &["AuthType"]) {
        Ok(Some(auth)) if auth == "AWS_IAM" => rows.pass(ROW, auth),
        Ok(Some(auth)) if auth == "NONE" => rows.fail(ROW, "NONE: requests need no signature"),
        Ok(auth) => {
            let found = format!("{} is no type that Lambda documents; check it by hand", auth.unwrap_or_default());
            rows.say(ROW, Verdict::Unknown, found);
        }
        Err(gap) => rows.unread(ROW, &[gap]),
    }
    rows.judged("")
}
