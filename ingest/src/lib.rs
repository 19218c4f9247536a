//! Chains, files and a simulated market into the lake.

mod cells;
mod check;
mod decimal;
mod decode;
mod document;
mod error;
mod fault;
mod fields;
mod ingest;
mod jump;
mod loader;
mod mapping;
mod merge;
mod plan;
mod source;
mod span;
mod summary;
mod target;
mod time;

pub use error::IngestError;
pub use fault::Reason;
pub use ingest::ingest_csv;
pub use mapping::Mapping;
pub use summary::{Summary, TableSummary};
