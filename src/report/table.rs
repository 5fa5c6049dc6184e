//! The one look of all tables: a line above the header, one below it, and one below the rows.

use comfy_table::{ContentArrangement, Table, presets};
use unicode_width::UnicodeWidthStr as _;

/// An empty table, as wide as the window at the most.
pub(crate) fn table(header: &[&str], width: usize) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(u16::try_from(width.clamp(40, 160)).unwrap_or(160));
    table.set_header(header);
    table
}

/// `table` as text, without blanks at the ends of its lines.
pub(crate) fn lines(table: &Table) -> String {
    let rows: Vec<String> = table.lines().map(|line| line.trim_end().to_owned()).collect();
    let width = rows.iter().map(|row| row.width()).max().unwrap_or_default();
    let rule = "─".repeat(width + 1);
    let mut text = String::new();
    for (i, row) in rows.iter().enumerate() {
        if i < 2 {
            text.push_str(&format!("{rule}\n"));
        }
        text.push_str(&format!("{row}\n"));
    }
    text.push_str(&format!("{rule}\n"));
    text
}
