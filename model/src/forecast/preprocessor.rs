//! From features to the inputs of the members.

use ndarray::ArrayView1;
use plimsoll_tabm::QuantileTransformer;

use super::ensemble::ModelInput;
use crate::excursions::law::ExcursionLaw;
use crate::excursions::volatility_forecast::{VOLATILITY_COUNT, log_volatility};
use crate::input::ablation::Ablation;
use crate::input::anchor::Anchor;
use crate::input::covariate_index::covariate_index;
use crate::input::covariates::Covariates;
use crate::input::grid::{INTERVALS, edges_years};
use crate::input::net_inputs::NetInputs;
use crate::members::pooled::PooledInputs;

/// Computes covariates, the inputs of all members and both anchors from features.
#[derive(Debug, Clone)]
pub(crate) struct Preprocessor {
    covariates: Covariates,
    inputs: NetInputs,
    anchor: Anchor,
    scaler: QuantileTransformer,
    pooled: PooledInputs,
    excursions: ExcursionAnchor,
    edges_years: [f64; INTERVALS + 1],
}

/// The anchor of the pooled members.
#[derive(Debug, Clone)]
pub(crate) struct ExcursionAnchor {
    law: ExcursionLaw,
    lower_log_health: usize,
    volatilities: [usize; VOLATILITY_COUNT],
    /// Whether the anchor is used; if not, its log odds are zero.
    is_enabled: bool,
}

impl ExcursionAnchor {
    pub(crate) fn new(law: ExcursionLaw, ablation: Option<Ablation>) -> Self {
        const NAMES: [&str; VOLATILITY_COUNT] = [
            "volatility_6h",
            "volatility_24h",
            "volatility_72h",
            "volatility_168h",
            "volatility_720h",
        ];
        Self {
            law,
            lower_log_health: covariate_index("lower_log_health"),
            volatilities: NAMES.map(covariate_index),
            is_enabled: ablation != Some(Ablation::Anchor),
        }
    }

    /// Log odds that the price falls to the threshold by each edge.
    pub(crate) fn log_odds(&self, covariates: &[f32]) -> [f32; INTERVALS] {
        if !self.is_enabled {
            return [0.0; INTERVALS];
        }
        let past = self.volatilities.map(|column| log_volatility(f64::from(covariates[column])));
        self.law.log_odds(f64::from(covariates[self.lower_log_health]), &past)
    }
}

/// The inputs of an account.
#[derive(Debug, Clone)]
pub(crate) struct TransformedRow {
    covariates: Vec<f32>,
    scaled: Vec<f32>,
    first_passage: [f32; INTERVALS],
    excursion: [f32; INTERVALS],
    pooled: Vec<f32>,
}

impl Preprocessor {
    pub(crate) fn new(
        scaler: QuantileTransformer,
        law: ExcursionLaw,
        ablation: Option<Ablation>,
    ) -> Self {
        Self {
            pooled: PooledInputs::new(ablation),
            excursions: ExcursionAnchor::new(law, ablation),
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
        let mut first_passage = [0.0; INTERVALS];
        self.anchor.write_log_odds(features, &self.edges_years, &mut first_passage);
        let excursion = self.excursions.log_odds(&covariates);
        let pooled = self.pooled.row(&covariates);
        TransformedRow { covariates, scaled, first_passage, excursion, pooled }
    }
}

impl TransformedRow {
    pub(crate) fn input(&self) -> ModelInput<'_> {
        ModelInput {
            covariates: &self.covariates,
            scaled: &self.scaled,
            first_passage: &self.first_passage,
            excursion: &self.excursion,
            pooled: &self.pooled,
        }
    }
}
