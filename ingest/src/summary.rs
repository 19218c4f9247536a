//! What an import did, for people and for programs.

use std::collections::BTreeMap;
use std::fmt;

use indicatif::HumanCount;
use serde::Serialize;

use crate::fault::QuarantineReason;

/// What became of every row of a source.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct CsvSummary {
    /// The mapping's name.
    pub mapping: String,
    /// The tables filled, by name.
    pub tables: BTreeMap<&'static str, TableSummary>,
    /// Rows quarantined, by reason, over all tables.
    pub quarantined_by_reason: BTreeMap<QuarantineReason, u64>,
    /// Files read, relative to the source folder.
    pub files_read: Vec<String>,
    /// Files in the source folder that the mapping does not know.
    pub files_unmatched: Vec<String>,
    /// File patterns of the mapping that no file matches.
    pub patterns_absent: Vec<String>,
}

/// What became of the rows of one table; `read` is the sum of the others.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct TableSummary {
    /// Rows read, with each header that was itself quarantined.
    pub read: u64,
    /// Rows that the lake did not hold before.
    pub added: u64,
    /// Rows that the lake held already, or that stand twice in the source.
    pub present: u64,
    /// Rows kept out of the table.
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
