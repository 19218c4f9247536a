//! Registry of the tables that a mapping can fill.

use plimsoll_lake::tables::Row;

use super::field_binder::{BindError, FieldBinder};
use super::file_decoder::{DecodedFiles, bind, decode};
use super::tables::{
    LiquidationDecoder, OraclePriceDecoder, PositionEventDecoder, ReserveParameterDecoder,
    TableDecoder,
};
use crate::csv::error::IngestError;
use crate::csv::mapping::{FileMapping, Mapping};
use crate::csv::source::csv_file::CsvFile;

/// Validation and decoding for one table.
pub(crate) struct TableLoader {
    /// The table's name.
    pub(crate) table: &'static str,
    /// Checks that an entry declares exactly what the table needs.
    pub(crate) check: fn(FieldBinder<'_>) -> Result<(), BindError>,
    /// Decodes the files of an entry.
    pub(crate) decode:
        fn(&Mapping, &FileMapping, &[CsvFile], usize) -> Result<DecodedFiles, IngestError>,
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
