//! Which tables can be filled, by name.

use plimsoll_lake::tables::Row;

use crate::decode::{Decoded, bind, decode};
use crate::document::Document;
use crate::error::IngestError;
use crate::fields::{BindError, Fields};
use crate::mapping::{Entry, Mapping};
use crate::target::{Liquidations, OraclePrices, PositionEvents, ReserveParameters, Target};

/// One table's way from documents to rows.
pub(crate) struct Loader {
    /// The table's name.
    pub(crate) table: &'static str,
    /// Checks that an entry gives the table what it needs, and nothing else.
    pub(crate) check: fn(Fields<'_>) -> Result<(), BindError>,
    /// Reads an entry's documents.
    pub(crate) decode: fn(&Mapping, &Entry, &[Document], usize) -> Result<Decoded, IngestError>,
}

/// Every table that a mapping can fill.
pub(crate) static LOADERS: [Loader; 4] = [
    Loader::of::<PositionEvents>(),
    Loader::of::<Liquidations>(),
    Loader::of::<ReserveParameters>(),
    Loader::of::<OraclePrices>(),
];

impl Loader {
    const fn of<T: Target>() -> Self {
        Self { table: T::Row::TABLE.name, check: check::<T>, decode: decode::<T> }
    }

    /// The loader of a table.
    pub(crate) fn named(table: &str) -> Option<&'static Self> {
        LOADERS.iter().find(|loader| loader.table == table)
    }
}

fn check<T: Target>(mut fields: Fields<'_>) -> Result<(), BindError> {
    bind::<T>(&mut fields)?;
    fields.finish()
}
