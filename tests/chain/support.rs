//! What the tests share: the node, the binary, and lakes.

pub(crate) mod binary;
pub(crate) mod devnet;
pub(crate) mod lake;
pub(crate) mod node;
pub(crate) mod npm;
pub(crate) mod solc;
pub(crate) mod workshop;
