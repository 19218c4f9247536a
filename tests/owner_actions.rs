//! Owners' actions on real vaults: rates learned before a date hold after it.

use std::path::{Path, PathBuf};

use indicatif::ProgressBar;
use plimsoll_features::{ObservationPlan, list_markets, observe};
use plimsoll_ingest::{Mapping, ingest_csv};
use plimsoll_lake::Store;
use plimsoll_model::{
    OwnerActionKind, OwnerActionScores, TimeRange, TrainOptions, evaluate_owner_actions, train,
};

/// The folder of the reference data, if present.
fn reference_data() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    if path.is_dir() {
        return Some(path);
    }
    assert!(std::env::var_os("CI").is_none(), "a build machine must have the reference data");
    eprintln!("skipped: reference data not found");
    None
}

/// The scores of owners' actions after 2021-09-01 of a model trained before.
fn scores(data: &Path) -> Vec<OwnerActionScores> {
    let dir = tempfile::tempdir().expect("a folder");
    let store = Store::create(dir.path()).expect("a lake");
    let mappings = Path::new(env!("CARGO_MANIFEST_DIR")).join("ingest/mappings");
    for (mapping, source) in [("maker_eth_b", "maker_eth_b"), ("usdt_candles", "prices")] {
        let path = mappings.join(mapping).with_extension("toml");
        let mapping = Mapping::read(&path).expect("a mapping");
        ingest_csv(&mapping, &data.join(source), &store, &ProgressBar::hidden()).expect("ingested");
    }
    let id = list_markets(&store).expect("markets").remove(0);
    let plan = ObservationPlan { interval: "12h".parse().expect("an interval"), until: None };
    let observations = observe(&store, &id, &plan).expect("observations");
    // What the forecasts of liquidations are worth does not matter here.
    let quick = TrainOptions {
        epochs: 1,
        closing_epochs: 1,
        hidden: 8,
        members: 2,
        folds: 2,
        bags: 1,
        ..TrainOptions::default()
    };
    let until = "2021-09-01T00:00:00Z".parse().expect("a time");
    let model = train(&observations, until, &quick, |_| {}).expect("a model");
    evaluate_owner_actions(&model, &observations, &TimeRange::default())
}

/// Expected rates per day of the buckets from HF 1 on.
fn rates_by_health(scores: &OwnerActionScores) -> Vec<f64> {
    let from_threshold = scores.by_health.iter().filter(|bucket| bucket.from.is_some());
    from_threshold.map(|bucket| bucket.expected / bucket.days).collect()
}

#[test]
fn rates_learned_on_real_vaults_hold_in_later_months() {
    let Some(data) = reference_data() else { return };
    let all = scores(&data);
    assert_eq!(all.iter().map(|scores| scores.kind).collect::<Vec<_>>(), OwnerActionKind::ALL);
    for scores in &all {
        let (kind, ratio) = (scores.kind, scores.observed_over_expected());
        assert!((0.75..1.33).contains(&ratio), "{kind:?}: observed over expected {ratio}");
        let (skill, by_health) = (scores.deviance_skill, scores.by_health_deviance_skill);
        assert!(skill > 0.15 && skill > by_health, "{kind:?}: {skill}, by health {by_health}");
        for rate in rates_by_health(scores) {
            assert!((0.0..50.0).contains(&rate), "{kind:?}: {rate} a day");
        }
    }
    for rescue in &all[..2] {
        // Above HF 2 there are few rescues, and owners differ more than by HF.
        let rates = rates_by_health(rescue)[..5].to_vec();
        assert!(rates.windows(2).all(|pair| pair[0] > pair[1]), "{:?}: {rates:?}", rescue.kind);
    }
    // Owners near the threshold are active in every way; relative to rescues they borrow less there.
    let share = |bucket: usize| rates_by_health(&all[2])[bucket] / rates_by_health(&all[0])[bucket];
    assert!(share(0) < share(4), "{} beside {}", share(0), share(4));
}
