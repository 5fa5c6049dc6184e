//! The functions and their triggers with settings that no rule of the lab names.

use super::case;
use crate::case::Case;
use crate::names::{LAMBDA_1, LAMBDA_2};
use crate::step::{Setting, Step, TriggerSetting};
use crate::support::lab::{ANNOUNCES, Function, ORDERS, STORES, Source, Table};

/// The cases.
pub(super) const CASES: &[Case] = &[
    case(
        "another size, text and tag",
        &[
            Step::SetFunction(LAMBDA_1, Setting::Memory(512)),
            Step::SetFunction(LAMBDA_1, Setting::Description("stores orders")),
            Step::SetFunction(LAMBDA_2, Setting::Memory(256)),
            Step::TagFunction(LAMBDA_2),
        ],
    ),
    case(
        "a later Python",
        &[
            Step::SetFunction(LAMBDA_1, Setting::Runtime("python3.12")),
            Step::SetFunction(LAMBDA_2, Setting::Runtime("python3.13")),
        ],
    ),
    case(
        "a function may run as long as a message stays hidden, and the other longer",
        &[Step::SetFunction(LAMBDA_1, Setting::Timeout(30)), Step::SetFunction(LAMBDA_2, Setting::Timeout(120))],
    ),
    case(
        "variables with the right ARN, the table's name, and a secret",
        &[
            Step::SetFunction(LAMBDA_1, Setting::Variables(&[("TABLE", "orders"), ("TOKEN", "not-a-real-secret")])),
            Step::SetFunction(
                LAMBDA_2,
                Setting::Variables(&[(
                    "SNS_ID",
                    "arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}:POC-Topic",
                )]),
            ),
        ],
    ),
    case(
        "other batches",
        &[
            Step::SetTriggers(LAMBDA_1, TriggerSetting::BatchSize(1)),
            Step::SetTriggers(LAMBDA_2, TriggerSetting::BatchSize(10)),
        ],
    ),
    case(
        "a filter on the records that are inserts, of which nobody can say what it leaves out",
        &[Step::SetTriggers(LAMBDA_2, TriggerSetting::Filter(r#"{"eventName": ["INSERT"]}"#))],
    ),
    case(
        "the triggers were made in another order",
        &[
            Step::DeleteTriggers(LAMBDA_1),
            Step::DeleteTriggers(LAMBDA_2),
            Step::NewTrigger { function: LAMBDA_2, source: Source::Stream("orders") },
            Step::NewTrigger { function: LAMBDA_1, source: Source::Queue("POC-Queue") },
        ],
    ),
    case(
        "another function with a trigger on another table, and the same ones in a second region",
        &[
            Step::NewTable(Table { name: "orders-2", ..ORDERS }),
            Step::NewFunction(Function { name: "POC-Lambda-3", ..ANNOUNCES }),
            Step::NewTrigger { function: "POC-Lambda-3", source: Source::Stream("orders-2") },
            Step::NewFunction(Function { name: "poc-lambda-1", ..STORES }),
            Step::In("eu-west-1", &Step::NewFunction(Function { runtime: "nodejs20.x", ..STORES })),
        ],
    ),
];
