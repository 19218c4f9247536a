//! The inputs of the model: the time grid, covariates, the first-passage anchor and training rows.

pub(crate) mod ablation;
pub(crate) mod anchor;
pub(crate) mod covariate_index;
pub(crate) mod covariates;
pub(crate) mod dataset;
pub(crate) mod driver;
pub(crate) mod grid;
pub(crate) mod net_inputs;
pub(crate) mod outcomes;
pub(crate) mod sampling;
pub(crate) mod training_domain;
