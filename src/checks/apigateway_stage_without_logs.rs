//! `apigateway-stage-without-logs`: stages that leave no trace of who called.

use super::settings::{Rows, items, text};
use super::{Analysis, Case, Judged};
use crate::model::{Check, Control, Gap, Reads, Resource, Severity, Value};

const STAGE: &str = "AWS::ApiGateway::Stage";

pub(super) static CHECK: Analysis = Analysis {
    check: Check {
        name: "apigateway-stage-without-logs",
        title: "Every stage logs the requests that it gets",
        finds: "Each stage of a REST API that has neither access logs nor execution logs for every method. Access logs with a destination are enough; so are execution logs of level INFO for every path and verb, with none excepted. Those of level ERROR alone are not: they hold nothing of a request that went well. Whether the log group is there, and how long it keeps what it gets, is not part of it.",
        matters: "Without logs nobody can say who called, or what they tried before they got in.",
        mend: "API Gateway console > the API > Stages > the stage > Logs and tracing > Edit: custom access logging, with a log group. The region's role for logs must be set first (Settings).",
        severity: Severity::Medium,
        controls: &[
            Control::new("AWS Security Hub", "APIGateway.1"),
            Control::new("AWS Config", "API_GW_EXECUTION_LOGGING_ENABLED"),
            Control::new("Prowler", "apigateway_restapi_logging_enabled"),
            Control::new("Guard Rules Registry", "API_GW_STAGE_ACCESS_LOGGING_RULE"),
            Control::new("Checkov", "CKV_AWS_76"),
            Control::new("NIST SP 800-53 Rev. 5", "AU-12"),
            Control::new("PCI DSS v4.0", "10.2.1"),
        ],
        reads: Reads::Fields(STAGE, &["AccessLogSetting", "MethodSettings"]),
        beside: &[],
    },
    run,
};

fn run(case: &Case<'_>) -> Judged {
    let mut rows = Rows::new(case);
    match (text(case.resource, &["AccessLogSetting", "DestinationArn"]), execution(case.resource)) {
        (Ok(Some(destination)), _) => rows.pass("logs", format!("access logs go to {destination}")),
        (_, Ok(Execution::All)) => rows.pass("logs", "execution logs of level INFO, for every method"),
        (Ok(None), Ok(Execution::Some(which))) => {
            rows.fail("logs", format!("no access logs, and execution logs that are not whole: {which}"));
        }
        (Ok(None), Ok(Execution::None)) => rows.fail("logs", "neither access logs nor execution logs"),
        (Err(one), Err(other)) => rows.unread("logs", &[one, other]),
        (Err(gap), _) | (_, Err(gap)) => rows.unread("logs", &[gap]),
    }
    rows.judged("")
}

/// What execution logs a stage writes.
enum Execution {
    /// Of every request.
    All,
    /// Of some; in words, of which.
    Some(String),
    None,
}

/// The execution logs of `stage`; the gap if what was not read decides.
fn execution(stage: &Resource) -> Result<Execution, &Gap> {
    let mut levels = Vec::new();
    for setting in items(stage, &["MethodSettings"])? {
        let mut parts = [const { String::new() }; 3];
        for (part, field) in parts.iter_mut().zip(["ResourcePath", "HttpMethod", "LoggingLevel"]) {
            match setting.get(field) {
                Value::Unread(gap) => return Err(gap),
                value => *part = value.as_text().unwrap_or_default(),
            }
        }
        let [path, verb, level] = parts;
        let level = if level.is_empty() { "OFF".to_owned() } else { level };
        levels.push((path == "/*" && verb == "*", format!("{level} for {verb} {path}"), level));
    }
    levels.sort();
    let everywhere = levels.iter().any(|(all, ..)| *all);
    Ok(if everywhere && levels.iter().all(|(.., level)| level == "INFO") {
        Execution::All
    } else if levels.iter().any(|(.., level)| level != "OFF") {
        Execution::Some(levels.into_iter().map(|(_, words, _)| words).collect::<Vec<_>>().join(", "))
    } else {
        Execution::None
    })
}
