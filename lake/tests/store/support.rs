//! Events, and a store to write them to.

use chrono::{DateTime, Utc};
use plimsoll_lake::tables::{PositionEvent, Row, by_name, kind};
use plimsoll_lake::{CoveredRange, Partition, Store};

const PARTITION: [&str; 3] = ["ethereum", "maker", "eth-b"];

pub(crate) fn event(block: u64, log_index: u32, amount: i128) -> PositionEvent {
    PositionEvent {
        chain: "ethereum".into(),
        protocol: "maker".into(),
        market: "eth-b".into(),
        block,
        log_index,
        tx: None,
        time: time(1_600_000_000 + 13 * block as i64),
        account: format!("maker/eth-b/{}", block % 7),
        kind: kind::DEPOSIT.into(),
        asset: Some("ETH".into()),
        amount_exact: Some(amount),
        amount: Some(amount as f64 / 1e18),
    }
}

pub(crate) fn time(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).expect("a time")
}

pub(crate) fn events(blocks: std::ops::Range<u64>) -> Vec<PositionEvent> {
    blocks.map(|block| event(block, 0, i128::from(block) * 1_000_000_000_000_000_001)).collect()
}

pub(crate) fn partition() -> Partition {
    Partition::new(by_name("position_events").expect("a table"), &PARTITION).expect("plain names")
}

pub(crate) fn merge(
    store: &Store,
    from: u64,
    to: u64,
    rows: &[PositionEvent],
) -> (usize, usize, usize) {
    let batch = PositionEvent::to_batch(rows).expect("a batch");
    let merge = store.merge(&partition(), CoveredRange::blocks(from, to).expect("a range"), &batch);
    let merge = merge.expect("a merge");
    (merge.added, merge.present, merge.conflicting.len())
}

pub(crate) fn stored(store: &Store) -> Vec<PositionEvent> {
    let mut rows: Vec<PositionEvent> = store.rows().expect("rows");
    rows.sort_by_key(|row| (row.block, row.log_index));
    rows
}

pub(crate) fn names(store: &Store) -> Vec<String> {
    let files = store.files(by_name("position_events").expect("a table")).expect("a listing");
    files
        .iter()
        .map(|file| file.path.file_name().expect("a name").to_string_lossy().into())
        .collect()
}
