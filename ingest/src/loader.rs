//! Which tables can be filled, by name.

use plimsoll_lake::tables::Row;

use crate::decode::{DecodedRows, bind, decode};
use crate::document::CsvFile;
use crate::error::IngestError;
use crate::fields::{BindError, FieldBinder};
use crate::mapping::{FileMapping, Mapping};
use crate::target::{
    LiquidationDecoder, OraclePriceDecoder, PositionEventDecoder, ReserveParameterDecoder,
    TableDecoder,
};

/// One table's way from documents to rows.
pub(crate) struct TableLoader {
    /// The table's name.
    pub(crate) table: &'static str,
    /// Checks that an entry gives the table what it needs, and nothing else.
    pub(crate) check: fn(FieldBinder<'_>) -> Result<(), BindError>,
    /// Reads an entry's documents.
    pub(crate) decode:
        fn(&Mapping, &FileMapping, &[CsvFile], usize) -> Result<DecodedRows, IngestError>,
}

/// Every table that a mapping can fill.
pub(crate) static LOADERS: [TableLoader; 4] = [
    TableLoader::new::<PositionEventDecoder>(),
    TableLoader::new::<LiquidationDecoder>(),
    TableLoader::new::<ReserveParameterDecoder>(),
    TableLoader::new::<OraclePriceDecoder>(),
];

impl TableLoader {
    const fn new<T: TableDecoder>() -> Self {
        Self { table: T::Row::TABLE.name, check: check_fields::<T>, decode: decode::<T> }
    }

    /// The loader of a table.
    pub(crate) fn for_table(table: &str) -> Option<&'static Self> {
        LOADERS.iter().find(|loader| loader.table == table)
    }
}

fn check_fields<T: TableDecoder>(mut fields: FieldBinder<'_>) -> Result<(), BindError> {
    bind::<T>(&mut fields)?;
    fields.check_all_consumed()
}
