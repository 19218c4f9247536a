//! Queries by polars.

mod frame;
mod scan;
