//! Serves a generated Aave v3 market, to measure what reading many blocks costs.
//!
//! `fake_endpoint BLOCKS TIMESTAMPS` prints its URL and serves BLOCKS blocks, 2 % of which have logs,
//! until its standard input ends. With TIMESTAMPS `true` logs have their block's time.

#[path = "../tests/support/log_endpoint.rs"]
mod log_endpoint;

use std::io::Read;

use log_endpoint::{LogEndpoint, Options};
use serde_json::{Value, json};

const POOL: &str = "0x794a61358d6845594f94dc1db02a252b5b4814ad";
const WETH: &str = "0x0000000000000000000000007ceb23fd6bc0add59e62ac25578270cff1b9f619";
const SUPPLY: &str = "0x2b627736bca15cd5381dcf80b0bf11fd197d01a037c52b927a881a10fb73ba61";
const UPDATED: &str = "0x804c9b842b2748a22bb64b345453a3de7ca54a6ca45ce00d415894979e22897a";
const FIRST_BLOCK: u64 = 20_000_000;
/// One block in so many has logs.
const EVERY: u64 = 50;
const TRANSACTIONS: usize = 150;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let blocks: u64 = arguments.next().and_then(|text| text.parse().ok()).expect("BLOCKS");
    let has_timestamps = arguments.next().is_some_and(|text| text == "true");
    let logs: Vec<Value> =
        (0..blocks / EVERY).flat_map(|i| block_logs(FIRST_BLOCK + i * EVERY)).collect();
    let options = Options { transactions: TRANSACTIONS, has_timestamps, blocks_after: EVERY - 1 };
    let endpoint = LogEndpoint::start(&logs, options);
    println!("{}", endpoint.url());
    std::io::stdin().read_to_end(&mut Vec::new()).expect("standard input");
}

/// An update of the reserve's indexes and a deposit.
fn block_logs(block: u64) -> [Value; 2] {
    let user = format!("0x{:064x}", 0xACC0_0000 + block % 5_000);
    let word = |value: u64| format!("{value:064x}");
    let ray = format!("{:064x}", 10_u128.pow(27) + u128::from(block));
    let log = |index: u64, topics: Value, data: String| {
        json!({
            "address": POOL,
            "topics": topics,
            "data": format!("0x{data}"),
            "blockNumber": format!("{block:#x}"),
            "transactionHash": format!("0x{block:064x}"),
            "transactionIndex": "0x7",
            "logIndex": format!("{index:#x}"),
            "removed": false,
        })
    };
    let rates = [word(0), word(0), word(0), ray.clone(), ray].concat();
    let deposit = [user[2..].to_owned(), word(1_000_000_000 + block)].concat();
    let referral = format!("0x{}", word(0));
    [
        log(21, json!([UPDATED, WETH]), rates),
        log(22, json!([SUPPLY, WETH, user, referral]), deposit),
    ]
}
