//! The API from a client's point of view; the modules mirror its paths.

mod errors;
mod healthz;
mod identity;
mod index;
mod page;
mod socket;
mod state;
mod support;
mod v1;
