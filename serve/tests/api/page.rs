//! The pages that people see.

mod account;
mod headers;
mod hostile;
mod market;
