//! The models of owners' actions by kind.

use ndarray::ArrayView1;
use serde::{Deserialize, Serialize};

use super::health_buckets::HealthBuckets;
use super::held_out::HeldOutActionScores;
use super::inputs::{ActionInputs, INPUT_COUNT, InputRanges};
use super::kind::OwnerActionKind;
use super::rates::RateModel;
use super::size::OwnerActionSize;
use super::size_model::SizeModel;
use super::spline::{MAX_COLUMNS, SplineBasis};

/// Models of owners' actions by kind, fitted to `Observations::owner_actions`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnerActions {
    pub(super) ranges: InputRanges,
    pub(super) kinds: [KindModel; OwnerActionKind::COUNT],
}

/// The models of one kind of action.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KindModel {
    pub(super) rate: RateModel,
    pub(super) size: SizeModel,
    /// Baselines of evaluations.
    pub(super) by_health: HealthBuckets,
    pub(super) held_out: Option<HeldOutActionScores>,
}

/// Expected numbers of actions per day at the present state of an account. Each counts blocks, as
/// the labels do.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct OwnerActionRates {
    /// Repayments.
    pub repay: f64,
    /// Additions of collateral.
    pub add_collateral: f64,
    /// Borrows.
    pub borrow: f64,
    /// Withdrawals of collateral.
    pub withdraw: f64,
}

impl OwnerActionRates {
    /// The rate of a kind, per day.
    #[must_use]
    pub const fn get(&self, kind: OwnerActionKind) -> f64 {
        match kind {
            OwnerActionKind::Repay => self.repay,
            OwnerActionKind::AddCollateral => self.add_collateral,
            OwnerActionKind::Borrow => self.borrow,
            OwnerActionKind::Withdraw => self.withdraw,
        }
    }
}

impl OwnerActions {
    /// The rates of a row of features, in the order of [`FEATURES`](plimsoll_features::FEATURES).
    ///
    /// They hold while the state does not change; after an action the features differ.
    ///
    /// # Panics
    /// If the row has fewer features.
    #[must_use]
    pub fn rates_per_day(&self, features: ArrayView1<'_, f32>) -> OwnerActionRates {
        let inputs = self.inputs(features);
        let basis = SplineBasis::shared();
        let mut row = [0.0; MAX_COLUMNS];
        let row = basis.fill(&inputs, &mut row);
        let [repay, add_collateral, borrow, withdraw] =
            OwnerActionKind::ALL.map(|kind| self.kinds[kind.index()].rate.per_day(row));
        OwnerActionRates { repay, add_collateral, borrow, withdraw }
    }

    /// The distribution of the size of an action that is taken in this state.
    ///
    /// # Panics
    /// If the row has fewer features.
    #[must_use]
    pub fn sizes(&self, kind: OwnerActionKind, features: ArrayView1<'_, f32>) -> OwnerActionSize {
        self.kinds[kind.index()].size.distribution(&self.inputs(features))
    }

    /// Scores of the rates on held-out blocks of time in the training span; absent where there were
    /// too few actions.
    #[must_use]
    pub const fn held_out(&self, kind: OwnerActionKind) -> Option<&HeldOutActionScores> {
        self.kinds[kind.index()].held_out.as_ref()
    }

    pub(crate) const fn by_health(&self, kind: OwnerActionKind) -> &HealthBuckets {
        &self.kinds[kind.index()].by_health
    }

    /// Whether the parameters are for this program's inputs.
    pub(crate) fn is_complete(&self) -> bool {
        self.ranges.is_complete()
            && self.kinds.iter().all(|kind| {
                kind.rate.is_complete() && kind.size.is_complete() && kind.by_health.is_complete()
            })
    }

    fn inputs(&self, features: ArrayView1<'_, f32>) -> [f64; INPUT_COUNT] {
        self.ranges.clamp(ActionInputs::shared().values(features))
    }
}
