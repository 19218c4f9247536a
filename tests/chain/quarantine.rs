//! A log that cannot be decoded is quarantined, and no other.

use std::collections::BTreeSet;
use std::sync::Arc;

use alloy_primitives::{Address, keccak256};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post;
use plimsoll_lake::Store;
use plimsoll_lake::tables::{PoolLiquidity, PositionEvent, QuarantinedLog, RawLog};
use serde_json::{Value, json};

use crate::proxy::serve;
use crate::support::cli::ingest;
use crate::support::lake::{SharedLake, shared_lake};
use crate::support::node::Log;

/// A proxy that truncates the data of some logs.
struct TruncatingProxy {
    upstream: String,
    client: reqwest::Client,
    truncated: BTreeSet<(String, String)>,
}

#[test]
fn a_malformed_log_is_quarantined() {
    let Some(shared) = shared_lake() else { return };
    let pool = shared.devnet.address("/uniswap/pools/0/address");
    let logs = [
        log(
            shared,
            shared.devnet.address("/aave/pool"),
            "Supply(address,address,address,uint256,uint16)",
        ),
        log(shared, pool, "Swap(address,address,int256,int256,uint160,uint128,int24)"),
    ];
    let folder = tempfile::tempdir().unwrap();
    let run =
        ingest(&shared.devnet.aave(), &[&truncating_proxy_url(shared, &logs)], folder.path(), &[]);
    let lake = Store::open(folder.path()).unwrap();
    let quarantined = lake.rows::<QuarantinedLog>().unwrap();
    assert_eq!(quarantined.len(), 2);
    for log in &logs {
        let row =
            quarantined.iter().find(|row| at(row.block, row.log_index) == position(log)).unwrap();
        let address = format!("{:#x}", log.address);
        assert_eq!((&row.tx, &row.address, row.reason.as_str()), (&log.tx, &address, "encoding"));
        let warning = format!("log {} of transaction {}", log.log_index, log.tx);
        assert!(run.stderr.contains(&warning), "{warning}: {}", run.stderr);
    }
    assert_others_are_there(shared, &lake, &logs);
}

/// Every row except those of some logs exists.
fn assert_others_are_there(shared: &SharedLake, lake: &Store, cut: &[Log]) {
    let others = |places: BTreeSet<(u64, u32)>| -> BTreeSet<_> {
        places.into_iter().filter(|at| cut.iter().all(|log| position(log) != *at)).collect()
    };
    let events = |lake: &Store| -> BTreeSet<_> {
        let rows = lake.rows::<PositionEvent>().unwrap().into_iter();
        rows.filter(|r| r.market == "devnet").map(|r| at(r.block, r.log_index)).collect()
    };
    let pools = |lake: &Store| -> BTreeSet<_> {
        let rows = lake.rows::<PoolLiquidity>().unwrap().into_iter();
        rows.map(|r| at(r.block, r.log_index)).collect()
    };
    let logs = |lake: &Store| -> BTreeSet<_> {
        let rows = lake.rows::<RawLog>().unwrap().into_iter();
        let others = ["morpho-blue.devnet", "aave-v3.devnet36"];
        let rows = rows.filter(|r| !others.contains(&r.stream.as_str()));
        rows.map(|r| at(r.block, r.log_index)).collect()
    };
    assert_eq!(events(lake), others(events(&shared.store)));
    assert_eq!(pools(lake), others(pools(&shared.store)));
    assert_eq!(logs(lake), logs(&shared.store));
}

/// A log of an event, from the middle of the history.
fn log(shared: &SharedLake, contract: Address, event: &str) -> Log {
    let topic = keccak256(event).to_string();
    let logs = shared.devnet.node.logs(&[contract], (shared.head / 2, shared.head)).into_iter();
    logs.into_iter().find(|log| log.topics[0] == topic).unwrap()
}

fn position(log: &Log) -> (u64, u32) {
    at(log.block, log.log_index)
}

fn at(block: u64, log_index: u32) -> (u64, u32) {
    (block, log_index)
}

/// The URL of a proxy that truncates some logs.
fn truncating_proxy_url(shared: &SharedLake, logs: &[Log]) -> String {
    let hex = |log: &Log| (format!("{:#x}", log.block), format!("{:#x}", log.log_index));
    let proxy = TruncatingProxy {
        upstream: shared.devnet.url().to_owned(),
        client: reqwest::Client::new(),
        truncated: logs.iter().map(hex).collect(),
    };
    let app = Router::new().route("/", post(forward)).with_state(Arc::new(proxy));
    format!("http://{}", serve(app))
}

async fn forward(State(proxy): State<Arc<TruncatingProxy>>, body: Bytes) -> String {
    let request = proxy.client.post(&proxy.upstream).header("content-type", "application/json");
    let response = request.body(body).send().await.unwrap();
    let mut answer: Value = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap();
    proxy.truncate_logs(&mut answer);
    answer.to_string()
}

impl TruncatingProxy {
    fn truncate_logs(&self, value: &mut Value) {
        match value {
            Value::Array(values) => values.iter_mut().for_each(|value| self.truncate_logs(value)),
            Value::Object(fields) => {
                let field = |name: &str| fields.get(name).and_then(Value::as_str);
                let log = field("blockNumber").zip(field("logIndex"));
                let log = log.map(|(block, index)| (block.to_owned(), index.to_owned()));
                if log.is_some_and(|log| self.truncated.contains(&log)) {
                    let data = fields["data"].as_str().unwrap();
                    fields["data"] = json!(data[..data.len() - 64]);
                } else {
                    fields.values_mut().for_each(|value| self.truncate_logs(value));
                }
            }
            _ => {}
        }
    }
}
