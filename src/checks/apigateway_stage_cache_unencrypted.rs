//! `apigateway-stage-cache-unencrypted`: stages whose cache is in the clear.

use super::method_setting::{is_set, settings};
use super::settings::{Rows, is_true};
use super::{Analysis, Case, Judged};
use crate::model::{Check, Control, Gap, Reads, Severity, Verdict};

pub(super) static CHECK: Analysis = Analysis {
    check: Check {
        name: "apigateway-stage-cache-unencrypted",
        title: "Every cache of a stage is encrypted",
        finds: "Each stage of a REST API that has a cache and keeps answers of some methods in it without encryption. A stage without a cache is left alone, whatever its methods say. Where no setting says of every method whether it is cached, GET methods may be, and the finding is unknown.",
        matters: "Answers, with all that is confidential in them, are kept in the clear for as long as the cache keeps them.",
        mend: "API Gateway console > the API > Stages > the stage > Edit > Encrypt cache data; where a method overrides it, the method > Method overrides > Edit.",
        severity: Severity::Medium,
        controls: &[
            Control::new("AWS Security Hub", "APIGateway.5"),
            Control::new("AWS Config", "API_GW_CACHE_ENABLED_AND_ENCRYPTED"),
            Control::new("Prowler", "apigateway_restapi_cache_encrypted"),
            Control::new("Guard Rules Registry", "API_GW_CACHE_ENABLED_AND_ENCRYPTED"),
            Control::new("Powerpipe", "apigateway_stage_cache_encryption_at_rest_enabled"),
            Control::new("Checkov", "CKV_AWS_308"),
            Control::new("NIST SP 800-53 Rev. 5", "SC-28(1)"),
        ],
        reads: Reads::Fields("AWS::ApiGateway::Stage", &["CacheClusterEnabled", "MethodSettings"]),
        beside: &[],
    },
    run,
};

fn run(case: &Case<'_>) -> Judged {
    const ROW: &str = "cache";
    let mut rows = Rows::new(case);
    let has_cache = is_true(case.resource, &["CacheClusterEnabled"]);
    let found = settings(case.resource, |setting| {
        match (is_set(setting, "CachingEnabled"), is_set(setting, "CacheDataEncrypted")) {
            (Ok(false), _) | (_, Ok(true)) => Ok(false),
            (Ok(true), Ok(false)) => Ok(true),
            (Err(gap), _) | (_, Err(gap)) => Err(gap),
        }
    });
    let gaps: Vec<&Gap> = has_cache.as_ref().err().copied().into_iter().chain(&found.gaps).collect();
    match has_cache {
        Ok(false) => rows.pass(ROW, "it has none"),
        Ok(true) if !found.hits.is_empty() => {
            rows.fail(ROW, format!("it keeps answers of {} in the clear", found.hits.join(", ")));
        }
        _ if !gaps.is_empty() => rows.unread(ROW, &gaps),
        _ if found.has_default => rows.pass(ROW, "what is cached is encrypted"),
        _ => rows.say(
            ROW,
            Verdict::Unknown,
            "no setting is for every method, so that GET methods may be cached in the clear; check it by hand",
        ),
    }
    rows.judged("")
}
