//! Observed outcomes of rows.

use crate::data::table::SurvivalTable;

/// Observed durations and causes of rows.
#[derive(Debug, Clone, PartialEq)]
pub struct SurvivalOutcomes {
    /// Time until the end of each row or its censoring.
    pub durations: Vec<f64>,
    /// The cause of the end, from 1; 0 if the row was censored.
    pub causes: Vec<u8>,
    /// The time from which each row was under observation; `None` if all were from 0 on.
    pub entries: Option<Vec<f64>>,
}

impl SurvivalOutcomes {
    /// The outcomes of some rows of a table.
    pub(crate) fn select(table: &SurvivalTable, rows: &[usize]) -> Self {
        let entries = table.entries.as_ref();
        Self {
            durations: rows.iter().map(|&row| table.durations[row]).collect(),
            causes: rows.iter().map(|&row| table.causes[row]).collect(),
            entries: entries.map(|entries| rows.iter().map(|&row| entries[row]).collect()),
        }
    }

    /// Whether each row ended by any cause.
    pub(crate) fn events(&self) -> Vec<bool> {
        self.causes.iter().map(|&cause| cause > 0).collect()
    }

    /// The time from which a row was under observation.
    pub(crate) fn entry(&self, row: usize) -> f64 {
        self.entries.as_ref().map_or(0.0, |entries| entries[row])
    }

    /// Evenly spaced times from the shortest to the longest duration; `None` without a row.
    pub(crate) fn even_times(&self, count: usize) -> Option<Vec<f64>> {
        let first = self.durations.iter().copied().reduce(f64::min)?;
        let last = self.durations.iter().copied().reduce(f64::max)?;
        let step = (last - first) / (count - 1) as f64;
        Some((0..count).map(|k| first + step * k as f64).collect())
    }
}
