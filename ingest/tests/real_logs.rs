//! A day of real logs of Aave v3 on Polygon, read from an endpoint that serves them.
//!
//! The decoded rows are compared with the words of the logs, cut out by position.

#![allow(clippy::unwrap_used, reason = "a failed precondition fails the test")]

#[path = "support/log_endpoint.rs"]
mod log_endpoint;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use indicatif::ProgressBar;
use plimsoll_ingest::chain::{ChainIngest, ChainOptions, ChainSummary, MarketFile, ProofMode};
use plimsoll_lake::Store;
use plimsoll_lake::tables::{PositionEvent, QuarantinedLog, ReserveIndex, kind};
use plimsoll_rpc::{BlockTag, Client, RpcOptions};
use serde_json::Value;
use tempfile::TempDir;

use log_endpoint::{LogEndpoint, Options, quantity};

const FILES: [&str; 2] = [
    "aave_v3_polygon_0x2791bc_2024-01-06.logs.json.gz",
    "aave_v3_polygon_0x7ceb23_2024-01-06.logs.json.gz",
];

/// The first topic of each event that moves a balance, its kind, and the words of its data before
/// the amount.
const ACTIONS: [(&str, &str, usize); 4] = [
    ("0x2b627736bca15cd5381dcf80b0bf11fd197d01a037c52b927a881a10fb73ba61", kind::DEPOSIT, 1),
    ("0x3115d1449a7b732c986cba18244e897a450f61e1bb8d589cd2e69e6c8924f9f7", kind::WITHDRAW, 0),
    ("0xb3d084820fb1a9decffb176436bd02558d15fac9b0ddfed8c465bc7359d7dce0", kind::BORROW, 1),
    ("0xa534c8dbe71f871f9f3530e97a74601fea17b426cae02e1c5aee42c96c784051", kind::REPAY, 0),
];

const RESERVE_DATA_UPDATED: &str =
    "0x804c9b842b2748a22bb64b345453a3de7ca54a6ca45ce00d415894979e22897a";

/// The files' logs; `None` where they are not at hand.
fn real_logs() -> Option<Vec<Value>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/real_logs");
    if !folder.is_dir() {
        assert!(
            std::env::var_os("CI").is_none(),
            "the reference data must be at {}",
            folder.display()
        );
        println!("skipped: reference data not found");
        return None;
    }
    let logs = FILES.iter().flat_map(|name| {
        let file = std::fs::File::open(folder.join(name)).unwrap();
        serde_json::from_reader::<_, Vec<Value>>(flate2::read::GzDecoder::new(file)).unwrap()
    });
    Some(logs.collect())
}

fn market_file(folder: &Path, first_block: u64) -> PathBuf {
    let path = folder.join("market.toml");
    let text = format!(
        "name = \"polygon\"\nchain = \"polygon\"\nchain_id = 137\nprotocol = \"aave-v3\"\n\
         addresses_provider = \"{}\"\nfrom_block = {first_block}\n",
        log_endpoint::PROVIDER
    );
    std::fs::write(&path, text).unwrap();
    path
}

async fn ingest(endpoint: &LogEndpoint, folder: &Path, proof: ProofMode) -> (Store, ChainSummary) {
    let client = Client::new(&[endpoint.url().parse().unwrap()], RpcOptions::default()).unwrap();
    let market = MarketFile::read(&market_file(folder, endpoint.first_block())).unwrap();
    let store = Store::create(folder.join(proof.name())).unwrap();
    let to = BlockTag::Number(endpoint.last_block());
    let options = ChainOptions { to, proof, ..ChainOptions::default() };
    let mut ingest = ChainIngest::new(client, market, store.clone(), options).await.unwrap();
    let summary = ingest.run(&ProgressBar::hidden()).await.unwrap();
    (store, summary)
}

/// The word of 32 bytes at an index of a log's data, as hexadecimal.
fn word(log: &Value, index: usize) -> &str {
    let data = log["data"].as_str().unwrap();
    &data[2 + 64 * index..][..64]
}

fn address_in_topic(log: &Value, topic: usize) -> String {
    format!("0x{}", &log["topics"][topic].as_str().unwrap()[26..])
}

fn position(log: &Value) -> (u64, u32) {
    (quantity(&log["blockNumber"]), quantity(&log["logIndex"]).try_into().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn real_logs_give_the_values_of_their_words() {
    let Some(logs) = real_logs() else { return };
    let (folder, endpoint) =
        (TempDir::new().unwrap(), LogEndpoint::start(&logs, Options::default()));
    let mut tables = Vec::new();
    for proof in [ProofMode::Full, ProofMode::Sampled, ProofMode::Logs] {
        let (store, summary) = ingest(&endpoint, folder.path(), proof).await;
        assert_eq!(summary.logs, logs.len() as u64);
        assert_eq!(store.rows::<QuarantinedLog>().unwrap(), []);
        let (events, indexes) =
            (store.rows::<PositionEvent>().unwrap(), store.rows::<ReserveIndex>().unwrap());
        compare_actions(&logs, &events);
        compare_indexes(&logs, &indexes);
        tables.push((events, indexes));
    }
    assert!(tables.windows(2).all(|pair| pair[0] == pair[1]), "a proof gives other rows");
}

fn compare_actions(logs: &[Value], events: &[PositionEvent]) {
    let rows: BTreeMap<(u64, u32), &PositionEvent> =
        events.iter().map(|row| ((row.block, row.log_index), row)).collect();
    let mut counts = BTreeMap::new();
    for log in logs {
        let topic = log["topics"][0].as_str().unwrap();
        let Some((_, kind, words)) = ACTIONS.iter().find(|(known, ..)| *known == topic) else {
            continue;
        };
        let row = rows[&position(log)];
        assert_eq!(row.kind, *kind);
        assert_eq!(row.amount_exact, Some(i128::from_str_radix(word(log, *words), 16).unwrap()));
        assert!(row.account.ends_with(&address_in_topic(log, 2)), "{}", row.account);
        assert_eq!(row.tx.as_deref(), log["transactionHash"].as_str());
        *counts.entry(*kind).or_insert(0) += 1;
    }
    let expected =
        [(kind::BORROW, 129), (kind::DEPOSIT, 518), (kind::REPAY, 148), (kind::WITHDRAW, 498)];
    assert_eq!(counts, BTreeMap::from(expected));
    let acting = events.iter().filter(|row| row.kind != kind::OPEN).count();
    assert_eq!(acting, counts.values().sum::<usize>());
}

fn compare_indexes(logs: &[Value], indexes: &[ReserveIndex]) {
    let rows: BTreeMap<(u64, u32), &ReserveIndex> =
        indexes.iter().map(|row| ((row.block, row.log_index), row)).collect();
    let updates = logs.iter().filter(|log| log["topics"][0] == RESERVE_DATA_UPDATED);
    let mut count = 0;
    for log in updates {
        let row = rows[&position(log)];
        let exact = |index| i128::from_str_radix(word(log, index), 16).unwrap();
        assert_eq!((row.liquidity_index, row.borrow_index), (exact(3), exact(4)));
        count += 1;
    }
    assert_eq!((count, indexes.len()), (1_676, 1_676));
}
