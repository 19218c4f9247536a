//! A dev-net of a test's own whose blocks the test mines.

use alloy_primitives::{Address, Bytes};
use alloy_sol_types::SolCall;
use serde_json::{Value, json};

use super::devnet::Devnet;

/// Seconds between two blocks.
pub(crate) const SLOT_S: u64 = 12;

/// A dev-net and the time of its newest block.
pub(crate) struct Miner {
    pub(crate) devnet: Devnet,
    time_s: u64,
}

impl Miner {
    /// Starts a dev-net; `None` without npm.
    pub(crate) fn start(name: &str) -> Option<Self> {
        let devnet = Devnet::start_own(name)?;
        let time_s = devnet.node.time_s(devnet.node.head());
        Some(Self { devnet, time_s })
    }

    /// Mines a block 12 seconds after the last with these transactions, which must succeed: sender,
    /// contract, data. Returns their receipts.
    pub(crate) fn mine(&mut self, calls: &[(Address, Option<Address>, Bytes)]) -> Vec<Value> {
        let node = &self.devnet.node;
        let send = |(from, to, data): &(Address, Option<Address>, Bytes)| {
            let sent = json!({ "from": from, "to": to, "data": data, "gas": "0x989680" });
            node.request("eth_sendTransaction", json!([sent]))
        };
        let hashes: Vec<Value> = calls.iter().map(send).collect();
        self.time_s += SLOT_S;
        node.request("evm_mine", json!([format!("{:#x}", self.time_s)]));
        let receipt = |hash: &Value| {
            let tries = std::iter::repeat_with(|| {
                std::thread::sleep(std::time::Duration::from_millis(5));
                node.request("eth_getTransactionReceipt", json!([hash]))
            });
            let receipt = tries.take(400).find(|receipt| !receipt.is_null()).expect("a receipt");
            assert_eq!(receipt["status"], "0x1", "{receipt}");
            receipt
        };
        hashes.iter().map(receipt).collect()
    }

    /// Mines a block with one call.
    #[track_caller]
    pub(crate) fn call<C: SolCall>(&mut self, from: Address, to: Address, call: &C) {
        self.mine(&[(from, Some(to), call.abi_encode().into())]);
    }

    /// Mines a block that deploys a contract.
    pub(crate) fn deploy(&mut self, from: Address, code: &Bytes, arguments: &[u8]) -> Address {
        let data = [code.as_ref(), arguments].concat();
        let receipt = self.mine(&[(from, None, data.into())]).remove(0);
        receipt["contractAddress"].as_str().expect("an address").parse().expect("an address")
    }

    /// Mines empty blocks.
    pub(crate) fn pass(&mut self, blocks: u64) {
        (0..blocks).for_each(|_| drop(self.mine(&[])));
    }

    /// Lets time pass before the next block.
    pub(crate) fn wait(&mut self, seconds: u64) {
        self.time_s += seconds;
    }
}
