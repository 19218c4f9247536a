//! The models of hazards and of cumulative incidence.

pub(crate) mod net;
pub(crate) mod pooled;
pub(crate) mod rows;
pub(crate) mod trees;
