//! The risk pages: HTML without scripts and without external resources.

pub(crate) mod account;
pub(crate) mod accounts;
pub(crate) mod changes;
pub(crate) mod content_hash;
pub(crate) mod drivers;
pub(crate) mod frame;
pub(crate) mod links;
pub(crate) mod market;
pub(crate) mod overview;
pub(crate) mod problem;
pub(crate) mod response;
pub(crate) mod routes;
pub(crate) mod state;
