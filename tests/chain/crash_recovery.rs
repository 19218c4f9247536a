//! A run after a killed one restores the lake.

use std::path::Path;
use std::process::Child;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::support::cli::{Run, ingest, ingest_command, run, start};
use crate::support::lake::{SharedLake, assert_same, assert_same_rows, file_names, shared_lake};

const KILLS: u64 = 10;
const SEED: u64 = 9;

#[test]
fn a_run_killed_at_any_moment_resumes() {
    let Some(shared) = shared_lake() else { return };
    let lake = tempfile::tempdir().unwrap();
    let mut random = ChaCha8Rng::seed_from_u64(SEED);
    let mut cut_short = 0;
    for kill in 1..=KILLS {
        let (to, market) = (shared.head * kill / KILLS, shared.devnet.aave());
        let to = to.to_string();
        let command = ingest_command(&market, &[shared.devnet.url()], lake.path(), &["--to", &to]);
        // A step rewrites about thirty files; most kills happen within that.
        let changes = random.random_range(0..40);
        cut_short += u32::from(kill_after_changes(changes, lake.path(), start(command)));
    }
    assert!(cut_short >= 5, "{cut_short}");
    finish_and_verify(shared, lake.path());
}

#[test]
fn a_first_run_killed_at_any_moment_resumes() {
    let Some(shared) = shared_lake() else { return };
    let mut random = ChaCha8Rng::seed_from_u64(SEED + 1);
    for _ in 0..3 {
        let lake = tempfile::tempdir().unwrap();
        let changes = random.random_range(0..24);
        let command =
            ingest_command(&shared.devnet.aave(), &[shared.devnet.url()], lake.path(), &[]);
        kill_after_changes(changes, lake.path(), start(command));
        finish_and_verify(shared, lake.path());
    }
}

#[test]
fn many_steps_write_the_same_as_one() {
    let Some(shared) = shared_lake() else { return };
    let lake = tempfile::tempdir().unwrap();
    for to in [100, 101, 333] {
        for market in [shared.devnet.morpho(), shared.devnet.aave()] {
            ingest(&market, &[shared.devnet.url()], lake.path(), &["--to", &to.to_string()]);
        }
    }
    finish_and_verify(shared, lake.path());
}

#[test]
fn a_constant_price_is_written_once_in_any_number_of_steps() {
    let Some(shared) = shared_lake() else { return };
    let [lake, whole] = [0, 1].map(|_| tempfile::tempdir().unwrap());
    let market = whole.path().with_extension("toml");
    let text = std::fs::read_to_string(shared.devnet.morpho()).unwrap();
    std::fs::write(&market, text + "sample_every_blocks = 1\n").unwrap();
    ingest(&market, &[shared.devnet.url()], whole.path(), &["--to", "150"]);
    for to in ["100", "120", "121", "150"] {
        ingest(&market, &[shared.devnet.url()], lake.path(), &["--to", to]);
    }
    std::fs::remove_file(&market).unwrap();
    assert_same(lake.path(), whole.path());
}

#[test]
fn a_first_block_after_the_creation_is_refused() {
    let Some(shared) = shared_lake() else { return };
    let lake = tempfile::tempdir().unwrap();
    for market in [shared.devnet.aave(), shared.devnet.morpho()] {
        let mut command = ingest_command(
            &market,
            &[shared.devnet.url()],
            lake.path(),
            &["--from", "450", "--to", "500"],
        );
        let run = Run::from(command.output().unwrap());
        let error = run.assert_failure();
        assert!(error.contains("was created in block") && error.contains("--from"), "{error}");
    }
    assert!(file_names(lake.path()).is_empty());
}

#[test]
fn a_run_with_any_proof_that_is_killed_resumes() {
    let Some(shared) = shared_lake() else { return };
    let mut random = ChaCha8Rng::seed_from_u64(SEED + 2);
    for proof in ["sampled", "logs"] {
        let lake = tempfile::tempdir().unwrap();
        let options = ["--proof", proof, "--max-reorg", "50"];
        for kill in 1..=4 {
            let to = (shared.head * kill / 4).to_string();
            let options = [&options[..], &["--to", &to]].concat();
            let market = shared.devnet.aave();
            let command = ingest_command(&market, &[shared.devnet.url()], lake.path(), &options);
            kill_after_changes(random.random_range(0..40), lake.path(), start(command));
        }
        for market in shared.markets() {
            ingest(&market, &[shared.devnet.url()], lake.path(), &options);
        }
        assert_same_rows(lake.path(), &shared.folder);
        let lake = lake.path().to_str().unwrap();
        run(&["verify", "--lake", lake, "--rpc", shared.devnet.url()]).assert_success();
    }
}

/// Kills a run once so many files of its lake have appeared; returns whether it was still running.
fn kill_after_changes(changes: usize, lake: &Path, mut child: Child) -> bool {
    let (mut seen, mut last) = (0, file_names(lake));
    while seen < changes && child.try_wait().unwrap().is_none() {
        let now = file_names(lake);
        seen += now.difference(&last).count();
        last = now;
    }
    let on = child.try_wait().unwrap().is_none();
    child.kill().unwrap();
    child.wait().unwrap();
    on
}

/// Runs to the end; the lake must equal an undisturbed one, and be valid.
fn finish_and_verify(shared: &SharedLake, lake: &Path) {
    for market in shared.markets() {
        ingest(&market, &[shared.devnet.url()], lake, &[]);
    }
    assert_same(lake, &shared.folder);
    let lake = lake.to_str().unwrap();
    run(&["verify", "--lake", lake, "--rpc", shared.devnet.url()]).assert_success();
}
