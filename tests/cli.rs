//! The commands as a user runs them: a real process, its output and its exit code.

use std::fmt::Write;
use std::path::Path;
use std::process::{Command, Output};

use plimsoll_lake::tables::Forecast;
use plimsoll_lake::{read_parquet, write_parquet};
use serde_json::Value;

fn plimsoll(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_plimsoll")).args(arguments).output().expect("it runs")
}

fn exit_code(output: &Output) -> i32 {
    output.status.code().expect("it was not killed")
}

fn error_line(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("text")
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

fn run(arguments: &[&str]) -> String {
    let output = plimsoll(arguments);
    assert_eq!(exit_code(&output), 0, "{arguments:?}: {}", error_line(&output));
    String::from_utf8(output.stdout).expect("text")
}

fn json(arguments: &[&str]) -> Value {
    serde_json::from_str(&run(arguments)).expect("JSON")
}

#[test]
fn a_csv_export_becomes_an_evaluated_forecast() {
    let dir = tempfile::tempdir().expect("a folder");
    write_export(dir.path());
    let path = |name: &str| dir.path().join(name).to_str().expect("text").to_owned();
    let (source, lake, model, out) = (path(""), path("lake"), path("model"), path("out.parquet"));
    let mappings = Path::new(env!("CARGO_MANIFEST_DIR")).join("ingest/mappings");
    for mapping in ["maker_eth_b.toml", "usdt_candles.toml"] {
        let mapping = mappings.join(mapping);
        let mapping = mapping.to_str().expect("text");
        run(&["ingest", "csv", "--mapping", mapping, "--source", &source, "--lake", &lake]);
    }
    let status = json(&["status", "--lake", &lake, "--json"]);
    let events = &status["tables"]["position_events"];
    assert_eq!(events["by_kind"]["deposit"], 40);
    assert_eq!(status["tables"]["liquidations"]["rows"], 20);
    assert_eq!(events["gaps"], Value::Array(Vec::new()));
    run(&["features", "--lake", &lake, "--every", "4h"]);
    let training =
        json(&["train", "--lake", &lake, "--model", &model, "--until", "2021-05-28", "--json"]);
    assert_eq!(training["accounts"], 40);
    let span = ["--from", "2021-05-20", "--to", "2021-05-28"];
    let evaluation =
        json(&[&["evaluate", "--lake", &lake, "--model", &model, "--json"], &span[..]].concat());
    for horizon in ["1h", "6h", "24h", "3d", "7d", "30d"] {
        assert!(evaluation["horizons"][horizon]["rows"].is_u64(), "{horizon}");
        assert!(evaluation["baselines"]["first_passage"]["horizons"][horizon].is_object());
    }
    assert!(evaluation["horizons"]["24h"]["auc"].as_f64().expect("both kinds") > 0.5);
    let forecast = run(&[
        &["forecast", "--lake", &lake, "--model", &model, "--out", &out],
        &span[..],
    ]
    .concat());
    let rows = evaluation["rows"].as_u64().expect("a count");
    assert!(forecast.contains(&format!("{rows} forecasts")), "{forecast}");
    let all =
        [&["forecast", "--lake", &lake, "--model", &model, "--out", &out, "--all"], &span[..]];
    run(&all.concat());
    a_forecast_file_scores_like_its_model(&lake, &out, &evaluation);
    a_nan_in_a_forecast_file_is_rejected_by_account_and_column(&lake, &out);
}

fn a_forecast_file_scores_like_its_model(lake: &str, file: &str, of_model: &Value) {
    // Outcomes are cut off where the model's were.
    let to = ["--to", "2021-05-28"];
    let arguments =
        [&["evaluate", "--lake", lake, "--forecasts", file, "--json"], &to[..]].concat();
    let of_file = json(&arguments);
    for figure in ["rows", "accounts", "events", "horizons", "antolini_c", "uno_c", "ibs", "rcll"] {
        assert!(!of_file[figure].is_null(), "{figure}");
        assert_eq!(of_file[figure], of_model[figure], "{figure}");
    }
    let first_passage = |evaluation: &Value| evaluation["baselines"]["first_passage"].clone();
    assert_eq!(first_passage(&of_file), first_passage(of_model));
    assert_eq!(of_file["passed_over"]["unmatched"], 0);
    assert!(of_file.get("trained_until").is_none());
}

fn a_nan_in_a_forecast_file_is_rejected_by_account_and_column(lake: &str, file: &str) {
    let mut forecasts: Vec<Forecast> = read_parquet(Path::new(file)).expect("forecasts");
    let damaged = forecasts.last_mut().expect("a forecast");
    damaged.p_closed_5d = f64::NAN;
    let account = damaged.account.clone();
    write_parquet(Path::new(file), &forecasts).expect("written");
    let output = plimsoll(&["evaluate", "--lake", lake, "--forecasts", file]);
    let line = error_line(&output);
    assert_eq!(exit_code(&output), 1, "{line}");
    assert!(line.contains(&account) && line.contains("p_closed_5d is NaN"), "{line}");
}

#[test]
fn a_closed_stdout_is_not_a_failure() {
    let dir = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(dir.path().join("liquidations")).expect("a table");
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let mut status = Command::new(env!("CARGO_BIN_EXE_plimsoll"));
    status.args(["status", "--json", "--lake"]).arg(dir.path()).stdout(writer);
    let output = status.stderr(std::process::Stdio::piped()).output().expect("it runs");
    assert_eq!((exit_code(&output), error_line(&output).as_str()), (0, ""));
}

#[test]
fn a_failure_prints_one_line_that_names_the_path() {
    for (arguments, culprit) in [
        (vec!["status", "--lake", "/nowhere/lake"], "/nowhere/lake"),
        (vec!["evaluate", "--lake", "/nowhere/lake", "--model", "/nowhere/model"], "/nowhere"),
        (
            vec!["evaluate", "--lake", ".", "--forecasts", "/nowhere/forecasts.parquet"],
            "/nowhere/forecasts.parquet",
        ),
        (
            vec![
                "ingest",
                "csv",
                "--mapping",
                "/nowhere/m.toml",
                "--source",
                ".",
                "--lake",
                "/tmp",
            ],
            "/nowhere/m.toml",
        ),
    ] {
        let output = plimsoll(&arguments);
        let line = error_line(&output);
        assert_eq!(exit_code(&output), 1, "{arguments:?}");
        assert!(line.contains(culprit) && line.trim_end().lines().count() == 1, "{line}");
    }
}

#[test]
fn bad_usage_exits_with_code_2() {
    for arguments in [
        vec![],
        vec!["sail"],
        vec!["features"],
        vec!["features", "--lake", ".", "--every", "5m"],
        vec!["evaluate", "--lake", "."],
        vec!["evaluate", "--lake", ".", "--model", "m", "--forecasts", "f.parquet"],
    ] {
        assert_eq!(exit_code(&plimsoll(&arguments)), 2, "{arguments:?}");
    }
}

#[test]
fn every_command_has_help() {
    for command in ["ingest", "status", "features", "train", "evaluate", "forecast", "serve"] {
        assert!(run(&[command, "--help"]).contains("Usage: plimsoll"), "{command}");
    }
}
