//! A simulated market has the rows of a chain, follows its protocol's rules, and its true
//! probabilities are correct.

mod account_state;
mod chain;
mod market;
mod mechanics;
mod oracle;
mod pools;
mod repeat;
mod scenarios;
mod truth;
