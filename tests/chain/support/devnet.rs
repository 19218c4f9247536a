//! A node with the real contracts and a history, from `devnet/`.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use alloy_primitives::Address;
use serde_json::Value;

use super::node::Node;
use super::{npm, test_folder};

/// A running dev-net; it ends when this is dropped, or with the process.
pub(crate) struct Devnet {
    child: Child,
    folder: PathBuf,
    pub(crate) node: Node,
    /// The content of `deployment.json`.
    pub(crate) deployment: Value,
}

/// The dev-net's source folder.
pub(crate) fn devnet_sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("devnet")
}

impl Devnet {
    /// The shared dev-net, which no test may change; `None` without npm.
    pub(crate) fn shared() -> Option<&'static Self> {
        static SHARED: OnceLock<Devnet> = OnceLock::new();
        npm::is_ready(&devnet_sources())
            .then(|| SHARED.get_or_init(|| Self::start("shared", &["--aave36"])))
    }

    /// A dev-net of the caller's own, which it may change; `None` without npm.
    pub(crate) fn start_own(name: &str) -> Option<Self> {
        npm::is_ready(&devnet_sources()).then(|| Self::start(name, &[]))
    }

    /// Likewise, with the Aave market of release 3.6.
    pub(crate) fn start_own_with_aave36(name: &str) -> Option<Self> {
        npm::is_ready(&devnet_sources()).then(|| Self::start(name, &["--aave36"]))
    }

    fn start(name: &str, options: &[&str]) -> Self {
        let folder = test_folder::process_folder().join(name);
        let mut child = Command::new("node")
            .args(["up.mjs", "--port", "0", "--out"])
            .arg(&folder)
            .args(options)
            .current_dir(devnet_sources())
            // It ends when its end of this pipe closes, for any reason.
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node runs");
        let mut lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        let line = lines.next().expect("a ready line").expect("text");
        let url = line.strip_prefix("ready ").and_then(|rest| rest.split(' ').next());
        let url = url.unwrap_or_else(|| panic!("`{line}` names no URL"));
        let deployment = std::fs::read_to_string(folder.join("deployment.json")).expect("written");
        let deployment = serde_json::from_str(&deployment).expect("JSON");
        Self { child, node: Node::new(url), folder, deployment }
    }

    /// The market file of the Aave market and its pools.
    pub(crate) fn aave(&self) -> PathBuf {
        self.folder.join("aave-v3.toml")
    }

    /// The market file of the Aave market of release 3.6, which not every dev-net has.
    pub(crate) fn aave36(&self) -> PathBuf {
        self.folder.join("aave-v3-36.toml")
    }

    /// The market file of the Morpho Blue markets.
    pub(crate) fn morpho(&self) -> PathBuf {
        self.folder.join("morpho-blue.toml")
    }

    /// An address in `deployment.json`.
    pub(crate) fn address(&self, pointer: &str) -> Address {
        let value = self.deployment.pointer(pointer).and_then(Value::as_str);
        let text = value.unwrap_or_else(|| panic!("{pointer} is not in deployment.json"));
        text.parse().expect("an address")
    }

    /// The id of a token's asset, by its symbol in `deployment.json`.
    pub(crate) fn token_id(&self, symbol: &str) -> String {
        format!("{:#x}", self.address(&format!("/tokens/{symbol}")))
    }

    /// The folder of `deployment.json`.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Its node's URL.
    pub(crate) fn url(&self) -> &str {
        self.node.url()
    }
}

impl Drop for Devnet {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        self.child.wait().ok();
    }
}
