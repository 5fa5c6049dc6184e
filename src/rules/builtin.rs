//! The rules and expected documents of the repository, which every binary carries.

/// The built-in rules, by name.
const RULES: [(&str, &str); 1] = [("serverless-poc", include_str!("../../rules/serverless-poc.yaml"))];

/// The expected documents that they refer to, by their paths below `expected/`.
const DOCUMENTS: [(&str, &str); 10] = [
    (
        "serverless-poc/Lambda-DynamoDBStreams-Read.json",
        include_str!("../../expected/serverless-poc/Lambda-DynamoDBStreams-Read.json"),
    ),
    ("serverless-poc/Lambda-Read-SQS.json", include_str!("../../expected/serverless-poc/Lambda-Read-SQS.json")),
    ("serverless-poc/Lambda-SNS-Publish.json", include_str!("../../expected/serverless-poc/Lambda-SNS-Publish.json")),
    (
        "serverless-poc/Lambda-Write-DynamoDB.json",
        include_str!("../../expected/serverless-poc/Lambda-Write-DynamoDB.json"),
    ),
    ("serverless-poc/announcer.ceiling.json", include_str!("../../expected/serverless-poc/announcer.ceiling.json")),
    ("serverless-poc/announcer.needs.json", include_str!("../../expected/serverless-poc/announcer.needs.json")),
    ("serverless-poc/api.ceiling.json", include_str!("../../expected/serverless-poc/api.ceiling.json")),
    ("serverless-poc/writer.ceiling.json", include_str!("../../expected/serverless-poc/writer.ceiling.json")),
    ("serverless-poc/writer.needs.json", include_str!("../../expected/serverless-poc/writer.needs.json")),
    ("serverless-poc/POC-Queue.policy.json", include_str!("../../expected/serverless-poc/POC-Queue.policy.json")),
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
