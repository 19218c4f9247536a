//! Nonparametric estimates of survival and cumulative incidence.

pub(crate) mod aalen_johansen;
pub(crate) mod kaplan_meier;
