//! Blocks that a reorg removes from the chain are removed from the lake.

use std::fs::File;
use std::path::Path;
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

use plimsoll_lake::tables::{Block, RawLog, Row};
use plimsoll_lake::{FileEntry, Store};
use serde_json::json;

use crate::support::cli::{Run, ingest, ingest_command, plimsoll_command};
use crate::support::devnet::{Devnet, devnet_sources};
use crate::support::lake::{assert_same, assert_same_rows, copy_lake};

/// The longest run of the follower.
const FOLLOWER_TIMEOUT: Duration = Duration::from_secs(120);

#[test]
fn blocks_removed_by_a_reorg_leave_the_lake() {
    follow_reorgs("full");
}

#[test]
fn blocks_removed_by_a_reorg_leave_a_lake_that_is_verified_by_a_sample() {
    follow_reorgs("sampled");
}

#[test]
fn blocks_removed_by_a_reorg_leave_a_lake_that_is_not_verified() {
    follow_reorgs("logs");
}

fn follow_reorgs(proof: &str) {
    let Some(devnet) = Devnet::start_own(&format!("reorgs-{proof}")) else { return };
    let [followed, fresh] = [0, 1].map(|_| tempfile::tempdir().unwrap());
    let lake = followed.path();
    let stdout = lake.with_extension("stdout");
    let proof = ["--proof", proof];
    let options = [&["--follow", "--poll", "0.2"][..], &proof].concat();
    let mut command = ingest_command(&devnet.aave(), &[devnet.url()], lake, &options);
    let follower = command.stdout(File::create(&stdout).unwrap()).spawn().unwrap();
    let mut follower = KillOnDrop(follower);
    for (seed, depth) in [(1, 1), (3, 5), (5, 60)] {
        mine_blocks(&devnet, depth.max(3), seed);
        wait_for_head(&devnet, lake, &mut follower.0);
        // The other market's blocks are removed with the follower's.
        ingest(&devnet.morpho(), &[devnet.url()], lake, &proof);
        let before = copy_lake(lake);
        devnet.node.request("anvil_rollback", json!([depth]));
        mine_blocks(&devnet, depth + 3, seed + 1);
        wait_for_head(&devnet, lake, &mut follower.0);
        assert_stale_blocks_are_reported(&devnet, before.path(), depth);
    }
    interrupt(&mut follower.0);
    let output = std::fs::read_to_string(&stdout).unwrap();
    assert_eq!(output.matches("was read again").count(), 3, "{output}");
    std::fs::remove_file(&stdout).unwrap();
    ingest(&devnet.morpho(), &[devnet.url()], lake, &proof);
    for market in [devnet.aave(), devnet.morpho()] {
        ingest(&market, &[devnet.url()], fresh.path(), &[]);
    }
    if proof[1] == "full" {
        assert_same(lake, fresh.path());
    }
    assert_same_rows(lake, fresh.path());
}

/// A lake with removed blocks fails verification, and is not extended beyond the reorg limit.
fn assert_stale_blocks_are_reported(devnet: &Devnet, lake: &Path, depth: u64) {
    let first = devnet.node.head() - 3 - depth + 1;
    let mut verify = plimsoll_command(&["verify", "--rpc", devnet.url(), "--lake"]);
    let verification = Run::from(verify.arg(lake).output().unwrap());
    assert_eq!(verification.code, Some(1), "{verification:?}");
    let fault = format!("fault: chain-31337: block {first} is 0x");
    assert!(verification.stdout.contains(&fault), "{fault} {verification:?}");
    assert!(!verification.stdout.contains(&format!("block {} is", first - 1)), "{verification:?}");
    let limit = (depth - 1).to_string();
    let mut again = ingest_command(&devnet.aave(), &[devnet.url()], lake, &["--max-reorg", &limit]);
    let again = Run::from(again.output().unwrap());
    let limit = format!("another chain than the lake from block {first} on");
    assert!(again.assert_failure().contains(&limit), "{limit} {again:?}");
}

fn mine_blocks(devnet: &Devnet, blocks: u64, seed: u64) {
    let mut step = Command::new("node");
    step.args(["step.mjs", "--rpc", devnet.url(), "--blocks", &blocks.to_string()]);
    step.args(["--seed", &seed.to_string(), "--out"]).arg(devnet.folder());
    let step = step.current_dir(devnet_sources()).output().unwrap();
    assert!(step.status.success(), "{step:?}");
}

/// Waits until the lake has the chain's newest block, and every stream of the follower covers it.
fn wait_for_head(devnet: &Devnet, lake: &Path, follower: &mut Child) {
    let head = devnet.node.head();
    let (hash, started) = (devnet.node.hash(head), Instant::now());
    while followed_head(lake, head) != Some(hash.clone()) {
        assert_eq!(follower.try_wait().unwrap(), None, "the follower ended");
        assert!(started.elapsed() < FOLLOWER_TIMEOUT, "the follower hangs");
        thread::sleep(Duration::from_millis(50));
    }
}

/// The hash of the head, if each of the follower's streams covers it.
fn followed_head(lake: &Path, head: u64) -> Option<String> {
    let store = Store::open(lake).ok()?;
    let logs = store.files(const { &RawLog::TABLE }).ok()?;
    let followed = |file: &&FileEntry| !file.partition.values()[1].starts_with("morpho");
    let ends: Vec<u64> =
        logs.iter().filter(followed).map(|file| file.range.as_blocks().1).collect();
    let block = store.rows::<Block>().ok()?.pop()?;
    (ends == [head; 3] && block.block == head).then_some(block.hash)
}

fn interrupt(follower: &mut Child) {
    let signal = ["-INT", &follower.id().to_string()].map(str::to_owned);
    assert!(Command::new("kill").args(signal).status().unwrap().success());
    assert_eq!(follower.wait().unwrap().code(), Some(0));
}

/// A process that is killed with its test.
struct KillOnDrop(Child);

impl Drop for KillOnDrop {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}
