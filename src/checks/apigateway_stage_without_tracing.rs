//! `apigateway-stage-without-tracing`: stages whose requests X-Ray does not trace.

use super::settings::{Rows, is_true};
use super::{Analysis, Case, Judged};
use crate::model::{Check, Control, Reads, Severity};

pub(super) static CHECK: Analysis = Analysis {
    check: Check {
        name: "apigateway-stage-without-tracing",
        title: "X-Ray traces every stage",
        finds: "Each stage of a REST API that is not traced with X-Ray.",
        matters: "Where a request was lost or held up on its way through the API and what is behind it is hard to tell without a trace.",
        mend: "API Gateway console > the API > Stages > the stage > Logs and tracing > Edit > X-Ray tracing.",
        severity: Severity::Low,
        controls: &[
            Control::new("AWS Security Hub", "APIGateway.3"),
            Control::new("AWS Config", "API_GW_XRAY_ENABLED"),
            Control::new("Prowler", "apigateway_restapi_tracing_enabled"),
            Control::new("Powerpipe", "apigateway_rest_api_stage_xray_tracing_enabled"),
            Control::new("Checkov", "CKV_AWS_73"),
        ],
        reads: Reads::Fields("AWS::ApiGateway::Stage", &["TracingEnabled"]),
        beside: &[],
    },
    run,
};

fn run(case: &Case<'_>) -> Judged {
    let mut rows = Rows::new(case);
    rows.must("tracing", is_true(case.resource, &["TracingEnabled"]), "it is on", "it is off");
    rows.judged("")
}
