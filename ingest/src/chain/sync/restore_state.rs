//! Restores decoders' states and discoveries' logs from blocks in the lake.

use std::collections::HashMap;

use plimsoll_lake::tables::{RawLog, Row};
use plimsoll_lake::{DecodedRows, LakeError, Store};
use plimsoll_rpc::{Header, Log};

use super::write_batch::log_from_row;
use crate::chain::adapter::stream_root::StreamRoot;
use crate::chain::decode::state::DecoderState;
use crate::chain::stream::Stream;

/// Decoders' states at the last block read, by stream.
#[derive(Default)]
pub(super) struct DecoderStates {
    by_stream: HashMap<String, StateAtBlock>,
}

/// A state, and the block whose logs change it next.
#[derive(Default)]
struct StateAtBlock {
    state: DecoderState,
    next_block: u64,
}

impl DecoderStates {
    /// Removes all states, after the chain or the lake has changed.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Records that some streams were read up to a block.
    pub(super) fn set_last_block<'a>(&mut self, names: impl Iterator<Item = &'a str>, block: u64) {
        for name in names {
            if let Some(entry) = self.by_stream.get_mut(name) {
                entry.next_block = block + 1;
            }
        }
    }

    /// Restores the state of a stream before `block`, unless it is that already.
    ///
    /// Another process may have removed blocks after a reorg, so that earlier ones are read again.
    pub(super) fn restore(
        &mut self,
        store: &Store,
        chain: &str,
        stream: &mut Stream,
        block: u64,
    ) -> Result<(), LakeError> {
        if self.by_stream.get(&stream.name).is_some_and(|entry| entry.next_block == block) {
            return Ok(());
        }
        let mut state = DecoderState::default();
        let name = stream.name.clone();
        for_each_log(store, chain, &name, block, |raw| {
            if let Some(log) = log_from_row(raw) {
                let mut rows = DecodedRows::default();
                // A log that was quarantined is skipped again.
                drop(stream.decoder.decode(&log, &header_from_row(raw), &mut state, &mut rows));
            }
        })?;
        self.by_stream.insert(name, StateAtBlock { state, next_block: block });
        Ok(())
    }

    /// The states of some streams, in their order.
    pub(super) fn get_many<'a>(
        &mut self,
        names: impl Iterator<Item = &'a str>,
    ) -> Vec<&mut DecoderState> {
        let names: Vec<&str> = names.collect();
        for name in &names {
            self.by_stream.entry((*name).to_owned()).or_default();
        }
        let mut found: Vec<(usize, &mut DecoderState)> = self
            .by_stream
            .iter_mut()
            .filter_map(|(name, entry)| {
                Some((names.iter().position(|n| n == name)?, &mut entry.state))
            })
            .collect();
        found.sort_by_key(|(index, _)| *index);
        found.into_iter().map(|(_, state)| state).collect()
    }
}

/// A stream's logs in the lake before `first` that its discovery needs.
pub(super) fn stored_discovery_logs(
    store: &Store,
    chain: &str,
    root: &StreamRoot,
    first: u64,
) -> Result<Vec<Log>, LakeError> {
    let topics = root.discovery_topics();
    let mut logs = Vec::new();
    if !topics.is_empty() {
        for_each_log(store, chain, &root.stream, first, |raw| {
            let is_discovery = topics.iter().any(|topic| raw.topics.starts_with(topic.as_slice()));
            logs.extend(is_discovery.then(|| log_from_row(raw)).flatten());
        })?;
    }
    Ok(logs)
}

fn for_each_log(
    store: &Store,
    chain: &str,
    stream: &str,
    before: u64,
    mut see: impl FnMut(&RawLog),
) -> Result<(), LakeError> {
    for file in store.files(const { &RawLog::TABLE })? {
        if file.partition.values() == [chain, stream] && file.range.as_blocks().0 < before {
            let rows: Vec<RawLog> = store.file_rows(&file)?;
            rows.iter().filter(|raw| raw.block < before).for_each(&mut see);
        }
    }
    Ok(())
}

/// A header with the fields that decoders use.
fn header_from_row(raw: &RawLog) -> Header {
    Header {
        number: raw.block,
        hash: Default::default(),
        parent_hash: None,
        time_s: raw.time.timestamp().unsigned_abs(),
        logs_bloom: None,
        base_fee_wei: None,
    }
}
