//! From a folder of exports to the lake: find, read, decode, merge.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use indicatif::ProgressBar;
use plimsoll_lake::Store;
use plimsoll_lake::tables::{MarketAsset, Row};

use crate::decode::{Decoded, Refused};
use crate::document::Document;
use crate::error::IngestError;
use crate::fault::Reason;
use crate::loader::Loader;
use crate::mapping::{Entry, Mapping};
use crate::plan::{Plan, Step};
use crate::summary::Summary;
use crate::{merge, source};

/// Reads the files below `source_dir` that `mapping` knows, and adds to the lake what it lacks.
///
/// Every file is read and decoded before anything is written, and rows that cannot be believed
/// go to the `quarantine` table. `bar` gets the length and the progress of the reading, in bytes.
///
/// # Errors
/// [`IngestError`] if a file cannot be read whole, lacks a column, or the lake fails; only the
/// last leaves anything written.
pub fn ingest_csv(
    mapping: &Mapping,
    source_dir: &Path,
    store: &Store,
    bar: &ProgressBar,
) -> Result<Summary, IngestError> {
    let plan = Plan::of(mapping, source_dir, &source::list(source_dir)?)?;
    bar.set_length(plan.bytes());
    let mut documents = Vec::new();
    let mut decoded = Vec::new();
    for step in &plan.steps {
        let rows = read(mapping, source_dir, step, &mut documents, bar)?;
        decoded.push((step.entry, rows));
    }
    let (tables, by_reason) = write(mapping, store, &documents, decoded)?;
    let files_read: BTreeSet<&str> =
        documents.iter().map(|document| document.name.as_str()).collect();
    Ok(Summary {
        mapping: mapping.name.clone(),
        tables,
        quarantined_by_reason: by_reason,
        files_read: files_read.into_iter().map(str::to_owned).collect(),
        files_unmatched: plan.unmatched,
        patterns_absent: plan.absent,
    })
}

fn read(
    mapping: &Mapping,
    source_dir: &Path,
    step: &Step<'_>,
    documents: &mut Vec<Document>,
    bar: &ProgressBar,
) -> Result<Decoded, IngestError> {
    let first = documents.len();
    for (file, captures) in &step.files {
        documents.push(source::read(source_dir, file, captures.clone(), bar)?);
    }
    let table = step.entry.partition.table().name;
    let loader = Loader::named(table).expect("the mapping was checked against the loaders");
    (loader.decode)(mapping, step.entry, &documents[first..], first)
}

type Tallies = (BTreeMap<&'static str, crate::summary::TableSummary>, BTreeMap<Reason, u64>);

fn write(
    mapping: &Mapping,
    store: &Store,
    documents: &[Document],
    decoded: Vec<(&Entry, Decoded)>,
) -> Result<Tallies, IngestError> {
    let mut refused: Vec<Refused> = Vec::new();
    let mut tables = merge::tables(store, decoded, &mut refused)?;
    if let Some(market) = &mapping.market {
        tables.insert(MarketAsset::TABLE.name, merge::market(store, market)?);
    }
    merge::quarantine(store, mapping, documents, &refused)?;
    let mut by_reason = BTreeMap::new();
    for refused in &refused {
        *by_reason.entry(refused.fault.reason).or_default() += 1;
    }
    Ok((tables, by_reason))
}
