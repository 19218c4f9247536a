//! Evaluation of a model, of forecasts and of a peer's.

use std::path::Path;

use plimsoll_lake::tables::{AccountSetting, Forecast};
use plimsoll_lake::{read_parquet, write_parquet};
use serde_json::Value;

use crate::process::{build_lake, error_line, exit_code, json, plimsoll, run};

pub(crate) fn a_forecast_file_scores_like_its_model(lake: &str, file: &str, of_model: &Value) {
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

pub(crate) fn landmarks_of_the_training_span_are_named_in_a_warning(
    lake: &str,
    model: &str,
    evaluation: &Value,
) {
    assert_eq!(evaluation["in_training_span"]["rows"], evaluation["rows"]);
    let span = ["--from", "2021-05-20", "--to", "2021-05-28"];
    let arguments = ["evaluate", "--lake", lake, "--model", model];
    let warning = error_line(&plimsoll(&[&arguments[..], &span].concat()));
    let rows = &evaluation["rows"];
    assert!(warning.contains(&format!("{rows} of {rows} landmarks lie in the model's training")));
    assert!(warning.contains("2021-05-28T00:00:00Z"), "{warning}");
    let later = ["evaluate", "--lake", lake, "--model", model, "--json"];
    let output = plimsoll(&later);
    assert_eq!(error_line(&output), "");
    let later: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert!(later.get("in_training_span").is_none());
    assert_eq!(later["reference"]["source"], "training_span");
}

pub(crate) fn a_file_beside_its_model_takes_the_rate_of_its_training(
    lake: &str,
    model: &str,
    file: &str,
    of_model: &Value,
) {
    let both = ["evaluate", "--lake", lake, "--model", model, "--forecasts", file, "--json"];
    let both = json(&[&both[..], &["--to", "2021-05-28"]].concat());
    assert_eq!(both["reference"], of_model["reference"]);
    assert_eq!(both["skill"], of_model["skill"]);
    assert_eq!(both["baselines"]["constant"], of_model["baselines"]["constant"]);
    let alone = ["evaluate", "--lake", lake, "--forecasts", file, "--json"];
    let alone = json(&[&alone[..], &["--to", "2021-05-28"]].concat());
    assert_eq!(alone["reference"]["source"], "earlier_landmarks");
    assert_eq!(alone["reference"]["until"], alone["from"]);
}

pub(crate) fn a_model_is_compared_with_a_peer(lake: &str, model: &str, file: &str) {
    let span = ["--from", "2021-05-20", "--to", "2021-05-28"];
    let arguments = ["evaluate", "--lake", lake, "--model", model, "--against", file];
    let arguments = [&arguments[..], &span].concat();
    let text = run(&arguments);
    assert!(text.contains("model minus peer") && text.contains("500 resamples, seed 0"), "{text}");
    let markdown = run(&[&arguments[..], &["--format", "markdown"]].concat());
    assert!(markdown.contains("| 24h | log score | +0.000000 |"), "{markdown}");
    let of_peer = json(&[&arguments[..], &["--resamples", "50", "--json"]].concat());
    let against = &of_peer["against"];
    assert_eq!(against["file"], file);
    assert_eq!(
        (&against["rows"], &against["resampling"]["replicates"]),
        (&of_peer["rows"], &50.into())
    );
    let day = &against["horizons"]["24h"];
    assert_eq!((&day["model"], &day["model_skill"]), (&day["peer"], &day["peer_skill"]));
    assert_eq!(day["model"], of_peer["horizons"]["24h"]);
    assert_eq!(day["log_score"]["difference"], 0.0);
}

pub(crate) fn a_peer_without_probabilities_is_refused_with_its_columns(
    folder: &Path,
    lake: &str,
    model: &str,
) {
    let file = folder.join("settings.parquet");
    let setting = AccountSetting {
        chain: "ethereum".to_owned(),
        protocol: "maker".to_owned(),
        market: "eth-b".to_owned(),
        block: 1,
        log_index: 0,
        time: chrono::DateTime::UNIX_EPOCH,
        account: "maker/eth-b/1".to_owned(),
        setting: "emode".to_owned(),
        asset: None,
        value: 1,
    };
    write_parquet(&file, &[setting]).expect("written");
    let other = file.to_str().expect("text");
    let output = plimsoll(&["evaluate", "--lake", lake, "--model", model, "--against", other]);
    let line = error_line(&output);
    assert_eq!(exit_code(&output), 1, "{line}");
    assert!(line.contains("none of the columns p_liquidated_1h"), "{line}");
    assert!(line.contains("it has chain, protocol"), "{line}");
}

pub(crate) fn a_nan_in_a_forecast_file_is_rejected_by_account_and_column(lake: &str, file: &str) {
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
fn a_training_end_after_the_data_is_named_and_the_span_ends_with_the_data() {
    let dir = tempfile::tempdir().expect("a folder");
    let lake = build_lake(dir.path(), "12h");
    let model = dir.path().join("model").to_str().expect("text").to_owned();
    let arguments =
        ["train", "--lake", &lake, "--model", &model, "--until", "2030-01-01", "--json"];
    let output = plimsoll(&arguments);
    assert_eq!(exit_code(&output), 0, "{}", error_line(&output));
    let warning = error_line(&output);
    assert!(warning.contains("2030-01-01T00:00:00Z") && warning.contains("2021-05-30T23:00:00Z"));
    let training: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(training["until"], "2021-05-30T23:00:00Z");
}
