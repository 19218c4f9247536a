//! Exports on disk become rows of a lake, and every row is accounted for.

mod candles;
mod dialects;
mod export;
mod faults;
mod files;
mod fuzz;
mod mappings;
mod merging;
mod reference;
mod timing;
mod units;
