//! Reasons why a change cannot be proposed.

use super::consistency::InconsistentParameters;
use crate::parameters::CollateralField;

/// Why a change is not possible on a route.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    /// The target is inconsistent.
    #[error("{asset}: {source}")]
    Target {
        /// The collateral.
        asset: String,
        /// The inconsistency.
        source: InconsistentParameters,
    },
    /// The current parameters are inconsistent, so no small step can be checked.
    #[error("{asset}: as it stands, {source}")]
    Current {
        /// The collateral.
        asset: String,
        /// The inconsistency.
        source: InconsistentParameters,
    },
    /// The steward may not change it.
    #[error("{asset} is restricted: the steward may not change it")]
    Restricted {
        /// The collateral.
        asset: String,
    },
    /// The steward would have to set a max LTV, which it compares with the stored 0.
    #[error(
        "{asset} is frozen, and its max LTV of {pending_ltv_bps} bps is set aside: a steward would measure any max LTV against 0, and without one the engine sets aside 0 in its place"
    )]
    Frozen {
        /// The collateral.
        asset: String,
        /// The pending max LTV.
        pending_ltv_bps: u16,
    },
    /// Its max LTV was set to zero by a decision; any change of the collateral side would revert
    /// that or make it permanent.
    #[error(
        "{asset} has a max LTV of 0 by decision, with {pending_ltv_bps} bps set aside: an update would either give it back or lose it"
    )]
    LtvZero {
        /// The collateral.
        asset: String,
        /// The pending max LTV.
        pending_ltv_bps: u16,
    },
    /// A steward may not set a parameter to zero.
    #[error("{asset}: a steward may not set the {field} to 0")]
    ToZero {
        /// The collateral.
        asset: String,
        /// The parameter.
        field: CollateralField,
    },
    /// The steward's limit is zero.
    #[error("{asset}: the steward's limits let the {field} move by 0 bps")]
    Immovable {
        /// The collateral.
        asset: String,
        /// The parameter.
        field: CollateralField,
    },
    /// No step within the limits keeps the parameters consistent.
    #[error(
        "{asset}: from max LTV {}, threshold {} and bonus {} bps no step within the limits leads on and fits together", .at[0], .at[1], .at[2]
    )]
    NoFeasibleStep {
        /// The collateral.
        asset: String,
        /// Parameters at which the schedule ends, basis points.
        at: [u16; 3],
    },
}
