//! The summary of an import, as text and JSON.

use std::collections::BTreeMap;
use std::fmt;

use indicatif::HumanCount;
use plimsoll_lake::tables::{MarketAsset, Row};
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
    /// The first quarantined row of each table and reason.
    pub first_quarantined: Vec<FirstQuarantined>,
    /// Files read, relative to the source folder.
    pub files_read: Vec<String>,
    /// Files in the source folder that match no pattern of the mapping.
    pub files_unmatched: Vec<String>,
    /// File patterns of the mapping that match no file.
    pub patterns_absent: Vec<String>,
}

/// The first row that was quarantined for one reason, and what to change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FirstQuarantined {
    /// The table.
    pub table: &'static str,
    /// The reason.
    pub reason: QuarantineReason,
    /// The file, relative to the source folder.
    pub file: String,
    /// The line, counted from 1 including the header.
    pub line: u64,
    /// The column, the value, and what is accepted.
    pub detail: String,
    /// What to change in the export or in the mapping.
    pub hint: &'static str,
}

impl CsvSummary {
    /// Whether a row of a file is in the lake: added now, or present before.
    #[must_use]
    pub fn has_kept_rows(&self) -> bool {
        let of_files = |(name, _): &(&&str, &TableSummary)| **name != MarketAsset::TABLE.name;
        self.tables.iter().filter(of_files).any(|(_, rows)| rows.added + rows.present > 0)
    }

    /// Why no row was kept, with the first that was quarantined.
    #[must_use]
    pub fn nothing_kept(&self) -> String {
        match self.first_quarantined.first() {
            Some(first) => format!("no row was kept; the first bad one is {first}"),
            None => format!("no row was kept: {} have no row", self.files_read.join(", ")),
        }
    }
}

impl fmt::Display for FirstQuarantined {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, detail, hint, .. } = self;
        write!(f, "{file}, line {line}: {detail} (hint: {hint})")
    }
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
        for first in &self.first_quarantined {
            writeln!(f, "  first for {}: {first}", first.reason)?;
        }
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
