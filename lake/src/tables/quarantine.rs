//! `quarantine`: rows of a source that could not be believed.

use crate::table::table;

table! {
    /// One source row that was kept out of its table, and why.
    QuarantinedRow in "quarantine",
    partitioned by ["mapping"],
    keyed by ["source_file", "line", "reason", "raw"],
    sorted by ["source_file", "line"],
    ranged by Lines of "line" {
        /// The mapping that read it.
        MAPPING = mapping: String,
        /// The file it stood in.
        SOURCE_FILE = source_file: String,
        /// Its line, counted from 1, the header included.
        LINE = line: u64,
        /// The table it was meant for.
        TARGET = target: String,
        /// The kind of fault: `number`, `time`, `value`, `negative`, `fields`, `columns`, `encoding`, `candle`, `conflict` or `jump`.
        REASON = reason: String,
        /// The fault, in words, with the value and the limit.
        DETAIL = detail: String,
        /// The row as it stood.
        RAW = raw: String,
    }
}
