//! From a stream's logs and samples to rows.

use plimsoll_lake::DecodedRows;
use plimsoll_rpc::{Header, Log};

use super::error::DecodeError;
use super::probe::Sample;
use super::state::DecoderState;
use crate::chain::lake_state::BlockRange;

/// Decodes a stream's logs into rows, in order of block and log index, without I/O.
///
/// A resumed stream is first replayed from the lake's own logs, to restore its state.
pub(crate) trait Decoder: Send {
    /// Whether a log that matches the filter belongs to the stream at its block.
    fn accepts(&self, _log: &Log) -> bool {
        true
    }

    /// Decodes one log; an error quarantines it and leaves `rows` and `state` unchanged.
    fn decode(
        &mut self,
        log: &Log,
        header: &Header,
        state: &mut DecoderState,
        rows: &mut DecodedRows,
    ) -> Result<(), DecodeError>;

    /// Blocks of a range that are ended even if they have no logs, in any order.
    fn blocks_without_logs(&self, _range: BlockRange) -> Vec<u64> {
        Vec::new()
    }

    /// Decodes a probe's value; called after the logs of its block.
    fn decode_sample(&mut self, _sample: &Sample, _header: &Header, _rows: &mut DecodedRows) {}

    /// Ends a block; called after its logs and samples, for every block that has some, and perhaps
    /// for others.
    fn end_block(&mut self, _header: &Header, _rows: &mut DecodedRows) {}
}
