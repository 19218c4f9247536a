//! From an account's features to its forecast.

use ndarray::{Array2, ArrayView1, ArrayView2};
use rayon::prelude::*;

use crate::Ablation;
use crate::anchor::Anchor;
use crate::covariates::{Covariates, place};
use crate::doubt::{Doubt, spread};
use crate::forecast::{Forecasts, HORIZON_COUNT, Intervals};
use crate::grid::{INTERVALS, edges_years, horizon_columns};
use crate::inputs::Inputs;
use crate::members::Stack;
use crate::panel::{Opinion, Panel, Sight, log_odds};
use crate::range::{Range, Watched};
use plimsoll_tabm::Scaler;
use crate::tilt::{Curves, MILESTONES};

/// Rows that one task takes.
const BLOCK_ROWS: usize = 64;
/// What one milestone's probability has more than the one before, at least.
const LEAST_RISE: f64 = 1e-9;

/// Features to covariates, scaled inputs and first passage.
#[derive(Debug, Clone)]
pub(crate) struct Eyes {
    covariates: Covariates,
    inputs: Inputs,
    anchor: Anchor,
    scaler: Scaler,
    years: [f64; INTERVALS + 1],
}

/// All that a forecast takes.
#[derive(Debug, Clone)]
pub(crate) struct Scorer {
    eyes: Eyes,
    panel: Panel,
    stacks: Vec<Stack>,
    doubts: Vec<Doubt>,
    range: Range,
    watched: Watched,
    log_health: usize,
}

/// One account's forecast.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scored {
    pub(crate) curves: Curves,
    /// Ends of the interval at each horizon.
    pub(crate) lower: [f64; HORIZON_COUNT],
    pub(crate) upper: [f64; HORIZON_COUNT],
    pub(crate) out_of_range: bool,
}

impl Eyes {
    pub(crate) fn new(scaler: Scaler, without: Option<Ablation>) -> Self {
        Self {
            covariates: Covariates::without(without),
            inputs: Inputs::new(),
            anchor: Anchor::without(without),
            scaler,
            years: edges_years(),
        }
    }

    /// Looks at an account and does something with what it sees.
    pub(crate) fn see<T>(
        &self,
        features: ArrayView1<'_, f32>,
        then: impl FnOnce(&Sight<'_>) -> T,
    ) -> T {
        let mut covariates = vec![0.0; Covariates::count()];
        self.covariates.write(features, &mut covariates);
        let scaled = self.scaler.scores(self.inputs.pick(&covariates));
        let mut anchor = [0.0; INTERVALS];
        self.anchor.write(features, &self.years, &mut anchor);
        then(&Sight { covariates: &covariates, scaled: &scaled, anchor: &anchor })
    }
}

impl Scorer {
    pub(crate) fn new(
        eyes: Eyes,
        panel: Panel,
        stacks: Vec<Stack>,
        doubts: Vec<Doubt>,
        range: Range,
    ) -> Self {
        let (watched, log_health) = (Range::places(), place("log_health"));
        Self { eyes, panel, stacks, doubts, range, watched, log_health }
    }

    /// Forecasts one account.
    pub(crate) fn score(&self, features: ArrayView1<'_, f32>) -> Scored {
        self.eyes.see(features, |sight| {
            let opinion = self.panel.ask(sight);
            let curves = opinion.odds.through(self.milestones(&opinion)).curves();
            let (lower, upper) = self.interval(&opinion, &curves, sight);
            let out_of_range = self.range.is_left(&self.watched, sight.covariates);
            Scored { curves, lower, upper, out_of_range }
        })
    }

    /// Probabilities of liquidation by the milestones, each above the one before.
    fn milestones(&self, opinion: &Opinion) -> [f64; MILESTONES.len()] {
        let mut before = 0.0;
        std::array::from_fn(|i| {
            let log_odds = self.stacks[i].log_odds(&opinion.members[i]);
            before = (1.0 / (1.0 + (-log_odds).exp())).max(before + LEAST_RISE);
            before
        })
    }

    /// Each horizon has the width, in log odds, of the first milestone at or after it.
    fn interval(
        &self,
        opinion: &Opinion,
        curves: &Curves,
        sight: &Sight<'_>,
    ) -> ([f64; HORIZON_COUNT], [f64; HORIZON_COUNT]) {
        let log_health = f64::from(sight.covariates[self.log_health]);
        let half_widths: [f64; MILESTONES.len()] = std::array::from_fn(|i| {
            let spread = spread(&self.stacks[i], &opinion.members[i], opinion.net_variance[i]);
            self.doubts[i].half_width(log_health, spread)
        });
        let end = |side: f64| {
            horizon_columns().map(|column| {
                let milestone = MILESTONES.partition_point(|&milestone| milestone < column);
                let p = curves.liquidated[column];
                let z = log_odds(p) + side * half_widths[milestone];
                let p_end = 1.0 / (1.0 + (-z).exp());
                if side < 0.0 { p_end.min(p) } else { p_end.max(p) }
            })
        };
        (end(-1.0), end(1.0))
    }

    /// Forecasts rows of features.
    pub(crate) fn forecast(&self, features: ArrayView2<'_, f32>) -> Forecasts {
        let score = |row: usize| self.score(features.row(row));
        let rows = 0..features.nrows();
        // What is one task's work needs no other thread to wake.
        let scored: Vec<Scored> = if rows.len() <= BLOCK_ROWS {
            rows.map(score).collect()
        } else {
            rows.into_par_iter().with_min_len(BLOCK_ROWS).map(score).collect()
        };
        let matrix = |columns: usize, of: &dyn Fn(&Scored, usize) -> f64| {
            Array2::from_shape_fn((scored.len(), columns), |(row, k)| of(&scored[row], k))
        };
        Forecasts {
            liquidated: matrix(INTERVALS, &|scored, k| scored.curves.liquidated[k]),
            closed: matrix(INTERVALS, &|scored, k| scored.curves.closed[k]),
            doubt: Some(Intervals {
                lower: matrix(HORIZON_COUNT, &|scored, k| scored.lower[k]),
                upper: matrix(HORIZON_COUNT, &|scored, k| scored.upper[k]),
                out_of_range: scored.iter().map(|scored| scored.out_of_range).collect(),
            }),
        }
    }
}
