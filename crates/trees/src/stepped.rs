//! Groups of rows that differ only in inputs that rise from step to step: boosting, and fast
//! evaluation.

mod booster;
mod leaf_masks;
mod scorer;
mod segments;

pub use booster::SteppedInputs;
pub use scorer::SteppedForest;
