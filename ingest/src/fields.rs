//! A table's fields, bound to the columns of one file's header.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::TimeDelta;

use crate::error::IngestError;
use crate::mapping::{Captures, Entry, Mapping, Market, Source};

/// Where one field's values lie in one file.
#[derive(Debug, Clone)]
pub(crate) enum Slot {
    Constant(String),
    Captured(String),
    Column(Column),
    Ordinal,
}

/// One column of one file.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    pub(crate) index: usize,
    pub(crate) name: String,
    pub(crate) negate: bool,
    pub(crate) shift: TimeDelta,
}

/// Why a field cannot be bound.
#[derive(Debug)]
pub(crate) enum BindError {
    Missing { field: String, column: String },
    Repeated { field: String, column: String },
    Mapping { key: String, problem: String },
}

impl BindError {
    pub(crate) fn mapping(key: &str, problem: impl Into<String>) -> Self {
        Self::Mapping { key: key.to_owned(), problem: problem.into() }
    }

    /// The failure as it stops an import of `file`.
    pub(crate) fn in_file(self, mapping: &Mapping, entry: &Entry, file: &str) -> IngestError {
        let file = file.to_owned();
        match self {
            Self::Missing { field, column } => IngestError::MissingColumn { file, column, field },
            Self::Repeated { field, column } => IngestError::RepeatedColumn { file, column, field },
            Self::Mapping { key, problem } => {
                IngestError::Mapping { path: mapping.path.clone(), line: entry.line, key, problem }
            }
        }
    }
}

/// The fields that an entry gives, asked for one by one by its table.
pub(crate) struct Fields<'a> {
    entry: &'a Entry,
    market: Option<&'a Arc<Market>>,
    header: &'a [String],
    captures: &'a Captures,
    understood: BTreeSet<&'static str>,
}

impl<'a> Fields<'a> {
    pub(crate) const fn new(
        entry: &'a Entry,
        market: Option<&'a Arc<Market>>,
        header: &'a [String],
        captures: &'a Captures,
    ) -> Self {
        Self { entry, market, header, captures, understood: BTreeSet::new() }
    }

    /// The entry that gives the fields.
    pub(crate) const fn entry(&self) -> &'a Entry {
        self.entry
    }

    /// The market that the mapping must describe.
    pub(crate) fn market(&self) -> Result<Arc<Market>, BindError> {
        let table = self.entry.partition.table().name;
        self.market
            .cloned()
            .ok_or_else(|| BindError::mapping("market", format!("{table} needs a [market]")))
    }

    /// Says that the table knows what to do with a key of the entry.
    pub(crate) fn understand(&mut self, key: &'static str) {
        self.understood.insert(key);
    }

    /// A field that must be given, of words or whole numbers.
    pub(crate) fn text(&mut self, field: &'static str) -> Result<Slot, BindError> {
        match self.slot(field)? {
            Slot::Column(column) if column.negate => {
                Err(BindError::mapping(field, "`negate` is for amounts"))
            }
            Slot::Column(column) if !column.shift.is_zero() => {
                Err(BindError::mapping(field, "`shift` is for times"))
            }
            slot => Ok(slot),
        }
    }

    /// A field that must be given, of times.
    pub(crate) fn time(&mut self, field: &'static str) -> Result<Slot, BindError> {
        match self.slot(field)? {
            Slot::Column(column) if column.negate => {
                Err(BindError::mapping(field, "`negate` is for amounts"))
            }
            slot => Ok(slot),
        }
    }

    /// A field that must be given, of decimal numbers.
    pub(crate) fn number(&mut self, field: &'static str) -> Result<Slot, BindError> {
        match self.slot(field)? {
            Slot::Column(column) if !column.shift.is_zero() => {
                Err(BindError::mapping(field, "`shift` is for times"))
            }
            slot => Ok(slot),
        }
    }

    /// Asks for a field only if the entry gives it.
    pub(crate) fn optional(
        &mut self,
        field: &'static str,
        ask: fn(&mut Self, &'static str) -> Result<Slot, BindError>,
    ) -> Result<Option<Slot>, BindError> {
        self.understand(field);
        if self.entry.fields.contains_key(field) { ask(self, field).map(Some) } else { Ok(None) }
    }

    fn slot(&mut self, field: &'static str) -> Result<Slot, BindError> {
        self.understand(field);
        let table = self.entry.partition.table().name;
        match self.entry.fields.get(field) {
            None => Err(BindError::mapping(
                field,
                format!("{table} needs it: give a column, a constant or a capture"),
            )),
            Some(Source::Constant(value)) => Ok(Slot::Constant(value.clone())),
            Some(Source::Capture) => Ok(Slot::Captured(self.captures[field].clone())),
            Some(Source::Ordinal(_)) => Ok(Slot::Ordinal),
            Some(Source::Column { name, negate, shift }) => {
                let index = self.index_of(field, name)?;
                Ok(Slot::Column(Column {
                    index,
                    name: name.clone(),
                    negate: *negate,
                    shift: *shift,
                }))
            }
        }
    }

    fn index_of(&self, field: &str, column: &str) -> Result<usize, BindError> {
        let mut found = (0..).zip(self.header).filter(|(_, name)| *name == column);
        let (index, again) = (found.next(), found.next());
        let (field, column) = (field.to_owned(), column.to_owned());
        match index {
            Some((index, _)) if again.is_none() => Ok(index),
            Some(_) => Err(BindError::Repeated { field, column }),
            None => Err(BindError::Missing { field, column }),
        }
    }

    /// Checks that the table understood all that the entry says.
    pub(crate) fn finish(self) -> Result<(), BindError> {
        let given = self.entry.fields.keys().map(String::as_str);
        let jumps = self.entry.jumps.as_ref().map(|_| "jumps");
        let parameters = (!self.entry.parameters.is_empty()).then_some("parameters");
        let strange =
            given.chain(jumps).chain(parameters).find(|key| !self.understood.contains(key));
        let table = self.entry.partition.table().name;
        strange.map_or(Ok(()), |key| {
            let known = self.understood.into_iter().collect::<Vec<_>>().join(", ");
            Err(BindError::mapping(
                key,
                format!("{table} has no use for it here, only for {known}"),
            ))
        })
    }
}
