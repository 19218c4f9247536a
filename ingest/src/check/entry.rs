//! One `[[files]]` of a mapping, held against the table that it fills.

use std::collections::BTreeMap;
use std::sync::Arc;

use plimsoll_lake::tables::named;
use plimsoll_lake::{Partition, Table};
use toml::Spanned;

use super::jumps::jumps;
use super::problem::Problem;
use crate::fields::{BindError, Fields};
use crate::loader::{LOADERS, Loader};
use crate::mapping::{Captures, Entry, FileSpec, Market, Source};

pub(super) fn entry(
    spec: Spanned<FileSpec>,
    line: usize,
    market: Option<&Arc<Market>>,
) -> Result<Entry, Problem> {
    let mut places = Places { entry: spec.span().start, fields: BTreeMap::new() };
    let file = spec.into_inner();
    let loader = loader(&file.table)?;
    let table = named(loader.table).expect("every loader's table is the lake's");
    let entry = Entry {
        line,
        partition: partition(table, &file, market)?,
        fields: fields(&file, &mut places)?,
        ignored_columns: file.ignore.into_iter().collect(),
        parameters: Arc::new(file.parameters),
        jumps: file.jumps.as_ref().map(jumps).transpose()?,
        pattern: file.pattern.into_inner(),
    };
    check(&entry, loader, market).map_err(|error| places.problem(error))?;
    Ok(entry)
}

fn loader(table: &Spanned<String>) -> Result<&'static Loader, Problem> {
    Loader::named(table.get_ref()).ok_or_else(|| {
        let known = LOADERS.iter().map(|loader| loader.table).collect::<Vec<_>>().join(", ");
        Problem::new(table, "table", format!("{:?} is none of {known}", table.get_ref()))
    })
}

/// Where in the mapping's text an entry begins and gives its fields, as bytes.
struct Places {
    entry: usize,
    fields: BTreeMap<String, usize>,
}

impl Places {
    fn problem(&self, error: BindError) -> Problem {
        let BindError::Mapping { key, problem } = error else {
            unreachable!("the header that is checked has every column once");
        };
        Problem { at: self.fields.get(&key).copied().unwrap_or(self.entry), key, problem }
    }
}

/// Every field with its one source.
fn fields(file: &FileSpec, places: &mut Places) -> Result<BTreeMap<String, Source>, Problem> {
    let mut fields = BTreeMap::new();
    let mut give = |field: &str, at: usize, source: Source| {
        places.fields.insert(field.to_owned(), at);
        let again = fields.insert(field.to_owned(), source).is_some();
        let problem = "the field is given twice".to_owned();
        if again { Err(Problem { at, key: field.to_owned(), problem }) } else { Ok(()) }
    };
    for (field, column) in &file.columns {
        let (name, shift) = (column.get_ref().column.clone(), column.get_ref().shift.delta());
        let source = Source::Column { name, negate: column.get_ref().negate, shift };
        give(field, column.span().start, source)?;
    }
    for (field, value) in &file.constants {
        give(field, value.span().start, Source::Constant(value.get_ref().clone()))?;
    }
    for field in file.pattern.get_ref().fields() {
        give(field, file.pattern.span().start, Source::Capture)?;
    }
    if let Some(ordinal) = &file.log_index {
        give("log_index", ordinal.span().start, Source::Ordinal(ordinal.get_ref().ordinal_from))?;
    }
    Ok(fields)
}

/// Binds the entry to a header that has exactly the columns it names.
fn check(entry: &Entry, loader: &Loader, market: Option<&Arc<Market>>) -> Result<(), BindError> {
    let columns = entry.fields.values().filter_map(Source::column);
    let mut header: Vec<String> = columns.map(str::to_owned).collect();
    header.sort();
    header.dedup();
    let nothing = |field: &str| (field.to_owned(), String::new());
    let captures: Captures = entry.pattern.fields().map(nothing).collect();
    (loader.check)(Fields::new(entry, market, &header, &captures))
}

/// The one partition that an entry fills, named by the market and by constants.
fn partition(
    table: &'static Table,
    file: &FileSpec,
    market: Option<&Arc<Market>>,
) -> Result<Partition, Problem> {
    let mut values = Vec::new();
    for &column in table.partitioned_by {
        let (value, from) = if Market::COLUMNS.contains(&column) {
            (market.and_then(|market| market.column(column)), "a [market]")
        } else {
            (file.constants.get(column).map(|value| value.get_ref().as_str()), "a constant")
        };
        let problem = || format!("{} needs it from {from}", table.name);
        values.push(value.ok_or_else(|| Problem::new(&file.table, column, problem()))?);
    }
    let key = table.partitioned_by[0];
    Partition::of(table, &values).map_err(|error| Problem::new(&file.table, key, error.to_string()))
}
