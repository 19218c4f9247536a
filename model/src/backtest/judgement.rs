//! Judging a walk forward.

use std::collections::{BTreeMap, BTreeSet};

use chrono::DateTime;
use plimsoll_features::{CLOSED, LIQUIDATED};

use super::calibration::calibration;
use super::crashes::crashes;
use super::episodes::{Episode, episodes};
use super::horizons::{Followed, Replicated};
use super::incidence::incidence;
use super::plan::BacktestPlan;
use super::resampling::{Clusters, Interval, interval, ratio, weighted};
use super::said::Said;
use super::summary::{
    Backtest, Calibrated, CrashScores, FoldScores, Forecaster, HorizonIntervals, Week,
};
use super::walk::Walk;
use super::warnings::Warnings;
use super::watchman::{Rule, Watchman};
use crate::Forecasts;
use crate::evaluation::{Events, HorizonScores};
use crate::grid::{INTERVALS, edges};
use crate::independent::horizon_apart;
use crate::judge::Judge;

/// Places of the horizons of a day and of a week.
const DAY: usize = 2;
const WEEK: usize = 4;
const WEEK_S: i64 = 604_800;

/// What all parts of a judgement look at.
struct Judging<'a> {
    walk: &'a Walk,
    plan: &'a BacktestPlan,
    said: Said,
    followed: Vec<Followed>,
    episodes: Vec<Episode>,
}

/// Judges what the models of a walk said of what they had not seen.
#[must_use]
pub fn backtest(walk: &Walk, plan: &BacktestPlan) -> Backtest {
    let judging = Judging {
        walk,
        plan,
        said: Said::of(walk),
        followed: Followed::all(walk, plan.resampling.block_days),
        episodes: episodes(walk.rows()),
    };
    judging.all()
}

impl Judging<'_> {
    fn all(&self) -> Backtest {
        let rows = self.walk.rows();
        let time = |time_s: Option<&i64>| {
            DateTime::from_timestamp(time_s.copied().unwrap_or(0), 0).unwrap_or_default()
        };
        let count = |event: u8| rows.outcome.iter().filter(|o| o.event == event).count();
        let (forecasters, ahead) = self.forecasters();
        let (warnings, crashes, calm) = self.warnings_and_crashes();
        Backtest {
            version: env!("CARGO_PKG_VERSION"),
            from: time(rows.time_s.iter().min()),
            to: time(rows.time_s.iter().max()),
            known_until: rows.known_until(),
            rows: rows.len(),
            accounts: rows.account.chunk_by(|a, b| a == b).count(),
            events: Events { liquidated: count(LIQUIDATED), closed: count(CLOSED) },
            liquidated_accounts: self
                .episodes
                .iter()
                .map(|e| e.account)
                .collect::<BTreeSet<_>>()
                .len(),
            episodes: self.episodes.len(),
            seed: self.plan.train.seed,
            resampling: self.plan.resampling,
            folds: self.folds(),
            forecasters,
            ahead,
            calibration: self.calibration(),
            incidence: incidence(self.walk, &self.plan.resampling),
            weeks: self.weeks(),
            crashes,
            calm,
            warnings,
        }
    }

    fn folds(&self) -> Vec<FoldScores> {
        let of = |(number, fold): (usize, &super::walk::Fold)| {
            let own = |row: usize| self.walk.fold[row] == number;
            FoldScores {
                until: fold.cut.until,
                to: fold.cut.to,
                training: fold.training.clone(),
                day: self.scores(DAY, &self.said.model, own),
                week: self.scores(WEEK, &self.said.model, own),
                first_passage_day: self.scores(DAY, &self.said.first_passage, own),
            }
        };
        self.walk.folds.iter().enumerate().map(of).collect()
    }

    /// Scores of a horizon on some rows.
    fn scores(
        &self,
        horizon: usize,
        forecasts: &Forecasts,
        keep: impl Fn(usize) -> bool,
    ) -> HorizonScores {
        let followed = &self.followed[horizon];
        let kept = followed.rows.iter().zip(&followed.positives).filter(|(row, _)| keep(**row));
        let (probabilities, positives): (Vec<f64>, Vec<bool>) = kept
            .map(|(&row, &positive)| (forecasts.liquidated[[row, followed.column]], positive))
            .unzip();
        HorizonScores::of(&probabilities, &positives)
    }

    fn weeks(&self) -> Vec<Week> {
        let followed = &self.followed[DAY];
        let times = &self.walk.rows().time_s;
        let mut weeks: BTreeMap<i64, Week> = BTreeMap::new();
        let probabilities = followed.probabilities(&self.said.model);
        for ((&row, &positive), probability) in
            followed.rows.iter().zip(&followed.positives).zip(probabilities)
        {
            let start_s = times[row].div_euclid(WEEK_S) * WEEK_S;
            let from = DateTime::from_timestamp(start_s, 0).unwrap_or_default();
            let empty = Week { from, rows: 0, positives: 0, expected: 0.0 };
            let week = weeks.entry(start_s).or_insert(empty);
            week.rows += 1;
            week.positives += usize::from(positive);
            week.expected += probability;
        }
        weeks.into_values().collect()
    }

    fn forecasters(&self) -> (Vec<Forecaster>, Vec<(&'static str, super::horizons::Ahead)>) {
        let independent = horizon_apart(self.walk.rows());
        let judge = Judge::new(self.walk.outcomes(), &independent);
        let Said { model, first_passage, training_rate, kaplan_meier } = &self.said;
        let by_time = |forecasts: &Forecasts| -> Vec<Replicated> {
            let of = |f: &Followed| f.replicate(forecasts, &f.blocks, &self.plan.resampling);
            self.followed.iter().map(of).collect()
        };
        let (own, theirs) = (by_time(model), by_time(first_passage));
        let ahead = self.followed.iter().zip(own.iter().zip(&theirs));
        let ahead = ahead.map(|(f, (own, theirs))| (f.name, own.ahead_of(theirs))).collect();
        let forecasters = vec![
            self.forecaster("model", &judge, model, Some(&own)),
            self.forecaster("first_passage", &judge, first_passage, Some(&theirs)),
            self.forecaster("training_rate", &judge, training_rate, None),
            self.forecaster("kaplan_meier", &judge, kaplan_meier, None),
        ];
        (forecasters, ahead)
    }

    /// `by_time` holds the replicates of each horizon; a constant has none.
    fn forecaster(
        &self,
        name: &'static str,
        judge: &Judge<'_>,
        forecasts: &Forecasts,
        by_time: Option<&[Replicated]>,
    ) -> Forecaster {
        let closings = matches!(name, "model" | "training_rate");
        let closed = closings.then(|| forecasts.closed.view());
        let scores = judge.scores(forecasts.liquidated.view(), closed);
        let Some(replicated) = by_time else {
            let intervals = Vec::new();
            return Forecaster { name, scores, intervals, ibs_interval: None, rcll_interval: None };
        };
        let intervals = self.followed.iter().zip(replicated).map(|(followed, replicated)| {
            let resampling = &self.plan.resampling;
            HorizonIntervals {
                horizon: followed.name,
                block_days: followed.block_days,
                blocks: followed.blocks.count,
                by_time: replicated.intervals(),
                by_account: followed
                    .replicate(forecasts, &followed.accounts, resampling)
                    .intervals(),
            }
        });
        let liquidated = forecasts.liquidated.view();
        let ibs = |rows: &[usize]| judge.integrated_brier(liquidated, rows);
        let rcll = |rows: &[usize]| judge.log_loss(liquidated, closed?, rows);
        Forecaster {
            name,
            scores,
            intervals: intervals.collect(),
            ibs_interval: self.mean_interval(ibs),
            rcll_interval: self.mean_interval(rcll),
        }
    }

    /// The interval of a mean over rows, by blocks as long as the grid.
    fn mean_interval(&self, mean: impl Fn(&[usize]) -> Option<f64>) -> Option<Interval> {
        let times = &self.walk.rows().time_s;
        let first_s = times.iter().min().copied().unwrap_or(0);
        let block_days = self.plan.resampling.block_days.max(edges()[INTERVALS] as u32);
        let blocks = Clusters::of_time(times.iter(), first_s, block_days);
        let mut rows = vec![Vec::new(); blocks.count];
        for (row, &block) in blocks.of_row.iter().enumerate() {
            rows[block as usize].push(row);
        }
        let sums = rows.iter().map(|rows| {
            let rows_in_block = rows.len() as f64;
            mean(rows).map(|mean| [mean * rows_in_block, rows_in_block])
        });
        let sums = sums.collect::<Option<Vec<_>>>()?;
        let [replicates] = self.plan.resampling.replicate(blocks.count, |weights| {
            let [sum, rows] = weighted(&sums, weights);
            [ratio(sum, rows)]
        });
        interval(&replicates)
    }

    fn calibration(&self) -> Vec<Calibrated> {
        let of = |(name, forecasts): (&'static str, &Forecasts)| {
            let curve = |f: &Followed| calibration(f, forecasts, &self.plan.resampling);
            Calibrated { name, curves: self.followed.iter().map(curve).collect() }
        };
        let Said { model, first_passage, .. } = &self.said;
        [("model", model), ("first_passage", first_passage)].map(of).into()
    }

    fn warnings_and_crashes(&self) -> (Warnings, Vec<CrashScores>, CrashScores) {
        let rows = self.walk.rows();
        let day = self.followed[DAY].column;
        let scores = |forecasts: &Forecasts| forecasts.liquidated.column(day).to_vec();
        let health = rows.health_factor.iter().map(|health| -health).collect();
        let rules = [
            Rule::new("model", scores(&self.said.model), |score| score),
            Rule::new("first_passage", scores(&self.said.first_passage), |score| score),
            Rule::new("health_factor", health, |score| -score),
        ];
        let watchman = Watchman::new(rows, &self.episodes, &self.plan.resampling);
        let warned: Vec<Vec<i64>> = self
            .plan
            .thresholds
            .iter()
            .map(|threshold| watchman.warned_s(&rules[0], *threshold))
            .collect();
        let crashes = crashes(rows, &self.episodes, self.plan.windows);
        let in_any = |time_s: i64| crashes.iter().any(|crash| crash.holds(time_s));
        let calm = self.window(|time_s| !in_any(time_s), &warned);
        let scored = crashes.iter().map(|crash| CrashScores {
            crash: Some(crash.clone()),
            ..self.window(|time_s| crash.holds(time_s), &warned)
        });
        let warnings = watchman.judge(&rules, &self.plan.thresholds);
        (warnings, scored.collect(), calm)
    }

    fn window(&self, holds: impl Fn(i64) -> bool, warned: &[Vec<i64>]) -> CrashScores {
        let times = &self.walk.rows().time_s;
        let keep = |row: usize| holds(times[row]);
        let Said { model, first_passage, .. } = &self.said;
        CrashScores {
            crash: None,
            rows: times.iter().filter(|time_s| holds(**time_s)).count(),
            day: self.scores(DAY, model, keep),
            week: self.scores(WEEK, model, keep),
            first_passage_day: self.scores(DAY, first_passage, keep),
            first_passage_week: self.scores(WEEK, first_passage, keep),
            episodes: self.episodes.iter().filter(|e| holds(e.start_s)).count(),
            warned: warned.iter().map(|s| s.iter().filter(|s| holds(**s)).count()).collect(),
        }
    }
}
