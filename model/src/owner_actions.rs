//! What owners do: rates of their actions, and the sizes of these, given the state of an account.
//!
//! A rate is a log-linear Poisson regression on piecewise linear functions of about twenty inputs. A
//! size is the absolute change of ln HF by an action: with some probability it closes the position,
//! otherwise it is lognormal.

pub(crate) mod fit;
pub(crate) mod health_buckets;
pub(crate) mod held_out;
pub(crate) mod inputs;
pub(crate) mod kind;
pub(crate) mod model;
mod rates;
mod regression;
pub(crate) mod size;
pub(crate) mod size_model;
mod spline;
pub(crate) mod training_rows;

#[cfg(test)]
mod tests;
