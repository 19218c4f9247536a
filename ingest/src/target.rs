//! The tables that a mapping can fill, one file each.

mod event;
mod liquidations;
mod oracle_prices;
mod position_events;
mod reserve_parameters;

use plimsoll_lake::tables::Row;

use crate::cells::RowCells;
use crate::fault::RowFault;
use crate::fields::{BindError, FieldBinder};
use crate::mapping::FileMapping;

pub(crate) use liquidations::LiquidationDecoder;
pub(crate) use oracle_prices::OraclePriceDecoder;
pub(crate) use position_events::PositionEventDecoder;
pub(crate) use reserve_parameters::ReserveParameterDecoder;

/// How a file's rows become rows of one table.
pub(crate) trait TableDecoder: Sized {
    /// The table's row.
    type Row: Row;

    /// Finds the table's fields in one file.
    fn bind(fields: &mut FieldBinder<'_>) -> Result<Self, BindError>;

    /// Reads one row.
    fn decode(&self, cells: RowCells<'_>) -> Result<Self::Row, RowFault>;

    /// Finds, by number, rows that cannot be believed beside the others.
    fn implausible_rows(_entry: &FileMapping, _rows: &[Self::Row]) -> Vec<(usize, RowFault)> {
        Vec::new()
    }
}
