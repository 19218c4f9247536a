//! What several metrics share: input checks, orders, sums, samples, counts and a distribution tail.

pub(crate) mod chi_squared;
pub(crate) mod fenwick;
pub(crate) mod inputs;
pub(crate) mod sampling;
pub(crate) mod sums;
