//! Consistency of headers and logs.

use std::ops::RangeInclusive;

use super::bloom::BloomTester;
use super::error::FetchError;
use crate::endpoint_error::EndpointError;
use crate::header::Header;
use crate::log::{Log, LogFilter};

/// Checks that each header is the parent of the next.
///
/// # Errors
/// [`FetchError::Unstable`] with the first block that is not linked.
pub(super) fn check_linked(headers: &[Header]) -> Result<(), FetchError> {
    let broken = headers.windows(2).find(|pair| pair[1].parent_hash != Some(pair[0].hash));
    broken.map_or(Ok(()), |pair| {
        let (hash, parent) = (pair[0].hash, pair[1].parent_hash.unwrap_or_default());
        let problem = format!("its parent is {parent}, where block {} is {hash}", pair[0].number);
        Err(FetchError::Unstable { block: pair[1].number, problem })
    })
}

/// An inconsistency of logs.
#[derive(Debug)]
pub(super) enum LogFlaw {
    /// They contradict themselves or the headers, on any history.
    Contradiction(EndpointError),
    /// They belong to another history than the headers.
    Fork(FetchError),
}

/// The logs of an endpoint that match the filter, in order, each in the range and, where its block's
/// header is known, in that block and in its bloom.
///
/// `blooms` is whether blooms are compared, and whether an empty one is no evidence.
///
/// # Errors
/// [`LogFlaw`] of the first inconsistent log.
pub(super) fn consistent_logs(
    mut logs: Vec<Log>,
    range: RangeInclusive<u64>,
    headers: &[Header],
    filter: &LogFilter,
    blooms: (bool, bool),
) -> Result<Vec<Log>, LogFlaw> {
    if let Some(log) = logs.iter().find(|log| !filter.addresses.contains(&log.address)) {
        let Log { address, block, .. } = log;
        return Err(contradiction(format!(
            "returned a log of {address} in block {block}, which was not requested"
        )));
    }
    logs.retain(|log| filter.matches(log));
    logs.sort_by_key(position);
    logs.dedup();
    for pair in logs.windows(2) {
        check_neighbours(&pair[0], &pair[1])?;
    }
    let mut check = LogCheck { range, headers, blooms, tester: BloomTester::default() };
    logs.iter().try_for_each(|log| check.check(log))?;
    Ok(logs)
}

fn position(log: &Log) -> (u64, u32) {
    (log.block, log.log_index)
}

/// Two consecutive logs are at two positions, and of one block if they have its number.
fn check_neighbours(log: &Log, next: &Log) -> Result<(), LogFlaw> {
    if position(log) == position(next) {
        let Log { log_index, block, .. } = log;
        return Err(contradiction(format!("returned two logs {log_index} of block {block}")));
    }
    let is_same_block = |one: &Log, other: &Log| {
        one.block_hash == other.block_hash && one.block_time_s == other.block_time_s
    };
    if log.block == next.block && !is_same_block(log, next) {
        let block = log.block;
        return Err(contradiction(format!("returned logs of two blocks with number {block}")));
    }
    Ok(())
}

/// Compares logs with headers.
struct LogCheck<'a> {
    range: RangeInclusive<u64>,
    headers: &'a [Header],
    blooms: (bool, bool),
    tester: BloomTester,
}

impl LogCheck<'_> {
    fn check(&mut self, log: &Log) -> Result<(), LogFlaw> {
        let Log { address, block, block_hash, .. } = log;
        if !self.range.contains(block) {
            let (first, last) = (self.range.start(), self.range.end());
            return Err(contradiction(format!(
                "returned a log of block {block} for blocks {first} to {last}"
            )));
        }
        let Ok(at) = self.headers.binary_search_by_key(block, |header| header.number) else {
            return Ok(());
        };
        let header = &self.headers[at];
        if header.hash != *block_hash {
            let problem =
                format!("a log has it as {block_hash}, where its header is {}", header.hash);
            return Err(LogFlaw::Fork(FetchError::Unstable { block: *block, problem }));
        }
        if log.block_time_s.is_some_and(|time_s| time_s != header.time_s) {
            let time_s = header.time_s;
            return Err(contradiction(format!(
                "returned a log whose time is not that of block {block}, which is {time_s}"
            )));
        }
        if !self.is_in_bloom(header, log) {
            return Err(contradiction(format!(
                "returned a log of {address} that is not in the bloom of block {block}"
            )));
        }
        Ok(())
    }

    fn is_in_bloom(&mut self, header: &Header, log: &Log) -> bool {
        let (compared, empty_is_absent) = self.blooms;
        match &header.logs_bloom {
            Some(bloom) if compared && !(empty_is_absent && bloom.is_zero()) => {
                self.tester.may_contain(bloom, log)
            }
            _ => true,
        }
    }
}

/// Adds the blocks that only their logs show; times must not decrease.
///
/// # Errors
/// [`EndpointError::Contradiction`] if a block is older than one before it.
pub(super) fn with_log_blocks(
    mut headers: Vec<Header>,
    logs: &[Log],
) -> Result<Vec<Header>, EndpointError> {
    let first_logs = logs.chunk_by(|log, next| log.block == next.block).map(|block| &block[0]);
    let is_unknown = |log: &&Log| headers.binary_search_by_key(&log.block, |h| h.number).is_err();
    let unknown: Vec<Header> = first_logs.filter(is_unknown).filter_map(Header::from_log).collect();
    headers.extend(unknown);
    headers.sort_by_key(|header| header.number);
    match headers.windows(2).find(|pair| pair[1].time_s < pair[0].time_s) {
        Some(pair) => Err(EndpointError::Contradiction(format!(
            "returned times that decrease between blocks {} and {}",
            pair[0].number, pair[1].number
        ))),
        None => Ok(headers),
    }
}

fn contradiction(text: String) -> LogFlaw {
    LogFlaw::Contradiction(EndpointError::Contradiction(text))
}
