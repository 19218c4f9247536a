//! The pooled members of an ensemble.

use plimsoll_features::{Observations, Outcome};
use rayon::prelude::*;

use super::options::TrainOptions;
use super::training_set::{Subsample, TrainingSet};
use crate::input::ablation::Ablation;
use crate::input::grid::{INTERVALS, edges_days};
use crate::members::pooled::curve::CurveKind;
use crate::members::pooled::fit::PooledSpec;
use crate::members::pooled::{PooledMember, count_episodes};

/// The kinds of members, in order; each has a name for the manifest.
pub(super) fn pooled_specs(
    episodes: usize,
    bags: usize,
    options: &TrainOptions,
) -> Vec<(&'static str, PooledSpec)> {
    let kinds = [
        ("cumulative", CurveKind::Cumulative, Ablation::Cumulative),
        ("hazard", CurveKind::Hazard, Ablation::Hazard),
    ];
    let spec = |(n, (name, kind, _)): (usize, (&'static str, _, _))| {
        let seed = options.seed.wrapping_mul(10).wrapping_add(n as u64);
        (name, PooledSpec { kind, bags, episodes, seed })
    };
    let members = kinds.into_iter().enumerate();
    members.filter(|(_, (_, _, part))| options.ablation != Some(*part)).map(spec).collect()
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
