//! Whether headers and logs fit together.

use crate::chain::bloom::Tester;
use plimsoll_rpc::{Fault, Header, Log, LogFilter}; use crate::chain::{FetchError};

/// Checks that each header is the parent of the next.
///
/// # Errors
/// [`FetchError::Unstable`] with the first block that is not linked.
pub(super) fn linked(headers: &[Header]) -> Result<(), FetchError> {
    let broken = headers.windows(2).find(|pair| pair[1].parent_hash != pair[0].hash);
    broken.map_or(Ok(()), |pair| {
        let (hash, parent) = (pair[0].hash, pair[1].parent_hash);
        let problem = format!("its parent is {parent}, where block {} is {hash}", pair[0].number);
        Err(FetchError::Unstable { block: pair[1].number, problem })
    })
}

/// What is wrong with logs.
#[derive(Debug)]
pub(super) enum Flaw {
    /// They contradict themselves or the headers, whatever the chain did.
    Lie(Fault),
    /// They are of another history than the headers.
    Fork(FetchError),
}

/// The wanted ones of an endpoint's logs, in order, each in its block and the block's bloom.
///
/// # Errors
/// [`Flaw`] of the first log that cannot be.
pub(super) fn fitting(
    mut logs: Vec<Log>,
    headers: &[Header],
    filter: &LogFilter,
) -> Result<Vec<Log>, Flaw> {
    logs.retain(|log| filter.passes(log));
    logs.sort_by_key(place);
    logs.dedup();
    if let Some(pair) = logs.windows(2).find(|pair| place(&pair[0]) == place(&pair[1])) {
        return Err(lie(format!(
            "answered two logs {} of block {}",
            pair[0].log_index, pair[0].block
        )));
    }
    let mut tester = Tester::default();
    for log in &logs {
        fits(log, headers, &mut tester)?;
    }
    Ok(logs)
}

fn place(log: &Log) -> (u64, u32) {
    (log.block, log.log_index)
}

fn fits(log: &Log, headers: &[Header], tester: &mut Tester) -> Result<(), Flaw> {
    let Log { address, block, block_hash, .. } = log;
    let first = headers.first().map_or(0, |header| header.number);
    let at = block.checked_sub(first).and_then(|at| headers.get(usize::try_from(at).ok()?));
    let Some(header) = at else {
        let last = headers.last().map_or(0, |header| header.number);
        return Err(lie(format!("answered a log of block {block} for blocks {first} to {last}")));
    };
    if header.hash != *block_hash {
        let problem = format!("a log has it as {block_hash}, where its header is {}", header.hash);
        return Err(Flaw::Fork(FetchError::Unstable { block: *block, problem }));
    }
    if !tester.admits(&header.logs_bloom, log) {
        return Err(lie(format!(
            "answered a log of {address} that is not in the bloom of block {block}"
        )));
    }
    Ok(())
}

fn lie(text: String) -> Flaw {
    Flaw::Lie(Fault::Untrue(text))
}
