//! Signatures are verified by another implementation of Standard Webhooks.

use std::io::{BufRead, BufReader, Lines};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use chrono::Utc;
use plimsoll_serve::{AlertStore, Secret};
use serde_json::Value;

use crate::support::market::market;
use crate::support::npm;
use crate::support::program::{
    Server, allow_private_egress, always_firing, error_line, plimsoll, run, serve,
};

/// A receiver in JavaScript; it ends when this is dropped, or with the process.
struct Receiver {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    url: String,
}

fn receiver_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/alerts/receiver")
}

impl Receiver {
    fn start(secret: &str) -> Self {
        let mut child = Command::new("node")
            .arg("receive.mjs")
            .current_dir(receiver_folder())
            .env("SECRET", secret)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node runs");
        let mut lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        let line = lines.next().expect("a line when it is ready").expect("text");
        let url = line.strip_prefix("ready ").expect("its URL").to_owned();
        Self { child, lines, url }
    }

    /// The result of verifying the next message.
    fn next_result(&mut self) -> Value {
        let line = self.lines.next().expect("it gets a message").expect("text");
        serde_json::from_str(&line).expect("JSON")
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        self.child.wait().expect("it ends with its stdin");
    }
}

/// A subscription to the receiver's URL, and its file.
fn subscribe(folder: &Path, url: &str, secret: &Secret) -> (AlertStore, String, PathBuf) {
    let file = folder.join("alerts.db");
    let store = AlertStore::open(&file).expect("a database");
    let mut new = always_firing(&market().accounts[0], url, 1);
    new.secret = Some(secret.reveal());
    let created =
        store.subscribe(&new.validate(&allow_private_egress()).expect("it is valid"), Utc::now());
    (store, created.expect("it is stored").subscription.id, file)
}

fn send_test(file: &Path, id: &str) -> Command {
    let mut command = plimsoll(&["alerts", "test", id, "--allow-private", "--alerts"]);
    command.arg(file);
    command
}

#[test]
fn alert_is_verified_by_the_javascript_library() {
    if !npm::is_ready(&receiver_folder()) {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let secret = Secret::generate();
    let mut receiver = Receiver::start(&secret.reveal());
    let (_, id, file) = subscribe(folder.path(), &receiver.url, &secret);
    let _server = Server::start(&mut serve(&market().lake, &file));
    let result = receiver.next_result();
    assert_eq!(result["verified"], true, "{result}");
    assert_eq!(result["body"]["type"], "position.at_risk");
    assert_eq!(result["body"]["data"]["subscription"], id);
}

#[test]
fn both_secrets_verify_during_rotation_and_then_only_the_new_one() {
    if !npm::is_ready(&receiver_folder()) {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let (old, new) = (Secret::generate(), Secret::generate());
    let mut receivers = [Receiver::start(&old.reveal()), Receiver::start(&new.reveal())];
    let subscriptions = receivers.iter().map(|receiver| {
        let own = tempfile::tempdir_in(folder.path()).expect("a folder").keep();
        subscribe(&own, &receiver.url, &old)
    });
    let subscriptions: Vec<_> = subscriptions.collect();
    let mut verified = || -> Vec<bool> {
        let tried = subscriptions.iter().zip(&mut receivers).map(|((_, id, file), receiver)| {
            let sent = send_test(file, id).output().expect("it runs");
            let result = receiver.next_result();
            assert_eq!(result["verified"], sent.status.success(), "{result} {}", error_line(&sent));
            sent.status.success()
        });
        tried.collect()
    };
    assert_eq!(verified(), [true, false]);
    for (store, id, _) in &subscriptions {
        store.rotate_secret(id, &new).expect("it is stored");
    }
    assert_eq!(verified(), [true, true]);
    for (_, id, file) in &subscriptions {
        run(plimsoll(&["alerts", "rotate", id, "--finish", "--alerts"]).arg(file));
    }
    assert_eq!(verified(), [false, true]);
}
