//! From covariates to the inputs of models.

pub(crate) mod columns;
pub(crate) mod encoder;
