//! A pooled member: fitting, and its curves for an account.

use ndarray::Array2;
use plimsoll_numerics::{logistic, logit};
use plimsoll_trees::{Forest, Monotone, SteppedRow, Target, TreeOptions};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::curve::{CurveKind, LiquidationCurve};
use super::inputs::{InputSet, PooledInputs};
use super::person_horizons::{PersonHorizon, PooledData, design_matrix};
use super::regularisation::{total_information, tree_options};
use crate::input::ablation::Ablation;
use crate::input::grid::{INTERVALS, LN_EDGES_HOURS};

/// Share of the accounts in a bag.
const BAG_SHARE: f64 = 0.8;
/// Landmarks on which the level of each edge is fitted.
const LEVEL_LANDMARKS: usize = 12_000;
const LEVEL_STEPS: usize = 30;
/// Events that the level of an edge is shrunk by, towards no change.
const LEVEL_PRIOR_EVENTS: f64 = 0.5;

/// How to fit a member.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PooledSpec {
    pub(crate) kind: CurveKind,
    pub(crate) inputs: InputSet,
    pub(crate) bags: usize,
    /// Number of independent episodes in the data.
    pub(crate) episodes: usize,
    pub(crate) seed: u64,
    pub(crate) ablation: Option<Ablation>,
}

/// Bags of trees, each fitted to most of the accounts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PooledMember {
    pub(crate) kind: CurveKind,
    pub(crate) inputs: InputSet,
    bags: Vec<Forest>,
    /// Log odds at each edge, or in each interval, before the trees.
    levels: [f64; INTERVALS],
}

/// The inputs of one account.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PooledRow<'a> {
    /// The price anchor's log odds by edge.
    pub(crate) anchor: &'a [f32],
    /// The other inputs of the member's set.
    pub(crate) inputs: &'a [f32],
}

impl PooledMember {
    /// Fits a member; `None` if no landmark is followed by a liquidation.
    pub(crate) fn fit(spec: &PooledSpec, data: &PooledData<'_>) -> Option<Self> {
        let inputs = PooledInputs::new(spec.inputs, spec.ablation).rows(data.covariates);
        let sample = data.sample();
        let mut rows = spec.kind.person_horizons(data, &sample);
        if !rows.iter().any(|row| row.is_event) {
            return None;
        }
        let levels = base_levels(&rows);
        let information = total_information(spec.episodes, data.followed_landmarks());
        scale_to_information(&mut rows, &levels, information);
        let bag = |bag: usize| fit_bag(spec, data, &inputs, &rows, &levels, bag as u64);
        let bags = (0..spec.bags).into_par_iter().map(bag).collect();
        let mut member = Self { kind: spec.kind, inputs: spec.inputs, bags, levels };
        member.fit_levels(data, &inputs, &rows);
        Some(member)
    }

    /// Whether it has the inputs of its set.
    pub(crate) fn is_complete(&self) -> bool {
        !self.bags.is_empty()
            && self.bags.iter().all(|forest| forest.input_count() == self.inputs.count() + 2)
    }

    /// The curve of each bag.
    pub(crate) fn curves(&self, row: PooledRow<'_>) -> impl Iterator<Item = LiquidationCurve> {
        self.margins(row).map(|margins| self.curve(&margins))
    }

    /// The margins of each bag at each edge, without the levels.
    fn margins(&self, row: PooledRow<'_>) -> impl Iterator<Item = [f64; INTERVALS]> {
        let rising: [&[f32]; 2] = [&LN_EDGES_HOURS, row.anchor];
        self.bags.iter().map(move |forest| {
            let stepped = SteppedRow { rising: &rising, constant: row.inputs };
            let mut margins = [0.0; INTERVALS];
            forest.add_stepped_margins(stepped, &mut margins);
            margins
        })
    }

    fn curve(&self, margins: &[f64; INTERVALS]) -> LiquidationCurve {
        let p = |k: usize| logistic(self.levels[k] + margins[k]);
        match self.kind {
            CurveKind::Cumulative => {
                // Margins rise with the horizon; levels, which are fitted, need not.
                let mut before = 0.0_f64;
                std::array::from_fn(|k| {
                    before = before.max(p(k));
                    before
                })
            }
            CurveKind::Hazard => {
                let mut survival = 1.0;
                std::array::from_fn(|k| {
                    survival *= 1.0 - p(k);
                    1.0 - survival
                })
            }
        }
    }

    /// Moves the level of each edge so that on the training rows as many events are expected as
    /// observed: trees that are shrunk and bagged fall short of the events.
    fn fit_levels(&mut self, data: &PooledData<'_>, inputs: &Array2<f32>, rows: &[PersonHorizon]) {
        let mut landmarks: Vec<u32> = rows.iter().map(|row| row.row).collect();
        landmarks.sort_unstable();
        landmarks.dedup();
        let step = landmarks.len().div_ceil(LEVEL_LANDMARKS);
        let is_used = |row: u32| {
            let position = landmarks.partition_point(|&other| other < row);
            position.is_multiple_of(step)
        };
        let margins: Vec<Vec<[f64; INTERVALS]>> = landmarks
            .par_iter()
            .step_by(step)
            .map(|&row| {
                let inputs = inputs.row(row as usize);
                let anchor = data.anchor.row(row as usize);
                self.margins(PooledRow {
                    anchor: anchor.as_slice().expect("anchors are contiguous"),
                    inputs: inputs.as_slice().expect("inputs are contiguous"),
                })
                .collect()
            })
            .collect();
        for edge in 0..INTERVALS {
            let mut cells = Vec::new();
            let mut of_edge = rows.iter().filter(|row| usize::from(row.edge) == edge).peekable();
            if of_edge.peek().is_none() {
                continue;
            }
            for row in of_edge.filter(|row| is_used(row.row)) {
                let position = landmarks.partition_point(|&other| other < row.row) / step;
                let bags = margins[position].iter().map(|margins| margins[edge]).collect();
                let ceiling = f64::from(data.ceilings[row.row as usize]);
                cells.push(LevelCell { bags, ceiling, row: *row });
            }
            self.levels[edge] += level_shift(&cells, self.levels[edge]);
        }
        interpolate_missing_levels(&mut self.levels, rows);
    }
}

/// One training row for the level of an edge.
struct LevelCell {
    bags: Vec<f64>,
    ceiling: f64,
    row: PersonHorizon,
}

/// The shift of log odds at which expected and observed weighted events are equal, by Newton's
/// method with a prior of half an event.
fn level_shift(cells: &[LevelCell], level: f64) -> f64 {
    let weight = |cell: &LevelCell| f64::from(cell.row.weight);
    let count = cells.iter().filter(|cell| cell.row.is_event).count() as f64;
    let observed: f64 = cells.iter().filter(|cell| cell.row.is_event).map(weight).sum();
    if count == 0.0 {
        return 0.0;
    }
    let prior = observed / count * LEVEL_PRIOR_EVENTS;
    let mut shift = 0.0;
    for _ in 0..LEVEL_STEPS {
        let (mut excess, mut slope) = (prior * shift - observed, prior);
        for cell in cells {
            let share = weight(cell) * cell.ceiling / cell.bags.len() as f64;
            for margin in &cell.bags {
                let p = logistic(level + margin + shift);
                excess += share * p;
                slope += share * p * (1.0 - p);
            }
        }
        let step: f64 = excess / slope;
        shift -= step.clamp(-0.5, 0.5);
        if step.abs() < 1e-6 {
            break;
        }
    }
    shift
}

/// Log odds of the weighted rate at each edge; edges without rows are interpolated.
fn base_levels(rows: &[PersonHorizon]) -> [f64; INTERVALS] {
    let mut levels = std::array::from_fn(|edge| {
        let of_edge = || rows.iter().filter(|row| usize::from(row.edge) == edge);
        let sum = |rows: &mut dyn Iterator<Item = &PersonHorizon>| -> f64 {
            rows.map(|row| f64::from(row.weight)).sum()
        };
        let all = sum(&mut of_edge());
        let events = sum(&mut of_edge().filter(|row| row.is_event));
        let one = all / of_edge().count().max(1) as f64;
        if all > 0.0 { logit((events + 0.5 * one) / (all + one)) } else { 0.0 }
    });
    interpolate_missing_levels(&mut levels, rows);
    levels
}

/// Interpolates the levels of edges without rows linearly in the logarithm of time.
fn interpolate_missing_levels(levels: &mut [f64; INTERVALS], rows: &[PersonHorizon]) {
    let mut is_known = [false; INTERVALS];
    rows.iter().for_each(|row| is_known[usize::from(row.edge)] = true);
    for edge in (0..INTERVALS).filter(|&edge| !is_known[edge]) {
        let before = (0..edge).rev().find(|&k| is_known[k]);
        let after = (edge + 1..INTERVALS).find(|&k| is_known[k]);
        levels[edge] = match (before, after) {
            (Some(a), Some(b)) => {
                let at = |k: usize| f64::from(LN_EDGES_HOURS[k]);
                let share = (at(edge) - at(a)) / (at(b) - at(a));
                levels[a] + share * (levels[b] - levels[a])
            }
            (Some(known), None) | (None, Some(known)) => levels[known],
            (None, None) => levels[edge],
        };
    }
}

/// Scales weights so that the rows' information at the base levels is `total`.
fn scale_to_information(rows: &mut [PersonHorizon], levels: &[f64; INTERVALS], total: f64) {
    let information = |row: &PersonHorizon| {
        let p = logistic(levels[usize::from(row.edge)]);
        f64::from(row.weight) * p * (1.0 - p)
    };
    let factor = total / rows.iter().map(information).sum::<f64>();
    rows.iter_mut().for_each(|row| row.weight = (f64::from(row.weight) * factor) as f32);
}

fn fit_bag(
    spec: &PooledSpec,
    data: &PooledData<'_>,
    inputs: &Array2<f32>,
    rows: &[PersonHorizon],
    levels: &[f64; INTERVALS],
    bag: u64,
) -> Forest {
    let is_drawn =
        |row: &&PersonHorizon| spec.bags == 1 || data.is_in_bag(row.row as usize, bag, BAG_SHARE);
    let rows: Vec<PersonHorizon> = rows.iter().filter(is_drawn).copied().collect();
    let design = design_matrix(&rows, data.anchor, inputs.view());
    let each = |value: fn(&PersonHorizon) -> f32| rows.iter().map(value).collect::<Vec<f32>>();
    let (labels, weights) = (each(|row| f32::from(u8::from(row.is_event))), each(|row| row.weight));
    let base: Vec<f32> = rows.iter().map(|row| levels[usize::from(row.edge)] as f32).collect();
    let ceilings: Vec<f32> = rows.iter().map(|row| data.ceilings[row.row as usize]).collect();
    let target = Target::CappedLogistic {
        labels: &labels,
        weights: &weights,
        base_margins: &base,
        ceilings: &ceilings,
    };
    let monotone = [Monotone::Rising; 2].into_iter().chain(spec.inputs.monotone()).collect();
    let seed = spec.seed.wrapping_mul(1_000).wrapping_add(bag);
    let options = TreeOptions { monotone, ..tree_options(spec.episodes, seed) };
    Forest::fit(design.view(), &target, None, &options)
}
