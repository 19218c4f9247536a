//! A follower and a single run that are interrupted leave a lake that the next run continues.

use std::process::{Child, Command};
use std::time::{Duration, Instant};

use crate::support::cli::{ingest, ingest_command, start};
use crate::support::lake::{assert_same, file_names, shared_lake};

/// Only a program that hangs takes this long.
const TIMEOUT: Duration = Duration::from_secs(120);

fn terminate(process: &mut Child) -> Option<i32> {
    let id = process.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    let started = Instant::now();
    loop {
        if let Some(status) = process.try_wait().unwrap() {
            return status.code();
        }
        assert!(started.elapsed() < TIMEOUT, "it hangs");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_run_interrupted_at_any_moment_resumes() {
    let Some(shared) = shared_lake() else { return };
    let lake = tempfile::tempdir().unwrap();
    let mut interrupted = 0;
    // Once it has written a file, it handles signals.
    for (files, more) in
        [(1, &["--follow"][..]), (3, &["--follow"]), (9, &[]), (1_000, &["--follow"])]
    {
        let before = file_names(lake.path()).len();
        let options = [more, &["--window", "20"]].concat();
        let url = shared.devnet.url();
        let mut run = start(ingest_command(&shared.devnet.aave(), &[url], lake.path(), &options));
        let started = Instant::now();
        while file_names(lake.path()).len() < before + files
            && run.try_wait().unwrap().is_none()
            && started.elapsed() < Duration::from_secs(20)
        {
            std::thread::sleep(Duration::from_millis(2));
        }
        if run.try_wait().unwrap().is_none() {
            let expected = if more.is_empty() { 143 } else { 0 };
            assert_eq!(terminate(&mut run), Some(expected), "{files} {more:?}");
            interrupted += 1;
        }
    }
    assert!(interrupted >= 2, "{interrupted}");
    for market in shared.markets() {
        ingest(&market, &[shared.devnet.url()], lake.path(), &[]);
    }
    assert_same(lake.path(), &shared.folder);
}
