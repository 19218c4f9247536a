//! Binding of a table's fields to the columns of one file's header.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::csv::error::IngestError;
use crate::csv::mapping::{
    Captures, ColumnOptions, FieldSource, FileMapping, Mapping, Market, Unit,
};

/// The source of one field's values in one file.
#[derive(Debug, Clone)]
pub(crate) enum BoundField {
    Constant(String),
    Captured(String),
    Column(BoundColumn),
    Ordinal,
}

/// One column of one file.
#[derive(Debug, Clone)]
pub(crate) struct BoundColumn {
    pub(crate) index: usize,
    pub(crate) options: ColumnOptions,
}

/// Why a field cannot be bound.
#[derive(Debug)]
pub(crate) enum BindError {
    MissingColumn { field: String, column: String, header: String },
    DuplicateColumn { field: String, column: String },
    Mapping { key: String, problem: String },
}

impl BindError {
    pub(crate) fn mapping(key: &str, problem: impl Into<String>) -> Self {
        Self::Mapping { key: key.to_owned(), problem: problem.into() }
    }

    /// The error that stops the import of `file`.
    pub(crate) fn into_ingest_error(
        self,
        mapping: &Mapping,
        file_mapping: &FileMapping,
        file: &str,
    ) -> IngestError {
        let file = file.to_owned();
        match self {
            Self::MissingColumn { field, column, header } => {
                IngestError::MissingColumn { file, column, field, header }
            }
            Self::DuplicateColumn { field, column } => {
                IngestError::DuplicateColumn { file, column, field }
            }
            Self::Mapping { key, problem } => IngestError::Mapping {
                path: mapping.path.clone(),
                line: file_mapping.line,
                key,
                problem,
            },
        }
    }
}

/// Binds the fields of a `[[files]]` entry, one by one, on request of its table.
pub(crate) struct FieldBinder<'a> {
    file_mapping: &'a FileMapping,
    market: Option<&'a Arc<Market>>,
    header: &'a [String],
    captures: &'a Captures,
    consumed: BTreeSet<&'static str>,
    number_columns: Vec<usize>,
}

impl<'a> FieldBinder<'a> {
    pub(crate) const fn new(
        file_mapping: &'a FileMapping,
        market: Option<&'a Arc<Market>>,
        header: &'a [String],
        captures: &'a Captures,
    ) -> Self {
        Self {
            file_mapping,
            market,
            header,
            captures,
            consumed: BTreeSet::new(),
            number_columns: Vec::new(),
        }
    }

    /// The entry that declares the fields.
    pub(crate) const fn file_mapping(&self) -> &'a FileMapping {
        self.file_mapping
    }

    /// The mapping's market; an error if it has none.
    pub(crate) fn market(&self) -> Result<Arc<Market>, BindError> {
        let table = self.file_mapping.partition.table().name;
        self.market
            .cloned()
            .ok_or_else(|| BindError::mapping("market", format!("{table} needs a [market]")))
    }

    /// Marks a key of the entry as used by the table.
    pub(crate) fn mark_consumed(&mut self, key: &'static str) {
        self.consumed.insert(key);
    }

    /// Binds a required field of texts or whole numbers.
    pub(crate) fn bind_text(&mut self, field: &'static str) -> Result<BoundField, BindError> {
        let bound = self.bind(field)?;
        check_options(field, &bound, Options { negate: false, shift: false, units: &[] })?;
        Ok(bound)
    }

    /// Binds a required field of times.
    pub(crate) fn bind_time(&mut self, field: &'static str) -> Result<BoundField, BindError> {
        let bound = self.bind(field)?;
        check_options(field, &bound, Options { negate: false, shift: true, units: &[] })?;
        Ok(bound)
    }

    /// Binds a required field of amounts, in tokens or in the asset's smallest unit.
    pub(crate) fn bind_amount(&mut self, field: &'static str) -> Result<BoundField, BindError> {
        let bound = self.bind_with_units(field, &[Unit::Raw])?;
        match &bound {
            BoundField::Column(column) if column.options.decimals.is_some() => {
                Err(BindError::mapping(field, "an amount has the `decimals` of its asset"))
            }
            _ => Ok(bound),
        }
    }

    /// Binds a required field of prices or volumes.
    pub(crate) fn bind_number(&mut self, field: &'static str) -> Result<BoundField, BindError> {
        let bound = self.bind_with_units(field, &[Unit::Raw])?;
        check_raw_decimals(field, &bound)?;
        Ok(bound)
    }

    /// Binds a required field of fractions, in any unit.
    pub(crate) fn bind_fraction(&mut self, field: &'static str) -> Result<BoundField, BindError> {
        let units = [Unit::Raw, Unit::Percent, Unit::Bps, Unit::Reciprocal];
        let bound = self.bind_with_units(field, &units)?;
        check_raw_decimals(field, &bound)?;
        Ok(bound)
    }

    fn bind_with_units(
        &mut self,
        field: &'static str,
        units: &[Unit],
    ) -> Result<BoundField, BindError> {
        let bound = self.bind(field)?;
        check_options(field, &bound, Options { negate: true, shift: false, units })?;
        if let BoundField::Column(column) = &bound {
            self.number_columns.push(column.index);
        }
        Ok(bound)
    }

    /// The columns of the numbers that were bound.
    pub(crate) fn number_columns(&self) -> &[usize] {
        &self.number_columns
    }

    /// Binds a field if the entry declares it.
    pub(crate) fn bind_optional(
        &mut self,
        field: &'static str,
        bind_field: fn(&mut Self, &'static str) -> Result<BoundField, BindError>,
    ) -> Result<Option<BoundField>, BindError> {
        self.mark_consumed(field);
        if self.file_mapping.fields.contains_key(field) {
            bind_field(self, field).map(Some)
        } else {
            Ok(None)
        }
    }

    fn bind(&mut self, field: &'static str) -> Result<BoundField, BindError> {
        self.mark_consumed(field);
        let table = self.file_mapping.partition.table().name;
        match self.file_mapping.fields.get(field) {
            None => Err(BindError::mapping(
                field,
                format!("{table} needs it: declare a column, a constant or a capture"),
            )),
            Some(FieldSource::Constant(value)) => Ok(BoundField::Constant(value.clone())),
            Some(FieldSource::Capture) => Ok(BoundField::Captured(self.captures[field].clone())),
            Some(FieldSource::Ordinal(_)) => Ok(BoundField::Ordinal),
            Some(FieldSource::Column(options)) => {
                let index = self.column_index(field, &options.name)?;
                Ok(BoundField::Column(BoundColumn { index, options: options.clone() }))
            }
        }
    }

    fn column_index(&self, field: &str, column: &str) -> Result<usize, BindError> {
        let mut matches = (0..).zip(self.header).filter(|(_, name)| *name == column);
        let (index, duplicate) = (matches.next(), matches.next());
        let (field, column) = (field.to_owned(), column.to_owned());
        match index {
            Some((index, _)) if duplicate.is_none() => Ok(index),
            Some(_) => Err(BindError::DuplicateColumn { field, column }),
            None => Err(BindError::MissingColumn { field, column, header: self.header.join(", ") }),
        }
    }

    /// Checks that the table used every key of the entry.
    pub(crate) fn check_all_consumed(self) -> Result<(), BindError> {
        let declared = self.file_mapping.fields.keys().map(String::as_str);
        let jumps = self.file_mapping.jumps.as_ref().map(|_| "jumps");
        let parameters = (!self.file_mapping.parameters.is_empty()).then_some("parameters");
        let unused =
            declared.chain(jumps).chain(parameters).find(|key| !self.consumed.contains(key));
        let table = self.file_mapping.partition.table().name;
        unused.map_or(Ok(()), |key| {
            let known = self.consumed.into_iter().collect::<Vec<_>>().join(", ");
            Err(BindError::mapping(key, format!("{table} does not use it here, only {known}")))
        })
    }
}

/// The options of a column that a kind of field permits.
struct Options<'a> {
    negate: bool,
    shift: bool,
    /// The units beside the table's own.
    units: &'a [Unit],
}

fn check_options(field: &str, bound: &BoundField, permitted: Options<'_>) -> Result<(), BindError> {
    let BoundField::Column(BoundColumn { options, .. }) = bound else { return Ok(()) };
    let problem = if options.negate && !permitted.negate {
        "`negate` applies to amounts only"
    } else if !options.shift.is_zero() && !permitted.shift {
        "`shift` applies to times only"
    } else if options.unit == Unit::Raw && !permitted.units.contains(&Unit::Raw) {
        "`unit = \"raw\"` applies to amounts, prices and values only"
    } else if options.unit != Unit::Plain && !permitted.units.contains(&options.unit) {
        "percent, bps and reciprocal apply to the `value` of parameters only"
    } else if options.decimals.is_some() && options.unit != Unit::Raw {
        "`decimals` needs `unit = \"raw\"`"
    } else {
        return Ok(());
    };
    Err(BindError::mapping(field, problem))
}

fn check_raw_decimals(field: &str, bound: &BoundField) -> Result<(), BindError> {
    match bound {
        BoundField::Column(BoundColumn { options, .. })
            if options.unit == Unit::Raw && options.decimals.is_none() =>
        {
            Err(BindError::mapping(field, "`unit = \"raw\"` needs `decimals`, such as 8"))
        }
        _ => Ok(()),
    }
}
