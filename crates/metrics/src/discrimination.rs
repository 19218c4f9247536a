//! Discrimination: how well a forecast orders rows.

pub(crate) mod antolini;
pub(crate) mod concordance;
pub(crate) mod dynamic_auc;
pub(crate) mod rank_correlation;
pub(crate) mod ranking;
pub(crate) mod weighted_ranking;
