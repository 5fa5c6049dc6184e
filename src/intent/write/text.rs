//! Texts with references, as rules and expected documents write them.

use crate::intent::Piece;

/// The text that rules read as these pieces. What looks like a reference and is none is written `${!x}`.
///
/// # Errors
/// If no text is read as these pieces: a literal `${` that nothing closes.
pub(super) fn written(pieces: &[Piece]) -> Result<String, String> {
    let mut text = String::new();
    for piece in joined(pieces) {
        match piece {
            Piece::Reference(name) => text.push_str(&format!("${{{name}}}")),
            Piece::Text(literal) => escape(&literal, &mut text)?,
        }
    }
    Ok(text)
}

/// The text as one who reads it would write it, for messages and comments.
pub(super) fn shown(pieces: &[Piece]) -> String {
    let show = |piece: &Piece| match piece {
        Piece::Text(text) => text.clone(),
        Piece::Reference(name) => format!("${{{name}}}"),
    };
    pieces.iter().map(show).collect()
}

/// The pieces with neighbouring texts in one.
fn joined(pieces: &[Piece]) -> Vec<Piece> {
    let mut joined: Vec<Piece> = Vec::new();
    for piece in pieces {
        match (joined.last_mut(), piece) {
            (Some(Piece::Text(before)), Piece::Text(text)) => before.push_str(text),
            _ => joined.push(piece.clone()),
        }
    }
    joined
}

fn escape(literal: &str, to: &mut String) -> Result<(), String> {
    let mut rest = literal;
    while let Some(at) = rest.find("${") {
        let (before, from) = rest.split_at(at);
        let Some(end) = from.find('}') else {
            return Err("it has a `${` that nothing closes, which rules cannot say".to_owned());
        };
        let inner = &from[2..end];
        to.push_str(before);
        to.push_str(if is_iams_own(inner) { "${" } else { "${!" });
        to.push_str(&from[2..=end]);
        rest = &from[end + 1..];
    }
    to.push_str(rest);
    Ok(())
}

/// Whether `${inner}` means something to IAM: an escaped character, or a condition key. Rules leave these as they are.
fn is_iams_own(inner: &str) -> bool {
    matches!(inner, "*" | "?" | "$") || (inner.contains(':') && !inner.contains("::") && !inner.starts_with('!'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_references_are_read_as_references() {
        let text = |text: &str| Piece::Text(text.to_owned());
        let reference = |name: &str| Piece::Reference(name.to_owned());
        let write = |pieces: &[Piece]| written(pieces);
        assert_eq!(write(&[text("a-"), reference("queue.Arn"), text("/x")]).as_deref(), Ok("a-${queue.Arn}/x"));
        assert_eq!(write(&[text("${queue}")]).as_deref(), Ok("${!queue}"));
        assert_eq!(write(&[text("$"), text("{queue}")]).as_deref(), Ok("${!queue}"));
        assert_eq!(write(&[text("home/${aws:username}/${*}")]).as_deref(), Ok("home/${aws:username}/${*}"));
        assert_eq!(write(&[text("${!x}")]).as_deref(), Ok("${!!x}"));
        assert!(write(&[text("a${b")]).is_err());
        assert_eq!(write(&[text("$input.body")]).as_deref(), Ok("$input.body"));
    }
}
