//! SIGTERM and SIGINT: what is in progress is finished, and servers and followers exit with 0.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStderr, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use crate::support::market::market;
use crate::support::program::plimsoll;

/// Only a program that hangs takes this long.
const TIMEOUT: Duration = Duration::from_secs(120);

/// A process that is killed with its test.
struct Process(Child, Option<BufReader<ChildStderr>>);

impl Drop for Process {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

impl Process {
    fn start(command: &mut Command) -> Self {
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut child = child.expect("it runs");
        let stderr = child.stderr.take().map(BufReader::new);
        Self(child, stderr)
    }

    /// The first line that it prints.
    fn first_line(&mut self) -> String {
        let mut stdout = BufReader::new(self.0.stdout.take().expect("it is piped"));
        let mut line = String::new();
        stdout.read_line(&mut line).expect("text");
        line.trim_end().to_owned()
    }

    fn wait(&mut self) -> ExitStatus {
        let started = Instant::now();
        loop {
            if let Some(status) = self.0.try_wait().expect("it is a child") {
                return status;
            }
            assert!(started.elapsed() < TIMEOUT, "it hangs");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    fn stderr(&mut self) -> String {
        let mut text = String::new();
        self.1.as_mut().expect("it is piped").read_to_string(&mut text).expect("text");
        text
    }

    /// Reads stderr until a line contains a text.
    fn wait_for_stderr(&mut self, part: &str) {
        let stderr = self.1.as_mut().expect("it is piped");
        let mut line = String::new();
        while !line.contains(part) {
            line.clear();
            assert!(stderr.read_line(&mut line).expect("text") > 0, "no line with `{part}`");
        }
    }
}

fn signal(name: &str, process: u32) {
    let status = Command::new("kill").args([name, &process.to_string()]).status().expect("it runs");
    assert!(status.success());
}

fn serve() -> Command {
    let mut command = plimsoll(&["serve", "--listen", "127.0.0.1:0"]);
    command.arg("--lake").arg(&market().lake).arg("--model").arg(&market().model);
    command
}

/// The address of a server that is ready.
fn address(line: &str) -> String {
    line.strip_prefix("listening on http://").expect("its URL").to_owned()
}

/// Sends a signal in the middle of a request; the response must arrive whole.
fn assert_drained(address: &str, send_signal: impl FnOnce()) {
    let body = "{\"text\": 1}";
    let mut stream = TcpStream::connect(address).expect("it listens");
    let head =
        "POST /v1/score HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-type: application/json";
    write!(stream, "{head}\r\ncontent-length: {}\r\n\r\n{}", body.len(), &body[..4]).expect("sent");
    // The server has read the head by now.
    std::thread::sleep(Duration::from_millis(300));
    send_signal();
    std::thread::sleep(Duration::from_millis(300));
    stream.write_all(&body.as_bytes()[4..]).expect("sent");
    let mut response = String::new();
    stream.read_to_string(&mut response).expect("a response");
    assert!(response.starts_with("HTTP/1.1 4"), "{response}");
    assert!(response.contains("\r\n\r\n{"), "{response}");
}

#[test]
fn server_finishes_requests_in_progress_and_exits_with_0() {
    for name in ["-TERM", "-INT"] {
        let mut server = Process::start(&mut serve());
        let address = address(&server.first_line());
        assert_drained(&address, || signal(name, server.0.id()));
        assert_eq!(server.wait().code(), Some(0), "{name}: {}", server.stderr());
    }
}

#[test]
fn second_signal_ends_a_server_at_once() {
    let mut server = Process::start(&mut serve());
    let address = address(&server.first_line());
    // A request without end: the first signal waits for it.
    let mut stream = TcpStream::connect(address).expect("it listens");
    let head = "POST /v1/score HTTP/1.1\r\nhost: a\r\ncontent-type: application/json";
    write!(stream, "{head}\r\ncontent-length: 100\r\n\r\n{{").expect("sent");
    std::thread::sleep(Duration::from_millis(300));
    signal("-TERM", server.0.id());
    server.wait_for_stderr("a second signal ends at once");
    assert!(server.0.try_wait().expect("it is a child").is_none());
    signal("-TERM", server.0.id());
    assert_eq!(server.wait().code(), Some(143));
}

/// The process in a PID namespace of its own, whose parent `unshare` is.
fn inner_process(unshare: u32) -> u32 {
    let path = format!("/proc/{unshare}/task/{unshare}/children");
    let children = std::fs::read_to_string(path).expect("children");
    children.trim().parse().expect("one child")
}

#[test]
fn server_that_is_the_first_process_of_a_container_ends_likewise() {
    let unshare = ["--user", "--map-root-user", "--fork", "--pid", "--kill-child"];
    let works = Command::new("unshare").args(unshare).arg("true").output();
    if !works.is_ok_and(|output| output.status.success()) {
        return println!("skipped: unshare makes no PID namespace here");
    }
    let inner = serve();
    let mut command = Command::new("unshare");
    command.args(unshare).arg(inner.get_program()).args(inner.get_args());
    let mut server = Process::start(&mut command);
    let address = address(&server.first_line());
    let outer = server.0.id();
    assert_drained(&address, || signal("-TERM", inner_process(outer)));
    assert_eq!(server.wait().code(), Some(0), "{}", server.stderr());
}

fn market_file(folder: &Path) -> std::path::PathBuf {
    let path = folder.join("market.toml");
    let text = "name = \"core\"\nchain_id = 1\nprotocol = \"aave-v3\"\n\
        addresses_provider = \"0x2f39d218133AFaB8F2B819B1066c7E434Ad94E9e\"\n";
    std::fs::write(&path, text).expect("written");
    path
}

/// `ingest rpc` from an endpoint that is out of reach: it waits for minutes.
fn waiting_ingest(folder: &Path, more: &[&str]) -> Process {
    let mut command = plimsoll(&["ingest", "rpc", "--rpc", "http://127.0.0.1:9"]);
    command.arg("--market").arg(market_file(folder)).arg("--lake").arg(folder.join("lake"));
    let mut process = Process::start(command.args(more));
    process.wait_for_stderr("waiting for http://127.0.0.1:9");
    process
}

#[test]
fn follower_that_waits_for_its_endpoint_exits_with_0() {
    for name in ["-TERM", "-INT"] {
        let folder = tempfile::tempdir().expect("a folder");
        let mut follower = waiting_ingest(folder.path(), &["--follow"]);
        signal(name, follower.0.id());
        assert_eq!(follower.wait().code(), Some(0), "{name}");
    }
}

#[test]
fn interrupted_command_exits_with_the_code_of_its_signal() {
    for (name, code) in [("-TERM", 143), ("-INT", 130)] {
        let folder = tempfile::tempdir().expect("a folder");
        let mut command = waiting_ingest(folder.path(), &[]);
        signal(name, command.0.id());
        assert_eq!(command.wait().code(), Some(code), "{name}");
    }
}

#[test]
fn waiting_ends_with_an_error_after_the_time_that_was_given() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = waiting_ingest(folder.path(), &["--give-up-after", "1s"]);
    assert_eq!(command.wait().code(), Some(1));
}
