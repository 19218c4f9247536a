//! Import of CSV exports by a mapping; see the crate's documentation.

mod address;
mod decode;
mod error;
mod import;
mod mapping;
mod mapping_parser;
mod merge;
mod price_jump;
mod row_fault;
mod source;
mod summary;

pub use error::IngestError;
pub use import::ingest_csv;
pub use mapping::Mapping;
pub use row_fault::QuarantineReason;
pub use summary::{CsvSummary, FirstQuarantined, TableSummary};
