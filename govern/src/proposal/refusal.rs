//! Why a change cannot be proposed.

use super::consistency::InconsistentParameters;
use super::field::CollateralField;

/// A change that cannot be made on a route, with the reason.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// What is wanted does not fit together.
    #[error("{asset}: {source}")]
    Target {
        /// The collateral.
        asset: String,
        /// What does not fit.
        source: InconsistentParameters,
    },
    /// What stands does not fit together, so no small step can be judged.
    #[error("{asset}: as it stands, {source}")]
    Current {
        /// The collateral.
        asset: String,
        /// What does not fit.
        source: InconsistentParameters,
    },
    /// The steward may not touch it.
    #[error("{asset} is restricted: the steward may not change it")]
    Restricted {
        /// The collateral.
        asset: String,
    },
    /// The steward would have to tell a max LTV that it measures against the stored 0.
    #[error(
        "{asset} is frozen, and its max LTV of {pending_ltv_bps} bps is set aside: a steward would measure any max LTV against 0, and without one the engine sets aside 0 in its place"
    )]
    Frozen {
        /// The collateral.
        asset: String,
        /// What is set aside.
        pending_ltv_bps: u16,
    },
    /// Its max LTV was taken to zero by decision; any change of the collateral side undoes that or
    /// makes it final.
    #[error(
        "{asset} has a max LTV of 0 by decision, with {pending_ltv_bps} bps set aside: an update would either give it back or lose it"
    )]
    LtvZero {
        /// The collateral.
        asset: String,
        /// What is set aside.
        pending_ltv_bps: u16,
    },
    /// Stewards set nothing to zero.
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
    /// No step within the limits keeps the fields consistent.
    #[error(
        "{asset}: from max LTV {}, threshold {} and bonus {} bps no step within the limits leads on and fits together", .at[0], .at[1], .at[2]
    )]
    NoFeasibleStep {
        /// The collateral.
        asset: String,
        /// Where the ladder ends, basis points.
        at: [u16; 3],
    },
}
