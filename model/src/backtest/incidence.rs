//! Mean forecast incidence of both causes beside the observed incidence (Aalen and Johansen 1978).

use plimsoll_features::{CLOSED, LIQUIDATED, Outcome};
use serde::Serialize;

use super::bootstrap::{BlockBootstrap, Clusters, ConfidenceInterval, percentile_interval};
use super::walk_forward::WalkForward;
use crate::input::grid::{INTERVALS, grid_edges_days};

/// Lower edges of the strata of health factor, except the first.
const HEALTH_STRATA: [f64; 4] = [1.1, 1.25, 1.5, 2.0];

/// Incidence of both causes over some landmarks.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct IncidenceCurves {
    /// Lowest health factor of the landmarks, if limited.
    pub health_from: Option<f64>,
    /// Upper limit of the health factors, exclusive, if limited.
    pub health_to: Option<f64>,
    /// Number of landmarks.
    pub rows: usize,
    /// Incidence of liquidation.
    pub liquidated: IncidenceCurve,
    /// Incidence of closing by the owner.
    pub closed: IncidenceCurve,
}

/// Incidence of one cause by each edge of the grid except the first.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct IncidenceCurve {
    /// Mean forecast.
    pub forecast: Vec<f64>,
    /// Observed incidence.
    pub observed: Vec<f64>,
    /// Intervals of the observed incidence, by blocks of time; absent with too few blocks.
    pub intervals: Vec<Option<ConfidenceInterval>>,
}

/// The curves of all landmarks, followed by those of each nonempty stratum of health factor.
pub(crate) fn incidence_curves(
    run: &WalkForward,
    resampling: &BlockBootstrap,
) -> Vec<IncidenceCurves> {
    let health = &run.rows().health_factor;
    let all: Vec<usize> = (0..health.len()).collect();
    let ends = HEALTH_STRATA.iter().copied().map(Some).chain([None]);
    let mut strata = vec![(None, None)];
    strata.extend([None].into_iter().chain(HEALTH_STRATA.iter().copied().map(Some)).zip(ends));
    let curves = |(from, to): (Option<f64>, Option<f64>)| {
        let within = |row: &&usize| {
            from.is_none_or(|from| health[**row] >= from) && to.is_none_or(|to| health[**row] < to)
        };
        let rows: Vec<usize> = all.iter().filter(within).copied().collect();
        (!rows.is_empty()).then(|| stratum_curves(run, &rows, resampling, from, to))
    };
    strata.into_iter().filter_map(curves).collect()
}

fn stratum_curves(
    run: &WalkForward,
    rows: &[usize],
    resampling: &BlockBootstrap,
    health_from: Option<f64>,
    health_to: Option<f64>,
) -> IncidenceCurves {
    let times: Vec<i64> = rows.iter().map(|&row| run.rows().time_s[row]).collect();
    let first_s = run.rows().time_s.iter().min().copied().unwrap_or(0);
    let block_days = resampling.block_days.max(grid_edges_days()[INTERVALS] as u32);
    let blocks = Clusters::from_times(times.iter(), first_s, block_days);
    let ends = FollowUpEnds::new(rows.iter().map(|&row| &run.outcomes()[row]), &blocks);
    let observed = ends.incidence(&vec![1; blocks.count]);
    let [liquidated, closed] = [0, 1].map(|cause| {
        let replicates: [_; INTERVALS] = resampling.replicate(blocks.count, |weights| {
            let replicate = ends.incidence(weights);
            std::array::from_fn(|edge| replicate.map(|replicate| replicate[cause][edge]))
        });
        let forecast = [&run.forecasts.liquidated, &run.forecasts.closed][cause];
        let mean = |edge: usize| {
            rows.iter().map(|&row| forecast[[row, edge]]).sum::<f64>() / rows.len() as f64
        };
        IncidenceCurve {
            forecast: (0..INTERVALS).map(mean).collect(),
            observed: observed.map_or(Vec::new(), |observed| observed[cause].to_vec()),
            intervals: replicates
                .iter()
                .map(|replicates| percentile_interval(replicates))
                .collect(),
        }
    });
    IncidenceCurves { health_from, health_to, rows: rows.len(), liquidated, closed }
}

/// Ends of follow-up in order of time, for repeated weighting.
struct FollowUpEnds {
    /// Days, cause and cluster.
    rows: Vec<(f64, u8, u32)>,
}

impl FollowUpEnds {
    fn new<'a>(outcomes: impl Iterator<Item = &'a Outcome>, clusters: &Clusters) -> Self {
        let row =
            |(outcome, &cluster): (&Outcome, &u32)| (outcome.duration_days, outcome.event, cluster);
        let mut rows: Vec<_> = outcomes.zip(&clusters.cluster_of_row).map(row).collect();
        rows.sort_by(|a, b| a.0.total_cmp(&b.0));
        Self { rows }
    }

    /// Incidence of liquidation and of closing by each edge, with each row weighted by its cluster;
    /// `None` if all weights are zero.
    fn incidence(&self, weights: &[u32]) -> Option<[[f64; INTERVALS]; 2]> {
        let weight = |row: &(f64, u8, u32)| u64::from(weights[row.2 as usize]);
        let mut at_risk: u64 = self.rows.iter().map(weight).sum();
        if at_risk == 0 {
            return None;
        }
        let (mut survival, mut reached) = (1.0, [0.0; 2]);
        let (mut curves, mut edge) = ([[0.0; INTERVALS]; 2], 0);
        for tied in self.rows.chunk_by(|a, b| a.0 == b.0) {
            while edge < INTERVALS && tied[0].0 > grid_edges_days()[edge + 1] {
                (0..2).for_each(|cause| curves[cause][edge] = reached[cause]);
                edge += 1;
            }
            if edge == INTERVALS {
                break;
            }
            let (mut ended, mut removed) = ([0_u64; 2], 0);
            for row in tied {
                let weight = weight(row);
                removed += weight;
                match row.1 {
                    LIQUIDATED => ended[0] += weight,
                    CLOSED => ended[1] += weight,
                    _ => {}
                }
            }
            if at_risk > 0 {
                let share = survival / at_risk as f64;
                (0..2).for_each(|cause| reached[cause] += share * ended[cause] as f64);
                survival -= share * (ended[0] + ended[1]) as f64;
            }
            at_risk -= removed;
        }
        curves.iter_mut().zip(reached).for_each(|(curve, reached)| curve[edge..].fill(reached));
        Some(curves)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use plimsoll_metrics::AalenJohansen;

    fn outcomes() -> Vec<Outcome> {
        let row = |row: u32| Outcome {
            duration_days: f64::from(row * 29 % 400) / 10.0,
            event: (row * 7 % 3) as u8,
            follow_up_days: 50.0,
        };
        (0..500).map(row).collect()
    }

    #[test]
    fn unit_weights_give_the_aalen_johansen_estimate() {
        let outcomes = outcomes();
        let clusters = Clusters::from_keys((0..500).map(|row| row / 100));
        let curves = FollowUpEnds::new(outcomes.iter(), &clusters).incidence(&[1; 5]).unwrap();
        let durations: Vec<f64> = outcomes.iter().map(|o| o.duration_days).collect();
        let causes: Vec<u8> = outcomes.iter().map(|o| o.event).collect();
        let estimate = AalenJohansen::fit(&durations, &causes).unwrap();
        for (edge, days) in grid_edges_days()[1..].iter().enumerate() {
            for cause in [LIQUIDATED, CLOSED] {
                let expected = estimate.cumulative_incidence(cause, *days);
                let found = curves[usize::from(cause) - 1][edge];
                assert!((found - expected).abs() < 1e-12, "{found} {expected}");
            }
        }
    }

    #[test]
    fn weights_are_row_multiplicities() {
        let outcomes = outcomes();
        let halves = Clusters::from_keys((0..500).map(|row| row / 250));
        let weighted = FollowUpEnds::new(outcomes.iter(), &halves).incidence(&[3, 0]).unwrap();
        let half = Clusters::from_keys((0..250).map(|_| 0));
        let unweighted = FollowUpEnds::new(outcomes[..250].iter(), &half).incidence(&[1]).unwrap();
        for (weighted, unweighted) in weighted.iter().flatten().zip(unweighted.iter().flatten()) {
            assert!((weighted - unweighted).abs() < 1e-12);
        }
    }
}
