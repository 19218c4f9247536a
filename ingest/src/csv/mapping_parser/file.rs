//! Validation of one `[[files]]` entry against the table that it fills.

use std::collections::BTreeMap;
use std::sync::Arc;

use plimsoll_lake::tables::by_name;
use plimsoll_lake::{Partition, Table};
use toml::Spanned;

use super::jumps::check_jumps;
use super::problem::MappingProblem;
use crate::csv::decode::field_binder::{BindError, FieldBinder};
use crate::csv::decode::table_loader::{LOADERS, TableLoader};
use crate::csv::mapping::{Captures, FieldSource, FileMapping, FileSpec, Market};

/// Leaves room for a billion rows of one block within the lake's signed column.
const MAX_FIRST_ORDINAL: u32 = 1_000_000_000;

pub(crate) fn check_file(
    spec: Spanned<FileSpec>,
    line: usize,
    market: Option<&Arc<Market>>,
) -> Result<FileMapping, MappingProblem> {
    let mut offsets = FieldOffsets { start: spec.span().start, fields: BTreeMap::new() };
    let file = spec.into_inner();
    let loader = find_loader(&file.table)?;
    let table = by_name(loader.table).expect("every loader's table is a table of the lake");
    let file_mapping = FileMapping {
        line,
        partition: fixed_partition(table, &file, market)?,
        fields: field_sources(&file, &mut offsets)?,
        ignored_columns: file.ignore.into_iter().collect(),
        delimiter: file.delimiter,
        decimal: file.decimal,
        parameters: Arc::new(file.parameters),
        jumps: file.jumps.as_ref().map(check_jumps).transpose()?,
        pattern: file.pattern.into_inner(),
    };
    check_binding(&file_mapping, loader, market).map_err(|error| offsets.locate(error))?;
    Ok(file_mapping)
}

fn find_loader(table: &Spanned<String>) -> Result<&'static TableLoader, MappingProblem> {
    TableLoader::for_table(table.get_ref()).ok_or_else(|| {
        let known = LOADERS.iter().map(|loader| loader.table).collect::<Vec<_>>().join(", ");
        MappingProblem::new(table, "table", format!("{:?} is none of {known}", table.get_ref()))
    })
}

/// Byte offsets of a `[[files]]` entry and of its fields in the mapping's text.
struct FieldOffsets {
    start: usize,
    fields: BTreeMap<String, usize>,
}

impl FieldOffsets {
    fn locate(&self, error: BindError) -> MappingProblem {
        let BindError::Mapping { key, problem } = error else {
            unreachable!("the checked header has every column once");
        };
        MappingProblem {
            offset: self.fields.get(&key).copied().unwrap_or(self.start),
            key,
            problem,
        }
    }
}

/// Each field with its only source.
fn field_sources(
    file: &FileSpec,
    offsets: &mut FieldOffsets,
) -> Result<BTreeMap<String, FieldSource>, MappingProblem> {
    let mut fields = BTreeMap::new();
    let mut declare = |field: &str, at: usize, source: FieldSource| {
        offsets.fields.insert(field.to_owned(), at);
        let duplicate = fields.insert(field.to_owned(), source).is_some();
        let problem = "the field is declared twice".to_owned();
        if duplicate {
            Err(MappingProblem { offset: at, key: field.to_owned(), problem })
        } else {
            Ok(())
        }
    };
    for (field, column) in &file.columns {
        declare(field, column.span().start, FieldSource::Column(column.get_ref().clone()))?;
    }
    for (field, value) in &file.constants {
        declare(field, value.span().start, FieldSource::Constant(value.get_ref().clone()))?;
    }
    for field in file.pattern.get_ref().captured_fields() {
        declare(field, file.pattern.span().start, FieldSource::Capture)?;
    }
    if let Some(ordinal) = &file.log_index {
        if ordinal.get_ref().ordinal_from > MAX_FIRST_ORDINAL {
            let problem = format!("`ordinal_from` is above {MAX_FIRST_ORDINAL}");
            return Err(MappingProblem::new(ordinal, "log_index", problem));
        }
        declare(
            "log_index",
            ordinal.span().start,
            FieldSource::Ordinal(ordinal.get_ref().ordinal_from),
        )?;
    }
    Ok(fields)
}

/// Binds the entry to a header with exactly the columns that it names.
fn check_binding(
    file_mapping: &FileMapping,
    loader: &TableLoader,
    market: Option<&Arc<Market>>,
) -> Result<(), BindError> {
    let columns = file_mapping.fields.values().filter_map(FieldSource::column_name);
    let mut header: Vec<String> = columns.map(str::to_owned).collect();
    header.sort();
    header.dedup();
    let nothing = |field: &str| (field.to_owned(), String::new());
    let captures: Captures = file_mapping.pattern.captured_fields().map(nothing).collect();
    (loader.check)(FieldBinder::new(file_mapping, market, &header, &captures))
}

/// The only partition that an entry fills, determined by the market and by constants.
fn fixed_partition(
    table: &'static Table,
    file: &FileSpec,
    market: Option<&Arc<Market>>,
) -> Result<Partition, MappingProblem> {
    let mut values = Vec::new();
    for &column in table.partitioned_by {
        let (value, from) = if Market::PARTITION_COLUMNS.contains(&column) {
            (market.and_then(|market| market.partition_value(column)), "a [market]")
        } else {
            (file.constants.get(column).map(|value| value.get_ref().as_str()), "a constant")
        };
        let problem = || format!("{} needs it from {from}", table.name);
        values.push(value.ok_or_else(|| MappingProblem::new(&file.table, column, problem()))?);
    }
    let key = table.partitioned_by[0];
    Partition::new(table, &values)
        .map_err(|error| MappingProblem::new(&file.table, key, error.to_string()))
}
