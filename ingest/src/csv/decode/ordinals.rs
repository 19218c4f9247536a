//! Numbering of rows within their blocks, where an export has no log index.

use std::collections::HashMap;

use ::csv::ByteRecord;

use super::field_binder::{BindError, BoundField, FieldBinder};
use super::row_cells::parse_integer;
use crate::csv::mapping::FieldSource;

/// The column within whose values rows are numbered where an export has no log index.
const BLOCK: &str = "block";

/// How the rows of a file are numbered within their blocks.
pub(crate) struct OrdinalRule {
    first: u32,
    block_column: usize,
}

impl OrdinalRule {
    pub(super) fn bind(fields: &mut FieldBinder<'_>) -> Result<Option<Self>, BindError> {
        let first = fields.file_mapping().fields.values().find_map(|source| match source {
            FieldSource::Ordinal(first) => Some(*first),
            _ => None,
        });
        let Some(first) = first else { return Ok(None) };
        match fields.bind_text(BLOCK)? {
            BoundField::Column(column) => Ok(Some(Self { first, block_column: column.index })),
            _ => {
                Err(BindError::mapping("log_index", "`ordinal_from` needs `block` to be a column"))
            }
        }
    }
}

/// Number of rows of each block so far, across the files of an entry.
#[derive(Default)]
pub(super) struct OrdinalCounter {
    rows_by_block: HashMap<u64, u32>,
}

impl OrdinalCounter {
    /// The number of the next row of its block; `None` if the row has no block number.
    ///
    /// Rejected rows are counted too, so that later rows keep their numbers once the export is
    /// corrected.
    pub(super) fn next_ordinal(&mut self, rule: &OrdinalRule, record: &ByteRecord) -> Option<u32> {
        let block = parse_integer(str::from_utf8(record.get(rule.block_column)?).ok()?)?;
        let count = self.rows_by_block.entry(block).or_default();
        let ordinal = rule.first.saturating_add(*count);
        *count += 1;
        Some(ordinal)
    }
}
