//! Addresses and hashes, as if drawn at random but always the same.

use alloy_primitives::{Address, B256};
use sha2::{Digest, Sha256};

use super::asset::AssetIndex;
use plimsoll_lake::MarketName;

/// What an address belongs to.
#[derive(Debug, Clone, Copy)]
pub(super) enum Name {
    Borrower(u32),
    Liquidator(u32),
    Token(AssetIndex),
    /// The pool of an asset against dollars.
    Pool(AssetIndex),
}

/// The address of something under a seed.
pub(super) fn address(seed: u64, name: Name) -> Address {
    let (kind, number) = match name {
        Name::Borrower(number) => (0, u64::from(number)),
        Name::Liquidator(number) => (1, u64::from(number)),
        Name::Token(asset) => (2, asset as u64),
        Name::Pool(asset) => (3, asset as u64),
    };
    Address::from_slice(&hashed(&[seed, kind, number]).0[..20])
}

/// A borrower's account id.
pub(super) fn account(market: &MarketName, seed: u64, borrower: u32) -> String {
    market.account(address(seed, Name::Borrower(borrower)))
}

/// The hash of a block under a seed, from its parent's.
pub(super) fn block_hash(seed: u64, parent: B256, block: u64) -> B256 {
    let mut hash = Sha256::new_with_prefix(parent);
    hash.update(hashed(&[seed, block]));
    B256::from_slice(&hash.finalize())
}

fn hashed(words: &[u64]) -> B256 {
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    B256::from_slice(&Sha256::digest(bytes))
}
