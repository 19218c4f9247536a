//! The ensemble: the net, which determines the shape over time, and direct members at each
//! milestone.

use plimsoll_numerics::logit;

use super::incidence::{CauseOdds, CumulativeIncidence, MILESTONES};
use crate::members::{DIRECT_MEMBER_COUNT, DirectMembers, MEMBER_SPECS, MemberColumns};
use crate::net::inference::InferenceNet;

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

    /// Predicts with all members.
    pub(crate) fn predict(&self, input: &ModelInput<'_>) -> MemberPredictions {
        MemberPredictions::new(&self.net, &self.predict_direct(input), input)
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
    /// Combines the direct members' predictions with those of a net.
    pub(crate) fn new(
        net: &InferenceNet,
        direct: &[[f64; DIRECT_MEMBER_COUNT]; MILESTONES.len()],
        input: &ModelInput<'_>,
    ) -> Self {
        let curves: Vec<CumulativeIncidence> = net_incidences(net, input).collect();
        let mean = CumulativeIncidence::mean(&curves);
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

/// The cumulative incidences of each of the net's members.
pub(crate) fn net_incidences<'a>(
    net: &'a InferenceNet,
    input: &ModelInput<'a>,
) -> impl Iterator<Item = CumulativeIncidence> + 'a {
    let log_odds = net.member_log_odds(input.scaled, input.anchor);
    log_odds.map(|[liquidated, closed]| {
        CauseOdds::from_log_odds(&liquidated, &closed).cumulative_incidence()
    })
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
