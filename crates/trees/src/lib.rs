//! Gradient-boosted decision trees: small, seeded, monotone where required.
//!
//! Boosting as in Friedman (2001), Annals of Statistics 29(5), with the second-order gains, the
//! treatment of missing values and the vocabulary of XGBoost (Chen and Guestrin 2016, KDD). Inputs
//! are binned at their quantiles; NaN is a missing value with a bin of its own. Losses: logistic,
//! with optional base margins, and Poisson with exposure ([`Target`]). A forest has the same bits on
//! any number of threads: each histogram is summed by one thread, in order.
//!
//! ```
//! use ndarray::array;
//! use plimsoll_trees::{Forest, Target, TreeOptions};
//!
//! let inputs = array![[0.0_f32, 1.0], [0.2, 1.0], [0.8, f32::NAN], [1.0, 0.0]];
//! let target = Target::Logistic {
//!     labels: &[0.0, 0.0, 1.0, 1.0],
//!     weights: &[1.0; 4],
//!     base_margins: None,
//! };
//! let options = TreeOptions { min_child_weight: 0.0, ..TreeOptions::default() };
//! let forest = Forest::fit(inputs.view(), &target, None, &options);
//! // Margins are log odds.
//! assert!(forest.margin(inputs.row(0)) < -1.0 && forest.margin(inputs.row(3)) > 1.0);
//! ```

mod bins;
mod draws;
mod forest;
mod grow;
mod histogram;
mod options;
mod plain_rows;
mod split;
mod stepped;
mod target;
mod tree;

pub use forest::{Forest, Validation};
pub use options::{Monotone, TreeOptions};
pub use stepped::{SteppedForest, SteppedInputs};
pub use target::Target;
pub use tree::SteppedRow;
