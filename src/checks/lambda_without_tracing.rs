//! `lambda-without-tracing`: functions that X-Ray does not trace.

use super::settings::{Rows, text};
use super::{Analysis, Case, Judged};
use crate::model::{Check, Control, FUNCTION, Reads, Severity};

pub(super) static CHECK: Analysis = Analysis {
    check: Check {
        name: "lambda-without-tracing",
        title: "X-Ray traces every function",
        finds: "Each function whose tracing mode is not Active. With PassThrough, only requests that the caller has traced are. Whether the function's role may write traces is not part of it.",
        matters: "Where a request was lost or held up on its way through queue, function and table is hard to tell without a trace.",
        mend: "Lambda console > Functions > the function > Configuration > Monitoring and operations tools > Edit > AWS X-Ray: Active tracing.",
        severity: Severity::Low,
        controls: &[
            Control::new("AWS Security Hub", "Lambda.7"),
            Control::new("Powerpipe", "lambda_function_tracing_enabled"),
            Control::new("Checkov", "CKV_AWS_50"),
        ],
        reads: Reads::Fields(FUNCTION, &["TracingConfig"]),
        beside: &[],
    },
    run,
};

fn run(case: &Case<'_>) -> Judged {
    let mut rows = Rows::new(case);
    let is_active = text(case.resource, &["TracingConfig", "Mode"]).map(|mode| mode.as_deref() == Some("Active"));
    rows.must("tracing", is_active, "Active", "only requests that the caller has traced are");
    rows.judged("")
}
