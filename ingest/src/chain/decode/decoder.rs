//! From a stream's logs and samples to rows.

use plimsoll_lake::DecodedRows;
use plimsoll_rpc::{Header, Log};

use super::error::DecodeError;
use super::probe::Sample;
use super::state::DecoderState;

/// Turns a stream's logs into rows, in order of block and log index, without asking anybody.
///
/// A stream that is resumed is first replayed from the lake's own logs, to fill its registers.
pub(crate) trait Decoder: Send {
    /// Whether a log that passed the filter is the stream's at that block.
    fn accepts(&self, _log: &Log) -> bool {
        true
    }

    /// Decodes one log; a fault quarantines it and leaves `rows` and `registers` as they were.
    fn decode(
        &mut self,
        log: &Log,
        header: &Header,
        registers: &mut DecoderState,
        rows: &mut DecodedRows,
    ) -> Result<(), DecodeError>;

    /// Takes a probe's answer; comes after the logs of its block.
    fn decode_sample(&mut self, _sample: &Sample, _header: &Header, _rows: &mut DecodedRows) {}

    /// Closes a block; comes after its logs and samples.
    fn end_block(&mut self, _header: &Header, _rows: &mut DecodedRows) {}
}
