//! The tables that a mapping can fill, one file each.

mod event;
mod liquidations;
mod oracle_prices;
mod position_events;
mod reserve_parameters;

use plimsoll_lake::tables::Row;

use crate::cells::Cells;
use crate::fault::Fault;
use crate::fields::{BindError, Fields};
use crate::mapping::Entry;

pub(crate) use liquidations::Liquidations;
pub(crate) use oracle_prices::OraclePrices;
pub(crate) use position_events::PositionEvents;
pub(crate) use reserve_parameters::ReserveParameters;

/// How a file's rows become rows of one table.
pub(crate) trait Target: Sized {
    /// The table's row.
    type Row: Row;

    /// Finds the table's fields in one file.
    fn bind(fields: &mut Fields<'_>) -> Result<Self, BindError>;

    /// Reads one row.
    fn decode(&self, cells: Cells<'_>) -> Result<Self::Row, Fault>;

    /// Finds, by number, rows that cannot be believed beside the others.
    fn screen(_entry: &Entry, _rows: &[Self::Row]) -> Vec<(usize, Fault)> {
        Vec::new()
    }
}
