//! A simulated market is told as a chain would tell it, follows its own rules, and its truth is true.

mod books;
mod chain;
mod market;
mod mechanics;
mod oracle;
mod pools;
mod repeat;
mod scenarios;
mod truth;
