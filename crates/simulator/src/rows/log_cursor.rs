//! Positions of logs in blocks.

use chrono::{DateTime, Utc};

use crate::clock::tick_time;
use crate::simulation::Simulation;

/// The position of the next log in a block.
#[derive(Debug, Clone, Copy)]
pub(super) struct LogCursor {
    pub(super) block: u64,
    pub(super) log_index: u32,
    pub(super) time: DateTime<Utc>,
}

impl LogCursor {
    /// The position of the first log of a tick's block.
    pub(super) fn first_of_tick(tick: usize) -> Self {
        Self { block: block_number(tick), log_index: 0, time: tick_time(Simulation::START, tick) }
    }

    /// Returns the position of the next log and advances.
    pub(super) fn next_log(&mut self) -> Self {
        let position = *self;
        self.log_index += 1;
        position
    }
}

/// A tick's block number; numbering starts at 1.
pub(crate) const fn block_number(tick: usize) -> u64 {
    tick as u64 + 1
}
