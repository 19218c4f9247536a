//! Consistency of headers and logs.

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
    let broken = headers.windows(2).find(|pair| pair[1].parent_hash != pair[0].hash);
    broken.map_or(Ok(()), |pair| {
        let (hash, parent) = (pair[0].hash, pair[1].parent_hash);
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

/// The logs of an endpoint that match the filter, in order, each in its block and in the block's bloom.
///
/// # Errors
/// [`LogFlaw`] of the first inconsistent log.
pub(super) fn consistent_logs(
    mut logs: Vec<Log>,
    headers: &[Header],
    filter: &LogFilter,
) -> Result<Vec<Log>, LogFlaw> {
    logs.retain(|log| filter.matches(log));
    logs.sort_by_key(position);
    logs.dedup();
    if let Some(pair) = logs.windows(2).find(|pair| position(&pair[0]) == position(&pair[1])) {
        return Err(contradiction(format!(
            "returned two logs {} of block {}",
            pair[0].log_index, pair[0].block
        )));
    }
    let mut tester = BloomTester::default();
    for log in &logs {
        check_log(log, headers, &mut tester)?;
    }
    Ok(logs)
}

fn position(log: &Log) -> (u64, u32) {
    (log.block, log.log_index)
}

fn check_log(log: &Log, headers: &[Header], tester: &mut BloomTester) -> Result<(), LogFlaw> {
    let Log { address, block, block_hash, .. } = log;
    let first = headers.first().map_or(0, |header| header.number);
    let at = block.checked_sub(first).and_then(|at| headers.get(usize::try_from(at).ok()?));
    let Some(header) = at else {
        let last = headers.last().map_or(0, |header| header.number);
        return Err(contradiction(format!(
            "returned a log of block {block} for blocks {first} to {last}"
        )));
    };
    if header.hash != *block_hash {
        let problem = format!("a log has it as {block_hash}, where its header is {}", header.hash);
        return Err(LogFlaw::Fork(FetchError::Unstable { block: *block, problem }));
    }
    if !tester.may_contain(&header.logs_bloom, log) {
        return Err(contradiction(format!(
            "returned a log of {address} that is not in the bloom of block {block}"
        )));
    }
    Ok(())
}

fn contradiction(text: String) -> LogFlaw {
    LogFlaw::Contradiction(EndpointError::Contradiction(text))
}
