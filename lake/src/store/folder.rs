//! The Parquet files of a partition: listing, reading, writing.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::metadata::SortingColumn;
use parquet::file::properties::WriterProperties;

use super::merge;
use crate::batch::{add_missing_columns, concat};
use crate::{CoveredRange, FileEntry, Filter, LakeError, Partition, Table};

/// Small enough that a scan of a few accounts or days skips most row groups.
const ROWS_PER_ROW_GROUP: usize = 131_072;
const PARTIAL_EXTENSION: &str = "partial";

/// Writes a Parquet file atomically.
pub(super) fn write(path: &Path, table: &Table, batch: &RecordBatch) -> Result<(), LakeError> {
    let aside = path.with_extension(PARTIAL_EXTENSION);
    let file = File::create(&aside).map_err(LakeError::io("create", &aside))?;
    let mut writer =
        ArrowWriter::try_new(file, batch.schema(), Some(writer_properties(table, batch)?))
            .map_err(LakeError::parquet(&aside))?;
    writer.write(batch).map_err(LakeError::parquet(&aside))?;
    let file = writer.into_inner().map_err(LakeError::parquet(&aside))?;
    file.sync_all().map_err(LakeError::io("write", &aside))?;
    rename(&aside, path)
}

/// Gives a file its name for good.
pub(super) fn rename(from: &Path, to: &Path) -> Result<(), LakeError> {
    fs::rename(from, to).map_err(LakeError::io("rename", from))?;
    let folder = match to.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        // A bare name lies in the working folder.
        _ => Path::new("."),
    };
    File::open(folder).and_then(|f| f.sync_all()).map_err(LakeError::io("write", folder))
}

fn writer_properties(table: &Table, batch: &RecordBatch) -> Result<WriterProperties, LakeError> {
    let sorting = |name: &&str| {
        let column_idx = i32::try_from(batch.schema().index_of(name)?).expect("columns are few");
        Ok(SortingColumn { column_idx, descending: false, nulls_first: true })
    };
    let sorting = table.sorted_by.iter().map(sorting).collect::<Result<Vec<_>, LakeError>>()?;
    Ok(WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_max_row_group_row_count(Some(ROWS_PER_ROW_GROUP))
        .set_sorting_columns(Some(sorting))
        .set_created_by(concat!("plimsoll ", env!("CARGO_PKG_VERSION")).to_owned())
        .build())
}

/// Reads the row groups of a file that may match a filter.
pub(super) fn read(
    path: &Path,
    table: &Table,
    filter: &Filter,
) -> Result<Vec<RecordBatch>, LakeError> {
    let file = File::open(path).map_err(LakeError::io("read", path))?;
    let builder =
        ParquetRecordBatchReaderBuilder::try_new(file).map_err(LakeError::parquet(path))?;
    let groups = filter.matching_row_groups(builder.metadata());
    let projection = filter.projection(builder.parquet_schema());
    let reader = builder
        .with_row_groups(groups)
        .with_projection(projection)
        .with_batch_size(ROWS_PER_ROW_GROUP)
        .build()
        .map_err(LakeError::parquet(path))?;
    reader.map(|batch| add_missing_columns(table, batch?, filter, path)).collect()
}

/// Removes the rows of a file from `start` on; the caller holds the partition's lock.
pub(super) fn truncate_from(
    path: &Path,
    table: &Table,
    range: CoveredRange,
    start: i64,
) -> Result<(), LakeError> {
    if range.from < start {
        let rest = CoveredRange { to: start - 1, ..range };
        let batches = read(path, table, &Filter::default())?;
        let schema = batches.first().map_or_else(|| table.schema(), RecordBatch::schema);
        let rows = merge::filter_rows(table, &concat(&schema, &batches)?, |value| value < start)?;
        // The shorter file counts as superseded until the longer one is removed.
        write(&path.with_file_name(rest.file_name()), table, &rows)?;
    }
    remove(path)
}

/// Removes partial and superseded files that killed writers left; the caller holds the lock.
pub(super) fn remove_leftovers(folder: &Path) -> Result<(), LakeError> {
    for path in list_folder(folder)? {
        if path.extension().is_some_and(|extension| extension == PARTIAL_EXTENSION) {
            remove(&path)?;
        }
    }
    for entry in superseded(covered_ranges(folder)?) {
        remove(&entry.0)?;
    }
    Ok(())
}

/// Removes a file; a missing file is not an error.
pub(super) fn remove(path: &Path) -> Result<(), LakeError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(LakeError::io("remove", path)(error))
        }
        _ => Ok(()),
    }
}

/// The complete files of one partition with their ranges, superseded files included.
pub(super) fn covered_ranges(folder: &Path) -> Result<Vec<(PathBuf, CoveredRange)>, LakeError> {
    let range = |path: PathBuf| {
        let range = CoveredRange::parse(path.file_name()?.to_str()?)?;
        Some((path, range))
    };
    let mut ranges: Vec<_> = list_folder(folder)?.into_iter().filter_map(range).collect();
    ranges.sort_by_key(|(_, range)| *range);
    Ok(ranges)
}

/// The superseded files. A rewrite covers at least the range of the file it replaces, so a file
/// within another file's range is superseded.
fn superseded(ranges: Vec<(PathBuf, CoveredRange)>) -> Vec<(PathBuf, CoveredRange)> {
    let all: Vec<CoveredRange> = ranges.iter().map(|(_, range)| *range).collect();
    let within =
        |range: CoveredRange| all.iter().any(|&other| other != range && other.covers(range));
    ranges.into_iter().filter(|(_, range)| within(*range)).collect()
}

fn list_folder(folder: &Path) -> Result<Vec<PathBuf>, LakeError> {
    let listing = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        listing => listing.map_err(LakeError::io("read", folder))?,
    };
    let path = |entry: io::Result<fs::DirEntry>| entry.map(|entry| entry.path());
    let mut paths: Vec<_> =
        listing.map(path).collect::<Result<_, _>>().map_err(LakeError::io("read", folder))?;
    paths.sort();
    Ok(paths)
}

/// The current files of a table, by partition and range.
pub(super) fn list_table(root: &Path, table: &'static Table) -> Result<Vec<FileEntry>, LakeError> {
    let mut folders = vec![(root.join(table.name), Vec::<String>::new())];
    for column in table.partitioned_by {
        let mut deeper = Vec::new();
        for (folder, values) in folders {
            deeper.extend(list_folder(&folder)?.into_iter().filter_map(|path| {
                let name = path.file_name()?.to_str()?;
                let value = name.strip_prefix(column)?.strip_prefix('=')?.to_owned();
                Some((path, [&values[..], &[value]].concat()))
            }));
        }
        folders = deeper;
    }
    let mut files = Vec::new();
    for (folder, values) in folders {
        files.extend(list_partition(&folder, &Partition::new(table, &values)?)?);
    }
    Ok(files)
}

fn list_partition(folder: &Path, partition: &Partition) -> Result<Vec<FileEntry>, LakeError> {
    let all = covered_ranges(folder)?;
    let stale = superseded(all.clone());
    let mut files = Vec::new();
    for (path, range) in all.into_iter().filter(|file| !stale.contains(file)) {
        let metadata = fs::metadata(&path).map_err(LakeError::io("read", &path))?;
        let modified = metadata.modified().map_err(LakeError::io("read", &path))?;
        files.push(FileEntry {
            path,
            partition: partition.clone(),
            range,
            bytes: metadata.len(),
            modified,
        });
    }
    Ok(files)
}
