//! A node of these tests and a lake of its history, used by one test at a time.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use alloy_primitives::{Address, Bytes, U256};
use alloy_sol_types::{SolCall, sol};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::cli::{Run, ingest, plimsoll_command};
use crate::support::devnet::Devnet;
use crate::support::lake::copy_lake;
use crate::support::test_folder;

sol! {
    function addRiskAdmin(address admin) external;
    function setReserveFreeze(address asset, bool freeze) external;
    function setReserveLtvzero(address asset, bool ltvZero) external;
    function getPendingLtv(address asset) external view returns (uint256);
    function getConfiguration(address asset) external view returns (uint256);
}

/// The two markets: releases 3.0.2 and 3.6.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Release {
    V302,
    V36,
}

pub(super) struct Testbed {
    pub(super) devnet: Devnet,
    pub(super) lake: PathBuf,
}

/// Locks the node; `None` without npm.
pub(super) fn testbed() -> Option<MutexGuard<'static, Testbed>> {
    static TESTBED: OnceLock<Option<Mutex<Testbed>>> = OnceLock::new();
    let testbed = TESTBED.get_or_init(|| {
        let devnet = Devnet::start_own_with_aave36("proposed")?;
        let lake = test_folder::process_folder().join("proposed-lake");
        for market in [devnet.aave(), devnet.aave36()] {
            ingest(&market, &[devnet.url()], &lake, &[]);
        }
        Some(Mutex::new(Testbed { devnet, lake }))
    });
    // A failed test has restored the node's state.
    testbed.as_ref().map(|testbed| testbed.lock().unwrap_or_else(PoisonError::into_inner))
}

impl Testbed {
    pub(super) fn market(&self, release: Release) -> PathBuf {
        match release {
            Release::V302 => self.devnet.aave(),
            Release::V36 => self.devnet.aave36(),
        }
    }

    /// One of a market's contracts.
    pub(super) fn contract(&self, release: Release, name: &str) -> Address {
        let market = if release == Release::V36 { "aave36" } else { "aave" };
        self.devnet.address(&format!("/{market}/{name}"))
    }

    pub(super) fn role(&self, name: &str) -> Address {
        self.devnet.address(&format!("/roles/{name}"))
    }

    pub(super) fn token(&self, symbol: &str) -> Address {
        self.devnet.address(&format!("/tokens/{symbol}"))
    }

    /// Runs `propose` on a lake with settings such as `WETH:max_ltv=7900`.
    pub(super) fn propose(
        &self,
        release: Release,
        lake: &Path,
        (settings, more): (&[&str], &[&str]),
    ) -> DraftProposal {
        let folder = tempfile::tempdir().expect("a folder");
        let out = folder.path().join("proposal");
        let mut command = plimsoll_command(&["propose", "--rpc", self.devnet.url()]);
        command.arg("--lake").arg(lake).arg("--market").arg(self.market(release));
        command.arg("--out").arg(&out).args(more);
        command.args(settings.iter().flat_map(|setting| ["--set", setting]));
        let run: Run = command.output().expect("it runs").into();
        run.assert_success();
        DraftProposal { _folder: folder, out }
    }

    /// Runs an action on the node and reverts the node's state afterwards, even if it panics.
    pub(super) fn with_rollback(&self, act: impl FnOnce()) {
        let snapshot = self.devnet.node.request("evm_snapshot", json!([]));
        let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(act));
        self.devnet.node.request("evm_revert", json!([snapshot]));
        done.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    }

    /// A copy of the lake, extended to the node's newest block.
    pub(super) fn updated_lake(&self, release: Release) -> TempDir {
        let lake = copy_lake(&self.lake);
        ingest(&self.market(release), &[self.devnet.url()], lake.path(), &[]);
        lake
    }

    /// Mines a call in a block of a given time, or of the node's choice; returns its receipt.
    pub(super) fn send(
        &self,
        (from, to): (Address, Option<Address>),
        data: &Bytes,
        time_s: Option<u64>,
    ) -> Value {
        let node = &self.devnet.node;
        let transaction = json!({ "from": from, "to": to, "data": data, "gas": "0x989680" });
        let hash = node.request("eth_sendTransaction", json!([transaction]));
        node.request(
            "evm_mine",
            time_s.map_or(json!([]), |time_s| json!([format!("{time_s:#x}")])),
        );
        let receipts = std::iter::repeat_with(|| {
            std::thread::sleep(std::time::Duration::from_millis(5));
            node.request("eth_getTransactionReceipt", json!([hash]))
        });
        receipts.take(400).find(|receipt| !receipt.is_null()).expect("a receipt")
    }

    /// Like [`Testbed::send`] for a call that must succeed.
    #[track_caller]
    pub(super) fn send_ok<C: SolCall>(&self, from: Address, to: Address, call: &C) {
        let receipt = self.send((from, Some(to)), &call.abi_encode().into(), None);
        assert_eq!(receipt["status"], "0x1", "{}", C::SIGNATURE);
    }

    /// Deploys a contract with its encoded arguments.
    #[track_caller]
    pub(super) fn deploy(&self, code: &Bytes, arguments: &[u8]) -> Address {
        let data = [code.as_ref(), arguments].concat();
        let receipt = self.send((self.role("admin"), None), &data.into(), None);
        assert_eq!(receipt["status"], "0x1", "a deployment");
        receipt["contractAddress"].as_str().expect("an address").parse().expect("an address")
    }

    /// A reserve's configuration in its pool, and its pending max LTV in the configurator.
    pub(super) fn reserve(&self, release: Release, token: Address) -> (U256, Option<U256>) {
        let (node, block) = (&self.devnet.node, self.devnet.node.head());
        let pool = self.contract(release, "pool");
        let configurator = self.contract(release, "configurator");
        let word = node.call(pool, getConfigurationCall { asset: token }, block);
        let pending = [(configurator, getPendingLtvCall { asset: token })];
        (word, node.call_each(pending, block).remove(0))
    }
}

/// A proposal in a folder.
pub(super) struct DraftProposal {
    _folder: TempDir,
    pub(super) out: PathBuf,
}

impl DraftProposal {
    pub(super) fn text(&self, name: &str) -> String {
        fs::read_to_string(self.out.join(name)).unwrap_or_else(|_| panic!("no {name}"))
    }

    pub(super) fn document(&self) -> Value {
        serde_json::from_str(&self.text("proposal.json")).expect("JSON")
    }

    /// Edits the document.
    pub(super) fn edit_document(&self, change: impl FnOnce(&mut Value)) {
        let mut document = self.document();
        change(&mut document);
        fs::write(self.out.join("proposal.json"), document.to_string()).expect("written");
    }

    /// Runs `propose check`.
    pub(super) fn check(&self, testbed: &Testbed, more: &[&str]) -> Run {
        let mut command =
            plimsoll_command(&["propose", "check", "--rpc", testbed.devnet.url(), "--json"]);
        command.arg(&self.out).args(more).output().expect("it runs").into()
    }

    /// The lowest three fields of the configuration that the payload proposes.
    pub(super) fn payload_fields(&self, index: usize) -> [u64; 3] {
        let stored = &self.document()["payload"]["changes"][index]["after"]["stored"];
        let field = |name: &str| stored[name].as_u64().expect("basis points");
        [
            field("max_ltv_bps"),
            field("liquidation_threshold_bps"),
            10_000 + field("liquidation_bonus_bps"),
        ]
    }
}

/// The lowest three fields of a configuration.
pub(super) fn configuration_fields(word: U256) -> [u64; 3] {
    [0_usize, 16, 32].map(|bit| ((word >> bit) & U256::from(0xffff)).to())
}
