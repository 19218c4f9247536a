//! The commands as a user runs them: a real process, its output and its exit code.

mod evaluation;
mod ingestion;
mod process;

use std::process::Command;

use serde_json::Value;

use process::{build_lake, error_line, exit_code, json, plimsoll, run};

#[test]
fn a_csv_export_becomes_an_evaluated_forecast() {
    let dir = tempfile::tempdir().expect("a folder");
    let lake = build_lake(dir.path(), "4h");
    let path = |name: &str| dir.path().join(name).to_str().expect("text").to_owned();
    let (model, out) = (path("model"), path("out.parquet"));
    let status = json(&["status", "--lake", &lake, "--json"]);
    let events = &status["tables"]["position_events"];
    assert_eq!(events["by_kind"]["deposit"], 40);
    assert_eq!(status["tables"]["liquidations"]["rows"], 20);
    assert_eq!(events["gaps"], Value::Array(Vec::new()));
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
    evaluation::landmarks_of_the_training_span_are_named_in_a_warning(&lake, &model, &evaluation);
    evaluation::a_forecast_file_scores_like_its_model(&lake, &out, &evaluation);
    evaluation::a_file_beside_its_model_takes_the_rate_of_its_training(
        &lake,
        &model,
        &out,
        &evaluation,
    );
    evaluation::a_model_is_compared_with_a_peer(&lake, &model, &out);
    let folder = dir.path();
    evaluation::a_peer_without_probabilities_is_refused_with_its_columns(folder, &lake, &model);
    evaluation::a_nan_in_a_forecast_file_is_rejected_by_account_and_column(&lake, &out);
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
        vec!["evaluate", "--lake", ".", "--model", "m", "--json", "--format", "markdown"],
        vec!["evaluate", "--lake", ".", "--model", "m", "--resamples", "100"],
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
