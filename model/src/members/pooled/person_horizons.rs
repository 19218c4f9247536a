//! Training rows: landmarks by horizons or by intervals.

use ndarray::{Array2, ArrayView2, Axis, Zip};
use plimsoll_features::Outcome;

use super::curve::CurveKind;
use crate::input::grid::{INTERVALS, LN_EDGES_HOURS, edges_days};
use crate::input::outcomes::liquidated_within;
use crate::input::sampling::{is_sampled, landmark_key};

/// Edges at which cumulative probabilities are learned: 1, 3, 6, 12, 24, 72, 168, 360 and 720 hours.
/// Between them they are interpolated by the trees.
const LEARNED_EDGES: [usize; 9] = [0, 2, 3, 4, 5, 7, 9, 11, 13];
/// Landmarks that are kept of those followed by a liquidation, and of the others, each with a
/// weight that makes up for the others; with more, trees gain nothing but cost.
const MAX_LANDMARKS: [usize; 2] = [15_000, 25_000];
/// Share of all events that each interval's events are increased by, so that an interval with hardly
/// any does not get an extreme weight.
const INTERVAL_PRIOR_SHARE: f64 = 0.03;

/// Landmarks with their outcomes and inputs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PooledData<'a> {
    /// Inputs besides the horizon and the anchor, rows by inputs.
    pub(crate) inputs: ArrayView2<'a, f32>,
    /// The price anchor's log odds, rows by edges.
    pub(crate) anchor: ArrayView2<'a, f32>,
    pub(crate) outcomes: &'a [Outcome],
    pub(crate) accounts: &'a [u32],
    pub(crate) time_s: &'a [i64],
    /// Number of rows that each row represents.
    pub(crate) weights: &'a [f32],
    /// Maximum of each row's probability: that a liquidator takes it.
    pub(crate) ceilings: &'a [f32],
}

impl PooledData<'_> {
    /// A sample of landmarks with weights: `(row, weight)`.
    pub(super) fn sample(&self) -> Vec<(usize, f32)> {
        let days = edges_days()[INTERVALS];
        let is_followed = |row: usize| liquidated_within(&self.outcomes[row], days);
        let followed = (0..self.outcomes.len()).filter(|&row| is_followed(row)).count();
        let shares = [followed, self.outcomes.len() - followed]
            .iter()
            .zip(MAX_LANDMARKS)
            .map(|(&rows, most)| (most as f64 / rows.max(1) as f64).min(1.0))
            .collect::<Vec<f64>>();
        let keep = |row: usize| {
            let share = shares[usize::from(!is_followed(row))];
            let key = landmark_key(self.accounts[row], self.time_s[row]);
            is_sampled(key, share).then(|| (row, self.weights[row] / share as f32))
        };
        (0..self.outcomes.len()).filter_map(keep).collect()
    }

    /// Number of landmarks that are followed by a liquidation.
    pub(super) fn followed_landmarks(&self) -> usize {
        let days = edges_days()[INTERVALS];
        self.outcomes.iter().filter(|outcome| liquidated_within(outcome, days)).count()
    }

    /// Whether a bag contains the account of a row.
    pub(super) fn is_in_bag(&self, row: usize, bag: u64, share: f64) -> bool {
        let key = u64::from(self.accounts[row]) ^ (bag + 1) << 40;
        is_sampled(key, share)
    }
}

/// Landmarks by steps: the horizons by which, or the intervals in which, they are liquidated.
#[derive(Debug, Clone)]
pub(super) struct PersonHorizons {
    /// The row of each landmark.
    pub(super) rows: Vec<u32>,
    /// The edge of each step: the horizon, or the end of the interval.
    pub(super) edges: Vec<usize>,
    /// Whether it was liquidated, landmarks by steps.
    pub(super) is_event: Array2<bool>,
    /// In the same shape; 0 if it was not followed for so long, or not at risk.
    pub(super) weights: Array2<f32>,
}

impl CurveKind {
    /// The labels of a sample of landmarks. Accounts closed by their owners stay at risk.
    ///
    /// The weights of each edge or interval are divided by its weighted events, so that short
    /// horizons count as much as long ones.
    pub(super) fn person_horizons(
        self,
        data: &PooledData<'_>,
        sample: &[(usize, f32)],
    ) -> PersonHorizons {
        match self {
            Self::Cumulative => by_edge(data, sample),
            Self::Hazard => by_interval(data, sample),
        }
    }
}

fn by_edge(data: &PooledData<'_>, sample: &[(usize, f32)]) -> PersonHorizons {
    let label = |row: usize, edge: usize| {
        let days = edges_days()[edge + 1];
        let outcome = &data.outcomes[row];
        (outcome.follow_up_days >= days).then(|| liquidated_within(outcome, days))
    };
    let has_events = |edge: &usize| sample.iter().any(|&(row, _)| label(row, *edge) == Some(true));
    let edges = LEARNED_EDGES.into_iter().filter(has_events).collect();
    PersonHorizons::new(sample, edges, label, |events| events)
}

fn by_interval(data: &PooledData<'_>, sample: &[(usize, f32)]) -> PersonHorizons {
    let label = |row: usize, interval: usize| {
        let (from, to) = (edges_days()[interval], edges_days()[interval + 1]);
        let outcome = &data.outcomes[row];
        let is_at_risk = outcome.follow_up_days >= to && !liquidated_within(outcome, from);
        is_at_risk.then(|| liquidated_within(outcome, to))
    };
    let horizon = edges_days()[INTERVALS];
    let all = sample.iter().filter(|(row, _)| liquidated_within(&data.outcomes[*row], horizon));
    let all: f64 = all.map(|(_, weight)| f64::from(*weight)).sum();
    let scale = |events| events + INTERVAL_PRIOR_SHARE * all;
    let has_rows = |edge: &usize| sample.iter().any(|&(row, _)| label(row, *edge).is_some());
    PersonHorizons::new(sample, (0..INTERVALS).filter(has_rows).collect(), label, scale)
}

impl PersonHorizons {
    /// Labels landmarks; `label` of a row at an edge is absent if it is not known, and `scale` maps
    /// the weighted events of a step to the divisor of its weights.
    fn new(
        sample: &[(usize, f32)],
        edges: Vec<usize>,
        label: impl Fn(usize, usize) -> Option<bool>,
        scale: impl Fn(f64) -> f64,
    ) -> Self {
        let shape = (sample.len(), edges.len());
        let (mut is_event, mut weights) = (Array2::default(shape), Array2::zeros(shape));
        for (step, &edge) in edges.iter().enumerate() {
            for (n, &(row, weight)) in sample.iter().enumerate() {
                if let Some(label) = label(row, edge) {
                    (is_event[[n, step]], weights[[n, step]]) = (label, weight);
                }
            }
            let events: f64 = Zip::from(is_event.column(step)).and(weights.column(step)).fold(
                0.0,
                |sum, &is_event, &weight| if is_event { sum + f64::from(weight) } else { sum },
            );
            let divisor = scale(events);
            weights.column_mut(step).mapv_inplace(|weight| (f64::from(weight) / divisor) as f32);
        }
        let rows = sample.iter().map(|&(row, _)| row as u32).collect();
        Self { rows, edges, is_event, weights }
    }

    /// Whether any landmark is liquidated by any edge.
    pub(super) fn has_events(&self) -> bool {
        self.is_event.iter().any(|&is_event| is_event)
    }

    /// The logarithm of the horizon, the price anchor, and the others of some landmarks: groups of
    /// one row per step.
    pub(super) fn group_inputs(&self, landmarks: &[usize], data: &PooledData<'_>) -> GroupInputs {
        let shape = (landmarks.len(), self.edges.len());
        let row = |landmark: usize| self.rows[landmarks[landmark]] as usize;
        GroupInputs {
            log_horizon: Array2::from_shape_fn(shape, |(_, step)| LN_EDGES_HOURS[self.edges[step]]),
            anchor: Array2::from_shape_fn(shape, |(n, step)| {
                data.anchor[[row(n), self.edges[step]]]
            }),
            others: data.inputs.select(Axis(0), &(0..landmarks.len()).map(row).collect::<Vec<_>>()),
        }
    }
}

/// The inputs of groups of training rows.
pub(super) struct GroupInputs {
    /// Groups by steps.
    pub(super) log_horizon: Array2<f32>,
    /// Log odds, groups by steps.
    pub(super) anchor: Array2<f32>,
    /// Groups by inputs.
    pub(super) others: Array2<f32>,
}
