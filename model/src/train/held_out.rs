//! What members said of rows they had not learnt from, and what can be learnt from that.

use std::collections::BTreeSet;

use plimsoll_features::{Observations, Outcome};
use rayon::prelude::*;

use super::lesson::{Lesson, Part, within};
use super::net_config;
use crate::covariates::place;
use crate::doubt::{Doubt, Said, spread};
use crate::folds::Fold;
use crate::grid::{Exposure, edges_days};
use crate::loss::liquidation_loss;
use crate::members::{HeldOut, Stack};
use crate::optimise::Fit;
use crate::panel::{MEMBERS, Opinion, Panel};
use crate::tilt::MILESTONES;
use crate::{Ablation, ModelError, TrainOptions};

/// Blocks of time by which the width of intervals is judged, each with about as many rows.
const BLOCKS: usize = 24;

/// Held-out rows of the grid, over all folds.
pub(super) struct HeldOutRows<'a> {
    observations: &'a Observations,
    outcomes: &'a [Outcome],
    rows: Vec<usize>,
    log_health: Vec<f64>,
    /// By pass over the rows, what was said of each row after it.
    passes: Vec<Vec<Saying>>,
}

/// What was said of a row.
#[derive(Debug, Clone, Copy)]
struct Saying {
    members: [[f64; MEMBERS]; MILESTONES.len()],
    net_variance: [f64; MILESTONES.len()],
    loss: f64,
}

impl<'a> HeldOutRows<'a> {
    pub(super) fn new(observations: &'a Observations, outcomes: &'a [Outcome]) -> Self {
        let (rows, log_health) = (Vec::new(), Vec::new());
        Self { observations, outcomes, rows, log_health, passes: Vec::new() }
    }

    /// Trains on a fold and listens to what is said of its held-out rows after each pass.
    pub(super) fn add(
        &mut self,
        lesson: &Lesson,
        fold: Fold,
        options: &TrainOptions,
        step: &mut impl FnMut(f64),
    ) -> Result<(), ModelError> {
        let on_grid = |row: &u32| self.observations.on_grid[*row as usize];
        let held_out: Vec<usize> =
            fold.held_out.iter().filter(|row| on_grid(row)).map(|&row| row as usize).collect();
        let part = Part { rows: fold.training, outcomes: fold.outcomes }.thinned();
        let data = lesson.dataset(&part)?;
        let mut fit = Fit::new(&net_config(options), &data, options)?;
        let panel = Panel::new(fit.plain()?, lesson.members(&part, options.seed));
        let direct: Vec<_> =
            held_out.par_iter().map(|&row| panel.ask_direct(&lesson.sight(row))).collect();
        self.passes.resize(options.epochs, Vec::new());
        for epoch in 0..options.epochs {
            step(fit.epoch(&data, epoch)?);
            let net = fit.plain()?;
            let rows = held_out.par_iter().zip(&direct);
            let opinion = |row: usize, direct| Opinion::new(&net, direct, &lesson.sight(row));
            let said = rows.map(|(&row, direct)| self.saying(&opinion(row, direct), row));
            let said: Vec<Saying> = said.collect();
            self.passes[epoch].extend(said);
        }
        let log_health = place("log_health");
        self.log_health
            .extend(held_out.iter().map(|&row| f64::from(lesson.covariates[[row, log_health]])));
        self.rows.extend(held_out);
        Ok(())
    }

    fn saying(&self, opinion: &Opinion, row: usize) -> Saying {
        let loss = liquidation_loss(&opinion.odds, &Exposure::of(&self.outcomes[row]));
        Saying { members: opinion.members, net_variance: opinion.net_variance, loss }
    }

    /// The number of passes with the least loss over all held-out rows, and that loss; all of them
    /// where no block was held out.
    pub(super) fn best_epoch(&self, epochs: usize) -> (usize, Option<f64>) {
        let mean = |said: &Vec<Saying>| {
            said.iter().map(|saying| saying.loss).sum::<f64>() / said.len() as f64
        };
        let passes = self.passes.iter().filter(|said| !said.is_empty()).map(mean).enumerate();
        match passes.min_by(|a, b| a.1.total_cmp(&b.1)) {
            Some((pass, loss)) => (pass + 1, Some(loss)),
            None => (epochs, None),
        }
    }

    /// How to mix members, and how far to trust the mixture, at each milestone.
    pub(super) fn judge(&self, epochs: usize, options: &TrainOptions) -> (Vec<Stack>, Vec<Doubt>) {
        let Some(said) = self.passes.get(epochs - 1).filter(|said| !said.is_empty()) else {
            let stack = if options.without == Some(Ablation::Ensemble) {
                Stack::first(MEMBERS)
            } else {
                Stack::equal(MEMBERS)
            };
            return (vec![stack; MILESTONES.len()], vec![Doubt::default(); MILESTONES.len()]);
        };
        (0..MILESTONES.len()).into_par_iter().map(|i| self.milestone(i, said, options)).unzip()
    }

    fn milestone(&self, i: usize, said: &[Saying], options: &TrainOptions) -> (Stack, Doubt) {
        let days = edges_days()[MILESTONES[i] + 1];
        let followed = |&place: &usize| self.outcomes[self.rows[place]].follow_up_days >= days;
        let places: Vec<usize> = (0..self.rows.len()).filter(followed).collect();
        let positives: Vec<bool> =
            places.iter().map(|&place| within(&self.outcomes[self.rows[place]], days)).collect();
        let rows_per_event = self.rows_per_event(&places, &positives);
        let members: Vec<f64> = places.iter().flat_map(|&place| said[place].members[i]).collect();
        let held_out = HeldOut { members: &members, positives: &positives, rows_per_event };
        let stack = Stack::fit(MEMBERS, &held_out, options.without);
        let blocks = self.blocks(&places);
        let row = |(j, &place): (usize, &usize)| Said {
            block: blocks[j],
            log_health: self.log_health[place],
            log_odds: stack.log_odds(&said[place].members[i]),
            spread: spread(&stack, &said[place].members[i], said[place].net_variance[i]),
            positive: positives[j],
        };
        let rows: Vec<Said> = places.iter().enumerate().map(row).collect();
        let doubt = Doubt::fit(&rows, BLOCKS, rows_per_event);
        (stack, doubt)
    }

    /// Rows with a liquidation ahead over the liquidations that they tell of.
    fn rows_per_event(&self, places: &[usize], positives: &[bool]) -> f64 {
        let ahead = places.iter().zip(positives).filter(|(_, positive)| **positive);
        let event = |(&place, _): (&usize, &bool)| {
            let row = self.rows[place];
            let after_s = (self.outcomes[row].duration_days * 86_400.0).round() as i64;
            (self.observations.account[row], self.observations.time_s[row] + after_s)
        };
        let events: BTreeSet<_> = ahead.clone().map(event).collect();
        (ahead.count() as f64 / events.len().max(1) as f64).max(1.0)
    }

    /// Each row's block of time.
    fn blocks(&self, places: &[usize]) -> Vec<usize> {
        let time = |place: &usize| self.observations.time_s[self.rows[*place]];
        let mut times: Vec<i64> = places.iter().map(time).collect();
        times.sort_unstable();
        let borders: Vec<i64> = (1..BLOCKS)
            .filter_map(|block| times.get(block * times.len() / BLOCKS))
            .copied()
            .collect();
        places
            .iter()
            .map(|place| borders.partition_point(|&border| border <= time(place)))
            .collect()
    }
}
