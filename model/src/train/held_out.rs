//! What members said of rows they had not learnt from, and what can be learnt from that.

use std::collections::BTreeSet;

use plimsoll_features::{Observations, Outcome};
use rayon::prelude::*;

use super::lesson::{Lesson, Part, within};
use super::net_config;
use super::stop::{Stop, Weights};
use crate::covariates::place;
use crate::doubt::{Doubt, Said, spread};
use crate::folds::Fold;
use crate::grid::{Exposure, edges_days};
use crate::loss::{closing_loss, liquidation_loss};
use crate::members::{DIRECT, HeldOut, Stack};
use crate::optimise::Fit;
use crate::panel::{MEMBERS, Opinion, Panel};
use crate::plain::PlainNet;
use crate::tilt::{Curves, MILESTONES};
use crate::{Ablation, ModelError, TrainOptions};

/// Blocks of time by which the width of intervals is judged, each with about as many rows.
const BLOCKS: usize = 24;

/// Held-out rows of the grid, over all folds.
pub(super) struct HeldOutRows<'a> {
    observations: &'a Observations,
    outcomes: &'a [Outcome],
    lesson: &'a Lesson,
    options: &'a TrainOptions,
    rows: Vec<usize>,
    log_health: Vec<f64>,
    heard: Vec<Heard>,
    /// By pass over the rows, the sum of the held-out rows' losses after it.
    losses: Vec<Losses>,
}

/// A fold's members, asked of rows that they have not learnt from.
struct Heard {
    rows: Vec<usize>,
    direct: Vec<[[f64; DIRECT]; MILESTONES.len()]>,
    /// The net's weights after each pass.
    after_pass: Vec<Weights>,
}

/// The likelihood's two parts.
#[derive(Debug, Clone, Copy, Default)]
struct Losses {
    liquidation: f64,
    closing: f64,
}

/// What was said of a row.
#[derive(Debug, Clone, Copy)]
struct Saying {
    members: [[f64; MEMBERS]; MILESTONES.len()],
    net_variance: [f64; MILESTONES.len()],
}

impl Losses {
    fn add(&mut self, other: Self) {
        self.liquidation += other.liquidation;
        self.closing += other.closing;
    }
}

impl<'a> HeldOutRows<'a> {
    pub(super) fn new(
        observations: &'a Observations,
        outcomes: &'a [Outcome],
        lesson: &'a Lesson,
        options: &'a TrainOptions,
    ) -> Self {
        let losses = vec![Losses::default(); options.passes()];
        let (rows, log_health, heard) = (Vec::new(), Vec::new(), Vec::new());
        Self { observations, outcomes, lesson, options, rows, log_health, heard, losses }
    }

    /// Trains on a fold and judges its held-out rows after each pass.
    pub(super) fn add(&mut self, fold: Fold, step: &mut impl FnMut(f64)) -> Result<(), ModelError> {
        let Self { lesson, options, .. } = *self;
        let on_grid = |row: &u32| self.observations.on_grid[*row as usize];
        let rows: Vec<usize> =
            fold.held_out.iter().filter(|row| on_grid(row)).map(|&row| row as usize).collect();
        let part = Part { rows: fold.training, outcomes: fold.outcomes }.thinned();
        let data = lesson.dataset(&part)?;
        let mut fit = Fit::new(&net_config(options), &data, options)?;
        let panel = Panel::new(fit.plain()?, lesson.members(&part, options.seed));
        let direct: Vec<_> =
            rows.par_iter().map(|&row| panel.ask_direct(&lesson.sight(row))).collect();
        let mut after_pass = Vec::new();
        for epoch in 0..options.passes() {
            step(fit.epoch(&data, epoch)?);
            let losses = self.loss(&fit.plain()?, &rows);
            self.losses[epoch].add(losses);
            after_pass.push(fit.weights()?);
        }
        let log_health = place("log_health");
        self.log_health
            .extend(rows.iter().map(|&row| f64::from(lesson.covariates[[row, log_health]])));
        self.rows.extend(&rows);
        self.heard.push(Heard { rows, direct, after_pass });
        Ok(())
    }

    fn loss(&self, net: &PlainNet, rows: &[usize]) -> Losses {
        let loss = |&row: &usize| {
            let sight = self.lesson.sight(row);
            let curves: Vec<Curves> = net.members(sight.scaled, sight.anchor).collect();
            let (odds, seen) = (Curves::mean(&curves).odds(), Exposure::of(&self.outcomes[row]));
            let (liquidation, closing) =
                (liquidation_loss(&odds, &seen), closing_loss(&odds, &seen));
            Losses { liquidation, closing }
        };
        // Added up in order, so that the sum does not depend on the number of threads.
        let losses: Vec<Losses> = rows.par_iter().map(loss).collect();
        losses.into_iter().fold(Losses::default(), |mut sum, loss| {
            sum.add(loss);
            sum
        })
    }

    /// The numbers of passes with the least loss of either cause over all held-out rows, and that of
    /// liquidation by row; all passes where no block was held out.
    pub(super) fn best(&self) -> (Stop, Option<f64>) {
        let TrainOptions { epochs, closing_epochs, .. } = *self.options;
        if self.rows.is_empty() {
            return (Stop { liquidation: epochs, closing: closing_epochs }, None);
        }
        let least = |passes: usize, of: fn(&Losses) -> f64| {
            let losses = self.losses[..passes].iter().map(of).zip(1..);
            losses.min_by(|a, b| a.0.total_cmp(&b.0)).expect("there is a pass")
        };
        let (loss, liquidation) = least(epochs, |losses| losses.liquidation);
        let (_, closing) = least(closing_epochs, |losses| losses.closing);
        (Stop { liquidation, closing }, Some(loss / self.rows.len() as f64))
    }

    /// How to mix members, and how far to trust the mixture, at each milestone.
    pub(super) fn judge(&self, stop: Stop) -> Result<(Vec<Stack>, Vec<Doubt>), ModelError> {
        let options = self.options;
        if self.rows.is_empty() {
            let stack = if options.without == Some(Ablation::Ensemble) {
                Stack::first(MEMBERS)
            } else {
                Stack::equal(MEMBERS)
            };
            return Ok((vec![stack; MILESTONES.len()], vec![Doubt::default(); MILESTONES.len()]));
        }
        let said: Vec<Vec<Saying>> =
            self.heard.iter().map(|heard| self.said(heard, stop)).collect::<Result<_, _>>()?;
        let said = said.concat();
        let milestones = (0..MILESTONES.len()).into_par_iter();
        Ok(milestones.map(|i| self.milestone(i, &said, options)).unzip())
    }

    /// What a fold's members say of its held-out rows where the net has learnt up to there.
    fn said(&self, heard: &Heard, stop: Stop) -> Result<Vec<Saying>, ModelError> {
        let net = PlainNet::of(&net_config(self.options), &stop.weights(&heard.after_pass))?;
        let rows = heard.rows.par_iter().zip(&heard.direct);
        let saying = |(&row, direct): (&usize, &_)| {
            let Opinion { members, net_variance, .. } =
                Opinion::new(&net, direct, &self.lesson.sight(row));
            Saying { members, net_variance }
        };
        Ok(rows.map(saying).collect())
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
