//! The models of log hazards.

pub(crate) mod net;
pub(crate) mod rows;
pub(crate) mod trees;
