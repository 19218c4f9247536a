//! Markets of one chain share a lake without changing each other's rows.

use std::path::Path;

use crate::support::cli::{ingest, ingest_command, run, start};
use crate::support::lake::{assert_same, shared_lake};

#[test]
fn markets_are_ingested_into_one_lake_concurrently() {
    let Some(shared) = shared_lake() else { return };
    let lake = tempfile::tempdir().unwrap();
    for to in 0..10 {
        let to = (100 + 40 * to).to_string();
        let runs = [shared.devnet.aave(), shared.devnet.morpho()].map(|market| {
            let options = ["--to", &to];
            start(ingest_command(&market, &[shared.devnet.url()], lake.path(), &options))
        });
        for mut run in runs {
            assert_eq!(run.wait().unwrap().code(), Some(0));
        }
    }
    for market in shared.markets() {
        ingest(&market, &[shared.devnet.url()], lake.path(), &[]);
    }
    assert_same(lake.path(), &shared.folder);
}

#[test]
fn a_market_whose_name_begins_like_another_keeps_its_rows() {
    let Some(shared) = shared_lake() else { return };
    let folder = tempfile::tempdir().unwrap();
    let (lake, alone) = (folder.path().join("lake"), folder.path().join("alone"));
    let market = folder.path().join("market.toml");
    let text = std::fs::read_to_string(shared.devnet.morpho()).unwrap();
    std::fs::write(&market, text.replace("name = \"devnet\"", "name = \"devnet-too\"")).unwrap();
    let read = |market: &Path, lake: &Path, to: &str| {
        ingest(market, &[shared.devnet.url()], lake, &["--to", to]);
    };
    for (market, to) in
        [(market.as_path(), "300"), (&shared.devnet.morpho(), "100"), (&market, "300")]
    {
        read(market, &lake, to);
    }
    for (market, to) in [(market.as_path(), "300"), (&shared.devnet.morpho(), "100")] {
        read(market, &alone, to);
    }
    assert_same(&lake, &alone);
    run(&["verify", "--lake", lake.to_str().unwrap()]).assert_success();
}
