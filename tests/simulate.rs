//! A simulated market from the command line: simulated, observed, its true probabilities computed
//! and scored.

use std::path::Path;
use std::process::{Command, Output};

use plimsoll_lake::read_parquet;
use plimsoll_lake::tables::Forecast;
use serde_json::Value;

/// A market of few accounts and days, with some liquidations.
const MARKET: [&str; 8] =
    ["--seed", "11", "--accounts", "80", "--days", "24", "--scenario", "crash"];
/// Options of `simulate truth`: landmarks, and futures at each.
const TRUTH: [&str; 10] = [
    "--from",
    "2024-01-08",
    "--every-days",
    "4",
    "--accounts",
    "20",
    "--branches",
    "24",
    "--futures",
    "8",
];

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

fn json(arguments: &[&str]) -> Value {
    serde_json::from_str(&run(arguments)).expect("JSON")
}

fn simulate(lake: &str) -> Value {
    json(&[&["ingest", "simulate", "--lake", lake, "--json"], &MARKET[..]].concat())
}

fn path(folder: &Path, name: &str) -> String {
    folder.join(name).to_str().expect("text").to_owned()
}

#[test]
fn true_probabilities_of_a_simulated_market_are_computed_and_scored() {
    let dir = tempfile::tempdir().expect("a folder");
    let (lake, out) = (path(dir.path(), "lake"), path(dir.path(), "truth.parquet"));
    let summary = simulate(&lake);
    assert_eq!(
        (&summary["market"], &summary["days"]),
        (&"simulated-crash-11/aave-v3/crash-11".into(), &24.into())
    );
    assert!(summary["written"]["liquidations"].as_u64().is_some_and(|calls| calls > 0));
    assert_eq!(simulate(&lake)["written"], Value::Null);
    let verified = run(&["verify", "--lake", &lake]);
    assert!(!verified.contains("fault"), "{verified}");
    run(&["features", "--lake", &lake, "--every", "24h"]);

    let arguments = ["simulate", "truth", "--lake", &lake, "--out", &out, "--json"];
    let truth = json(&[&arguments, &TRUTH[..]].concat());
    let forecasts: Vec<Forecast> = read_parquet(Path::new(&out)).expect("forecasts");
    assert_eq!(truth["rows"], forecasts.len());
    assert_eq!((&truth["landmarks"], &truth["branches"]), (&5.into(), &24.into()));
    assert_eq!(truth["forecasters"][0]["name"], "truth");
    assert!(forecasts.len() <= 5 * 20 && forecasts.len() > 5 * 10, "{}", forecasts.len());

    let scored = json(&["evaluate", "--lake", &lake, "--forecasts", &out, "--json"]);
    let of_the_last_midnight = forecasts.iter().filter(|row| row.time == last(&forecasts)).count();
    let unmatched = scored["passed_over"]["unmatched"].as_u64().expect("a count") as usize;
    assert!(unmatched <= of_the_last_midnight, "{unmatched} unmatched");
    assert!(scored["rows"].as_u64().is_some_and(|rows| rows > 40), "{scored}");
    assert_truth_is_reproducible(&lake, &truth);
}

fn last(forecasts: &[Forecast]) -> chrono::DateTime<chrono::Utc> {
    forecasts.iter().map(|row| row.time).max().expect("forecasts")
}

fn assert_truth_is_reproducible(lake: &str, truth: &Value) {
    let arguments = ["simulate", "truth", "--lake", lake, "--json"];
    assert_eq!(&json(&[&arguments, &TRUTH[..]].concat()), truth);
}

#[test]
fn an_invalid_option_is_rejected_by_name() {
    let dir = tempfile::tempdir().expect("a folder");
    let lake = path(dir.path(), "lake");
    for (option, value, code, culprit) in [
        ("--days", "0", 1, "days is 0"),
        ("--accounts", "0", 1, "accounts is 0"),
        ("--days", "-1", 2, "-1"),
        ("--scenario", "storm", 2, "`storm`"),
        ("--seed", "seven", 2, "seven"),
    ] {
        let output = plimsoll(&["ingest", "simulate", "--lake", &lake, option, value]);
        let line = error_line(&output);
        assert_eq!(output.status.code(), Some(code), "{option} {value}: {line}");
        assert!(line.contains(culprit), "{line}");
    }
    assert!(!Path::new(&lake).exists());
}

#[test]
fn a_lake_without_a_simulated_market_is_rejected() {
    let dir = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(dir.path().join("liquidations")).expect("a table");
    let lake = dir.path().to_str().expect("text");
    let output = plimsoll(&["simulate", "truth", "--lake", lake]);
    let line = error_line(&output);
    assert_eq!(output.status.code(), Some(1), "{line}");
    assert!(line.contains("no simulated market"), "{line}");
}

#[test]
fn another_market_of_the_same_name_is_rejected() {
    let dir = tempfile::tempdir().expect("a folder");
    let lake = path(dir.path(), "lake");
    let ingest = ["ingest", "simulate", "--lake", &lake, "--accounts", "5", "--days"];
    run(&[&ingest[..], &["2"]].concat());
    let output = plimsoll(&[&ingest[..], &["3"]].concat());
    let line = error_line(&output);
    assert_eq!(output.status.code(), Some(1), "{line}");
    assert!(line.contains("5 accounts over 2 days") && line.contains("5 over 3"), "{line}");
}

#[test]
fn the_demonstration_ends_with_the_truth_and_reuses_existing_results() {
    let dir = tempfile::tempdir().expect("a folder");
    let demo = path(dir.path(), "demo");
    let arguments = ["demo", "--once", "--accounts", "250", "--branches", "20", "--dir", &demo];
    let first = run(&arguments);
    for text in [
        "[7/9] forecast",
        "[8/9] propose",
        "[9/9] warn",
        "rank correlation",
        "mean absolute error",
        "What should governance move?",
        "Who was warned?",
        " is at risk: its probability of liquidation within 7d is ",
        "Look next at",
        "report/index.html",
        "http://127.0.0.1:8080/",
    ] {
        assert!(first.contains(text), "{text} is not in\n{first}");
    }
    let again = run(&arguments);
    assert_eq!(again.matches("there already").count(), 5, "{again}");
    let figures = |output: &str| output.split_once("\n\n").map(|(_, figures)| figures.to_owned());
    assert_eq!(figures(&first), figures(&again));
    let other = plimsoll(&["demo", "--once", "--accounts", "251", "--dir", &demo]);
    assert!(error_line(&other).contains("mixed-1 with 250 accounts"), "{}", error_line(&other));
}
