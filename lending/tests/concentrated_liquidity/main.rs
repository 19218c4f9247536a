//! Sales into concentrated liquidity: laws they keep, and what the contract answers to the same.

mod arbitrary;
mod contract;
mod exact;
mod laws;
mod published;
