//! The program.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use plimsoll_serve::{EgressPolicy, Measure, NewRule, NewSubscription};

use super::market::market;

pub(crate) fn plimsoll(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_plimsoll"));
    command.args(arguments).env_remove("RUST_LOG").env_remove("PLIMSOLL_ALERTS_TOKEN");
    command
}

/// Runs a command that must succeed; returns what it printed.
pub(crate) fn run(command: &mut Command) -> String {
    let output = command.output().expect("it runs");
    assert!(output.status.success(), "{command:?}: {}", error_line(&output));
    String::from_utf8(output.stdout).expect("text")
}

pub(crate) fn error_line(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("text")
}

/// A running server, killed with `SIGKILL` when it is dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) url: String,
}

/// `plimsoll serve` of a lake, with alerts to endpoints on this machine.
pub(crate) fn serve(lake: &Path, alerts: &Path) -> Command {
    let mut command = plimsoll(&["serve", "--listen", "127.0.0.1:0", "--refresh", "1"]);
    command.arg("--lake").arg(lake).arg("--model").arg(&market().model).arg("--alerts").arg(alerts);
    // Twenty attempts in quick succession, and one after an hour.
    let retries = "0s".to_owned() + &",10ms".repeat(20) + ",1h";
    command.args(["--allow-private", "--retries", &retries]);
    command
}

impl Server {
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().expect("it runs");
        let mut lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        let line = lines.next().expect("a line when it is ready").expect("text");
        let url = line.strip_prefix("listening on ").expect("its URL").to_owned();
        Self { child, url }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().expect("it is killed");
        self.child.wait().expect("it is gone");
    }
}

/// A subscription whose rules fire for every open account.
pub(crate) fn always_firing(watch: &str, url: &str, rules: usize) -> NewSubscription {
    let rule = |index: usize| NewRule {
        clear: Some(99.9),
        ..NewRule::new(Measure::HealthFactor, 99.0 + 0.01 * index as f64)
    };
    let rules = (0..rules).map(rule).collect();
    NewSubscription { watch: watch.to_owned(), url: url.to_owned(), rules, secret: None }
}

/// A policy that allows endpoints on this machine.
pub(crate) fn allow_private_egress() -> EgressPolicy {
    EgressPolicy { allow_private: true, ..EgressPolicy::default() }
}
