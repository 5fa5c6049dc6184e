//! The words for why something was not read.

use crate::model::{Call, Gap, Kind, Reason, SecretShape};
use crate::rules::{Diagnostics, Node};

/// The words, in the order in which they are told.
pub(super) const WORDS: [&str; 10] = [
    "denied",
    "throttled",
    "timed out",
    "failed",
    "not asked",
    "redacted",
    "redacted access key",
    "redacted private key",
    "redacted token",
    "redacted password",
];

/// The reason that `node` is the word for; that there is none is noted.
pub(super) fn reason(node: &Node, diagnostics: &mut Diagnostics) -> Option<Reason> {
    let Some(text) = node.text() else {
        let message = format!("why it was not read is a text such as `denied`, and this is {}", node.noun());
        diagnostics.error("wrong-type", &node.span, message);
        return None;
    };
    Some(match text {
        "denied" => Reason::Denied("AccessDenied".to_owned()),
        "throttled" => Reason::Throttled("ThrottlingException".to_owned()),
        "timed out" => Reason::TimedOut,
        "failed" => Reason::Failed("InternalError".to_owned()),
        "not asked" => Reason::NotAsked,
        "redacted" => Reason::Redacted,
        "redacted access key" => Reason::Secret(SecretShape::AccessKey),
        "redacted private key" => Reason::Secret(SecretShape::PrivateKey),
        "redacted token" => Reason::Secret(SecretShape::Token),
        "redacted password" => Reason::Secret(SecretShape::Password),
        _ => {
            diagnostics
                .error("wrong-value", &node.span, format!("`{text}` is no reason why something was not read"))
                .help(format!("it is one of {}", WORDS.join(", ")))
                .did_you_mean(text, WORDS);
            return None;
        }
    })
}

/// What is missing of `subject` (none: of the whole list), for this reason.
pub(super) fn gap(kind: &Kind, region: &str, subject: &str, reason: Reason) -> Gap {
    let operation = if subject.is_empty() { "List" } else { "Get" };
    Gap {
        call: Call::new(kind.service, operation, region, subject),
        action: format!("{}:{operation}", kind.service),
        reason,
    }
}
