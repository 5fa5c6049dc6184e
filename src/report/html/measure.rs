//! How much room text takes in the picture, which is drawn without asking the browser.
//!
//! Names stand in a font of which every letter is three fifths of its size wide; of the others this knows a width that
//! the common fonts do not exceed by much.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// The width of `text` in the font of names at `size`.
pub(super) fn name(text: &str, size: f64) -> i32 {
    #[allow(clippy::cast_precision_loss, reason = "a name has some dozens of letters")]
    rounded(text.width() as f64 * 0.605 * size)
}

/// The width of `text` in the font of words at `size`.
pub(super) fn words(text: &str, size: f64) -> i32 {
    let width = |c: char| match c {
        'i' | 'j' | 'l' | 't' | 'f' | 'r' | '.' | ',' | ':' | '-' | ' ' | '(' | ')' | '\'' => 0.38,
        'm' | 'w' | 'M' | 'W' => 0.92,
        'A'..='Z' => 0.69,
        _ if c.width() == Some(2) => 1.05,
        _ => 0.6,
    };
    rounded(text.chars().map(width).sum::<f64>() * size)
}

#[allow(clippy::cast_possible_truncation, reason = "a line of a picture is far shorter than an i32 tells")]
fn rounded(width: f64) -> i32 {
    width.ceil() as i32
}

/// `text` on at most two lines of at most `most` columns, broken behind a mark where there is one; what is too long for
/// that loses its middle.
pub(super) fn lines(text: &str, most: usize) -> Vec<String> {
    if text.width() <= most {
        return vec![text.to_owned()];
    }
    let full = filled(text, most);
    let marks = full.char_indices().filter(|(_, c)| !c.is_alphanumeric()).map(|(at, c)| at + c.len_utf8());
    // Behind a mark in the second half of the line; without one the line is filled.
    let end = marks.rev().find(|&end| full[..end].width() * 2 >= most).unwrap_or(full.len());
    let (first, rest) = text.split_at(end);
    vec![first.to_owned(), clipped(rest, most)]
}

/// As much of the beginning of `text` as fits.
fn filled(text: &str, most: usize) -> &str {
    let mut columns = 0;
    let end = text.char_indices().find(|(_, c)| {
        columns += c.width().unwrap_or(0);
        columns > most
    });
    end.map_or(text, |(at, _)| &text[..at])
}

/// `text` without its middle if it is wider than `most` columns.
pub(super) fn clipped(text: &str, most: usize) -> String {
    if text.width() <= most {
        return text.to_owned();
    }
    let half = most.saturating_sub(1) / 2;
    let start = filled(text, most - 1 - half);
    let reversed: String = text.chars().rev().collect();
    let end: String = filled(&reversed, half).chars().rev().collect();
    format!("{start}\u{2026}{end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_breaks_at_a_mark_and_never_grows() {
        assert_eq!(lines("POC-Queue", 12), ["POC-Queue"]);
        assert_eq!(lines("shop-shipping.fifo", 14), ["shop-shipping.", "fifo"]);
        assert_eq!(lines("abcdefghijklmnopqrst", 12), ["abcdefghijkl", "mnopqrst"]);
        for text in ["x".repeat(256), "\u{6771}".repeat(100), "a-".repeat(90), "-".repeat(80)] {
            for most in [8, 9, 20] {
                let lines = lines(&text, most);
                assert!(lines.len() <= 2 && lines.iter().all(|line| line.width() <= most), "{lines:?}");
            }
        }
        assert_eq!(clipped("start-of-it-all-end", 9), "star\u{2026}-end");
    }
}
