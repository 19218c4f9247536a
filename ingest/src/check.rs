//! Reads a mapping's file and holds its parts against each other and the tables.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;

use plimsoll_lake::tables::{MarketAsset, Quarantined, Row, named};
use plimsoll_lake::{Partition, Table};
use toml::Spanned;

use crate::error::IngestError;
use crate::fields::{BindError, Fields};
use crate::jump::{JumpCheck, JumpLimits};
use crate::loader::{LOADERS, Loader};
use crate::mapping::{
    Captures, Entry, FileSpec, JumpSpec, Mapping, MappingSpec, Market, MarketSpec, Source,
};

impl Mapping {
    /// Reads a mapping from a TOML file.
    ///
    /// # Errors
    /// [`IngestError::Io`] if the file cannot be read, [`IngestError::Mapping`] with key and line
    /// if it says what cannot be meant.
    pub fn read(path: &Path) -> Result<Self, IngestError> {
        let text = std::fs::read_to_string(path);
        let text = text.map_err(|source| IngestError::Io { path: path.to_owned(), source })?;
        Self::parse(path, &text)
    }

    /// Reads a mapping from TOML; `path` only names it in errors.
    ///
    /// # Errors
    /// [`IngestError::Mapping`] with key and line if it says what cannot be meant.
    pub fn parse(path: &Path, text: &str) -> Result<Self, IngestError> {
        let spec = toml::from_str(text).map_err(|error| Problem::of_toml(&error, text));
        let mapping = spec.and_then(|spec| mapping(path, text, spec));
        mapping.map_err(|problem| problem.into_error(path, text))
    }
}

/// A fault of a mapping, at a byte of its text.
struct Problem {
    at: usize,
    key: String,
    problem: String,
}

impl Problem {
    fn new<T>(at: &Spanned<T>, key: &str, problem: impl Into<String>) -> Self {
        Self { at: at.span().start, key: key.to_owned(), problem: problem.into() }
    }

    fn of_toml(error: &toml::de::Error, text: &str) -> Self {
        let at = error.span().map_or(0, |span| span.start);
        let line = text.lines().nth(line_of(text, at) - 1).unwrap_or_default();
        let key = line.split('=').next().unwrap_or_default().trim().to_owned();
        Self { at, key, problem: error.message().to_owned() }
    }

    fn into_error(self, path: &Path, text: &str) -> IngestError {
        let line = line_of(text, self.at);
        IngestError::Mapping { path: path.to_owned(), line, key: self.key, problem: self.problem }
    }
}

fn line_of(text: &str, at: usize) -> usize {
    text.as_bytes()[..at.min(text.len())].iter().filter(|&&byte| byte == b'\n').count() + 1
}

fn mapping(path: &Path, text: &str, spec: MappingSpec) -> Result<Mapping, Problem> {
    Partition::of(&Quarantined::TABLE, &[spec.name.get_ref()])
        .map_err(|error| Problem::new(&spec.name, "name", error.to_string()))?;
    let market = spec.market.map(market).transpose()?.map(Arc::new);
    let mut entries = Vec::new();
    for file in spec.files {
        let line = line_of(text, file.span().start);
        entries.push(entry(file, line, market.as_ref())?);
    }
    if entries.is_empty() {
        return Err(Problem::new(&spec.name, "files", "the mapping has no [[files]]"));
    }
    Ok(Mapping { path: path.to_owned(), name: spec.name.into_inner(), market, entries })
}

fn market(spec: Spanned<MarketSpec>) -> Result<Market, Problem> {
    let at = Spanned::new(spec.span(), ());
    let MarketSpec { chain, protocol, market, assets } = spec.into_inner();
    Partition::of(&MarketAsset::TABLE, &[&chain, &protocol, &market])
        .map_err(|error| Problem::new(&at, "market", error.to_string()))?;
    let mut rows: Vec<MarketAsset> = Vec::new();
    for asset in assets {
        if rows.iter().any(|row| row.asset == *asset.asset.get_ref()) {
            return Err(Problem::new(&asset.asset, "asset", "the asset stands twice"));
        }
        let delay_s = u32::try_from(asset.oracle_delay.get_ref().seconds);
        let delay_s = delay_s.map_err(|_| Problem::new(&asset.oracle_delay, "oracle_delay", "below 0, or above 136 years"))?;
        rows.push(MarketAsset {
            chain: chain.clone(),
            protocol: protocol.clone(),
            market: market.clone(),
            asset: asset.asset.into_inner(),
            decimals: asset.decimals,
            price_source: asset.price_source,
            price_asset: asset.price_asset,
            oracle_delay_s: delay_s,
        });
    }
    Ok(Market { chain, protocol, market, assets: rows })
}

fn entry(file: Spanned<FileSpec>, line: usize, market: Option<&Arc<Market>>) -> Result<Entry, Problem> {
    let at = Spanned::new(file.span(), ());
    let file = file.into_inner();
    let loader = Loader::named(file.table.get_ref()).ok_or_else(|| {
        let known = LOADERS.iter().map(|loader| loader.table).collect::<Vec<_>>().join(", ");
        Problem::new(&file.table, "table", format!("{:?} is none of {known}", file.table.get_ref()))
    })?;
    let table = named(loader.table).expect("every loader's table is the lake's");
    let partition = partition(table, &file, market)?;
    let places = places(&file);
    let jumps = file.jumps.as_ref().map(jumps).transpose()?;
    let entry = Entry {
        line,
        partition,
        fields: sources(&file)?,
        ignored_columns: file.ignore.into_iter().collect(),
        parameters: Arc::new(file.parameters),
        jumps,
        pattern: file.pattern.into_inner(),
    };
    check(&entry, loader, market).map_err(|error| match error {
        BindError::Mapping { key, problem } => {
            let at = places.get(&key).copied().unwrap_or(at.span().start);
            Problem { at, key, problem }
        }
        BindError::Missing { field, .. } | BindError::Repeated { field, .. } => {
            Problem::new(&at, &field, "two fields are read from one column")
        }
    })?;
    Ok(entry)
}

/// Binds the entry to a header that has exactly the columns it names.
fn check(entry: &Entry, loader: &Loader, market: Option<&Arc<Market>>) -> Result<(), BindError> {
    let columns = entry.fields.values().filter_map(|source| match source {
        Source::Column { name, .. } => Some(name.clone()),
        _ => None,
    });
    let mut header: Vec<String> = columns.collect();
    header.sort();
    header.dedup();
    let captures: Captures = entry.pattern.fields().map(|field| (field.to_owned(), String::new())).collect();
    (loader.check)(Fields::new(entry, market, &header, &captures))
}

/// Where in the mapping's text each field is given.
fn places(file: &FileSpec) -> BTreeMap<String, usize> {
    let columns = file.columns.iter().map(|(field, column)| (field.clone(), column.span().start));
    let constants = file.constants.iter().map(|(field, value)| (field.clone(), value.span().start));
    let captures = file.pattern.get_ref().fields().map(|field| (field.to_owned(), file.pattern.span().start));
    let log_index = file.log_index.iter().map(|spec| ("log_index".to_owned(), spec.span().start));
    let jumps = file.jumps.iter().map(|spec| ("jumps".to_owned(), spec.span().start));
    columns.chain(constants).chain(captures).chain(log_index).chain(jumps).collect()
}

/// Every field with its one source.
fn sources(file: &FileSpec) -> Result<BTreeMap<String, Source>, Problem> {
    let columns = file.columns.iter().map(|(field, column)| {
        let spec = column.get_ref();
        let (name, shift) = (spec.column.clone(), spec.shift.delta());
        (field.as_str(), column.span().start, Source::Column { name, negate: spec.negate, shift })
    });
    let constants = file.constants.iter().map(|(field, value)| {
        (field.as_str(), value.span().start, Source::Constant(value.get_ref().clone()))
    });
    let captures = file.pattern.get_ref().fields().map(|field| (field, file.pattern.span().start, Source::Capture));
    let log_index = file.log_index.iter().map(|spec| {
        ("log_index", spec.span().start, Source::Ordinal(spec.get_ref().ordinal_from))
    });
    let mut sources = BTreeMap::new();
    for (field, at, source) in columns.chain(constants).chain(captures).chain(log_index) {
        if sources.insert(field.to_owned(), source).is_some() {
            return Err(Problem { at, key: field.to_owned(), problem: "the field is given twice".to_owned() });
        }
    }
    Ok(sources)
}

/// The one partition that an entry fills, named by the market and by constants.
fn partition(table: &'static Table, file: &FileSpec, market: Option<&Arc<Market>>) -> Result<Partition, Problem> {
    let mut values = Vec::new();
    for &column in table.partitioned_by {
        let value = match (market, column) {
            (Some(market), "chain") => Some(&market.chain),
            (Some(market), "protocol") => Some(&market.protocol),
            (Some(market), "market") => Some(&market.market),
            _ => file.constants.get(column).map(Spanned::get_ref),
        };
        let needs = || Problem::new(&file.table, column, format!("{} needs it from a [market] or a constant", table.name));
        values.push(value.ok_or_else(needs)?);
    }
    Partition::of(table, &values).map_err(|error| Problem::new(&file.table, table.partitioned_by[0], error.to_string()))
}

fn jumps(spec: &Spanned<JumpSpec>) -> Result<JumpCheck, Problem> {
    let JumpSpec { max_jump, tolerance, widen_after, overrides } = spec.get_ref();
    let limits = |max_jump: f64, tolerance: f64| {
        let sound = max_jump > 0.0 && max_jump.is_finite() && tolerance >= 0.0 && tolerance.is_finite();
        let problem = format!("max_jump {max_jump} must be above 0 and tolerance {tolerance} not below, both finite");
        if sound { Ok(JumpLimits { max_jump, tolerance }) } else { Err(Problem::new(spec, "jumps", problem)) }
    };
    let mut by_asset = HashMap::new();
    for other in overrides {
        let limits = limits(other.max_jump, other.tolerance)?;
        by_asset.extend(other.assets.iter().map(|asset| (asset.clone(), limits)));
    }
    if widen_after.seconds <= 0 {
        return Err(Problem::new(spec, "jumps", "widen_after must be above 0"));
    }
    Ok(JumpCheck { usual: limits(*max_jump, *tolerance)?, by_asset, widen_after: widen_after.delta() })
}
