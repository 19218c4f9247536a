//! Shared by the tests: the node, the binary, and lakes.

pub(crate) mod cli;
pub(crate) mod devnet;
pub(crate) mod lake;
pub(crate) mod miner;
pub(crate) mod node;
#[path = "../support/npm.rs"]
pub(crate) mod npm;
pub(crate) mod solc;
pub(crate) mod strangers;
pub(crate) mod test_folder;
