//! The table, and reading it from a file.

pub(crate) mod csv;
pub(crate) mod table;
