//! Fitting a pooled member.

use plimsoll_numerics::logistic;
use plimsoll_trees::{Forest, Monotone, SteppedInputs, Target, TreeOptions};
use rayon::prelude::*;

use super::curve::CurveKind;
use super::inputs::monotone_inputs;
use super::levels::{LevelCell, base_levels, interpolate_missing_levels, level_shift};
use super::member::{PooledMember, PooledParameters, PooledRow};
use super::person_horizons::{PersonHorizons, PooledData};
use super::regularisation::{total_information, tree_options};
use crate::input::grid::INTERVALS;

/// Share of the accounts in a bag.
const BAG_SHARE: f64 = 0.8;
/// Landmarks on which the level of each edge is fitted.
const LEVEL_LANDMARKS: usize = 12_000;
/// Landmarks that are evaluated at once.
const BLOCK_ROWS: usize = 256;

/// How to fit a member.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PooledSpec {
    pub(crate) kind: CurveKind,
    pub(crate) bags: usize,
    /// Number of independent episodes in the data.
    pub(crate) episodes: usize,
    pub(crate) seed: u64,
}

impl PooledMember {
    /// Fits a member; `None` if no landmark is followed by a liquidation.
    pub(crate) fn fit(spec: &PooledSpec, data: &PooledData<'_>) -> Option<Self> {
        let sample = data.sample();
        let mut rows = spec.kind.person_horizons(data, &sample);
        if !rows.has_events() {
            return None;
        }
        let levels = base_levels(&rows);
        let information = total_information(spec.episodes, data.followed_landmarks());
        scale_to_information(&mut rows, &levels, information);
        let bag = |bag: usize| fit_bag(spec, data, &rows, &levels, bag as u64);
        let bags = (0..spec.bags).into_par_iter().map(bag).collect();
        let parameters = PooledParameters { kind: spec.kind, bags, levels };
        let mut member = Self::try_from(parameters).expect("trees of a few levels");
        member.fit_levels(data, &rows);
        Some(member)
    }

    /// Moves the level of each edge so that on the training rows as many events are expected as
    /// observed: trees that are shrunk and bagged fall short of the events.
    fn fit_levels(&mut self, data: &PooledData<'_>, rows: &PersonHorizons) {
        let every = rows.rows.len().div_ceil(LEVEL_LANDMARKS);
        let row = |&row: &u32| {
            let (inputs, anchor) = (data.inputs.row(row as usize), data.anchor.row(row as usize));
            PooledRow {
                anchor: anchor.to_slice().expect("anchors are contiguous"),
                inputs: inputs.to_slice().expect("inputs are contiguous"),
            }
        };
        let used: Vec<PooledRow<'_>> = rows.rows.iter().step_by(every).map(row).collect();
        let blocks = used.par_chunks(BLOCK_ROWS).flat_map_iter(|rows| self.margins(rows));
        let margins: Vec<Vec<[f64; INTERVALS]>> = blocks.collect();
        for (step, &edge) in rows.edges.iter().enumerate() {
            let cell = |(n, bags): (usize, &Vec<[f64; INTERVALS]>)| LevelCell {
                bags: bags.iter().map(|margins| margins[edge]).collect(),
                ceiling: f64::from(data.ceilings[rows.rows[n * every] as usize]),
                is_event: rows.is_event[[n * every, step]],
                weight: f64::from(rows.weights[[n * every, step]]),
            };
            let cells: Vec<LevelCell> = margins.iter().enumerate().map(cell).collect();
            let levels = &mut self.parameters.levels;
            levels[edge] += level_shift(&cells, levels[edge]);
        }
        interpolate_missing_levels(&mut self.parameters.levels, &rows.edges);
    }
}

/// Scales weights so that the rows' information at the base levels is `total`.
fn scale_to_information(rows: &mut PersonHorizons, levels: &[f64; INTERVALS], total: f64) {
    let p = |edge: usize| logistic(levels[edge]);
    let columns = rows.edges.iter().zip(rows.weights.columns());
    let information: f64 = columns
        .map(|(&edge, weights)| {
            weights.iter().map(|w| f64::from(*w)).sum::<f64>() * p(edge) * (1.0 - p(edge))
        })
        .sum();
    let factor = total / information;
    rows.weights.mapv_inplace(|weight| (f64::from(weight) * factor) as f32);
}

fn fit_bag(
    spec: &PooledSpec,
    data: &PooledData<'_>,
    rows: &PersonHorizons,
    levels: &[f64; INTERVALS],
    bag: u64,
) -> Forest {
    let is_drawn = |&landmark: &usize| {
        spec.bags == 1 || data.is_in_bag(rows.rows[landmark] as usize, bag, BAG_SHARE)
    };
    let drawn: Vec<usize> = (0..rows.rows.len()).filter(is_drawn).collect();
    let groups = rows.group_inputs(&drawn, data);
    let steps = 0..rows.edges.len();
    let of_each = |value: &dyn Fn(usize, usize) -> f32| -> Vec<f32> {
        drawn.iter().flat_map(|&n| steps.clone().map(move |step| value(n, step))).collect()
    };
    let labels = of_each(&|n, step| f32::from(u8::from(rows.is_event[[n, step]])));
    let target = Target::CappedLogistic {
        labels: &labels,
        weights: &of_each(&|n, step| rows.weights[[n, step]]),
        base_margins: &of_each(&|_, step| levels[rows.edges[step]] as f32),
        ceilings: &of_each(&|n, _| data.ceilings[rows.rows[n] as usize]),
    };
    // A probability by a horizon rises with it, but a hazard need not.
    let horizon = match spec.kind {
        CurveKind::Cumulative => Monotone::Rising,
        CurveKind::Hazard => Monotone::Free,
    };
    let rising = [horizon, Monotone::Rising].into_iter();
    let monotone = rising.chain(monotone_inputs()).collect();
    let seed = spec.seed.wrapping_mul(1_000).wrapping_add(bag);
    let options = TreeOptions { monotone, ..tree_options(spec.episodes, seed) };
    let rising = [groups.log_horizon.view(), groups.anchor.view()];
    let inputs = SteppedInputs { rising: &rising, constant: groups.others.view() };
    Forest::fit_stepped(inputs, &target, &options)
}
