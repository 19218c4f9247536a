//! Deterministic pseudo-random addresses and hashes.

use alloy_primitives::{Address, B256};
use plimsoll_lake::MarketKey;
use sha2::{Digest, Sha256};

use crate::asset::AssetIndex;

/// The entity that an address identifies.
#[derive(Debug, Clone, Copy)]
pub(crate) enum AddressKind {
    Borrower(u32),
    Liquidator(u32),
    Token(AssetIndex),
    /// The pool of an asset against the stablecoin.
    Pool(AssetIndex),
}

/// The address of an entity for a seed.
pub(crate) fn address(seed: u64, name: AddressKind) -> Address {
    let (kind, number) = match name {
        AddressKind::Borrower(number) => (0, u64::from(number)),
        AddressKind::Liquidator(number) => (1, u64::from(number)),
        AddressKind::Token(asset) => (2, asset as u64),
        AddressKind::Pool(asset) => (3, asset as u64),
    };
    Address::from_slice(&hash_words(&[seed, kind, number]).0[..20])
}

/// A borrower's account id.
pub(crate) fn account_id(market: &MarketKey, seed: u64, borrower: u32) -> String {
    market.account_id(address(seed, AddressKind::Borrower(borrower)))
}

/// The hash of a block for a seed, derived from its parent's hash.
pub(crate) fn block_hash(seed: u64, parent: B256, block: u64) -> B256 {
    let mut hash = Sha256::new_with_prefix(parent);
    hash.update(hash_words(&[seed, block]));
    B256::from_slice(&hash.finalize())
}

fn hash_words(words: &[u64]) -> B256 {
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    B256::from_slice(&Sha256::digest(bytes))
}
