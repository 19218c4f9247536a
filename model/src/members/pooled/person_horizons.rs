//! Training rows: landmarks by horizon or by interval.

use ndarray::{Array2, ArrayView2};
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

/// Landmarks with their outcomes, and the inputs from which pooled members take theirs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PooledData<'a> {
    /// Rows by covariates.
    pub(crate) covariates: ArrayView2<'a, f32>,
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

/// One landmark at one edge or in one interval.
#[derive(Debug, Clone, Copy)]
pub(super) struct PersonHorizon {
    pub(super) row: u32,
    pub(super) edge: u8,
    pub(super) is_event: bool,
    pub(super) weight: f32,
}

impl CurveKind {
    /// All rows with a known label. Accounts closed by their owners stay at risk.
    ///
    /// The weights of each edge or interval are divided by its weighted events, so that short
    /// horizons count as much as long ones.
    pub(super) fn person_horizons(
        self,
        data: &PooledData<'_>,
        sample: &[(usize, f32)],
    ) -> Vec<PersonHorizon> {
        match self {
            Self::Cumulative => {
                LEARNED_EDGES.iter().flat_map(|&edge| at_edge(data, sample, edge)).collect()
            }
            Self::Hazard => {
                (0..INTERVALS).flat_map(|interval| in_interval(data, sample, interval)).collect()
            }
        }
    }
}

fn at_edge(data: &PooledData<'_>, sample: &[(usize, f32)], edge: usize) -> Vec<PersonHorizon> {
    let days = edges_days()[edge + 1];
    let known = sample.iter().filter(|(row, _)| data.outcomes[*row].follow_up_days >= days);
    let mut rows: Vec<PersonHorizon> = known
        .map(|&(row, weight)| PersonHorizon {
            row: row as u32,
            edge: edge as u8,
            is_event: liquidated_within(&data.outcomes[row], days),
            weight,
        })
        .collect();
    let events = rows.iter().filter(|row| row.is_event).map(|row| f64::from(row.weight));
    let events = events.sum::<f64>();
    if events == 0.0 {
        return Vec::new();
    }
    rows.iter_mut().for_each(|row| row.weight = (f64::from(row.weight) / events) as f32);
    rows
}

fn in_interval(
    data: &PooledData<'_>,
    sample: &[(usize, f32)],
    interval: usize,
) -> Vec<PersonHorizon> {
    let (from, to) = (edges_days()[interval], edges_days()[interval + 1]);
    let at_risk = |(row, _): &&(usize, f32)| {
        let outcome = &data.outcomes[*row];
        outcome.follow_up_days >= to && !liquidated_within(outcome, from)
    };
    let row = |&(row, weight): &(usize, f32)| PersonHorizon {
        row: row as u32,
        edge: interval as u8,
        is_event: liquidated_within(&data.outcomes[row], to),
        weight,
    };
    let mut rows: Vec<PersonHorizon> = sample.iter().filter(at_risk).map(row).collect();
    let weight = |(_, weight): &(usize, f32)| f64::from(*weight);
    let horizon = edges_days()[INTERVALS];
    let all = sample.iter().filter(|(row, _)| liquidated_within(&data.outcomes[*row], horizon));
    let all: f64 = all.map(weight).sum();
    let events = rows.iter().filter(|row| row.is_event).map(|row| f64::from(row.weight));
    let scale = 1.0 / (events.sum::<f64>() + INTERVAL_PRIOR_SHARE * all);
    rows.iter_mut().for_each(|row| row.weight = (f64::from(row.weight) * scale) as f32);
    rows
}

/// The trees' inputs of some rows: the logarithm of the horizon, the price anchor, and the others.
pub(super) fn design_matrix(
    rows: &[PersonHorizon],
    anchor: ArrayView2<'_, f32>,
    inputs: ArrayView2<'_, f32>,
) -> Array2<f32> {
    let mut design = Array2::zeros((rows.len(), inputs.ncols() + 2));
    for (row, mut to) in rows.iter().zip(design.rows_mut()) {
        let (from, edge) = (row.row as usize, usize::from(row.edge));
        to[0] = LN_EDGES_HOURS[edge];
        to[1] = anchor[[from, edge]];
        to.slice_mut(ndarray::s![2..]).assign(&inputs.row(from));
    }
    design
}
