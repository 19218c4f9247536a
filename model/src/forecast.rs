//! Forecasts: the ensemble of members, its calibration, and the model that is saved and loaded.

pub(crate) mod attribution;
pub(crate) mod change_attribution;
pub(crate) mod cold_start;
pub(crate) mod conformal;
pub(crate) mod ensemble;
pub(crate) mod far_tail;
pub(crate) mod forecasts;
pub(crate) mod incidence;
pub(crate) mod interpolation;
pub(crate) mod manifest;
pub(crate) mod model;
pub(crate) mod parameters;
pub(crate) mod preprocessor;
pub(crate) mod scorer;
pub(crate) mod shapley;
pub(crate) mod table;
pub(crate) mod threshold_model;
pub(crate) mod training_market;
