//! Concurrent and killed writer processes.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use plimsoll_lake::Store;
use plimsoll_lake::tables::TABLES;

use crate::support::{events, merge, stored};

const CHILD_LAKE: &str = "PLIMSOLL_TEST_CHILD_LAKE";
const CHILD_STEP: &str = "PLIMSOLL_TEST_CHILD_STEP";

/// Runs only as a child process of the tests below: merges ranges one by one.
#[test]
fn child_writer() {
    let Ok(lake) = std::env::var(CHILD_LAKE) else { return };
    let step: u64 = std::env::var(CHILD_STEP).expect("a step").parse().expect("a number");
    let store = Store::create(lake).expect("a lake");
    for start in (0..400).step_by(step as usize) {
        merge(&store, start, start + step - 1, &events(start..start + step));
    }
}

fn child(lake: &Path, step: u64) -> Child {
    Command::new(std::env::current_exe().expect("this test"))
        .args(["processes::child_writer", "--exact"])
        .env(CHILD_LAKE, lake)
        .env(CHILD_STEP, step.to_string())
        .stdout(Stdio::null())
        .spawn()
        .expect("a child")
}

#[test]
fn killed_writer_leaves_a_consistent_lake() {
    let dir = tempfile::tempdir().expect("a folder");
    for milliseconds in [5, 10, 15, 20, 30, 40, 60, 80, 120, 160] {
        let mut writer = child(dir.path(), 8);
        std::thread::sleep(Duration::from_millis(milliseconds));
        writer.kill().expect("a kill");
        writer.wait().expect("an end");
        if let Ok(store) = Store::open(dir.path()) {
            let rows = stored(&store);
            assert!(
                rows.iter().eq(events(0..400).iter().take(rows.len())),
                "after {milliseconds} ms"
            );
        }
    }
    assert!(child(dir.path(), 8).wait().expect("an end").success());
    let plain = tempfile::tempdir().expect("a folder");
    assert!(child(plain.path(), 8).wait().expect("an end").success());
    let fingerprint =
        |path: &Path| Store::open(path).expect("a lake").fingerprint(&TABLES).expect("a hash");
    assert_eq!(fingerprint(dir.path()), fingerprint(plain.path()));
}

#[test]
fn concurrent_writers_lose_nothing() {
    let dir = tempfile::tempdir().expect("a folder");
    let (mut one, mut two) = (child(dir.path(), 8), child(dir.path(), 20));
    let mut seen = 0;
    while one.try_wait().expect("a state").is_none() {
        if let Ok(store) = Store::open(dir.path()) {
            let rows = stored(&store).len();
            assert!(rows >= seen, "a reader saw rows vanish");
            seen = rows;
        }
    }
    assert!(one.wait().expect("an end").success() && two.wait().expect("an end").success());
    assert_eq!(stored(&Store::open(dir.path()).expect("a lake")), events(0..400));
}
