//! Ingestion from a real node with the real contracts, compared with the contracts.
//!
//! The node and its history come from `devnet/`, which needs npm. Without it every test here prints
//! `skipped` and passes, except where the variable `CI` is set.

#![allow(clippy::unwrap_used, reason = "a failed precondition fails the test")]

mod balances;
mod crash_recovery;
mod endpoints;
mod event_counts;
mod first_release;
mod identity;
mod liquidations;
mod market_files;
mod pool_depth;
mod price_sources;
mod prices;
mod proofs;
mod proposals;
#[path = "../../crates/rpc/tests/support/proxy.rs"]
mod proxy;
mod quarantine;
mod reconcile;
mod reorgs;
mod several_markets;
mod signals;
mod support;
mod tampering;
