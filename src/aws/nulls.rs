//! Answers with a null where the API's definition has none.
//!
//! API Gateway writes `"responseTemplates": {"application/json": null}` for a template that is empty, as the console's
//! are, though its definition calls the values of that map texts. The SDK refuses such an answer whole, and every
//! method of the API would be unread. So members that are null are left out of a body before anything reads it. Knows
//! nothing of single operations.

use aws_smithy_types::body::{Error, SdkBody};
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use http_body_util::{BodyExt as _, BodyStream, Full, StreamBody};
use serde_json::Value;

/// The same body without members that are null. What breaks off breaks off still.
pub(crate) fn left_out(body: SdkBody) -> SdkBody {
    let whole = async move {
        let bytes = body.collect().await?.to_bytes();
        let bytes = without_nulls(&bytes).map_or(bytes, Into::into);
        Ok::<_, Error>(BodyStream::new(Full::new(bytes)).map(|frame| frame.map_err(Error::from)))
    };
    SdkBody::from_body_1_x(StreamBody::new(stream::once(whole).try_flatten()))
}

/// The document without members that are null; none if it has no such member, or is no JSON.
fn without_nulls(body: &[u8]) -> Option<Vec<u8>> {
    // Most answers have none, and are not read twice.
    if !body.windows(4).any(|bytes| bytes == b"null") {
        return None;
    }
    let mut document: Value = serde_json::from_slice(body).ok()?;
    drop_nulls(&mut document).then(|| serde_json::to_vec(&document).ok())?
}

/// Whether a member was dropped. The reader bounds how deep a document nests.
fn drop_nulls(value: &mut Value) -> bool {
    match value {
        Value::Object(members) => {
            let before = members.len();
            members.retain(|_, member| !member.is_null());
            let dropped = members.len() < before;
            members.values_mut().fold(dropped, |dropped, member| drop_nulls(member) | dropped)
        }
        Value::Array(items) => items.iter_mut().fold(false, |dropped, item| drop_nulls(item) | dropped),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{left_out, without_nulls};
    use aws_smithy_types::body::SdkBody;
    use http_body_util::BodyExt as _;

    #[tokio::test]
    async fn a_member_that_is_null_is_left_out() {
        let body = r#"{"responseTemplates":{"application/json":null},"statusCode":"200","of":[{"a":null},null]}"#;
        let wanted = r#"{"responseTemplates":{},"statusCode":"200","of":[{},null]}"#;
        let value = |text: &[u8]| serde_json::from_slice::<serde_json::Value>(text).expect("JSON");
        let cleaned = left_out(SdkBody::from(body)).collect().await.expect("a whole body").to_bytes();
        assert_eq!(value(&cleaned), value(wanted.as_bytes()));
        let whole = left_out(SdkBody::from("<html>")).collect().await.expect("a whole body").to_bytes();
        assert_eq!(whole, "<html>");
    }

    #[test]
    fn what_has_no_such_member_stays_as_it_is() {
        for whole in ["{}", r#"{"a":"null"}"#, r#"{"a":[null]}"#, "null", "{\"a\":null", "<html>null</html>"] {
            assert_eq!(without_nulls(whole.as_bytes()), None, "{whole}");
        }
    }
}
