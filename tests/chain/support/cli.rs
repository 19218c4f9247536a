//! Runs of the binary.

use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

/// The output of a run.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// A command without the environment's settings.
pub(crate) fn plimsoll_command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_plimsoll"));
    command.args(arguments).env_remove("RUST_LOG").env_remove("PLIMSOLL_RPC").env("NO_COLOR", "1");
    command
}

/// Runs the binary to its end.
pub(crate) fn run(arguments: &[&str]) -> Run {
    plimsoll_command(arguments).output().expect("it runs").into()
}

/// An `ingest rpc` of one market from some endpoints, with `--proof full` unless `more` has another.
pub(crate) fn ingest_command(market: &Path, urls: &[&str], lake: &Path, more: &[&str]) -> Command {
    let mut command = plimsoll_command(&["ingest", "rpc"]);
    command.arg("--market").arg(market).arg("--lake").arg(lake);
    for url in urls {
        command.args(["--rpc", url]);
    }
    if !more.contains(&"--proof") {
        command.args(["--proof", "full"]);
    }
    command.args(more);
    command
}

/// Runs an `ingest rpc` that must succeed.
pub(crate) fn ingest(market: &Path, urls: &[&str], lake: &Path, more: &[&str]) -> Run {
    let run: Run = ingest_command(market, urls, lake, more).output().expect("it runs").into();
    run.assert_success()
}

/// Starts a command without output.
pub(crate) fn start(mut command: Command) -> Child {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().expect("it runs")
}

impl Run {
    /// Fails unless the run succeeded; returns it.
    pub(crate) fn assert_success(self) -> Self {
        assert_eq!(self.code, Some(0), "{self:?}");
        self
    }

    /// Fails unless the run failed with one line on stderr; returns the line.
    pub(crate) fn assert_failure(&self) -> &str {
        assert_eq!(self.code, Some(1), "{self:?}");
        let line = self.stderr.trim_end();
        assert_eq!(line.lines().count(), 1, "{line}");
        line
    }

    /// What it printed as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("text");
        let code = output.status.code();
        Self { code, stdout: text(output.stdout), stderr: text(output.stderr) }
    }
}
