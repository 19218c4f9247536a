//! Swaps of concentrated liquidity: properties, and agreement with the contract.

mod arbitrary;
mod contract;
mod exact;
mod properties;
mod published;
