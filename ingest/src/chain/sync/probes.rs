//! Calls of a stream's probes over a chunk of history.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use alloy_primitives::{Address, Bytes};
use futures_util::future::try_join_all;
use plimsoll_rpc::{BlockTag, CallOutcome, Client, Log, RpcError};

use crate::chain::decode::probe::{Probe, Sample};
use crate::chain::error::ChainError;

/// Blocks whose calls are in flight at once.
const BLOCKS_IN_FLIGHT: usize = 8;

/// Calls every probe at its blocks, in order of block and probe; without past state there is no sample.
pub(super) async fn sample_probes(
    client: &Client,
    probes: &[Probe],
    blocks: RangeInclusive<u64>,
    logs: &[Log],
) -> Result<Vec<Sample>, ChainError> {
    let due = due_probes(probes, blocks.clone(), logs);
    let due: Vec<(u64, BTreeSet<usize>)> = due.into_iter().collect();
    let mut samples = Vec::new();
    for part in due.chunks(BLOCKS_IN_FLIGHT) {
        let mut calls = Vec::new();
        for (block, due) in part {
            calls.push(call_at(client, probes, *block, due));
        }
        samples.extend(try_join_all(calls).await?.into_iter().flatten());
    }
    for probe in (0..probes.len()).filter(|probe| probes[*probe].is_searched) {
        let found = search_changes(client, &probes[probe], probe, &blocks, &samples).await?;
        samples.extend(found);
    }
    samples.sort_by_key(|sample| (sample.block, sample.probe));
    Ok(samples)
}

/// The probes to call at each block.
fn due_probes(
    probes: &[Probe],
    blocks: RangeInclusive<u64>,
    logs: &[Log],
) -> BTreeMap<u64, BTreeSet<usize>> {
    let mut due: BTreeMap<u64, BTreeSet<usize>> = BTreeMap::new();
    if probes.is_empty() {
        return due;
    }
    for block in blocks {
        let regular = (0..probes.len()).filter(|probe| probes[*probe].is_regular(block));
        let regular: BTreeSet<usize> = regular.collect();
        if !regular.is_empty() {
            due.insert(block, regular);
        }
    }
    for log in logs {
        let is_due = |probe: &usize| {
            probes[*probe].is_in_force(log.block) && probes[*probe].is_triggered_by(log.address)
        };
        for probe in (0..probes.len()).filter(is_due) {
            due.entry(log.block).or_default().insert(probe);
        }
    }
    due
}

async fn call_at(
    client: &Client,
    probes: &[Probe],
    block: u64,
    due: &BTreeSet<usize>,
) -> Result<Vec<Sample>, ChainError> {
    let calls: Vec<(Address, Bytes)> =
        due.iter().map(|probe| (probes[*probe].target, probes[*probe].input.clone())).collect();
    match client.call(&calls, BlockTag::Number(block)).await {
        Ok(outcomes) => Ok(due
            .iter()
            .zip(outcomes)
            .map(|(probe, outcome)| Sample {
                probe: *probe,
                block,
                returned: returned_bytes(outcome),
            })
            .collect()),
        Err(RpcError::StateUnavailable { endpoint, .. }) => {
            tracing::warn!(
                "{endpoint} has no state of block {block}: prices without logs are missing there"
            );
            Ok(Vec::new())
        }
        Err(error) => Err(error.into()),
    }
}

/// The samples of changes between the calls of a probe: at most one for each interval.
///
/// A dual aggregator's answer changes once a cutoff time has passed, without a log. The block of the
/// change does not depend on how history is divided into chunks.
async fn search_changes(
    client: &Client,
    probe: &Probe,
    index: usize,
    blocks: &RangeInclusive<u64>,
    samples: &[Sample],
) -> Result<Vec<Sample>, ChainError> {
    let called = samples.iter().filter(|sample| sample.probe == index);
    let called: Vec<u64> = called.map(|sample| sample.block).collect();
    let first = probe.from_block.max(blocks.start().saturating_sub(1));
    let starts: Vec<u64> = std::iter::once(first).chain(called.iter().copied()).collect();
    let ends = called.iter().map(|block| block - 1);
    let ends = ends.chain(std::iter::once(*blocks.end().min(&probe.until_block)));
    let mut found = Vec::new();
    for (start, end) in starts.into_iter().zip(ends) {
        found.extend(search_interval(client, probe, index, (start, end)).await?);
    }
    Ok(found)
}

async fn search_interval(
    client: &Client,
    probe: &Probe,
    index: usize,
    (start, end): (u64, u64),
) -> Result<Option<Sample>, ChainError> {
    if end <= start {
        return Ok(None);
    }
    let Some(before) = call_one(client, probe, start).await? else { return Ok(None) };
    let Some(mut changed) = call_one(client, probe, end).await? else { return Ok(None) };
    if before.returned == changed.returned {
        return Ok(None);
    }
    let mut low = start;
    while low + 1 < changed.block {
        let middle = low + (changed.block - low) / 2;
        match call_one(client, probe, middle).await? {
            Some(sample) if sample.returned != before.returned => changed = sample,
            _ => low = middle,
        }
    }
    Ok(Some(Sample { probe: index, ..changed }))
}

async fn call_one(
    client: &Client,
    probe: &Probe,
    block: u64,
) -> Result<Option<Sample>, ChainError> {
    Ok(call_at(client, std::slice::from_ref(probe), block, &BTreeSet::from([0])).await?.pop())
}

fn returned_bytes(outcome: CallOutcome) -> Option<Bytes> {
    match outcome {
        CallOutcome::Returned(returned) => Some(returned),
        CallOutcome::Reverted(_) => None,
    }
}
