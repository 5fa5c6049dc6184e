//! `AWS::Serverless::SimpleTable`: a table with one key.

use super::Making;
use crate::intent::template::build::Resource;
use crate::intent::template::node::Node;

pub(super) fn expand(making: &mut Making<'_>, resource: &Resource) {
    let (span, properties) = (&resource.span, &resource.properties);
    let key = properties.get("PrimaryKey");
    let name = key.and_then(|key| key.get("Name").cloned()).unwrap_or_else(|| Node::text(span, "id"));
    let kind = match key.and_then(|key| key.get("Type")).and_then(Node::as_text) {
        None | Some("String") => "S",
        Some("Number") => "N",
        Some("Binary") => "B",
        Some(other) => {
            let at = key.and_then(|key| key.get("Type")).map_or(span, |kind| &kind.span);
            making
                .diagnostics
                .error("wrong-value", at, format!("a primary key is no {other}"))
                .help("it is one of String, Number, Binary");
            return;
        }
    };
    let attribute = Node::map(span, vec![("AttributeName", name.clone()), ("AttributeType", Node::text(span, kind))]);
    let hash = Node::map(span, vec![("AttributeName", name), ("KeyType", Node::text(span, "HASH"))]);
    let mut made =
        vec![("AttributeDefinitions", Node::list(span, vec![attribute])), ("KeySchema", Node::list(span, vec![hash]))];
    match properties.get("ProvisionedThroughput") {
        Some(throughput) => made.push(("ProvisionedThroughput", throughput.clone())),
        None => made.push(("BillingMode", Node::text(span, "PAY_PER_REQUEST"))),
    }
    for name in ["TableName", "SSESpecification", "Tags", "PointInTimeRecoverySpecification"] {
        if let Some(node) = properties.get(name) {
            made.push((name, node.clone()));
        }
    }
    making.add(resource, resource.id.clone(), "AWS::DynamoDB::Table", made);
}
