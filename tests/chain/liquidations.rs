//! A liquidation computed from the state before equals what the contracts did, to the last unit.

mod aave_state;
mod aave_v3;
mod morpho_blue;

use alloy_primitives::B256;
use alloy_sol_types::SolEvent;

use crate::support::node::{Log, Node};

/// Every event of a kind in some logs, with its log.
fn decode_events<E: SolEvent>(logs: &[Log]) -> impl Iterator<Item = (&Log, E)> {
    let topics = |log: &Log| -> Vec<B256> {
        log.topics.iter().map(|topic| topic.parse().unwrap()).collect()
    };
    let of_kind = move |log: &&Log| topics(log).first() == Some(&E::SIGNATURE_HASH);
    logs.iter().filter(of_kind).map(move |log| {
        let event = E::decode_raw_log(topics(log), &log.data).unwrap();
        (log, event)
    })
}

/// The logs of a log's block before its transaction, and those of the transaction.
fn logs_around(node: &Node, log: &Log) -> (Vec<Log>, Vec<Log>) {
    let logs = node.logs(&[], (log.block, log.block));
    let first = logs.iter().position(|other| other.tx == log.tx).unwrap();
    let mut before = logs;
    let mut own = before.split_off(first);
    own.retain(|other| other.tx == log.tx);
    (before, own)
}
