//! The store: reads and writes the Parquet files of a lake.

mod batch;
mod checksum;
mod coverage;
mod entry;
mod filter;
mod folder;
mod lock;
mod merge;
mod parquet_file;
mod read;
mod rewrite;
mod root;
mod row_encoder;
mod standalone;
mod write;

pub use entry::FileEntry;
pub use filter::Filter;
pub use lock::ChainLock;
pub use merge::MergeSummary;
pub use root::Store;
pub use standalone::{parquet_columns, read_parquet, write_parquet};
