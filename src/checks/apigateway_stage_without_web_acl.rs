//! `apigateway-stage-without-web-acl`: stages without a web application firewall.

use super::settings::{Rows, text};
use super::{Analysis, Case, Judged};
use crate::model::{Check, Control, Reads, Severity};

pub(super) static CHECK: Analysis = Analysis {
    check: Check {
        name: "apigateway-stage-without-web-acl",
        title: "A web ACL stands in front of every stage",
        finds: "Each stage of a REST API with which no web ACL of AWS WAF is associated. What the web ACL lets through is not read, nor whether a distribution of CloudFront in front of the API has one.",
        matters: "Floods of requests, and requests that are known to be attacks, reach the methods.",
        mend: "API Gateway console > the API > Stages > the stage > Edit > Web application firewall (AWS WAF): a web ACL.",
        severity: Severity::Low,
        controls: &[
            Control::new("AWS Security Hub", "APIGateway.4"),
            Control::new("AWS Config", "API_GW_ASSOCIATED_WITH_WAF"),
            Control::new("Prowler", "apigateway_restapi_waf_acl_attached"),
            Control::new("Powerpipe", "apigateway_stage_use_waf_web_acl"),
            Control::new("PCI DSS v4.0", "6.4.1"),
            Control::new("PCI DSS v4.0", "6.4.2"),
        ],
        reads: Reads::Fields("AWS::ApiGateway::Stage", &["WebAclArn"]),
        beside: &[],
    },
    run,
};

fn run(case: &Case<'_>) -> Judged {
    let mut rows = Rows::new(case);
    let acl = text(case.resource, &["WebAclArn"]);
    let there = acl.as_ref().ok().and_then(Option::as_deref).unwrap_or_default().to_owned();
    rows.must("web ACL", acl.as_ref().map(Option::is_some).map_err(|gap| *gap), &there, "there is none");
    rows.judged("")
}
