//! The same on real Maker vaults.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use indicatif::ProgressBar;
use plimsoll_ingest::{Mapping, ingest_csv};
use plimsoll_lake::Store;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::market::TestMarket;
use crate::rays::{RandomAccount, Ray};
use crate::steps::StepCounts;

/// Random vaults along each ray.
const VAULTS: usize = 50;

/// The folder of the reference data, if present.
fn reference_data() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    if path.is_dir() {
        return Some(path);
    }
    assert!(std::env::var_os("CI").is_none(), "a build machine must have the reference data");
    eprintln!("skipped: reference data not found");
    None
}

fn market(data: &Path) -> TestMarket {
    let dir = tempfile::tempdir().expect("a folder");
    let store = Store::create(dir.path()).expect("a lake");
    let mappings = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ingest/mappings");
    for (mapping, source) in [("maker_eth_b", "maker_eth_b"), ("usdt_candles", "prices")] {
        let mapping =
            Mapping::read(&mappings.join(mapping).with_extension("toml")).expect("a mapping");
        ingest_csv(&mapping, &data.join(source), &store, &ProgressBar::hidden()).expect("ingested");
    }
    let times = ["2021-05-19T14:00:00Z", "2021-07-20T09:00:00Z", "2021-09-01T00:00:00Z"];
    let times = times.map(|time| time.parse::<DateTime<Utc>>().expect("a time"));
    TestMarket::from_lake(&store, &times, "96h")
}

#[test]
fn probabilities_of_maker_vaults_never_rise_along_rays_but_for_rounding_of_past_hours() {
    let Some(data) = reference_data() else { return };
    let market = market(&data);
    let mut rng = ChaCha8Rng::seed_from_u64(8);
    for ray in [Ray::LessDebt, Ray::MoreCollateral] {
        let mut counts = StepCounts::default();
        for _ in 0..VAULTS {
            let vault = RandomAccount::choose(&market, &mut rng);
            vault.assert_unchanged();
            counts.check(&market.model, &vault.along(ray, &mut rng));
        }
        println!("{ray:?}: {counts:?}");
        assert!(counts.strict * 2 > counts.steps, "{counts:?}");
        assert!(counts.largest_ratio < 1.25, "{counts:?}");
    }
}
