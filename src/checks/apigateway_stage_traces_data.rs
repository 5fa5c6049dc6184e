//! `apigateway-stage-traces-data`: stages that write whole requests into their logs.

use super::method_setting::{is_set, settings};
use super::settings::Rows;
use super::{Analysis, Case, Judged};
use crate::model::{Check, Control, Reads, Severity};

pub(super) static CHECK: Analysis = Analysis {
    check: Check {
        name: "apigateway-stage-traces-data",
        title: "No stage logs whole requests",
        finds: "Each stage of a REST API with data tracing turned on, for every method or for some. It has bearing where execution logs are turned on too; the setting is found either way, since one click there makes it count.",
        matters: "Bodies and headers of requests and answers, with all that is confidential in them, lie in the log for whoever may read logs.",
        mend: "API Gateway console > the API > Stages > the stage > Logs and tracing > Edit > Data tracing: off; where a method overrides it, the method > Method overrides > Edit.",
        severity: Severity::Medium,
        controls: &[Control::new("Checkov", "CKV_AWS_276")],
        reads: Reads::Fields("AWS::ApiGateway::Stage", &["MethodSettings"]),
        beside: &[],
    },
    run,
};

fn run(case: &Case<'_>) -> Judged {
    const ROW: &str = "data tracing";
    let mut rows = Rows::new(case);
    let found = settings(case.resource, |setting| is_set(setting, "DataTraceEnabled"));
    if !found.hits.is_empty() {
        rows.fail(ROW, format!("it is on for {}", found.hits.join(", ")));
    } else if found.gaps.is_empty() {
        rows.pass(ROW, "it is off");
    } else {
        rows.unread(ROW, &found.gaps.iter().collect::<Vec<_>>());
    }
    rows.judged("")
}
