//! The scoring API.
