//! The table with settings that no rule of the lab names.

use super::case;
use crate::case::{Case, on_ministack};
use crate::names::LAMBDA_2;
use crate::step::Step;
use crate::support::lab::{ORDERS, Source, Table};

/// The cases.
pub(super) const CASES: &[Case] = &[
    case("a tag on the table, and a guard against its being deleted", &[Step::TagTable, Step::ProtectTable]),
    case("the capacity of older consoles", &[Step::ProvisionTable]),
    case(
        "other tables, one of the same name in a second region",
        &[
            Step::NewTable(Table { name: "orders-2", key: "id", ..ORDERS }),
            Step::NewTable(Table { name: "Orders", stream: None, ..ORDERS }),
            Step::In("eu-west-1", &Step::NewTable(Table { key_type: "N", ..ORDERS })),
        ],
    ),
    case("the table was made a second time, and its trigger after it", &[Step::ReplaceTable(ORDERS)]),
    on_ministack(case(
        "the stream was turned on a second time, and the trigger made after it",
        &[
            Step::DeleteTriggers(LAMBDA_2),
            Step::StreamAgain("NEW_IMAGE"),
            Step::NewTrigger { function: LAMBDA_2, source: Source::Stream("orders") },
        ],
    )),
];
