//! Proposals drafted from a real node's state, executed on it, and compared with the result.

mod frozen;
mod payload;
mod routes;
mod steward;
mod testbed;
