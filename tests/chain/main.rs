//! Ingestion from a real node with the real contracts, held against what the contracts say.
//!
//! The node and its history come from `devnet/`, which needs npm. Without it every test here says
//! `skipped` and passes, except where the variable `CI` is set.

#![allow(clippy::unwrap_used, reason = "what a test leans on may fail it")]

mod abandoned;
mod balances;
mod counts;
mod depth;
mod endpoints;
mod kill;
mod liquidations;
mod market_files;
mod prices;
mod proposals;
#[path = "../../ingest/tests/support/proxy.rs"]
mod proxy;
mod quarantine;
mod reconcile;
mod several_markets;
mod support;
mod tampering;
