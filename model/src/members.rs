//! The members of the ensemble besides the net, and the weights of all members.

pub(crate) mod liquidatable;
pub(crate) mod pooled;
pub(crate) mod weights;
