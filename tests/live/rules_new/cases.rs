//! The templates, and for each five changes by hand with the rule that tells each.

use super::change::Change::{self, *};
use super::mend::Mend;
use super::stack::ADDRESS;
use aws_sdk_sqs::types::QueueAttributeName as Attribute;

/// A template.
#[derive(Debug)]
pub(super) struct Case {
    /// The name of its test.
    pub(super) name: &'static str,
    /// Its file in `tests/templates`.
    pub(super) template: &'static str,
    /// The file there that is deployed for it, if the server cannot take the template itself.
    pub(super) deployed: Option<&'static str>,
    /// What is spelt otherwise for the server, and how: it keeps the types of an API's endpoint only in small letters, and
    /// the path of a stage's settings as it finds it.
    pub(super) respelt: &'static [(&'static str, &'static str)],
    /// The rules that are unknown on the server.
    pub(super) unanswered: &'static [&'static str],
    /// Its parameters.
    pub(super) parameters: &'static [(&'static str, &'static str)],
    /// What the server leaves out.
    pub(super) mends: &'static [Mend],
    /// Changes by hand, each with a rule that fails by it.
    pub(super) changes: &'static [(Change, &'static str)],
}

const POWER: &str = "arn:aws:iam::aws:policy/PowerUserAccess";

pub(super) const CASES: &[Case] = &[
    Case {
        name: "api_to_queue",
        template: "api-to-queue.yaml",
        deployed: None,
        respelt: &[("Types: [", "types: [")],
        unanswered: &[],
        parameters: &[],
        mends: &[],
        changes: &[
            (Queue("OrdersQueue", Attribute::VisibilityTimeout, "5"), "orders-queue-settings"),
            (LetAnyoneSend("OrdersQueue"), "orders-queue-policy"),
            (Inline("ApiRole", "sqs:*"), "api-role-permissions"),
            (LoseInline("ApiRole"), "api-role-permissions"),
            (Trust("ApiRole", "lambda.amazonaws.com"), "api-role-trust"),
            (Method("OrdersApi", "/orders", "POST", "/authorizationType", "NONE"), "post-order-settings"),
            (DeleteMethod("OrdersApi", "/orders", "POST"), "post-order-exists"),
            (NewStage("OrdersApi", "spare"), "orders-api-only-stages"),
            (Stage("OrdersApi", "live", "/tracingEnabled", "false"), "stage-settings"),
        ],
    },
    Case {
        name: "fan_out",
        template: "fan-out.yaml",
        deployed: None,
        respelt: &[],
        unanswered: &[],
        parameters: &[],
        mends: &[
            Mend::Topic("OrderEvents", "KmsMasterKeyId", "alias/aws/sns"),
            Mend::Subscription(
                "OrderEvents",
                "sqs",
                "{Billing}",
                &[
                    (
                        "FilterPolicy",
                        r#"{"event": ["order-placed", "order-cancelled"], "amount": [{"numeric": [">", 0]}]}"#,
                    ),
                    ("RedrivePolicy", r#"{"deadLetterTargetArn": "{Undeliverable}"}"#),
                ],
            ),
            Mend::Subscription(
                "OrderEvents",
                "sqs",
                "{Shipping}",
                &[
                    ("FilterPolicyScope", "MessageBody"),
                    ("FilterPolicy", r#"{"detail": {"state": ["paid"]}}"#),
                    ("RawMessageDelivery", "true"),
                ],
            ),
            Mend::Subscription("OrderEvents", "sqs", "{Archive}", &[]),
        ],
        changes: &[
            (Subscribe("OrderEvents", "sqs", "{Undeliverable}"), "order-events-only-subscriptions"),
            (Unsubscribe("OrderEvents", "{Archive}"), "to-archive-exists"),
            (Subscriptions("OrderEvents", "RawMessageDelivery", "false"), "order-events-feeds-shipping"),
            (LetAnyoneSend("Shipping"), "billing-policy"),
            (LosePolicy("Billing"), "order-events-feeds-billing"),
            (Queue("Shipping", Attribute::DelaySeconds, "0"), "shipping-settings"),
            (Topic("OrderEvents", "KmsMasterKeyId", ""), "order-events-settings"),
        ],
    },
    Case {
        name: "fifo",
        template: "fifo.yaml",
        deployed: None,
        respelt: &[],
        unanswered: &[],
        parameters: &[],
        mends: &[
            Mend::Topic("PaymentEvents", "ContentBasedDeduplication", "true"),
            Mend::Subscription("PaymentEvents", "sqs", "{Ledger}", &[("RawMessageDelivery", "true")]),
        ],
        changes: &[
            (DeleteTriggers("Bookkeeper"), "bookkeeper-queue-exists"),
            (StopTriggers("Bookkeeper"), "ledger-triggers-bookkeeper"),
            (Subscriptions("PaymentEvents", "FilterPolicy", r#"{"kind": ["paid"]}"#), "payment-events-feeds-ledger"),
            (Detach("BookkeeperRole"), "bookkeeper-role-permissions"),
            (Queue("Ledger", Attribute::VisibilityTimeout, "30"), "ledger-settings"),
            (LetAnyoneSend("Ledger"), "ledger-send-message"),
            (Timeout("Bookkeeper", 3), "bookkeeper-settings"),
            (Subscribe("PaymentEvents", "sqs", "{LedgerFailures}"), "payment-events-only-subscriptions"),
        ],
    },
    Case {
        name: "function_url",
        template: "function-url.yaml",
        deployed: None,
        respelt: &[],
        unanswered: &[],
        parameters: &[],
        mends: &[Mend::Invocations("Report", 0, 300)],
        changes: &[
            (OpenUrl("Report"), "report-address-settings"),
            (DeleteUrl("Report"), "report-address-exists"),
            (Timeout("Report", 3), "report-settings"),
            (LetAnyoneInvoke("Report"), "report-policy"),
            (Inline("ReportRole", "s3:GetObject"), "report-role-permissions"),
            (Trust("ReportRole", "ec2.amazonaws.com"), "report-role-trust"),
        ],
    },
    Case {
        name: "lambda_authorizer",
        template: "lambda-authorizer.yaml",
        deployed: None,
        respelt: &[("Types: [", "types: [")],
        unanswered: &[],
        parameters: &[],
        mends: &[Mend::Stage("Api", "v1", &[("/*/*/logging/loglevel", "OFF"), ("/*/*/metrics/enabled", "true")])],
        changes: &[
            (Method("Api", "/products/{id}", "GET", "/authorizationType", "NONE"), "get-product-settings"),
            (LosePermissions("Catalogue"), "get-product-invokes-catalogue"),
            (LetAnyoneInvoke("Doorkeeper"), "doorkeeper-policy"),
            (Authorizers("Api", "/identitySource", "method.request.header.X-Token"), "token-authorizer-settings"),
            (Attach("LambdaRole", POWER), "lambda-role-settings"),
            (NewStage("Api", "v2"), "api-only-stages"),
            (DeleteMethod("Api", "/products/{id}", "GET"), "get-product-exists"),
        ],
    },
    Case {
        name: "order_intake",
        template: "order-intake.json",
        deployed: None,
        respelt: &[("\"Types\": [", "\"types\": [")],
        unanswered: &[],
        parameters: &[("NotifyAddress", ADDRESS)],
        mends: &[Mend::Subscription("Topic", "email", ADDRESS, &[])],
        changes: &[
            (DeleteTriggers("Writer"), "writer-trigger-exists"),
            (StreamOff("Orders"), "orders-settings"),
            (LetAnyoneSend("Queue"), "queue-send-message"),
            (Detach("AnnouncerRole"), "announcer-role-settings"),
            (Unsubscribe("Topic", ADDRESS), "topic-subscription-exists"),
            (AllowAll("WriteOrders"), "write-orders-content"),
            (Timeout("Writer", 60), "queue-triggers-writer"),
        ],
    },
    Case {
        name: "queue_to_function",
        template: "queue-to-function.yaml",
        deployed: None,
        respelt: &[],
        unanswered: &[],
        parameters: &[],
        mends: &[Mend::Reserved("Worker", 20)],
        changes: &[
            (DeleteTriggers("Worker"), "worker-trigger-exists"),
            (Batch("Worker", 1), "jobs-triggers-worker"),
            (LoseInline("WorkerRole"), "worker-role-permissions"),
            (Inline("WorkerRole", "sqs:*"), "worker-role-permissions"),
            (Attach("WorkerRole", POWER), "worker-role-permissions"),
            (LetAnyoneSend("Jobs"), "queues-closed"),
            (Queue("DeadJobs", Attribute::MessageRetentionPeriod, "60"), "dead-jobs-settings"),
            (Queue("Jobs", Attribute::RedrivePolicy, ""), "jobs-settings"),
            (Reserve("Worker", 1), "worker-settings"),
        ],
    },
    Case {
        name: "sam_bookings",
        template: "sam-bookings.yaml",
        // The server expands templates of SAM only with a package that its own dependencies forbid.
        deployed: Some("processed/sam-bookings.json"),
        respelt: &[],
        // The server has no policy AWSXrayWriteOnlyAccess, which the transform attaches to each role.
        unanswered: &[
            "book-role-permissions",
            "book-uses-bookings",
            "book-uses-requests",
            "confirm-role-permissions",
            "confirm-uses-announcements",
            "confirm-uses-bookings",
            "notice-role-permissions",
            "requests-triggers-confirm",
        ],
        parameters: &[],
        mends: &[
            Mend::Reserved("Confirm", 5),
            Mend::Encrypted("Bookings"),
            Mend::Subscription(
                "Announcements",
                "lambda",
                "arn:aws:lambda:us-east-1:${AWS::AccountId}:function:booking-notice",
                &[("FilterPolicy", r#"{"kind": ["confirmed"]}"#)],
            ),
        ],
        changes: &[
            (DeleteTriggers("Confirm"), "confirm-from-queue-exists"),
            (LetAnyoneInvoke("Book"), "book-policy"),
            (Timeout("Book", 3), "book-settings"),
            (LosePermissions("Notice"), "announcements-feeds-notice"),
            (Subscribe("Announcements", "sqs", "{Requests}"), "announcements-only-subscriptions"),
            (DeleteMethod("ServerlessRestApi", "/bookings", "POST"), "serverless-rest-api-post-bookings-exists"),
        ],
    },
    Case {
        name: "stream_to_functions",
        template: "stream-to-functions.yaml",
        deployed: None,
        respelt: &[],
        unanswered: &[],
        parameters: &[],
        mends: &[Mend::Backups("Customers", "expires")],
        changes: &[
            (DeleteTriggers("Welcome"), "welcome-on-insert-exists"),
            (StopTriggers("Forget"), "customers-triggers-forget"),
            (Batch("Welcome", 7), "customers-triggers-welcome"),
            (NoBackups("Customers"), "customers-settings"),
            (AllowAll("ReadStream"), "read-stream-content"),
            (Detach("StreamRole"), "stream-role-permissions"),
        ],
    },
    Case {
        name: "usage_plan",
        template: "usage-plan.yaml",
        deployed: None,
        respelt: &[("/~1prices", "~1prices")],
        unanswered: &[],
        parameters: &[],
        mends: &[
            // AWS puts the ARN of the API before the path.
            Mend::Api(
                "PricesApi",
                "/policy",
                r#"{"Version": "2012-10-17", "Statement": [
                    {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke",
                     "Resource": "arn:aws:execute-api:us-east-1:${AWS::AccountId}:{PricesApi}/*"},
                    {"Effect": "Deny", "Principal": "*", "Action": "execute-api:Invoke",
                     "Resource": "arn:aws:execute-api:us-east-1:${AWS::AccountId}:{PricesApi}/*",
                     "Condition": {"NotIpAddress": {"aws:SourceIp": ["192.0.2.0/24", "198.51.100.0/24"]}}}]}"#,
            ),
        ],
        changes: &[
            (Method("PricesApi", "/prices", "GET", "/authorizationType", "AWS_IAM"), "get-prices-settings"),
            (DeleteMethod("PricesApi", "/", "GET"), "root-exists"),
            (Integration("PricesApi", "/", "GET", "/uri", "https://www.example.org/prices"), "root-settings"),
            (
                Api(
                    "PricesApi",
                    "/policy",
                    r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*",
                        "Action": "execute-api:Invoke", "Resource": "*"}]}"#,
                ),
                "prices-api-policy",
            ),
            (NewStage("PricesApi", "v3"), "prices-api-only-stages"),
            (Api("PricesApi", "/apiKeySource", "AUTHORIZER"), "prices-api-settings"),
        ],
    },
];
