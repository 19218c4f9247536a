//! The HTML pages.

mod account;
mod headers;
mod hostile;
mod market;
mod states;
