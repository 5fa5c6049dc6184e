//! What a network and a busy service do to a scan: throttling, server errors, delays, answers cut short.
//!
//! What passes by itself leaves no trace in the report. What does not is `unknown`, never `pass`. Knows the proxy that
//! injects the faults; knows nothing of single rules.

use crate::support::binary::{Key, Plimsoll, Run};
use crate::support::lab;
use crate::support::report::Verdicts;
use crate::support::servers::{Faults, Kind, Server};
use crate::{KEY, REGION, RULES};
use serde_json::{Value, json};
use std::thread;
use std::time::Duration;

/// Codes and statuses with which AWS's services throttle.
const THROTTLES: [(&str, u16); 3] =
    [("ThrottlingException", 400), ("TooManyRequestsException", 429), ("SlowDown", 503)];
/// Codes and statuses of a service that is in trouble of its own.
const TROUBLES: [(&str, u16); 2] = [("InternalFailure", 500), ("ServiceUnavailable", 503)];
/// The services that the architecture has something of.
const SERVICES: [&str; 6] = ["apigateway", "dynamodb", "iam", "lambda", "sns", "sqs"];
/// The longest that a call may take with all its attempts, and some more for the others.
const BOUND: Duration = Duration::from_secs(40);

/// A server with the architecture, and a proxy in front of it.
struct Behind {
    faults: Faults,
    /// It ends when this is dropped.
    _server: Server,
}

impl Behind {
    async fn start(kind: Kind) -> Self {
        let server = Server::start(kind);
        lab::build(&server.endpoint(), REGION, KEY).await;
        Self { faults: Faults::start(&server), _server: server }
    }

    /// A scan through the proxy under these faults, and how many of them it met.
    fn under(&self, rules: &str, faults: &Value) -> (Run, usize) {
        self.faults.set(&faults.to_string());
        let run = scan(&self.faults, rules);
        (run, self.faults.injected())
    }
}

fn scan(faults: &Faults, rules: &str) -> Run {
    Plimsoll::scan(&faults.endpoint(), rules, &Key::administrator(KEY)).run()
}

/// Holds that each of `faults`, which are set once and then met by two scans, changes no byte of the reports.
async fn leaves_no_trace(kind: Kind, faults: &[Value]) {
    let behind = Behind::start(kind).await;
    let (undisturbed, injected) = behind.under(RULES, &json!([]));
    assert_eq!((undisturbed.code, injected), (0, 0), "{}", undisturbed.stderr);
    assert!(undisturbed.report().complete());
    for fault in faults {
        let (first, injected) = behind.under(RULES, &json!([fault]));
        assert!(injected > 0, "{kind:?} {fault}");
        // The faults are counted on, so they meet other calls of the second scan.
        let second = scan(&behind.faults, RULES);
        assert!(behind.faults.injected() > injected, "{kind:?} {fault}");
        for run in [first, second] {
            assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{kind:?} {fault}");
            assert_eq!(run.stdout, undisturbed.stdout, "{kind:?} {fault}");
        }
    }
}

/// One fault in `every` calls.
fn one_in(every: u32, (code, status): (&str, u16)) -> Value {
    json!({ "service": "*", "error": { "code": code, "status": status }, "sequence": { "fail": 1, "pass": every - 1 } })
}

/// Each service throttles its first call of a scan, in its own protocol.
#[tokio::test]
async fn throttling_by_each_service_leaves_no_trace() {
    let behind = Behind::start(Kind::Ministack).await;
    let (undisturbed, _) = behind.under(RULES, &json!([]));
    let first = |service: &str, (code, status): (&str, u16)| json!({ "service": service, "error": { "code": code, "status": status }, "times": 1 });
    for fault in THROTTLES.into_iter().chain(TROUBLES) {
        let faults: Vec<Value> = SERVICES.iter().map(|service| first(service, fault)).collect();
        let (run, injected) = behind.under(RULES, &json!(faults));
        assert_eq!(injected, SERVICES.len(), "{fault:?}");
        assert_eq!((run.code, &run.stdout), (0, &undisturbed.stdout), "{fault:?}: {}", run.stderr);
    }
}

#[tokio::test]
async fn throttling_of_every_fifth_call_leaves_no_trace() {
    leaves_no_trace(Kind::Ministack, &THROTTLES.map(|throttle| one_in(5, throttle))).await;
}

#[tokio::test]
async fn throttling_of_every_fifth_call_of_the_second_server_leaves_no_trace() {
    leaves_no_trace(Kind::Moto, &[one_in(5, THROTTLES[0])]).await;
}

#[tokio::test]
async fn an_error_of_the_server_in_every_third_call_leaves_no_trace() {
    leaves_no_trace(Kind::Ministack, &TROUBLES.map(|trouble| one_in(3, trouble))).await;
}

#[tokio::test]
async fn a_delay_leaves_no_trace() {
    let delay = Duration::from_millis(200);
    let behind = Behind::start(Kind::Ministack).await;
    let (undisturbed, _) = behind.under(RULES, &json!([]));
    let (delayed, injected) = behind.under(RULES, &json!([{ "service": "*", "latency": 200 }]));
    assert_eq!(undisturbed.report().0["calls"], injected);
    assert_eq!((delayed.code, &delayed.stdout), (0, &undisturbed.stdout), "{}", delayed.stderr);
    // Who calls, what there is, what one is like: one after the other.
    assert!(delayed.took >= 3 * delay, "{:?}", delayed.took);
}

/// Holds that `run` found what was found undisturbed or knows that it does not know, and that the latter occurs.
fn only_less(undisturbed: &Verdicts, run: &Run, what: &str) {
    let report = run.report();
    let mut unknown = 0;
    for (pair, verdict) in report.verdicts() {
        if verdict == "unknown" {
            unknown += 1;
        } else {
            assert_eq!(undisturbed.get(&pair), Some(&verdict), "{what}: {pair:?}");
        }
    }
    assert!(unknown > 0 && !report.complete(), "{what}: nothing is unknown");
    assert_eq!(run.code, 3, "{what}: {}", run.stderr);
    assert_eq!(report.verdicts().len(), undisturbed.len(), "{what}");
}

/// The three scans are made side by side, since most of their time is the SDK's pauses between attempts.
#[tokio::test]
async fn throttling_of_every_call_proves_nothing() {
    let server = Server::start(Kind::Ministack);
    lab::build(&server.endpoint(), REGION, KEY).await;
    let undisturbed = crate::case::intact(&server).verdicts();
    let throttled = |fault: Value, attempts: usize| {
        let faults = Faults::start(&server);
        faults.set(&json!([fault]).to_string());
        let run = scan(&faults, RULES);
        assert!(run.took < BOUND, "{fault}: {:?}", run.took);
        assert_eq!(faults.injected(), attempts, "{fault}: attempts");
        run
    };
    let throttle = json!({ "code": "ThrottlingException", "status": 400 });
    let (caller, details, queues) = thread::scope(|scope| {
        let caller = scope.spawn(|| throttled(json!({ "service": "sts", "error": throttle }), 3));
        let details = json!({ "service": "iam", "operation": "GetAccountAuthorizationDetails", "error": throttle });
        let details = scope.spawn(|| throttled(details, 6));
        let queues = scope.spawn(|| throttled(json!({ "service": "sqs", "error": throttle }), 6));
        [caller, details, queues].map(|scan| scan.join().expect("a scan")).into()
    });
    assert_eq!((caller.code, caller.stdout.as_str()), (4, ""));
    assert!(caller.stderr.contains("ThrottlingException"), "{}", caller.stderr);
    // What stands in for that call is not throttled.
    assert_eq!((details.code, details.report().verdicts()), (0, undisturbed.clone()), "{}", details.stderr);
    only_less(&undisturbed, &queues, "sqs");
    for finding in queues.report().findings() {
        // The queue is all that the architecture has of SQS. Its ARN follows from its name.
        let wanted = match finding.text("rule") {
            "only-writer-reads-queue" => "pass",
            rule if rule.contains("queue") => "unknown",
            "avoidable-star" => "fail",
            _ => "pass",
        };
        assert_eq!(finding.verdict(), wanted, "{}", finding.text("rule"));
    }
}

#[tokio::test]
async fn an_answer_cut_short_proves_nothing() {
    for (kind, parts) in [(Kind::Ministack, &[0.0, 0.5, 0.98][..]), (Kind::Moto, &[0.9])] {
        let behind = Behind::start(kind).await;
        let (undisturbed, _) = behind.under(RULES, &json!([]));
        let undisturbed = undisturbed.report().verdicts();
        for part in parts {
            for service in SERVICES.into_iter().chain(["sts"]) {
                let what = format!("{kind:?} {service} {part}");
                let cut = json!([{ "service": service, "response": { "truncate_frac": part } }]);
                let (run, injected) = behind.under(RULES, &cut);
                assert!(injected > 0, "{what}");
                if service == "sts" {
                    assert_eq!((run.code, run.stdout.as_str()), (4, ""), "{what}");
                    assert!(!run.stderr.is_empty(), "{what}");
                } else {
                    only_less(&undisturbed, &run, &what);
                }
            }
        }
    }
}

/// Where one call alone fails for good and others can stand in for it, they do.
#[tokio::test]
async fn what_has_a_fallback_is_still_read() {
    let behind = Behind::start(Kind::Ministack).await;
    let (undisturbed, _) = behind.under(RULES, &json!([]));
    for broken in [
        json!({ "response": { "truncate_frac": 0.5 } }),
        json!({ "response": { "set_headers": { "Content-Type": "text/html" }, "truncate_frac": 0.0 } }),
        json!({ "error": { "code": "InvalidAction", "status": 400 } }),
        json!({ "error": { "code": "AccessDenied", "status": 403 } }),
    ] {
        let mut fault = broken.clone();
        fault["service"] = "iam".into();
        fault["operation"] = "GetAccountAuthorizationDetails".into();
        let (run, injected) = behind.under(RULES, &json!([fault]));
        assert!(injected > 0, "{broken}");
        assert_eq!(run.report().verdicts(), undisturbed.report().verdicts(), "{broken}");
        assert_eq!((run.code, run.report().complete()), (0, true), "{broken}");
    }
}

/// A connection that breaks once, before or within an answer, is tried again.
#[tokio::test]
async fn a_broken_connection_leaves_no_trace() {
    let once = |fault: Value| {
        let mut fault = fault;
        fault["service"] = "iam".into();
        fault["times"] = 1.into();
        fault
    };
    let behind = Behind::start(Kind::Ministack).await;
    let (undisturbed, _) = behind.under(RULES, &json!([]));
    for fault in [json!({ "reset": true }), json!({ "response": { "abort_frac": 0.5 } })] {
        let (run, injected) = behind.under(RULES, &json!([once(fault.clone())]));
        assert_eq!(injected, 1, "{fault}");
        assert_eq!((run.code, &run.stdout), (0, &undisturbed.stdout), "{fault}: {}", run.stderr);
    }
}
