//! Proposals made from a real node's state, executed on it, and held against what they said.

mod frozen;
mod payload;
mod routes;
mod steward;
mod testbed;
