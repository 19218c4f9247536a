//! Import of a folder of exports into the lake: find, read, decode, merge.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use indicatif::ProgressBar;
use plimsoll_lake::Store;
use plimsoll_lake::tables::{MarketAsset, Row};

use crate::csv::decode::file_decoder::{DecodedFiles, RejectedRow};
use crate::csv::decode::table_loader::TableLoader;
use crate::csv::error::IngestError;
use crate::csv::mapping::{FileMapping, Mapping};
use crate::csv::merge;
use crate::csv::row_fault::QuarantineReason;
use crate::csv::source::csv_file::CsvFile;
use crate::csv::source::folder;
use crate::csv::source::plan::{ImportPlan, ImportStep};
use crate::csv::summary::{CsvSummary, FirstQuarantined, TableSummary};

/// Imports the files below `source_dir` that match `mapping`; adds the rows that the lake lacks.
///
/// Every file is read and decoded before anything is written; rejected rows go to the `quarantine`
/// table. `bar` is set to the length and the progress of the reading, in bytes.
///
/// # Errors
/// [`IngestError`] if a file cannot be read completely, lacks a column, or the lake fails. Only a
/// lake failure can leave anything written.
pub fn ingest_csv(
    mapping: &Mapping,
    source_dir: &Path,
    store: &Store,
    bar: &ProgressBar,
) -> Result<CsvSummary, IngestError> {
    let plan = ImportPlan::new(mapping, source_dir, &folder::list_files(source_dir)?)?;
    bar.set_length(plan.bytes());
    let mut files = Vec::new();
    let mut decoded = Vec::new();
    for step in &plan.steps {
        let rows = read_and_decode(mapping, source_dir, step, &mut files, bar)?;
        decoded.push((step.file_mapping, rows));
    }
    let migrated = store.migrate_account_ids()?;
    if migrated > 0 {
        tracing::warn!(
            "account ids of this lake now begin with their chain: {migrated} files rewritten"
        );
    }
    let (tables, by_reason, first_quarantined) = write_tables(mapping, store, &files, decoded)?;
    let files_read: BTreeSet<&str> = files.iter().map(|file| file.name.as_str()).collect();
    Ok(CsvSummary {
        mapping: mapping.name.clone(),
        tables,
        quarantined_by_reason: by_reason,
        first_quarantined,
        files_read: files_read.into_iter().map(str::to_owned).collect(),
        files_unmatched: plan.unmatched_files,
        patterns_absent: plan.absent_patterns,
    })
}

fn read_and_decode(
    mapping: &Mapping,
    source_dir: &Path,
    step: &ImportStep<'_>,
    files: &mut Vec<CsvFile>,
    bar: &ProgressBar,
) -> Result<DecodedFiles, IngestError> {
    let first = files.len();
    for (file, captures) in &step.files {
        files.push(folder::read_file(source_dir, file, captures.clone(), bar)?);
    }
    let table = step.file_mapping.partition.table().name;
    let loader =
        TableLoader::for_table(table).expect("the mapping was checked against the loaders");
    (loader.decode)(mapping, step.file_mapping, &files[first..], first)
}

type WriteCounts =
    (BTreeMap<&'static str, TableSummary>, BTreeMap<QuarantineReason, u64>, Vec<FirstQuarantined>);

fn write_tables(
    mapping: &Mapping,
    store: &Store,
    files: &[CsvFile],
    decoded: Vec<(&FileMapping, DecodedFiles)>,
) -> Result<WriteCounts, IngestError> {
    let mut rejected: Vec<RejectedRow> = Vec::new();
    let mut tables = merge::merge_tables(store, decoded, &mut rejected)?;
    if let Some(market) = &mapping.market {
        tables.insert(MarketAsset::TABLE.name, merge::write_market_assets(store, market)?);
    }
    merge::write_quarantine(store, mapping, files, &rejected)?;
    let mut by_reason = BTreeMap::new();
    for rejected in &rejected {
        *by_reason.entry(rejected.fault.reason).or_default() += 1;
    }
    Ok((tables, by_reason, first_of_each_reason(files, &rejected)))
}

/// The first rejected row of each table and reason, by file and line.
fn first_of_each_reason(files: &[CsvFile], rejected: &[RejectedRow]) -> Vec<FirstQuarantined> {
    let mut firsts: BTreeMap<(&str, QuarantineReason), &RejectedRow> = BTreeMap::new();
    let position = |row: &RejectedRow| (row.origin.file, row.origin.line.number);
    for row in rejected {
        let first = firsts.entry((row.table, row.fault.reason)).or_insert(row);
        if position(row) < position(first) {
            *first = row;
        }
    }
    let mut firsts: Vec<&RejectedRow> = firsts.into_values().collect();
    firsts.sort_by_key(|row| position(row));
    let describe = |RejectedRow { origin, table, fault }: &RejectedRow| FirstQuarantined {
        table,
        reason: fault.reason,
        file: files[origin.file].name.clone(),
        line: origin.line.number,
        detail: fault.detail.clone(),
        hint: fault.hint.unwrap_or(fault.reason.hint()),
    };
    firsts.into_iter().map(describe).collect()
}
