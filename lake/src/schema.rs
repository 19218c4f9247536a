//! Table schemas: columns, rows, partitions and file ranges.

mod cell;
mod conform;
mod declare;
mod partition;
mod range;
mod row;
mod table;

pub(crate) use cell::Cell;
pub(crate) use conform::conform;
pub(crate) use declare::{table, value_error};
pub use partition::Partition;
pub use range::{CoveredRange, RangeUnit};
pub use row::Row;
pub use table::{Column, Table};
