//! Decoders of the tables that a mapping can fill, one module each.

mod event;
mod liquidations;
mod oracle_prices;
mod position_events;
mod reserve_parameters;

use plimsoll_lake::tables::Row;

use super::field_binder::{BindError, FieldBinder};
use super::row_cells::RowCells;
use crate::csv::mapping::FileMapping;
use crate::csv::row_fault::RowFault;

pub(crate) use liquidations::LiquidationDecoder;
pub(crate) use oracle_prices::OraclePriceDecoder;
pub(crate) use position_events::PositionEventDecoder;
pub(crate) use reserve_parameters::ReserveParameterDecoder;

/// Decodes a file's rows into rows of one table.
pub(crate) trait TableDecoder: Sized {
    /// The table's row.
    type Row: Row;

    /// Binds the table's fields to one file.
    fn bind(fields: &mut FieldBinder<'_>) -> Result<Self, BindError>;

    /// Decodes one row.
    fn decode(&self, cells: RowCells<'_>) -> Result<Self::Row, RowFault>;

    /// Finds rows, by index, that are implausible given the others.
    fn implausible_rows(
        _file_mapping: &FileMapping,
        _rows: &[Self::Row],
    ) -> Vec<(usize, RowFault)> {
        Vec::new()
    }
}
