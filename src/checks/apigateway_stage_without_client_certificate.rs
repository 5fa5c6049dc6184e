//! `apigateway-stage-without-client-certificate`: stages that do not show the servers behind them who calls.

use super::settings::{Rows, read};
use super::{Analysis, Case, Judged};
use crate::model::{Check, Control, Reads, Severity};

pub(super) static CHECK: Analysis = Analysis {
    check: Check {
        name: "apigateway-stage-without-client-certificate",
        title: "Every stage has a client certificate",
        finds: "Each stage of a REST API without a client certificate. Only integrations with HTTP servers use it; whether the API has any is not asked, as in the catalogues that want one. Leave stages that call AWS services alone out with `where`, or waive the finding.",
        matters: "A server behind the API cannot tell its requests from those of others that found its address.",
        mend: "API Gateway console > Client certificates > Generate certificate; then the API > Stages > the stage > Edit > Client certificate. Have the server ask for it.",
        severity: Severity::Low,
        controls: &[
            Control::new("AWS Security Hub", "APIGateway.2"),
            Control::new("AWS Config", "API_GW_SSL_ENABLED"),
            Control::new("Prowler", "apigateway_restapi_client_certificate_enabled"),
            Control::new("Powerpipe", "apigateway_rest_api_stage_use_ssl_certificate"),
            Control::new("NIST SP 800-53 Rev. 5", "SC-8"),
            Control::new("NIST SP 800-53 Rev. 5", "SC-8(1)"),
            Control::new("PCI DSS v4.0", "4.2.1.1"),
        ],
        reads: Reads::Fields("AWS::ApiGateway::Stage", &["ClientCertificateId"]),
        beside: &[],
    },
    run,
};

fn run(case: &Case<'_>) -> Judged {
    let mut rows = Rows::new(case);
    rows.must(
        "client certificate",
        read(case.resource, &["ClientCertificateId"]).map(|id| id.is_some()),
        "it has one",
        "it has none",
    );
    rows.judged("")
}
