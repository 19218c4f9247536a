//! `quarantine`: source rows that failed validation.

use crate::schema::table;

table! {
    /// One source row that was rejected, and the reason.
    QuarantinedRow in "quarantine",
    partitioned by ["mapping"],
    keyed by ["source_file", "line", "reason", "raw"],
    sorted by ["source_file", "line"],
    ranged by Lines of "line" {
        /// Mapping that read the row.
        MAPPING = mapping: String,
        /// Source file.
        SOURCE_FILE = source_file: String,
        /// Line of the source file, counted from 1 including the header.
        LINE = line: u64,
        /// Table that the row was mapped to.
        TARGET = target: String,
        /// The kind of fault: `number`, `time`, `value`, `negative`, `fields`, `columns`, `encoding`, `candle`, `conflict` or `jump`.
        REASON = reason: String,
        /// Description of the fault, with the value and the limit.
        DETAIL = detail: String,
        /// The row as in the source.
        RAW = raw: String,
    }
}
