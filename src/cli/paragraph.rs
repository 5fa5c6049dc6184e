//! Short paragraphs for a terminal: a label, and text that hangs beside it.

use crate::model::harmless;
use unicode_width::UnicodeWidthStr as _;

/// How wide text may be: as the window, and no wider than what reads well.
pub(super) fn width() -> usize {
    crate::cli::output::width().clamp(40, 80)
}

/// `label` after `indent` blanks, and `text` beside it, broken between words. Words are never broken, so that an ARN can
/// be copied whole. Ends with a newline. What could act on a terminal is made harmless.
pub(super) fn hanging(indent: usize, label: &str, wide: usize, text: &str, width: usize) -> String {
    let hang = indent + if wide == 0 { 0 } else { wide + 2 };
    let start = if wide == 0 { " ".repeat(indent) } else { format!("{:indent$}{label:<wide$}  ", "") };
    let mut lines = start;
    let mut used = hang;
    for word in harmless(text).split_whitespace() {
        let needs = word.width();
        let first = used == hang;
        if !first && used + 1 + needs > width {
            lines.push('\n');
            lines.push_str(&" ".repeat(hang));
            used = hang;
        } else if !first {
            lines.push(' ');
            used += 1;
        }
        lines.push_str(word);
        used += needs;
    }
    let mut text = lines.trim_end().to_owned();
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::hanging;

    #[test]
    fn words_stay_whole_and_hang() {
        assert_eq!(hanging(2, "proof", 6, "one two three", 18), "  proof   one two\n          three\n");
        assert_eq!(hanging(0, "", 0, "arn:aws:sqs:us-east-1:1:q is long", 10), "arn:aws:sqs:us-east-1:1:q\nis long\n");
        assert_eq!(hanging(1, "a", 1, "", 10), " a\n");
        assert!(!hanging(0, "", 0, "a\u{1b}[31m", 40).contains('\u{1b}'));
    }
}
