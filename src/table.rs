//! Tables for the terminal and in Markdown.

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

/// How a table is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TableStyle {
    /// Aligned columns without borders.
    Text,
    /// A table of GitHub Flavored Markdown.
    Markdown,
}

impl TableStyle {
    /// A table whose first `left` columns are aligned to the left, the others to the right.
    pub(crate) fn table<H: AsRef<str>>(
        self,
        header: &[H],
        left: usize,
        rows: impl IntoIterator<Item = Vec<String>>,
    ) -> String {
        match self {
            Self::Text => text_table(header, left, rows),
            Self::Markdown => markdown_table(header, left, rows),
        }
    }
}

fn markdown_table<H: AsRef<str>>(
    header: &[H],
    left: usize,
    rows: impl IntoIterator<Item = Vec<String>>,
) -> String {
    let line = |cells: Vec<String>| {
        let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
        format!("| {} |", cells.join(" | "))
    };
    let alignments = (0..header.len()).map(|index| if index < left { "---" } else { "---:" });
    let rule = format!("|{}|", alignments.collect::<Vec<_>>().join("|"));
    let header = line(header.iter().map(|name| name.as_ref().to_owned()).collect());
    let lines: Vec<String> = [header, rule].into_iter().chain(rows.into_iter().map(line)).collect();
    lines.join("\n")
}

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

    #[test]
    fn markdown_aligns_in_the_rule_and_escapes_bars() {
        let rows = [vec!["a|b".to_owned(), "0.5".to_owned()]];
        let table = TableStyle::Markdown.table(&["horizon", "AUC"], 1, rows);
        assert_eq!(table, "| horizon | AUC |\n|---|---:|\n| a\\|b | 0.5 |");
    }
}
