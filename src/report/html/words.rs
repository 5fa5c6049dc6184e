//! Words for people: numbers with their nouns, and texts in which names that are typed stand out.

use crate::model::{Finding, called};
use crate::report::picture::in_aws_words;
use maud::{Markup, html};

/// `text` with the ARNs, actions and references in it marked as code, so that they stand out and may break anywhere.
pub(super) fn marked(text: &str) -> Markup {
    let is_code = |word: &str| {
        let inner = word.contains(':') && !word.starts_with("http");
        (inner && word.chars().any(char::is_alphanumeric)) || word.starts_with("${")
    };
    html! {
        @for (at, word) in text.split(' ').enumerate() {
            @if at > 0 { " " }
            @let body = word.trim_end_matches([',', ';', '.', ':', ')', ']']).trim_start_matches(['(', '[']);
            @if is_code(body) {
                @let start = word.find(body).unwrap_or_default();
                (&word[..start]) code { (body) } (&word[start + body.len()..])
            } @else {
                (word)
            }
        }
    }
}

/// What a finding is on: its name and AWS's words for it.
pub(super) fn about(finding: &Finding) -> (String, String) {
    let name = called(finding.name.as_deref(), &finding.resource).to_owned();
    (name, in_aws_words(&finding.type_name, None))
}

/// `count` with its noun.
pub(super) fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::marked;

    #[test]
    fn what_is_typed_stands_out_and_nothing_is_lost() {
        let text = "only role may sqs:SendMessage, by \"a\": [arn:aws:iam::1:role/x], ${orders.Arn}; at 12:30 <b>:</b>";
        let shown = marked(text).0;
        assert_eq!(
            shown,
            "only role may <code>sqs:SendMessage</code>, by &quot;a&quot;: [<code>arn:aws:iam::1:role/x</code>], \
             <code>${orders.Arn}</code>; at <code>12:30</code> <code>&lt;b&gt;:&lt;/b&gt;</code>"
        );
        let plain = shown.replace("<code>", "").replace("</code>", "");
        let plain = plain.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">");
        assert_eq!(plain, text);
        assert_eq!(marked(": . ;,").0, ": . ;,");
    }
}
