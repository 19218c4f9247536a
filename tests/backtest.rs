//! A walk-forward backtest of a small simulated market, through the command line.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use plimsoll_lake::read_parquet;
use plimsoll_lake::tables::Forecast;
use serde_json::Value;

/// A market of few accounts over 75 days, in which some are liquidated.
const MARKET: [&str; 8] =
    ["--seed", "11", "--accounts", "250", "--days", "75", "--scenario", "crash"];
const QUICK_OPTIONS: [&str; 4] = ["--replicates", "20", "--windows", "3"];

fn plimsoll(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_plimsoll")).args(arguments).output().expect("it runs")
}

fn error_line(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("text")
}

fn run(arguments: &[&str]) -> String {
    let output = plimsoll(arguments);
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", error_line(&output));
    String::from_utf8(output.stdout).expect("text")
}

fn simulate_lake(folder: &Path) -> String {
    let lake = folder.join("lake").to_str().expect("text").to_owned();
    run(&[&["ingest", "simulate", "--lake", &lake], &MARKET[..]].concat());
    run(&["features", "--lake", &lake, "--every", "12h"]);
    lake
}

fn file_names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    let name = |entry: std::io::Result<fs::DirEntry>| {
        entry.expect("an entry").file_name().into_string().expect("text")
    };
    let mut names: Vec<String> = entries.map(name).collect();
    names.sort();
    names
}

#[test]
fn each_month_is_scored_by_a_model_trained_before_it() {
    let dir = tempfile::tempdir().expect("a folder");
    let lake = simulate_lake(dir.path());
    let report = dir.path().join("report");
    let into = report.to_str().expect("text");
    let arguments =
        [&["backtest", "--lake", &lake, "--report", into, "--json"], &QUICK_OPTIONS[..]].concat();
    let printed: Value = serde_json::from_str(&run(&arguments)).expect("JSON");
    let folds = printed["folds"].as_array().expect("folds");
    let untils: Vec<&str> = folds.iter().filter_map(|fold| fold["until"].as_str()).collect();
    assert_eq!(untils, ["2024-02-01T00:00:00Z", "2024-03-01T00:00:00Z"]);
    assert_eq!(printed["forecasters"][0]["name"], "model");
    assert!(printed["forecasters"][0]["horizons"]["24h"]["auc"].as_f64().is_some_and(|a| a > 0.5));

    let files = ["MODEL_CARD.md", "backtest.json", "forecasts.parquet", "index.html"];
    assert_eq!(file_names(&report), files);
    let forecasts: Vec<Forecast> =
        read_parquet(&report.join("forecasts.parquet")).expect("forecasts");
    assert_eq!(printed["rows"], forecasts.len());
    let written = fs::read_to_string(report.join("backtest.json")).expect("text");
    assert_eq!(serde_json::from_str::<Value>(&written).expect("JSON"), printed);
    assert_page_is_self_contained(&report);

    let scored = run(&[
        "evaluate",
        "--lake",
        &lake,
        "--forecasts",
        report.join("forecasts.parquet").to_str().expect("text"),
        "--json",
    ]);
    let scored: Value = serde_json::from_str(&scored).expect("JSON");
    assert_eq!(scored["horizons"], printed["forecasters"][0]["horizons"]);

    run(&[&arguments[..], &["--folds", "once:2024-03-01"]].concat());
    let replaced = fs::read_to_string(report.join("backtest.json")).expect("text");
    assert!(replaced.contains("once:2024-03-01") && replaced != written);
    assert_eq!(file_names(&report), files);
    assert_eq!(file_names(dir.path()), ["lake", "report"]);
}

fn assert_page_is_self_contained(report: &Path) {
    let page = fs::read_to_string(report.join("index.html")).expect("text");
    let charts = page.matches("<svg").count();
    assert!(charts > 10, "{charts}");
    assert_eq!(page.matches("role=\"img\"").count(), charts);
    assert_eq!(page.matches("http").count(), page.matches("http://www.w3.org/2000/svg").count());
    assert!(!page.contains("<script") && !page.contains("NaN"));
    let card = fs::read_to_string(report.join("MODEL_CARD.md")).expect("text");
    for part in ["Intended use", "Scores", "Warnings", "Failure windows", "Limits", "Reproduction"]
    {
        assert!(card.contains(part), "{part} is not in\n{card}");
    }
}

#[test]
fn invalid_arguments_are_refused_and_named() {
    let dir = tempfile::tempdir().expect("a folder");
    let lake = simulate_lake(dir.path());
    let taken = dir.path().to_str().expect("text");
    for (arguments, code, expected) in [
        (
            ["--folds", "once:2024-01-02"],
            1,
            "the first month with enough data starts on 2024-02-01",
        ),
        (["--from", "2030-01-01"], 1, "no landmark of the grid"),
        (["--report", taken], 1, "not a report to replace"),
        (["--folds", "weekly"], 2, "quarterly"),
        (["--thresholds", "1.5"], 2, "1.5"),
    ] {
        let output = plimsoll(&[&["backtest", "--lake", &lake], &arguments[..]].concat());
        let line = error_line(&output);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {line}");
        assert!(line.contains(expected), "{line}");
    }
    assert_eq!(file_names(dir.path()), ["lake"]);
}
