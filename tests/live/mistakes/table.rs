//! Mistakes in the table and its stream.

use crate::case::{Case, mistake, on_ministack};
use crate::names::LAMBDA_2;
use crate::step::Step;
use crate::support::lab::{ORDERS, Source, Table};

/// The cases.
pub(super) const CASES: &[Case] = &[
    mistake("the table is missing", &[Step::DeleteTable("orders")], &[], &[]),
    mistake("R19: the partition key is OrderID", &[Step::ReplaceTable(Table { key: "OrderID", ..ORDERS })], &[], &[]),
    mistake("R19: the partition key is id", &[Step::ReplaceTable(Table { key: "id", ..ORDERS })], &[], &[]),
    mistake("R20: the partition key is a number", &[Step::ReplaceTable(Table { key_type: "N", ..ORDERS })], &[], &[]),
    mistake("the table has a sort key", &[Step::ReplaceTable(Table { sort_key: Some("order"), ..ORDERS })], &[], &[]),
    mistake(
        "R21: the table's name begins with a capital",
        &[Step::ReplaceTable(Table { name: "Orders", ..ORDERS })],
        &[],
        &[],
    ),
    mistake(
        "R02: the table is in another region",
        &[Step::DeleteTriggers(LAMBDA_2), Step::DeleteTable("orders"), Step::In("eu-west-1", &Step::NewTable(ORDERS))],
        &[],
        &[],
    ),
    mistake("R22: the stream was never turned on", &[Step::ReplaceTable(Table { stream: None, ..ORDERS })], &[], &[]),
    mistake("R22: the stream was turned off again", &[Step::StreamOff], &[], &[]),
    mistake(
        "R23: the stream shows keys only",
        &[Step::ReplaceTable(Table { stream: Some("KEYS_ONLY"), ..ORDERS })],
        &[],
        &[],
    ),
    mistake(
        "R23: the stream shows old images",
        &[Step::ReplaceTable(Table { stream: Some("OLD_IMAGE"), ..ORDERS })],
        &[],
        &[],
    ),
    mistake(
        "the stream shows old images beside the new",
        &[Step::ReplaceTable(Table { stream: Some("NEW_AND_OLD_IMAGES"), ..ORDERS })],
        &[],
        &[],
    ),
    on_ministack(mistake(
        "R24: the stream was made again after the trigger",
        &[Step::StreamAgain("NEW_IMAGE")],
        &[],
        &[],
    )),
    mistake(
        "R24: the table was made again after the trigger",
        &[Step::DeleteTable("orders"), Step::NewTable(ORDERS)],
        &[],
        &[],
    ),
    mistake(
        "the trigger is on the stream of another table",
        &[
            Step::NewTable(Table { name: "orders-2", ..ORDERS }),
            Step::DeleteTriggers(LAMBDA_2),
            Step::NewTrigger { function: LAMBDA_2, source: Source::Stream("orders-2") },
        ],
        &[],
        &[],
    ),
];
