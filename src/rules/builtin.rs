//! The rules and expected documents of the repository, which every binary carries.

/// Texts of the folder `$folder` with the ending `$ending`, each with its path.
macro_rules! carried {
    ($folder:literal, $ending:literal, $($path:literal,)*) => {
        &[$(($path, include_str!(concat!("../../", $folder, "/", $path, $ending)))),*]
    };
}

/// The built-in rules, by name.
const RULES: &[(&str, &str)] = carried![
    "rules",
    ".yaml",
    "order-fan-out",
    "packs/inventory",
    "packs/least-privilege",
    "packs/security",
    "serverless-poc",
    "serverless-poc/course-video",
    "serverless-poc/deployed",
    "serverless-poc/hardened",
    "serverless-poc/lab-role",
];

/// The expected documents that they refer to, by their paths below `expected/`.
const DOCUMENTS: &[(&str, &str)] = carried![
    "expected",
    "",
    "order-fan-out/biller.json",
    "serverless-poc/Lambda-DynamoDBStreams-Read.json",
    "serverless-poc/Lambda-Read-SQS.json",
    "serverless-poc/Lambda-SNS-Publish.json",
    "serverless-poc/Lambda-Write-DynamoDB.json",
    "serverless-poc/POC-Queue.policy.json",
    "serverless-poc/announcer.ceiling.json",
    "serverless-poc/announcer.needs.json",
    "serverless-poc/api.ceiling.json",
    "serverless-poc/course-video/announcer.ceiling.json",
    "serverless-poc/course-video/api.ceiling.json",
    "serverless-poc/course-video/writer.ceiling.json",
    "serverless-poc/hardened/Lambda-DynamoDBStreams-Read.json",
    "serverless-poc/hardened/Lambda-Read-SQS.json",
    "serverless-poc/hardened/Lambda-SNS-Publish.json",
    "serverless-poc/hardened/Lambda-Write-DynamoDB.json",
    "serverless-poc/hardened/announcer.ceiling.json",
    "serverless-poc/hardened/announcer.needs.json",
    "serverless-poc/hardened/api.ceiling.json",
    "serverless-poc/hardened/writer.ceiling.json",
    "serverless-poc/hardened/writer.needs.json",
    "serverless-poc/writer.ceiling.json",
    "serverless-poc/writer.needs.json",
];

/// The text of the built-in rules called `name`.
pub fn rules(name: &str) -> Option<&'static str> {
    RULES.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

/// The names of all built-in rules.
pub fn names() -> impl Iterator<Item = &'static str> {
    RULES.iter().map(|(name, _)| *name)
}

/// The text of the built-in expected document at `path` below `expected/`.
pub fn document(path: &str) -> Option<&'static str> {
    DOCUMENTS.iter().find(|(known, _)| *known == path).map(|(_, text)| *text)
}

/// The paths of all built-in expected documents, below `expected/`.
pub fn documents() -> impl Iterator<Item = &'static str> {
    DOCUMENTS.iter().map(|(path, _)| *path)
}
