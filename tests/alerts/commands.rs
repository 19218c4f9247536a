//! The `alerts` commands.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::support::endpoint::Endpoint;
use crate::support::market::market;
use crate::support::program::{error_line, plimsoll, run};

fn alerts_command(file: &Path, arguments: &[&str]) -> Command {
    let mut command = plimsoll(&["alerts"]);
    command.args(arguments).arg("--alerts").arg(file);
    command
}

fn json(command: &mut Command) -> Value {
    serde_json::from_str(&run(command)).expect("JSON")
}

#[test]
fn subscription_is_created_listed_tested_and_removed() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("alerts.db");
    let endpoint = Endpoint::start(false);
    let rules = ["--probability", "24h=5%/1%", "--health-factor", "1.1", "--allow-private"];
    let url = endpoint.url(0);
    let subscribe = ["subscribe", "--watch", "maker/eth-b/1", "--url", &url, "--json"];
    let created = json(
        alerts_command(&file, &[&subscribe[..], &rules].concat()).arg("--remind-hours").arg("12"),
    );
    let secret = created["secret"].as_str().expect("the secret");
    let id = created["subscription"]["id"].as_str().expect("an id");
    let listed = run(&mut alerts_command(&file, &["list", "--json"]));
    assert!(!listed.contains(secret) && listed.contains(id), "{listed}");
    let table = run(&mut alerts_command(&file, &["list"]));
    assert!(table.contains("P(24h) 5%/1%, HF 1.1/1.2"), "{table}");
    run(&mut alerts_command(&file, &["test", id, "--allow-private"]));
    let tested = endpoint.receipts().swap_remove(0);
    assert_eq!((&tested.body["type"], tested.accepted), (&"alert.test".into(), true));
    run(&mut alerts_command(&file, &["remove", id]));
    assert_eq!(json(&mut alerts_command(&file, &["list", "--json"])), Value::Array(Vec::new()));
}

#[test]
fn refusal_is_one_line_naming_the_cause() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("alerts.db");
    let base = ["subscribe", "--watch", "maker/eth-b/1", "--url"];
    let rule = ["--health-factor", "1.1"];
    for (url, rules, expected) in [
        ("http://example.com/", &rule[..], "url: http to example.com is refused: use https"),
        (
            "https://10.1.2.3/",
            &rule,
            "url: 10.1.2.3 is refused: it is not a public address (private)",
        ),
        ("https://example.com/", &["--health-factor", "1.1/1.0"], "rules[0].clear: 1 cannot end"),
        ("https://example.com/", &[], "there is no rule"),
    ] {
        let output =
            alerts_command(&file, &[&base[..], &[url], rules].concat()).output().expect("it runs");
        let line = error_line(&output);
        assert_eq!(output.status.code(), Some(1), "{line}");
        assert!(line.contains(expected) && line.trim_end().lines().count() == 1, "{line}");
    }
    for arguments in [&["list"][..], &["remove", "sub_1"], &["sent"]] {
        let absent = folder.path().join("absent.db");
        let output = alerts_command(&absent, arguments).output().expect("it runs");
        assert!(error_line(&output).contains("absent.db: no such file"), "{}", error_line(&output));
        assert!(!absent.exists());
    }
    let bad =
        plimsoll(&["alerts", "subscribe", "--probability", "2d=5%"]).output().expect("it runs");
    assert_eq!(bad.status.code(), Some(2));
}

/// A copy of the market's lake in a folder, and the path of a model beside it.
fn lake_and_model_paths(folder: &Path) -> [String; 2] {
    let paths = ["lake", "model"].map(|name| folder.join(name));
    crate::support::market::copy_lake(&paths[0]);
    paths.map(|path| path.to_str().expect("text").to_owned())
}

#[test]
fn replay_compares_rules_at_the_same_budget() {
    let folder = tempfile::tempdir().expect("a folder");
    let [lake, model] = lake_and_model_paths(folder.path());
    let (lake, model) = (lake.as_str(), model.as_str());
    run(&mut plimsoll(&["features", "--lake", lake, "--every", "6h"]));
    run(&mut plimsoll(&["train", "--lake", lake, "--model", model, "--until", "2024-01-12"]));
    let replay = ["alerts", "replay", "--lake", lake, "--model", model];
    let early = plimsoll(&replay).output().expect("it runs");
    assert!(error_line(&early).contains("and the first landmark is"), "{}", error_line(&early));
    let from = ["--from", "2024-01-12", "--budgets", "0.5,5", "--json"];
    let hindsight = ["--levels", "hindsight"];
    let replayed = json(&mut plimsoll(&[&replay[..], &from, &hindsight].concat()));
    for budget in replayed["budgets"].as_array().expect("budgets") {
        let allowed = budget["false_per_account_month"].as_f64().expect("a number");
        let rules = budget["rules"].as_array().expect("rules");
        assert_eq!(rules.len(), 7, "{budget}");
        for rule in rules {
            let false_alarms = rule["false_per_account_month"].as_f64().expect("a number");
            assert!(false_alarms <= allowed && rule["episodes"] == replayed["episodes"], "{rule}");
        }
    }
    assert!(market().accounts.len() > 20);
}

#[test]
fn levels_from_the_training_span_are_chosen_without_what_follows() {
    let folder = tempfile::tempdir().expect("a folder");
    let [lake, model] = lake_and_model_paths(folder.path());
    let (lake, model) = (lake.as_str(), model.as_str());
    let replay = |until: &str| {
        run(&mut plimsoll(&["features", "--lake", lake, "--every", "6h", "--until", until]));
        let options = ["--from", "2024-01-18", "--budgets", "5", "--horizons", "24h"];
        let levels = ["--level-folds", "4", "--json"];
        let command = ["alerts", "replay", "--lake", lake, "--model", model];
        json(&mut plimsoll(&[&command[..], &options, &levels].concat()))
    };
    run(&mut plimsoll(&["features", "--lake", lake, "--every", "6h"]));
    run(&mut plimsoll(&["train", "--lake", lake, "--model", model, "--until", "2024-01-18"]));
    let (whole, cut) = (replay("2024-01-25"), replay("2024-01-19"));
    assert_ne!(whole["landmarks"], cut["landmarks"]);
    assert_eq!(whole["chosen_on"], cut["chosen_on"]);
    assert!(whole["chosen_on"]["episodes"].as_u64() > Some(0), "{}", whole["chosen_on"]);
    let rules = |report: &Value| report["budgets"][0]["rules"].as_array().cloned().expect("rules");
    let (whole, cut) = (rules(&whole), rules(&cut));
    let names = ["model", "first_passage", "health_factor"];
    assert_eq!(whole.iter().map(|rule| &rule["forecaster"]).collect::<Vec<_>>(), names);
    for (whole, cut) in whole.iter().zip(&cut) {
        let then = whole["chosen_on"]["false_per_account_month"].as_f64().expect("a rate");
        assert!(then <= 5.0, "{whole}");
        // Bags of the model's trees are drawn by the numbers of accounts, which differ where later
        // accounts are absent.
        if whole["forecaster"] != "model" {
            assert_eq!((&whole["rule"], &whole["chosen_on"]), (&cut["rule"], &cut["chosen_on"]));
        }
    }
}
