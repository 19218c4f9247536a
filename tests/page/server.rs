//! A running server with a small simulated market.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

/// The demonstration with a market of few accounts.
const DEMO: [&str; 6] = ["demo", "--once", "--accounts", "250", "--branches", "20"];

/// A server process; it is stopped on drop.
pub(crate) struct Server {
    child: Child,
    /// Its address, `http://127.0.0.1:<port>`.
    pub(crate) url: String,
    _folder: TempDir,
}

impl Server {
    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name).to_str().expect("text").to_owned();
        run(&[&DEMO[..], &["--dir", &path("")]].concat());
        let mut child = plimsoll(&["serve", "--lake", &path("lake"), "--model", &path("model")]);
        child.args(["--report", &path("report"), "--proposals", &path("proposal")]);
        child.args(["--alerts", &path("alerts.db")]);
        let mut child = child
            .args(["--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("it runs");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("it is piped");
        BufReader::new(stdout).read_line(&mut line).expect("a line");
        let url = line.trim().strip_prefix("listening on ").expect("an address").to_owned();
        Self { child, url, _folder: folder }
    }

    /// Path of its market's page.
    pub(crate) fn market(&self) -> String {
        Self::first_link(&self.get("/"), "/markets/")
    }

    /// Path of the page of the account with most debt at risk.
    pub(crate) fn riskiest_account(&self) -> String {
        Self::first_link(&self.get("/"), "/accounts/")
    }

    fn first_link(page: &str, to: &str) -> String {
        let (_, rest) = page.split_once(&format!("href=\"{to}")).expect("a link");
        to.to_owned() + rest.split('"').next().expect("its end")
    }

    fn get(&self, path: &str) -> String {
        let address = self.url.strip_prefix("http://").expect("an address");
        let mut stream = TcpStream::connect(address).expect("a connection");
        let request = format!(
            "GET {path} HTTP/1.1\r\nhost: {address}\r\naccept: text/html\r\nconnection: close\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).expect("it is sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it is answered");
        answer
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn plimsoll(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_plimsoll"));
    command.args(arguments).env_remove("RUST_LOG").env("NO_COLOR", "1");
    command
}

fn run(arguments: &[&str]) {
    let output = plimsoll(arguments).output().expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
