//! Tables for the terminal.

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

/// A table without borders whose first `left` columns are aligned to the left, the others to the right.
pub(crate) fn text_table<H: AsRef<str>>(
    header: &[H],
    left: usize,
    rows: impl IntoIterator<Item = Vec<String>>,
) -> String {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(header.iter().map(AsRef::as_ref));
    table.add_rows(rows);
    for (index, column) in table.column_iter_mut().enumerate() {
        let alignment = if index < left { CellAlignment::Left } else { CellAlignment::Right };
        column.set_cell_alignment(alignment);
    }
    table.trim_fmt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_aligned_to_the_right() {
        let rows =
            [vec!["24h".to_owned(), "0.5".to_owned()], vec!["7d".to_owned(), "12.25".to_owned()]];
        let text = text_table(&["horizon", "AUC"], 1, rows);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines, [" horizon    AUC", " 24h        0.5", " 7d       12.25"]);
    }
}
