//! The record of the ranges that were written to a partition, from which missing files are detected.
//!
//! Files are written before the record grows, and the record shrinks before files are truncated.
//! So at any time, a process that was killed included, the files contain every recorded range unless
//! somebody else removed one.

use std::path::Path;
use std::{fs, io};

use super::filter::Filter;
use super::folder;
use super::root::Store;
use crate::atomic_write::write_atomically;
use crate::error::LakeError;
use crate::schema::{CoveredRange, Partition, Table};

/// Name of the record in a partition's folder: a file name of each range, one a line.
const RECORD_NAME: &str = ".coverage";

/// Adds a range to the record; the caller holds the partition's lock.
pub(super) fn add(folder: &Path, range: CoveredRange) -> Result<(), LakeError> {
    let recorded = read(folder)?.unwrap_or_default();
    // Files that a killed writer did not record, and those of earlier releases, are recorded too.
    let present = folder::covered_ranges(folder)?.into_iter().map(|(_, range)| range);
    let extended = union(recorded.iter().copied().chain(present).chain([range]).collect());
    if recorded == extended { Ok(()) } else { write(folder, &extended) }
}

/// Removes all from `start` on from the record; the caller holds the partition's lock.
pub(super) fn truncate_from(folder: &Path, start: i64) -> Result<(), LakeError> {
    let Some(mut ranges) = read(folder)? else { return Ok(()) };
    ranges.retain(|range| range.from < start);
    for range in &mut ranges {
        range.to = range.to.min(start - 1);
    }
    write(folder, &ranges)
}

fn read(folder: &Path) -> Result<Option<Vec<CoveredRange>>, LakeError> {
    let path = folder.join(RECORD_NAME);
    match fs::read_to_string(&path) {
        Ok(text) => Ok(Some(text.lines().filter_map(CoveredRange::parse).collect())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(LakeError::io("read", path)(error)),
    }
}

fn write(folder: &Path, ranges: &[CoveredRange]) -> Result<(), LakeError> {
    let lines: String = ranges.iter().map(|range| range.file_name() + "\n").collect();
    write_atomically(&folder.join(RECORD_NAME), lines)
}

/// The ranges joined where they overlap or are adjacent, in order.
fn union(mut ranges: Vec<CoveredRange>) -> Vec<CoveredRange> {
    ranges.sort();
    let mut joined: Vec<CoveredRange> = Vec::new();
    for range in ranges {
        match joined.last_mut() {
            Some(last) if last.touches(range) => *last = last.hull(range),
            _ => joined.push(range),
        }
    }
    joined
}

/// The parts of `recorded` that `present` does not contain; both are joined and in order.
fn subtract(recorded: &[CoveredRange], present: &[CoveredRange]) -> Vec<CoveredRange> {
    let mut missing = Vec::new();
    for range in recorded {
        let mut from = range.from;
        for part in present.iter().filter(|part| part.unit == range.unit && part.to >= range.from) {
            if part.from > range.to {
                break;
            }
            if part.from > from {
                missing.push(CoveredRange { from, to: part.from - 1, ..*range });
            }
            from = from.max(part.to + 1);
        }
        if from <= range.to {
            missing.push(CoveredRange { from, ..*range });
        }
    }
    missing
}

/// A range that was written to a partition and that no file contains any more.
#[derive(Debug, Clone)]
pub(crate) struct MissingRange {
    pub(crate) partition: Partition,
    pub(crate) range: CoveredRange,
}

impl MissingRange {
    /// The error of a read that needs the range.
    pub(super) fn into_error(self) -> LakeError {
        let (from, to) = self.range.bounds_text();
        LakeError::MissingFile { partition: self.partition.path(), from, to }
    }
}

impl Store {
    /// Checks that no file was removed from a table's partitions and times that may match a filter.
    ///
    /// # Errors
    /// [`LakeError::MissingFile`] with the first range whose file was removed.
    pub fn check_files(&self, table: &'static Table, filter: &Filter) -> Result<(), LakeError> {
        let missing = self.missing_ranges(table, filter)?.into_iter().next();
        missing.map_or(Ok(()), |missing| Err(missing.into_error()))
    }

    /// The partitions of a table from which a file was removed.
    ///
    /// # Errors
    /// [`LakeError::Io`] if a folder or a record cannot be read.
    pub fn partitions_with_removed_files(
        &self,
        table: &'static Table,
    ) -> Result<Vec<Partition>, LakeError> {
        let missing = self.missing_ranges(table, &Filter::default())?;
        Ok(missing.into_iter().map(|missing| missing.partition).collect())
    }

    /// The ranges of a table whose files were removed, of partitions and times that may match.
    pub(crate) fn missing_ranges(
        &self,
        table: &'static Table,
        filter: &Filter,
    ) -> Result<Vec<MissingRange>, LakeError> {
        let mut missing = Vec::new();
        for (folder, partition) in folder::list_partitions(self.root(), table)? {
            let lost = missing_in(&folder)?.into_iter();
            let lost = lost.filter(|range| filter.may_match_range(&partition, *range));
            missing.extend(lost.map(|range| MissingRange { partition: partition.clone(), range }));
        }
        Ok(missing)
    }
}

fn missing_in(folder: &Path) -> Result<Vec<CoveredRange>, LakeError> {
    // The record is read first: files that a writer adds meanwhile cannot be missed.
    let Some(recorded) = read(folder)? else { return Ok(Vec::new()) };
    let present = folder::covered_ranges(folder)?.into_iter().map(|(_, range)| range).collect();
    Ok(subtract(&recorded, &union(present)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::schema::RangeUnit;

    fn ranges() -> impl Strategy<Value = Vec<CoveredRange>> {
        let range = (0_i64..60, 0_i64..12).prop_map(|(from, length)| CoveredRange {
            unit: RangeUnit::Blocks,
            from,
            to: from + length,
        });
        prop::collection::vec(range, 0..6)
    }

    fn contains(ranges: &[CoveredRange], value: i64) -> bool {
        ranges.iter().any(|range| range.contains(value))
    }

    proptest! {
        #[test]
        fn union_contains_the_same_values_in_separate_ordered_ranges(given in ranges()) {
            let joined = union(given.clone());
            prop_assert!(joined.windows(2).all(|pair| pair[0].to + 1 < pair[1].from));
            for value in 0..80 {
                prop_assert_eq!(contains(&joined, value), contains(&given, value));
            }
        }

        #[test]
        fn difference_is_what_is_recorded_and_not_present(recorded in ranges(), present in ranges()) {
            let missing = subtract(&union(recorded.clone()), &union(present.clone()));
            for value in 0..80 {
                let expected = contains(&recorded, value) && !contains(&present, value);
                prop_assert_eq!(contains(&missing, value), expected);
            }
        }
    }
}
