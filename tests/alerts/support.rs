//! Shared by the tests: a market, the program and an endpoint.

pub(crate) mod endpoint;
pub(crate) mod market;
#[path = "../support/npm.rs"]
pub(crate) mod npm;
pub(crate) mod program;
