//! The ensemble: the net, which determines the shape over time, and direct members at each
//! milestone.

use plimsoll_numerics::logit;

use super::incidence::{CauseOdds, CumulativeIncidence, MILESTONES};
use crate::members::{DIRECT_MEMBER_COUNT, DirectMembers, MEMBER_SPECS, MemberColumns};
use crate::net::inference::{InferenceNet, InputRows};

/// Number of members: the net and the direct members.
pub(crate) const MEMBER_COUNT: usize = 1 + DIRECT_MEMBER_COUNT;

/// The fitted members.
#[derive(Debug, Clone)]
pub(crate) struct Ensemble {
    net: InferenceNet,
    /// Direct members by milestone.
    direct_members: Vec<DirectMembers>,
    columns: Vec<MemberColumns>,
}

/// The inputs of one account.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ModelInput<'a> {
    /// Features and derived covariates.
    pub(crate) covariates: &'a [f32],
    /// Scaled inputs of the net.
    pub(crate) scaled: &'a [f32],
    /// Log odds of first passage by interval.
    pub(crate) anchor: &'a [f32],
}

/// Members' predictions for one account.
#[derive(Debug, Clone)]
pub(crate) struct MemberPredictions {
    /// Odds of the net, from the mean incidence over its members.
    pub(crate) net_odds: CauseOdds,
    /// Each member's probability of liquidation by each milestone, the net first.
    pub(crate) probabilities: [[f64; MEMBER_COUNT]; MILESTONES.len()],
    /// Variance of the log odds at each milestone over the net's members.
    pub(crate) net_variance: [f64; MILESTONES.len()],
}

impl Ensemble {
    pub(crate) fn new(net: InferenceNet, direct_members: Vec<DirectMembers>) -> Self {
        Self { net, direct_members, columns: MEMBER_SPECS.iter().map(MemberColumns::new).collect() }
    }

    /// Predicts some accounts with all members.
    pub(crate) fn predict(
        &self,
        inputs: &[ModelInput<'_>],
    ) -> impl Iterator<Item = MemberPredictions> {
        let net = net_incidences(&self.net, inputs);
        inputs
            .iter()
            .zip(net)
            .map(|(input, curves)| MemberPredictions::new(&curves, &self.predict_direct(input)))
    }

    /// Predicts with the direct members, by milestone.
    pub(crate) fn predict_direct(
        &self,
        input: &ModelInput<'_>,
    ) -> [[f64; DIRECT_MEMBER_COUNT]; MILESTONES.len()] {
        std::array::from_fn(|i| {
            self.direct_members[i].probabilities(&self.columns[i], input.covariates)
        })
    }
}

impl MemberPredictions {
    /// Combines the incidences of the net's members with the direct members' predictions.
    pub(crate) fn new(
        curves: &[CumulativeIncidence],
        direct: &[[f64; DIRECT_MEMBER_COUNT]; MILESTONES.len()],
    ) -> Self {
        let mean = CumulativeIncidence::mean(curves);
        let mut probabilities = [[0.0; MEMBER_COUNT]; MILESTONES.len()];
        for (i, members) in probabilities.iter_mut().enumerate() {
            members[0] = mean.liquidated[MILESTONES[i]];
            members[1..].copy_from_slice(&direct[i]);
        }
        let net_variance = MILESTONES.map(|milestone| {
            let log_odds = curves.iter().map(|curve| clamped_log_odds(curve.liquidated[milestone]));
            variance(&log_odds.collect::<Vec<_>>())
        });
        Self { net_odds: mean.odds(), probabilities, net_variance }
    }
}

/// The cumulative incidences of each of the net's members, for some accounts.
pub(crate) fn net_incidences(
    net: &InferenceNet,
    inputs: &[ModelInput<'_>],
) -> impl Iterator<Item = Vec<CumulativeIncidence>> + use<> {
    let mut rows = InputRows::default();
    inputs.iter().for_each(|input| rows.push(input.scaled, input.anchor));
    let log_odds = net.log_odds(&rows);
    let incidence =
        |[liquidated, closed]: [&[f32]; 2]| CumulativeIncidence::from_log_odds(liquidated, closed);
    (0..inputs.len()).map(move |row| log_odds.row(row).map(incidence).collect())
}

/// Log odds of a clamped probability, so that they are finite.
pub(crate) fn clamped_log_odds(probability: f64) -> f64 {
    logit(probability.clamp(1e-9, 1.0 - 1e-9))
}

fn variance(values: &[f64]) -> f64 {
    let count = values.len().max(1) as f64;
    let mean = values.iter().sum::<f64>() / count;
    values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count
}
