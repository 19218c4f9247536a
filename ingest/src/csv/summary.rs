//! The summary of an import, as text and JSON.

use std::collections::BTreeMap;
use std::fmt;

use indicatif::HumanCount;
use serde::Serialize;

use crate::csv::row_fault::QuarantineReason;

/// Counts of the rows of a source by what was done with them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct CsvSummary {
    /// The mapping's name.
    pub mapping: String,
    /// The tables that were filled, by name.
    pub tables: BTreeMap<&'static str, TableSummary>,
    /// Rows quarantined, by reason, over all tables.
    pub quarantined_by_reason: BTreeMap<QuarantineReason, u64>,
    /// Files read, relative to the source folder.
    pub files_read: Vec<String>,
    /// Files in the source folder that match no pattern of the mapping.
    pub files_unmatched: Vec<String>,
    /// File patterns of the mapping that match no file.
    pub patterns_absent: Vec<String>,
}

/// Counts of the rows of one table; `read` is the sum of the others.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct TableSummary {
    /// Rows read, including each quarantined header.
    pub read: u64,
    /// Rows that are new in the lake.
    pub added: u64,
    /// Rows that were already in the lake, or that are repeated in the source.
    pub present: u64,
    /// Rows excluded from the table.
    pub quarantined: u64,
}

impl fmt::Display for CsvSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let files = self.files_read.len();
        writeln!(f, "{}: {files} file{} read", self.mapping, if files == 1 { "" } else { "s" })?;
        writeln!(
            f,
            "  {:<20}{:>12}{:>12}{:>12}{:>13}",
            "table", "read", "added", "present", "quarantined"
        )?;
        for (table, rows) in &self.tables {
            let [read, added, present] = [rows.read, rows.added, rows.present].map(format_count);
            writeln!(
                f,
                "  {table:<20}{read:>12}{added:>12}{present:>12}{:>13}",
                format_count(rows.quarantined)
            )?;
        }
        let reasons = self
            .quarantined_by_reason
            .iter()
            .map(|(reason, rows)| format!("{reason} {}", format_count(*rows)));
        write_list(f, "quarantined for", reasons.collect())?;
        write_list(f, "not known to the mapping", self.files_unmatched.clone())?;
        write_list(f, "not found in the source", self.patterns_absent.clone())
    }
}

fn format_count(rows: u64) -> String {
    HumanCount(rows).to_string()
}

fn write_list(f: &mut fmt::Formatter<'_>, title: &str, items: Vec<String>) -> fmt::Result {
    if items.is_empty() { Ok(()) } else { writeln!(f, "  {title}: {}", items.join(", ")) }
}
