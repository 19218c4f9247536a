//! The ensemble: the mean of members' curves.

use plimsoll_numerics::{logistic, logit};

use super::incidence::curve_from_hazards;
use crate::input::grid::INTERVALS;
use crate::members::pooled::curve::LiquidationCurve;
use crate::members::pooled::{PooledMember, PooledRow};
use crate::net::inference::{InferenceNet, InputRows};

/// The fitted members: the net, and pooled trees.
#[derive(Debug, Clone)]
pub(crate) struct Ensemble {
    pub(crate) net: InferenceNet,
    pub(crate) pooled: Vec<PooledMember>,
    /// The weight of each member, the net first.
    pub(crate) weights: Vec<f64>,
}

/// The inputs of one account.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ModelInput<'a> {
    /// Features and derived covariates.
    pub(crate) covariates: &'a [f32],
    /// Scaled inputs of the net.
    pub(crate) scaled: &'a [f32],
    /// Log odds of first passage by interval, the net's anchor.
    pub(crate) first_passage: &'a [f32],
    /// Log odds that the price falls to the threshold by each edge, the pooled members' anchor.
    pub(crate) excursion: &'a [f32],
    /// The other inputs of pooled members.
    pub(crate) pooled: &'a [f32],
}

/// The curves of one member for one account.
#[derive(Debug, Clone)]
pub(crate) struct MemberCurves {
    /// The mean, which is the member's forecast.
    pub(crate) mean: LiquidationCurve,
    /// The curve of each bag, or of each member within the net.
    pub(crate) parts: Vec<LiquidationCurve>,
}

/// The forecasts of all members for one account.
#[derive(Debug, Clone)]
pub(crate) struct EnsembleCurves {
    /// Each member, the net first.
    pub(crate) members: Vec<MemberCurves>,
    /// Hazards of closing by interval.
    pub(crate) closing_hazards: [f64; INTERVALS],
}

impl Ensemble {
    /// Forecasts some accounts with all members.
    pub(crate) fn predict(&self, inputs: &[ModelInput<'_>]) -> Vec<EnsembleCurves> {
        ensemble_curves(&self.net, &self.pooled, inputs)
    }

    /// The weighted mean of the members' curves.
    pub(crate) fn mean(&self, curves: &EnsembleCurves) -> LiquidationCurve {
        weighted_mean(&self.weights, curves.members.iter().map(|member| &member.mean))
    }
}

impl ModelInput<'_> {
    /// The inputs of pooled members.
    fn pooled_row(&self) -> PooledRow<'_> {
        PooledRow { anchor: self.excursion, inputs: self.pooled }
    }
}

impl MemberCurves {
    fn new(parts: Vec<LiquidationCurve>) -> Self {
        let equal = vec![1.0 / parts.len() as f64; parts.len()];
        Self { mean: weighted_mean(&equal, parts.iter()), parts }
    }
}

/// The weighted mean of curves; it rises where each of them does.
pub(crate) fn weighted_mean<'a>(
    weights: &[f64],
    curves: impl Iterator<Item = &'a LiquidationCurve>,
) -> LiquidationCurve {
    let mut mean = [0.0; INTERVALS];
    for (weight, curve) in weights.iter().zip(curves) {
        mean.iter_mut().zip(curve).for_each(|(mean, p)| *mean += weight * p);
    }
    mean
}

/// The curves of the net and of pooled members for some accounts.
pub(crate) fn ensemble_curves(
    net: &InferenceNet,
    pooled: &[PooledMember],
    inputs: &[ModelInput<'_>],
) -> Vec<EnsembleCurves> {
    let mut all: Vec<EnsembleCurves> = net_curves(net, inputs)
        .map(|(net, closing_hazards)| EnsembleCurves { members: vec![net], closing_hazards })
        .collect();
    let rows: Vec<PooledRow<'_>> = inputs.iter().map(ModelInput::pooled_row).collect();
    for member in pooled {
        let curves = member.curves(&rows).into_iter().map(MemberCurves::new);
        all.iter_mut().zip(curves).for_each(|(all, curves)| all.members.push(curves));
    }
    all
}

/// The curves of the net and its mean hazards of closing, for some accounts.
fn net_curves(
    net: &InferenceNet,
    inputs: &[ModelInput<'_>],
) -> impl Iterator<Item = (MemberCurves, [f64; INTERVALS])> + use<> {
    let mut rows = InputRows::default();
    inputs.iter().for_each(|input| rows.push(input.scaled, input.first_passage));
    let log_odds = net.log_odds(&rows);
    (0..inputs.len()).map(move |row| {
        let (mut parts, mut closing) = (Vec::new(), [0.0; INTERVALS]);
        for [liquidated, closed] in log_odds.row(row) {
            parts.push(curve_from_hazards(liquidated.iter().map(|z| logistic(f64::from(*z)))));
            let hazards = closed.iter().map(|z| logistic(f64::from(*z)));
            closing.iter_mut().zip(hazards).for_each(|(sum, hazard)| *sum += hazard);
        }
        let members = parts.len() as f64;
        (MemberCurves::new(parts), closing.map(|sum| sum / members))
    })
}

/// Log odds of a clamped probability, so that they are finite.
pub(crate) fn clamped_log_odds(probability: f64) -> f64 {
    logit(probability.clamp(1e-12, 1.0 - 1e-12))
}
