//! Exports on disk become rows of a lake, and nothing is lost on the way.

mod candles;
mod export;
mod faults;
mod files;
mod mappings;
mod merging;
mod reference;
mod timing;
