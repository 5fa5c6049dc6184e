//! Whom the trust policies of the roles let in.

use crate::case::{Case, Change, mistake};
use crate::names::{API, WRITER};
use crate::step::Step;

const FUNCTIONS_TRUST: &[Change] = &[("function-roles-trust", "writer-role", "fail")];
const API_TRUST: &[Change] = &[("api-feeds-queue", "post → queue", "fail"), ("api-role-trust", "api-role", "fail")];

const LAMBDA_IS_NOT_TRUSTED: &[Change] = &[
    ("function-roles-trust", "writer-role", "fail"),
    ("queue-triggers-writer", "queue → writer", "fail"),
    ("writer-stores-orders", "writer → orders", "fail"),
];

/// The cases.
pub(super) const CASES: &[Case] = &[
    mistake(
        "another service may assume a function's role as well",
        &[Step::Trust {
            role: WRITER,
            document: r#"{"Version": "2012-10-17", "Statement": [{"Sid": "two", "Effect": "Allow",
                "Principal": {"Service": ["lambda.amazonaws.com", "ec2.amazonaws.com"]}, "Action": "sts:AssumeRole"}]}"#,
        }],
        FUNCTIONS_TRUST,
        &[("function-roles-trust", "ec2.amazonaws.com may, by statement \"two\" of the trust policy")],
    ),
    mistake(
        "another service alone may assume the API's role",
        &[Step::Trust {
            role: API,
            document: r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
                "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}"#,
        }],
        API_TRUST,
        &[("api-role-trust", "apigateway.amazonaws.com may not"), ("api-role-trust", "lambda.amazonaws.com may")],
    ),
    mistake(
        "the account itself in place of the service may assume a role",
        &[Step::Trust {
            role: WRITER,
            document: r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
                "Principal": {"AWS": "arn:aws:iam::${AWS::AccountId}:root"}, "Action": "sts:AssumeRole"}]}"#,
        }],
        LAMBDA_IS_NOT_TRUSTED,
        &[
            ("function-roles-trust", "lambda.amazonaws.com may not"),
            ("function-roles-trust", "leaves the rest to the account's IAM policies"),
        ],
    ),
    mistake(
        "another account may assume a role",
        &[Step::Trust {
            role: WRITER,
            document: r#"{"Version": "2012-10-17", "Statement": [
                {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"},
                {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "sts:AssumeRole",
                 "Condition": {"StringEquals": {"sts:ExternalId": "orders"}}}]}"#,
        }],
        FUNCTIONS_TRUST,
        &[
            ("function-roles-trust", "account 111122223333 may, by statement 2 of the trust policy"),
            ("function-roles-trust", "sts:ExternalId"),
        ],
    ),
    mistake(
        "anyone may assume a role",
        &[Step::Trust {
            role: API,
            document: r#"{"Version": "2012-10-17", "Statement": [{"Sid": "", "Effect": "Allow",
                "Principal": {"AWS": "*", "Service": "apigateway.amazonaws.com"}, "Action": "sts:AssumeRole"}]}"#,
        }],
        &[("api-role-trust", "api-role", "fail")],
        &[("api-role-trust", "anyone may"), ("api-role-trust", "sts:AssumeRole on arn:aws:iam::")],
    ),
    mistake(
        "the API's role trusts its service on behalf of the account alone, which is not known to be told",
        &[Step::Trust {
            role: API,
            document: r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
                "Principal": {"Service": "apigateway.amazonaws.com"}, "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"aws:SourceAccount": "${AWS::AccountId}"}}}]}"#,
        }],
        &[("api-feeds-queue", "post → queue", "unknown")],
        &[("api-feeds-queue", "aws:SourceAccount")],
    ),
    mistake(
        "a role trusts its service for another action",
        &[Step::Trust {
            role: WRITER,
            document: r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
                "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:TagSession"}]}"#,
        }],
        LAMBDA_IS_NOT_TRUSTED,
        &[("function-roles-trust", "lambda.amazonaws.com may not")],
    ),
];
