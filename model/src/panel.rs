//! All members together: the net for the shape in time, direct members at each milestone.

use crate::members::{DIRECT, Members, Places, RECIPES};
use crate::plain::PlainNet;
use crate::tilt::{Curves, MILESTONES, Odds};

/// The net, and the direct members.
pub(crate) const MEMBERS: usize = 1 + DIRECT;

/// Whoever is asked.
#[derive(Debug, Clone)]
pub(crate) struct Panel {
    net: PlainNet,
    /// By milestone.
    direct: Vec<Members>,
    places: Vec<Places>,
}

/// One account as members see it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sight<'a> {
    /// Features and what follows from them.
    pub(crate) covariates: &'a [f32],
    /// The net's inputs, scaled.
    pub(crate) scaled: &'a [f32],
    /// Log odds of first passage by interval.
    pub(crate) anchor: &'a [f32],
}

/// What members say of one account.
#[derive(Debug, Clone)]
pub(crate) struct Opinion {
    /// The net's, its members' curves averaged.
    pub(crate) odds: Odds,
    /// Each member's probability of liquidation by each milestone, the net's first.
    pub(crate) members: [[f64; MEMBERS]; MILESTONES.len()],
    /// Variance among the net's own members of their log odds at each milestone.
    pub(crate) net_variance: [f64; MILESTONES.len()],
}

impl Panel {
    pub(crate) fn new(net: PlainNet, direct: Vec<Members>) -> Self {
        Self { net, direct, places: RECIPES.iter().map(Places::of).collect() }
    }

    /// Gives the direct members back.
    pub(crate) fn into_direct(self) -> Vec<Members> {
        self.direct
    }

    /// Asks everyone.
    pub(crate) fn ask(&self, sight: &Sight<'_>) -> Opinion {
        let curves: Vec<Curves> = self.net.members(sight.scaled, sight.anchor).collect();
        let mean = Curves::mean(&curves);
        let mut members = [[0.0; MEMBERS]; MILESTONES.len()];
        for (i, members) in members.iter_mut().enumerate() {
            members[0] = mean.liquidated[MILESTONES[i]];
            let direct = self.direct[i].probabilities(&self.places[i], sight.covariates);
            members[1..].copy_from_slice(&direct);
        }
        let net_variance = MILESTONES.map(|milestone| {
            let log_odds = curves.iter().map(|curve| log_odds(curve.liquidated[milestone]));
            variance(&log_odds.collect::<Vec<_>>())
        });
        Opinion { odds: mean.odds(), members, net_variance }
    }
}

/// Log odds, kept finite.
pub(crate) fn log_odds(probability: f64) -> f64 {
    let p = probability.clamp(1e-9, 1.0 - 1e-9);
    (p / (1.0 - p)).ln()
}

fn variance(values: &[f64]) -> f64 {
    let count = values.len().max(1) as f64;
    let mean = values.iter().sum::<f64>() / count;
    values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count
}
