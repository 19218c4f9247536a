//! Decoding of CSV files into rows of the lake's tables, without disk or lake access.

mod amount_check;
mod decimal;
pub(crate) mod decimal_mark;
pub(crate) mod field_binder;
pub(crate) mod file_decoder;
mod ordinals;
mod row_cells;
pub(crate) mod table_loader;
mod tables;
mod time;
