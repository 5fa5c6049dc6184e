//! Tables.

use super::super::build::{Build, Resource};
use super::super::value::What;
use super::named;
use crate::intent::{Piece, Wanted};

pub(super) fn table(build: &mut Build<'_>, resource: &Resource) {
    let Some(mut table) = named(build, resource, &["SSESpecification", "ResourcePolicy"]) else { return };
    let properties = &mut table.properties;
    if properties.get("BillingMode") == Some(&Wanted::Text(vec![Piece::Text("PAY_PER_REQUEST".to_owned())])) {
        // AWS gives no capacity of a table that is paid by request.
        properties.remove("ProvisionedThroughput");
    }
    // Where nothing expires AWS gives no attribute.
    if let Some(Wanted::Map(parts)) = properties.get_mut("TimeToLiveSpecification")
        && parts.get("Enabled") == Some(&Wanted::Bool(false))
    {
        parts.remove("AttributeName");
    }
    if let Some(encryption) = encryption(build, resource) {
        properties.insert("SSESpecification".to_owned(), encryption);
    }
    let document = build.property(resource, "ResourcePolicy");
    if let Some(document) = document.as_ref().and_then(|policy| policy.get("PolicyDocument"))
        && let Some(document) = build.document(document, "PolicyDocument")
    {
        table.properties.insert("Policy".to_owned(), document);
    }
    build.add(resource, table);
}

/// The encryption. A key that AWS owns is the default, of which nothing is read.
fn encryption(build: &mut Build<'_>, resource: &Resource) -> Option<Wanted> {
    let value = build.property(resource, "SSESpecification")?;
    if let What::Unknown(why) = &value.what {
        return Some(Wanted::Unknown(why.clone()));
    }
    let enabled = value.get("SSEEnabled").and_then(|enabled| build.scope.literal(enabled.as_pieces()?));
    match enabled.as_deref() {
        Some("true") => {}
        Some(_) => return None,
        None => return Some(Wanted::Unknown("whether it is encrypted with a KMS key is not known".to_owned())),
    }
    let mut parts = std::collections::BTreeMap::from([("SSEEnabled".to_owned(), Wanted::Bool(true))]);
    if let Some(pieces) = value.get("KMSMasterKeyId").and_then(|key| key.as_pieces().map(<[Piece]>::to_vec)) {
        // The ARN is read, whatever the key is called here.
        let is_arn =
            matches!(pieces.first(), Some(Piece::Text(text)) if text.starts_with("arn:") && text.contains(":key/"));
        let unknown = Wanted::Unknown("the key is not given by its ARN, which is what is read".to_owned());
        parts.insert("KMSMasterKeyId".to_owned(), if is_arn { Wanted::Text(pieces) } else { unknown });
    }
    Some(Wanted::Map(parts))
}
