//! Mistakes in the table and its stream.

use crate::case::{Case, Change, mistake, on_ministack};
use crate::names::LAMBDA_2;
use crate::step::Step;
use crate::support::lab::{ORDERS, Source, Table};

const TABLE_IS_GONE: &[Change] = &[
    ("announcer-trigger-exists", "announcer-trigger", "fail"),
    ("orders-exists", "orders", "fail"),
    ("orders-key", "orders", "blocked"),
    ("orders-stream", "orders", "blocked"),
    ("stream-triggers-announcer", "orders → announcer", "blocked"),
    ("writer-stores-orders", "writer → orders", "blocked"),
];
const STREAM_IS_WRONG: &[Change] =
    &[("orders-stream", "orders", "fail"), ("stream-triggers-announcer", "orders → announcer", "blocked")];

/// The cases.
pub(super) const CASES: &[Case] = &[
    mistake(
        "the table is missing",
        &[Step::DeleteTable("orders")],
        &[
            ("orders-exists", "orders", "fail"),
            ("orders-key", "orders", "blocked"),
            ("orders-stream", "orders", "blocked"),
            ("stream-triggers-announcer", "orders → announcer", "blocked"),
            ("writer-stores-orders", "writer → orders", "blocked"),
        ],
        &[("orders-exists", "no table of that name in us-east-1")],
    ),
    mistake(
        "R19: the partition key is OrderID",
        &[Step::ReplaceTable(Table { key: "OrderID", ..ORDERS })],
        &[("orders-key", "orders", "fail")],
        &[("orders-key", "AttributeName: OrderID")],
    ),
    mistake(
        "R19: the partition key is id",
        &[Step::ReplaceTable(Table { key: "id", ..ORDERS })],
        &[("orders-key", "orders", "fail")],
        &[("orders-key", "AttributeName: id")],
    ),
    mistake(
        "R20: the partition key is a number",
        &[Step::ReplaceTable(Table { key_type: "N", ..ORDERS })],
        &[("orders-key", "orders", "fail")],
        &[("orders-key", "AttributeType: N")],
    ),
    mistake(
        "the table has a sort key",
        &[Step::ReplaceTable(Table { sort_key: Some("order"), ..ORDERS })],
        &[("orders-key", "orders", "fail")],
        &[("orders-key", "KeyType: RANGE")],
    ),
    mistake(
        "R21: the table's name begins with a capital",
        &[Step::ReplaceTable(Table { name: "Orders", ..ORDERS })],
        TABLE_IS_GONE,
        &[("orders-exists", "Orders is there, and case counts in names")],
    ),
    mistake(
        "R02: the table is in another region",
        &[Step::DeleteTriggers(LAMBDA_2), Step::DeleteTable("orders"), Step::In("eu-west-1", &Step::NewTable(ORDERS))],
        TABLE_IS_GONE,
        &[],
    ),
    mistake(
        "R22: the stream was never turned on",
        &[Step::ReplaceTable(Table { stream: None, ..ORDERS })],
        &[
            ("announcer-trigger-exists", "announcer-trigger", "fail"),
            ("orders-stream", "orders", "fail"),
            ("stream-triggers-announcer", "orders → announcer", "blocked"),
        ],
        &[("orders-stream", "StreamSpecification nothing")],
    ),
    mistake(
        "R22: the stream was turned off again",
        &[Step::StreamOff],
        STREAM_IS_WRONG,
        &[("orders-stream", "StreamSpecification nothing"), ("stream-triggers-announcer", "orders-stream")],
    ),
    mistake(
        "R23: the stream shows keys only",
        &[Step::ReplaceTable(Table { stream: Some("KEYS_ONLY"), ..ORDERS })],
        STREAM_IS_WRONG,
        &[("orders-stream", "KEYS_ONLY")],
    ),
    mistake(
        "R23: the stream shows old images",
        &[Step::ReplaceTable(Table { stream: Some("OLD_IMAGE"), ..ORDERS })],
        STREAM_IS_WRONG,
        &[("orders-stream", "OLD_IMAGE")],
    ),
    mistake(
        "the stream shows old images beside the new",
        &[Step::ReplaceTable(Table { stream: Some("NEW_AND_OLD_IMAGES"), ..ORDERS })],
        STREAM_IS_WRONG,
        &[("orders-stream", "NEW_AND_OLD_IMAGES")],
    ),
    on_ministack(mistake(
        "R24: the stream was made again after the trigger",
        &[Step::StreamAgain("NEW_IMAGE")],
        &[("stream-triggers-announcer", "orders → announcer", "fail")],
        &[("stream-triggers-announcer", "after the trigger was made")],
    )),
    mistake(
        "R24: the table was made again after the trigger",
        &[Step::DeleteTable("orders"), Step::NewTable(ORDERS)],
        &[("stream-triggers-announcer", "orders → announcer", "fail")],
        &[("stream-triggers-announcer", "after the trigger was made")],
    ),
    mistake(
        "the trigger is on the stream of another table",
        &[
            Step::NewTable(Table { name: "orders-2", ..ORDERS }),
            Step::DeleteTriggers(LAMBDA_2),
            Step::NewTrigger { function: LAMBDA_2, source: Source::Stream("orders-2") },
        ],
        &[
            ("announcer-trigger-exists", "announcer-trigger", "fail"),
            ("stream-triggers-announcer", "orders → announcer", "blocked"),
        ],
        &[("announcer-trigger-exists", "table/orders-2/stream/")],
    ),
];
