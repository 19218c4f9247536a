//! From features to the inputs of the members.

use ndarray::ArrayView1;
use plimsoll_tabm::QuantileTransformer;

use super::ensemble::ModelInput;
use crate::input::ablation::Ablation;
use crate::input::anchor::Anchor;
use crate::input::covariates::Covariates;
use crate::input::grid::{INTERVALS, edges_years};
use crate::input::net_inputs::NetInputs;

/// Computes covariates, scaled inputs of the net and the first-passage anchor from features.
#[derive(Debug, Clone)]
pub(crate) struct Preprocessor {
    covariates: Covariates,
    inputs: NetInputs,
    anchor: Anchor,
    scaler: QuantileTransformer,
    edges_years: [f64; INTERVALS + 1],
}

/// The inputs of an account.
#[derive(Debug, Clone)]
pub(crate) struct TransformedRow {
    covariates: Vec<f32>,
    scaled: Vec<f32>,
    anchor: [f32; INTERVALS],
}

impl Preprocessor {
    pub(crate) fn new(scaler: QuantileTransformer, ablation: Option<Ablation>) -> Self {
        Self {
            covariates: Covariates::with_ablation(ablation),
            inputs: NetInputs::new(),
            anchor: Anchor::with_ablation(ablation),
            scaler,
            edges_years: edges_years(),
        }
    }

    /// Computes the inputs of an account.
    pub(crate) fn transform(&self, features: ArrayView1<'_, f32>) -> TransformedRow {
        let mut covariates = vec![0.0; Covariates::count()];
        self.covariates.write_row(features, &mut covariates);
        let scaled = self.scaler.transform_row(self.inputs.select_row(&covariates));
        let mut anchor = [0.0; INTERVALS];
        self.anchor.write_log_odds(features, &self.edges_years, &mut anchor);
        TransformedRow { covariates, scaled, anchor }
    }
}

impl TransformedRow {
    pub(crate) fn input(&self) -> ModelInput<'_> {
        ModelInput { covariates: &self.covariates, scaled: &self.scaled, anchor: &self.anchor }
    }
}
