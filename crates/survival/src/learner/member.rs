//! The kinds of models whose curves are averaged.

use ndarray::{Array2, ArrayView2};

use crate::encoding::encoder::EncodedRows;
use crate::error::SurvivalError;
use crate::hazard::intervals::HazardIntervals;
use crate::hazard::log_hazards::LogHazards;
use crate::models::net::HazardNet;
use crate::models::pooled::PooledForests;
use crate::models::rows::LearningRows;
use crate::models::trees::HazardForests;

/// The kinds of models that are fitted on each inner fold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ModelKind {
    /// A net on piecewise-linear encodings.
    PiecewiseNet,
    /// A net on rank scores.
    RankScoreNet,
    /// Gradient-boosted trees for hazards.
    Trees,
    /// Gradient-boosted trees for incidence at any horizon.
    PooledTrees,
}

/// Every kind.
const ALL_KINDS: [ModelKind; 4] =
    [ModelKind::PiecewiseNet, ModelKind::RankScoreNet, ModelKind::Trees, ModelKind::PooledTrees];

impl ModelKind {
    /// The kinds that can learn from a table.
    ///
    /// Hazards condition on survival to a row's entry, incidence from 0 on does not.
    pub(crate) fn all(delayed_entry: bool) -> &'static [Self] {
        if delayed_entry { &ALL_KINDS[..3] } else { &ALL_KINDS }
    }

    /// The inputs of this kind.
    pub(crate) const fn inputs(self, encoded: &EncodedRows) -> &Array2<f32> {
        match self {
            Self::PiecewiseNet => &encoded.piecewise,
            Self::RankScoreNet => &encoded.rank_scores,
            Self::Trees | Self::PooledTrees => &encoded.raw,
        }
    }
}

/// A fitted model of one kind.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    kind: ModelKind,
    /// Its share in the mean curve; the shares of all members sum to 1.
    pub(crate) weight: f64,
    model: FittedModel,
}

#[derive(Debug, Clone)]
enum FittedModel {
    Net(HazardNet),
    Trees(HazardForests),
    PooledTrees(PooledForests),
}

impl Member {
    /// Fits a model, with early stopping on validation rows; its weight is 1.
    pub(crate) fn fit(
        kind: ModelKind,
        train: &LearningRows<'_>,
        validation: &LearningRows<'_>,
        hazard_intervals: &HazardIntervals,
        seed: u64,
    ) -> Result<Self, SurvivalError> {
        let model = match kind {
            ModelKind::Trees => {
                FittedModel::Trees(HazardForests::fit(train, validation, hazard_intervals, seed))
            }
            ModelKind::PooledTrees => FittedModel::PooledTrees(PooledForests::fit(
                train,
                validation,
                hazard_intervals,
                seed,
            )),
            ModelKind::PiecewiseNet | ModelKind::RankScoreNet => {
                FittedModel::Net(HazardNet::fit(train, validation, hazard_intervals, seed)?)
            }
        };
        Ok(Self { kind, weight: 1.0, model })
    }

    /// The same member with another weight.
    pub(crate) fn with_weight(self, weight: f64) -> Self {
        Self { weight, ..self }
    }

    /// The log hazards of encoded rows.
    pub(crate) fn log_hazards(&self, encoded: &EncodedRows) -> Result<LogHazards, SurvivalError> {
        self.log_hazards_from_inputs(self.kind.inputs(encoded).view())
    }

    /// The log hazards of rows by the inputs of this kind.
    pub(crate) fn log_hazards_from_inputs(
        &self,
        inputs: ArrayView2<'_, f32>,
    ) -> Result<LogHazards, SurvivalError> {
        match &self.model {
            FittedModel::Net(net) => Ok(net.log_hazards(inputs)?),
            FittedModel::Trees(forests) => Ok(forests.log_hazards(inputs)),
            FittedModel::PooledTrees(forests) => Ok(forests.log_hazards(inputs)),
        }
    }
}
