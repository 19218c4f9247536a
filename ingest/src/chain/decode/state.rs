//! A decoder's state between logs.

use std::collections::HashMap;

use alloy_primitives::{Address, B256, U256};

/// What a decoder stores between logs, by contract and key: three words each.
#[derive(Debug, Default, Clone)]
pub(crate) struct DecoderState(HashMap<(Address, B256), [U256; 3]>);

impl DecoderState {
    /// Three words, zero if never set.
    pub(crate) fn get(&self, contract: Address, key: B256) -> [U256; 3] {
        self.0.get(&(contract, key)).copied().unwrap_or_default()
    }

    /// Sets three words; zeros are removed.
    pub(crate) fn set(&mut self, contract: Address, key: B256, words: [U256; 3]) {
        if words == [U256::ZERO; 3] {
            self.0.remove(&(contract, key));
        } else {
            self.0.insert((contract, key), words);
        }
    }
}
