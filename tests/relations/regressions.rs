//! Pairs on which the engine once answered wrongly, or by chance.

use plimsoll::iam::{Context, ContextValue, Grants, Relation};
use serde_json::{Value, json};

use super::{compare, policy};

fn allow(resource: &Value, condition: Value) -> Value {
    let condition = if condition.is_null() { json!({}) } else { condition };
    json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Action": "sqs:*", "Resource": resource, "Condition": condition }
    ] })
}

fn if_so(condition: Value) -> Value {
    allow(&json!("*"), condition)
}

fn is_not_contained(left: &Value, right: &Value) {
    let relation = compare(left, right);
    assert!(matches!(relation, Relation::NotContained(_)), "{relation}: {left} {right}");
}

fn is_not_said_to_be_contained(left: &Value, right: &Value) {
    let relation = compare(left, right);
    assert!(relation != Relation::Contained, "{left} {right}");
}

/// Documented: `ForAllValues` is true also where the values resolve to an empty text, and `Null` takes one as missing.
#[test]
fn an_empty_text_is_none_to_set_operators_and_null() {
    let all = if_so(json!({ "ForAllValues:StringEquals": { "lab:k": "a" } }));
    let listed = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Action": "sqs:*", "Resource": "*", "Condition": { "StringEqualsIfExists": { "lab:k": "a" } } },
        { "Effect": "Allow", "Action": "sqs:*", "Resource": "*", "Condition": { "ForAnyValue:StringLike": { "lab:k": "*" } } }
    ] });
    is_not_contained(&all, &listed);
    is_not_contained(
        &if_so(json!({ "StringEquals": { "lab:k": "" } })),
        &if_so(json!({ "Null": { "lab:k": "false" } })),
    );
}

#[test]
fn operators_on_arns_take_only_arns() {
    let text = if_so(json!({ "StringEquals": { "lab:k": "x:a:b:c:d:e" } }));
    is_not_contained(&text, &if_so(json!({ "ArnLike": { "lab:k": "x:*:*:*:*:*" } })));
    is_not_said_to_be_contained(
        &if_so(json!({ "StringEquals": { "lab:k": "a" } })),
        &if_so(json!({ "ArnLike": { "lab:k": "*" } })),
    );
    // Practice reads this as a beginning, the documentation does not.
    is_not_said_to_be_contained(
        &if_so(json!({ "ArnLike": { "lab:k": "arn:aws:sns:*" } })),
        &if_so(json!({ "Null": { "lab:k": "true" } })),
    );
}

#[test]
fn a_variable_may_bring_a_colon() {
    let left = if_so(json!({ "StringLike": { "lab:k": "arn:aws:sns:${lab:v}:1:q" } }));
    is_not_said_to_be_contained(&left, &if_so(json!({ "ArnLike": { "lab:k": "arn:aws:sns:*:1:q" } })));
}

#[test]
fn a_variable_in_any_letter_case_is_more_than_its_value() {
    let left = if_so(json!({ "StringEqualsIgnoreCase": { "lab:k": "${lab:v}" } }));
    is_not_contained(&left, &if_so(json!({ "StringEquals": { "lab:k": "${lab:v}" } })));
    // The sign for Kelvin is a `k` in lower case.
    let left = if_so(json!({ "StringEqualsIgnoreCase": { "lab:k": "k" } }));
    is_not_contained(&left, &if_so(json!({ "StringEquals": { "lab:k": ["k", "K"] } })));
    let left = if_so(json!({ "StringEqualsIgnoreCase": { "lab:k": "\u{130}" } }));
    is_not_said_to_be_contained(&left, &if_so(json!({ "StringEquals": { "lab:k": "\u{130}" } })));
}

#[test]
fn texts_that_are_no_numbers_are_possible() {
    let left = if_so(json!({ "Null": { "lab:k": "false" } }));
    let statement = |operator: &str| if_so(json!({ operator: { "lab:k": "5" } }))["Statement"][0].clone();
    let right = json!({ "Version": "2012-10-17", "Statement": [statement("NumericLessThan"), statement("NumericGreaterThanEquals")] });
    is_not_said_to_be_contained(&left, &right);
}

#[test]
fn there_are_numbers_between_neighbours_and_beyond_the_largest() {
    let between =
        json!({ "NumericGreaterThan": { "lab:k": "5" }, "NumericLessThan": { "lab:k": "5.00000000000000001" } });
    is_not_contained(&if_so(between), &if_so(json!({ "Null": { "lab:k": "true" } })));
    let largest = "170141183460469231731.687303715884105727";
    let left = if_so(json!({ "NumericGreaterThanEquals": { "lab:k": largest } }));
    is_not_said_to_be_contained(&left, &if_so(json!({ "NumericEquals": { "lab:k": largest } })));
}

#[test]
fn heads_of_resources_that_are_no_arn_are_not_nothing() {
    let nothing = json!({ "Version": "2012-10-17", "Statement": [] });
    for resource in ["a*", "*:*", "arn", "?", "*:aws:sqs:us-east-1:111122223333:q"] {
        is_not_said_to_be_contained(&allow(&json!(resource), Value::Null), &nothing);
    }
    assert_eq!(compare(&allow(&json!("queue/*"), Value::Null), &nothing), Relation::Contained);
}

#[test]
fn a_short_arn_in_the_policy_of_a_resource_needs_a_wildcard() {
    let statement = |resource: &str| {
        json!({ "Version": "2012-10-17", "Statement": [
            { "Effect": "Allow", "Principal": "*", "Action": "sqs:*", "Resource": resource }
        ] })
    };
    is_not_contained(&statement("arn:aws:sqs:us-east-1:111122223333:q"), &statement("arn:aws:sqs"));
    assert_eq!(
        compare(&statement("arn:aws:sqs:us-east-1:111122223333:q"), &statement("arn:aws:sqs:*")),
        Relation::Contained
    );
}

#[test]
fn a_user_is_named_with_the_federated_user_of_that_name() {
    let statement = |effect: &str, principal: Value| json!({ "Effect": effect, "Principal": principal, "Action": "sqs:*", "Resource": "*" });
    let user = || json!({ "AWS": "arn:aws:iam::111122223333:user/ann" });
    let left = json!({ "Version": "2012-10-17", "Statement": [statement("Allow", user())] });
    let federated = json!({ "AWS": "arn:aws:sts::111122223333:federated-user/ann" });
    let right =
        json!({ "Version": "2012-10-17", "Statement": [statement("Allow", user()), statement("Deny", federated)] });
    is_not_contained(&left, &right);
}

#[test]
fn the_root_of_another_partition_is_another_account() {
    let root = |partition: &str| {
        json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": "sqs:*", "Resource": "*",
            "Principal": { "AWS": format!("arn:{partition}:iam::111122223333:root") } }] })
    };
    is_not_contained(&root("aws"), &root("aws-cn"));
}

#[test]
fn what_cannot_be_read_is_the_same_wherever_it_stands() {
    let one = if_so(json!({ "DateLessThan": { "lab:k": "tomorrow" }, "StringSortOf": { "lab:k": "a" } }));
    assert_eq!(compare(&one, &one), Relation::Contained);
    let other = if_so(json!({ "DateLessThan": { "lab:k": "later" }, "StringSortOf": { "lab:k": "a" } }));
    assert!(matches!(compare(&one, &other), Relation::Unknown(_)));
}

#[test]
fn a_given_context_fills_variables_and_holds_for_whole_lists() {
    let asks = policy(&allow(&json!("arn:aws:sqs:us-east-1:111122223333:ann"), Value::Null));
    let own = policy(&allow(&json!("arn:aws:sqs:us-east-1:111122223333:${aws:username}"), Value::Null));
    let judge = |context: Context| Grants::of([&asks]).granted_by(&Grants::of([&own]), &context);
    assert_eq!(judge([("aws:username", ContextValue::from("ann"))].into_iter().collect()), Relation::Contained);
    let other = judge([("aws:username", ContextValue::from("bob"))].into_iter().collect());
    assert!(matches!(other, Relation::NotContained(_)), "{other}");
    // The name is not given, so the answer rests on it.
    assert!(matches!(judge(Context::new()), Relation::Unknown(_)));

    let tags = policy(&if_so(json!({ "ForAnyValue:StringEquals": { "aws:TagKeys": "b" } })));
    let anything = policy(&if_so(Value::Null));
    let list = ContextValue::Many(vec!["a".to_owned(), "b".to_owned()]);
    let context: Context = [("aws:TagKeys", list)].into_iter().collect();
    assert_eq!(Grants::of([&anything]).granted_by(&Grants::of([&tags]), &context), Relation::Contained);
}
