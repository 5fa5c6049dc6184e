//! The one look of all tables.

use comfy_table::{ContentArrangement, LineStyle, Table, TableStyle};

/// A line above the header, one below it, and one below the rows.
const STYLE: TableStyle = TableStyle::new()
    .top_border(LineStyle::none().fill('─').junction('─'))
    .header_separator(LineStyle::none().fill('─').junction('─'))
    .bottom_border(LineStyle::none().fill('─').junction('─'));

/// An empty table with `header`, as wide as the window at the most.
pub(crate) fn table<const N: usize>(header: [&str; N], width: usize) -> Table {
    let mut table = Table::new();
    table.load_style(STYLE);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(u16::try_from(width.clamp(40, 160)).unwrap_or(160));
    table.set_header(header);
    table
}

/// The lines of `table`, without blanks at their ends.
pub(crate) fn lines(table: &Table) -> String {
    table.to_string().lines().map(|line| format!("{}\n", line.trim_end())).collect()
}
