//! The program as a process, and an export for it to read.

use std::fmt::Write;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

pub(crate) fn plimsoll(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_plimsoll")).args(arguments).output().expect("it runs")
}

pub(crate) fn exit_code(output: &Output) -> i32 {
    output.status.code().expect("it was not killed")
}

pub(crate) fn error_line(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("text")
}

pub(crate) fn run(arguments: &[&str]) -> String {
    let output = plimsoll(arguments);
    assert_eq!(exit_code(&output), 0, "{arguments:?}: {}", error_line(&output));
    String::from_utf8(output.stdout).expect("text")
}

pub(crate) fn json(arguments: &[&str]) -> Value {
    serde_json::from_str(&run(arguments)).expect("JSON")
}

/// Forty vaults with different health factors, over sixty days of hourly prices that fall at the end.
fn write_export(folder: &Path) {
    let mut prices = String::from("open_time,open,high,low,close,volume\n");
    for hour in 0..1_440 {
        let fall = if hour < 1_200 { 1.0 } else { 1.0 - f64::from(hour - 1_200) / 600.0 };
        let noise = 0.006 * (0.7 * f64::from(hour * hour)).sin();
        let price = 2_000.0 * fall * (1.0 + noise);
        let (high, low) = (price * 1.002, price * 0.998);
        let (day, hour) = (hour / 24, hour % 24);
        let (month, day) = (1 + day / 30, 1 + day % 30);
        let date = format!("2021-0{}-{day:02}T{hour:02}:00:00Z", month + 3);
        let _ = writeln!(prices, "{date},{price:.2},{high:.2},{low:.2},{price:.2},1.5");
    }
    let mut deposits = String::from(
        "BLOCK_NUMBER,BLOCK_TIMESTAMP,URN_ADDRESS,ILK,VAULT_NUMBER,DEPOSIT_AMOUNT_ADJ\n",
    );
    let mut borrows = String::from("BLOCK_NUMBER,BLOCK_TIMESTAMP,VAULT_NUMBER,DAI_MINTED\n");
    for vault in 0..40 {
        let (block, day) = (12_000_000 + vault, 2 + vault % 20);
        let time = format!("2021-04-{day:02} 10:00:00.000");
        let _ = writeln!(deposits, "{block},{time},0x00,ETH-B,{vault},10");
        let _ = writeln!(borrows, "{block},{time},{vault},{}", 6_000 + 200 * vault);
    }
    let columns = "BLOCK_NUMBER,BLOCK_TIMESTAMP,TX_HASH,ORIGIN_FROM_ADDRESS,ORIGIN_TO_ADDRESS,EVENT_INDEX,VAULT_NUMBER,COLLATERAL_TYPE,URN_ADDRESS,DEBT_TO_COVER_AMOUNT,COLLATERAL_LIQUIDATED_AMOUNT,DAI_REPAYED_AMOUNT\n";
    let mut liquidations = String::from(columns);
    for vault in 20..40 {
        let debt = 6_000 + 200 * vault;
        let (block, day, index) = (12_500_000 - vault, 24 + (40 - vault) / 5, vault);
        let _ = writeln!(
            liquidations,
            "{block},2021-05-{day:02}T12:00:00Z,0x{vault:064x},0xaa,0xbb,{index},{vault},ETH-B,0x00,{debt},10,{debt}"
        );
    }
    // The last event is the end of knowledge.
    borrows.push_str("12600000,2021-05-30 23:00:00.000,0,1\n");
    let parameters = "BLOCK,TIMESTAMP,TX_HASH,SOURCE,PARAMETER,ILK,FROM_VALUE,TO_VALUE,SOURCE_TYPE\n\
        11086830,2020-10-19 14:00:52,0x01,0x02,SPOTTER.ilks.mat,ETH-B,0,1.3,DssSpell\n";
    for (name, text) in [
        ("ETH_USDT_1h.csv", prices.as_str()),
        ("deposits.csv", &deposits),
        ("borrows.csv", &borrows),
        ("liquidations.csv", &liquidations),
        ("parameter_changes.csv", parameters),
    ] {
        std::fs::write(folder.join(name), text).expect("written");
    }
}

/// Imports the export in a folder and computes its features.
pub(crate) fn build_lake(folder: &Path, every: &str) -> String {
    write_export(folder);
    let path = |name: &str| folder.join(name).to_str().expect("text").to_owned();
    let (source, lake) = (path(""), path("lake"));
    let mappings = Path::new(env!("CARGO_MANIFEST_DIR")).join("ingest/mappings");
    for mapping in ["maker_eth_b.toml", "usdt_candles.toml"] {
        let mapping = mappings.join(mapping);
        let mapping = mapping.to_str().expect("text");
        run(&["ingest", "csv", "--mapping", mapping, "--source", &source, "--lake", &lake]);
    }
    run(&["features", "--lake", &lake, "--every", every]);
    lake
}
