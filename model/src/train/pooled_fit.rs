//! The pooled members of an ensemble.

use plimsoll_features::{Observations, Outcome};
use rayon::prelude::*;

use super::options::TrainOptions;
use super::training_set::{Subsample, TrainingSet};
use crate::input::ablation::Ablation;
use crate::input::grid::{INTERVALS, edges_days};
use crate::members::pooled::curve::CurveKind;
use crate::members::pooled::fit::PooledSpec;
use crate::members::pooled::{InputSet, PooledMember, count_episodes};

/// With fewer episodes, more inputs than the core set identify dates and accounts.
const EXTENDED_FROM_EPISODES: usize = 400;

/// The kinds of members, in order; each has a name for the manifest.
pub(super) fn pooled_specs(
    episodes: usize,
    bags: usize,
    options: &TrainOptions,
) -> Vec<(&'static str, PooledSpec)> {
    use CurveKind::{Cumulative, Hazard};
    use InputSet::{Core, Extended};
    let kinds = [
        ("cumulative", Cumulative, Core, Some(Ablation::Cumulative)),
        ("hazard", Hazard, Core, Some(Ablation::Hazard)),
        ("cumulative, extended inputs", Cumulative, Extended, Some(Ablation::Cumulative)),
        ("hazard, extended inputs", Hazard, Extended, Some(Ablation::Hazard)),
    ];
    let is_used = |inputs: InputSet, part: Option<Ablation>| {
        options.ablation != part && (inputs == Core || episodes >= EXTENDED_FROM_EPISODES)
    };
    let spec = |(n, (name, kind, inputs, _)): (usize, (&'static str, _, _, _))| {
        let seed = options.seed.wrapping_mul(10).wrapping_add(n as u64);
        let ablation = options.ablation;
        (name, PooledSpec { kind, inputs, bags, episodes, seed, ablation })
    };
    kinds
        .into_iter()
        .enumerate()
        .filter(|(_, (_, _, inputs, part))| is_used(*inputs, *part))
        .map(spec)
        .collect()
}

/// Fits the members to a subsample; `None` if it has no liquidation.
pub(super) fn fit_pooled(
    training_set: &TrainingSet,
    observations: &Observations,
    subsample: &Subsample,
    specs: &[(&'static str, PooledSpec)],
) -> Option<Vec<PooledMember>> {
    training_set.with_pooled_data(observations, subsample, |data| {
        specs.par_iter().map(|(_, spec)| PooledMember::fit(spec, data)).collect()
    })
}

/// Number of independent episodes among rows with their outcomes.
pub(super) fn episodes_among<'a>(
    observations: &Observations,
    rows: impl Iterator<Item = (usize, &'a Outcome)>,
) -> usize {
    let rows = rows.map(|(row, outcome)| {
        (observations.account_index[row], observations.time_s[row], *outcome)
    });
    count_episodes(rows, edges_days()[INTERVALS])
}
