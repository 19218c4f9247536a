//! The rows that owners' actions are learned from.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use plimsoll_features::Observations;

use super::inputs::{ActionInputs, INPUT_COUNT, InputRanges};
use super::kind::OwnerActionKind;
use super::regression::Design;
use super::spline::{MAX_COLUMNS, SplineBasis};
use crate::input::sampling::{is_sampled, landmark_key};
use crate::units::{DAY_S, HOURS_PER_DAY};

/// Rows without an action are sampled down to this number, or to the number of rows with one.
const MIN_QUIET_ROWS: usize = 20_000;

/// Rows whose whole window of actions is known, with an exposure above 0.
///
/// Windows are at most a day. Whether a row is used must not depend on what happened in its window,
/// as a window ends early at an action: so all rows less than a day before the end are left out.
pub(crate) fn rows_with_known_actions(rows: &Observations, until: DateTime<Utc>) -> Vec<usize> {
    let last_s = until.timestamp() - DAY_S;
    (0..rows.owner_actions.len())
        .filter(|&row| rows.time_s[row] <= last_s && rows.owner_actions[row].exposure_hours > 0.0)
        .collect()
}

/// Rows, their exposures and counts.
#[derive(Debug)]
pub(super) struct ActionRows {
    /// Inputs by row.
    pub(super) inputs: Vec<[f64; INPUT_COUNT]>,
    /// The lower ln HF of each row, without limits.
    pub(super) log_health: Vec<f64>,
    /// Days of exposure.
    pub(super) days: Vec<f64>,
    /// Seconds of the landmarks.
    pub(super) time_s: Vec<i64>,
    /// Account of each row.
    pub(super) account: Vec<u32>,
    /// Number of actions by kind and row.
    pub(super) counts: [Vec<f64>; OwnerActionKind::COUNT],
    /// Sums of sizes by kind and row.
    pub(super) sizes: [Vec<f64>; OwnerActionKind::COUNT],
}

impl ActionRows {
    /// The rows at these indices of the observations, and the ranges of their inputs.
    pub(super) fn new(observations: &Observations, rows: &[usize]) -> (Self, InputRanges) {
        let reader = ActionInputs::shared();
        let features = |row: &usize| observations.feature_row(*row);
        let raw: Vec<_> = rows.iter().map(|row| reader.values(features(row))).collect();
        let ranges = InputRanges::fit(&raw);
        let label =
            |kind: OwnerActionKind, row: &usize| kind.label(&observations.owner_actions[*row]);
        let days = |row: &usize| observations.owner_actions[*row].exposure_hours / HOURS_PER_DAY;
        let all = Self {
            inputs: raw.into_iter().map(|inputs| ranges.clamp(inputs)).collect(),
            log_health: rows.iter().map(|row| reader.lower_log_health(features(row))).collect(),
            days: rows.iter().map(days).collect(),
            time_s: rows.iter().map(|&row| observations.time_s[row]).collect(),
            account: rows.iter().map(|&row| observations.account_index[row]).collect(),
            counts: OwnerActionKind::ALL
                .map(|kind| rows.iter().map(|row| f64::from(label(kind, row).count)).collect()),
            sizes: OwnerActionKind::ALL
                .map(|kind| rows.iter().map(|row| label(kind, row).log_health).collect()),
        };
        (all, ranges)
    }

    pub(super) fn len(&self) -> usize {
        self.days.len()
    }

    /// All rows with an action and a sample of the others, and the factor of each row's exposure
    /// that makes up for the others.
    pub(super) fn sample(&self) -> (Vec<usize>, Vec<f64>) {
        let acts = |row: usize| self.counts.iter().any(|counts| counts[row] > 0.0);
        let acting = (0..self.len()).filter(|&row| acts(row)).count();
        let share =
            (acting.max(MIN_QUIET_ROWS) as f64 / (self.len() - acting).max(1) as f64).min(1.0);
        let key = |row: usize| landmark_key(self.account[row], self.time_s[row]);
        let rows: Vec<usize> = (0..self.len())
            .filter(|&row| acts(row) || share == 1.0 || is_sampled(key(row), share))
            .collect();
        let factors = rows.iter().map(|&row| if acts(row) { 1.0 } else { 1.0 / share }).collect();
        (rows, factors)
    }

    /// The columns of some rows.
    pub(super) fn design(&self, rows: &[usize]) -> Design {
        let basis = SplineBasis::shared();
        let mut values = Vec::with_capacity(rows.len() * basis.columns());
        let mut buffer = [0.0; MAX_COLUMNS];
        for &row in rows {
            values.extend_from_slice(basis.fill(&self.inputs[row], &mut buffer));
        }
        Design { columns: basis.columns(), values }
    }

    /// Number of independent episodes among actions of a kind: those of one account on one day are
    /// one.
    pub(super) fn episodes(&self, kind: OwnerActionKind) -> usize {
        let counts = &self.counts[kind.index()];
        let acting = (0..self.len()).filter(|&row| counts[row] > 0.0);
        let day = |row: usize| (self.account[row], self.time_s[row].div_euclid(DAY_S));
        acting.map(day).collect::<BTreeSet<_>>().len()
    }
}
