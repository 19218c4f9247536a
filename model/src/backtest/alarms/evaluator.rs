//! Evaluation of alarms: the model's at some thresholds, and those of simpler rules with the same
//! number of false alarms.

use plimsoll_features::Observations;

use super::accounts::{ALARM_HOURS, Alarm, AlarmOutcome, MonitoredAccounts};
use super::episodes::LiquidationEpisode;
use super::lead_times::{LEAD_EDGES_HOURS, lead_histogram, lead_times_hours, quartiles};
use super::observed_time::landmark_step_s;
use super::scores::{Estimate, RecallCurve, WarningQuality, WarningScores};
use crate::backtest::bootstrap::{
    BlockBootstrap, Replicates, difference, percentile_interval, ratio, weighted_sums,
};
use crate::units::{DAY_S, HOURS_PER_MONTH, SECONDS_PER_HOUR};

/// An alarm rule: its scores, and the display of its thresholds.
pub(crate) struct AlarmRule {
    pub(crate) name: &'static str,
    /// Scores, higher for riskier accounts.
    pub(crate) scores: Vec<f64>,
    /// Distinct scores, descending.
    thresholds: Vec<f64>,
    /// Converts a threshold to the displayed value.
    display_threshold: fn(f64) -> f64,
}

impl AlarmRule {
    pub(crate) fn new(
        name: &'static str,
        scores: Vec<f64>,
        display_threshold: fn(f64) -> f64,
    ) -> Self {
        let mut thresholds = scores.clone();
        thresholds.sort_unstable_by(|a, b| b.total_cmp(a));
        thresholds.dedup();
        Self { name, scores, thresholds, display_threshold }
    }
}

/// Scores alarm rules on the same landmarks.
pub(crate) struct AlarmEvaluator<'a> {
    accounts: MonitoredAccounts,
    episodes: &'a [LiquidationEpisode],
    resampling: &'a BlockBootstrap,
    /// Time of the first landmark.
    first_s: i64,
    blocks: usize,
    /// Observed account-hours, by block.
    observed_hours: Vec<f64>,
}

/// Figures of a rule, with its recall in every replicate.
struct RuleScores {
    quality: WarningQuality,
    recall: Replicates,
}

impl<'a> AlarmEvaluator<'a> {
    pub(crate) fn new(
        rows: &Observations,
        episodes: &'a [LiquidationEpisode],
        resampling: &'a BlockBootstrap,
    ) -> Self {
        let first_s = rows.time_s.iter().min().copied().unwrap_or(0);
        let last_s = rows.time_s.iter().max().copied().unwrap_or(0);
        let ends = episodes.iter().map(|episode| episode.end_s).max();
        let mut evaluator = Self {
            accounts: MonitoredAccounts::new(rows, episodes),
            episodes,
            resampling,
            first_s,
            blocks: 0,
            observed_hours: Vec::new(),
        };
        evaluator.blocks = evaluator.block(last_s.max(ends.unwrap_or(0))) + 1;
        evaluator.observed_hours = vec![0.0; evaluator.blocks];
        let step_hours = landmark_step_s(rows) as f64 / SECONDS_PER_HOUR;
        for &time_s in &rows.time_s {
            let block = evaluator.block(time_s);
            evaluator.observed_hours[block] += step_hours;
        }
        evaluator
    }

    fn block(&self, time_s: i64) -> usize {
        let length_s = i64::from(self.resampling.block_days.max(1)) * DAY_S;
        (time_s - self.first_s).div_euclid(length_s).max(0) as usize
    }

    fn account_months(&self) -> f64 {
        self.observed_hours.iter().sum::<f64>() / HOURS_PER_MONTH
    }

    /// Scores the first rule at its thresholds and the others at its number of false alarms.
    pub(crate) fn score(&self, rules: &[AlarmRule; 3], thresholds: &[f64]) -> WarningScores {
        let at = |&threshold: &f64| {
            let model = self.score_rule(&rules[0], Some(threshold));
            let budget = model.quality.false_alarms;
            let other = |rule: &AlarmRule| {
                let RuleScores { mut quality, recall } =
                    self.score_rule(rule, self.threshold_within_budget(rule, budget));
                quality.model_recall_difference =
                    percentile_interval(&difference(&model.recall, &recall));
                quality
            };
            let others = [other(&rules[1]), other(&rules[2])];
            let [passage, health] = others;
            [model.quality, passage, health]
        };
        WarningScores {
            alarm_hours: ALARM_HOURS,
            account_months: self.account_months(),
            lead_edges_hours: LEAD_EDGES_HOURS.to_vec(),
            rules: thresholds.iter().map(at).collect(),
            recall_curves: rules.iter().map(|rule| self.recall_curve(rule)).collect(),
        }
    }

    fn score_rule(&self, rule: &AlarmRule, threshold: Option<f64>) -> RuleScores {
        let alarms =
            threshold.map_or(Vec::new(), |threshold| self.accounts.alarms(&rule.scores, threshold));
        let sums = self.block_sums(&alarms);
        let months = |hours: f64| hours / HOURS_PER_MONTH;
        let figures = |weights: &[u32]| {
            let [hits, misses, warned, episodes, hours] = weighted_sums(&sums, weights);
            let precision = ratio(hits, hits + misses);
            [precision, ratio(warned, episodes), ratio(misses, months(hours))]
        };
        let values = figures(&vec![1; self.blocks]);
        let replicates = self.resampling.replicate(self.blocks, figures);
        let figure = |index: usize| Estimate {
            value: values[index],
            interval: percentile_interval(&replicates[index]),
        };
        let count = |outcome: fn(&AlarmOutcome) -> bool| {
            alarms.iter().filter(|a| outcome(&a.outcome)).count()
        };
        let leads = lead_times_hours(&alarms);
        let quality = WarningQuality {
            rule: rule.name,
            threshold: threshold.map(rule.display_threshold),
            alarms: alarms.len(),
            true_alarms: leads.len(),
            false_alarms: count(|outcome| *outcome == AlarmOutcome::FalseAlarm),
            episodes: self.episodes.len(),
            precision: figure(0),
            recall: figure(1),
            false_alarms_per_account_month: figure(2),
            lead_hours: quartiles(&leads),
            lead_histogram: lead_histogram(&leads),
            model_recall_difference: None,
        };
        let [_, recall, _] = replicates;
        RuleScores { quality, recall }
    }

    /// True alarms, false alarms, warned episodes, episodes and hours, by block.
    fn block_sums(&self, alarms: &[Alarm]) -> Vec<[f64; 5]> {
        let mut sums = vec![[0.0; 5]; self.blocks];
        for alarm in alarms {
            let raised = self.block(alarm.raised_s);
            match alarm.outcome {
                AlarmOutcome::Hit(start_s) => {
                    sums[raised][0] += 1.0;
                    sums[self.block(start_s)][2] += 1.0;
                }
                AlarmOutcome::FalseAlarm => sums[raised][1] += 1.0,
                AlarmOutcome::Censored => {}
            }
        }
        self.episodes.iter().for_each(|episode| sums[self.block(episode.start_s)][3] += 1.0);
        sums.iter_mut().zip(&self.observed_hours).for_each(|(sums, hours)| sums[4] = *hours);
        sums
    }

    /// Start times of the episodes that a rule warns of.
    pub(crate) fn warned_episodes_s(&self, rule: &AlarmRule, threshold: f64) -> Vec<i64> {
        let start_s = |alarm: Alarm| match alarm.outcome {
            AlarmOutcome::Hit(start_s) => Some(start_s),
            AlarmOutcome::FalseAlarm | AlarmOutcome::Censored => None,
        };
        self.accounts.alarms(&rule.scores, threshold).into_iter().filter_map(start_s).collect()
    }

    fn count_false_alarms(&self, rule: &AlarmRule, threshold: f64) -> usize {
        let alarms = self.accounts.alarms(&rule.scores, threshold);
        alarms.iter().filter(|alarm| alarm.outcome == AlarmOutcome::FalseAlarm).count()
    }

    /// The lowest threshold, found by bisection, with at most `budget` false alarms.
    fn threshold_within_budget(&self, rule: &AlarmRule, budget: usize) -> Option<f64> {
        let (mut within, mut beyond) = (None, rule.thresholds.len());
        loop {
            let from = within.map_or(0, |index| index + 1);
            if from >= beyond {
                return within.map(|index| rule.thresholds[index]);
            }
            let index = (from + beyond) / 2;
            if self.count_false_alarms(rule, rule.thresholds[index]) <= budget {
                within = Some(index);
            } else {
                beyond = index;
            }
        }
    }

    /// Recall and false alarms at increasing shares of landmarks above the threshold, twice as many
    /// every two steps.
    fn recall_curve(&self, rule: &AlarmRule) -> RecallCurve {
        let mut sorted = rule.scores.clone();
        sorted.sort_unstable_by(|a, b| b.total_cmp(a));
        let steps = (0..).map(|step| 2.0_f64.powf(f64::from(step) / 2.0) as usize);
        let indices = steps.take_while(|index| 2 * index < sorted.len()).skip_while(|p| *p < 8);
        let point = |index: usize| {
            let alarms = self.accounts.alarms(&rule.scores, sorted[index]);
            let leads = lead_times_hours(&alarms).len() as f64;
            let misses =
                alarms.iter().filter(|alarm| alarm.outcome == AlarmOutcome::FalseAlarm).count()
                    as f64;
            let recall = ratio(leads, self.episodes.len() as f64)?;
            Some((misses / self.account_months(), recall))
        };
        RecallCurve { rule: rule.name, points: indices.filter_map(point).collect() }
    }
}

#[cfg(test)]
mod tests {
    use plimsoll_features::{LIQUIDATED, OPEN, Outcome};

    use super::*;
    use crate::backtest::alarms::episodes::liquidation_episodes;

    const DAYS: i64 = 100;

    /// Forty accounts with a landmark per day; every fifth is liquidated on its own day at noon,
    /// and its score increases two days before.
    fn market() -> (Observations, Vec<f64>) {
        let (mut rows, mut scores) = (Observations::default(), Vec::new());
        for account in 0..40_u32 {
            let call = (account % 5 == 0).then_some(f64::from(account) * 2.0 + 10.5);
            for day in 0..DAYS {
                let now = day as f64;
                let ahead = call.filter(|call| *call > now);
                let follow_up_days = (DAYS + 5 - day) as f64;
                rows.account_index.push(account);
                rows.time_s.push(day * 86_400);
                rows.outcome.push(Outcome {
                    duration_days: ahead.map_or(follow_up_days, |call| call - now),
                    event: if ahead.is_some() { LIQUIDATED } else { OPEN },
                    follow_up_days,
                });
                let near = ahead.is_some_and(|call| call - now < 2.0);
                scores.push(if near { 0.5 } else { 0.01 * f64::from(account % 7) });
            }
        }
        (rows, scores)
    }

    fn score_market(thresholds: &[f64]) -> WarningScores {
        let (rows, scores) = market();
        let episodes = liquidation_episodes(&rows);
        let resampling = BlockBootstrap::default();
        let coarse = scores.iter().map(|score| score.min(0.04)).collect();
        let health = scores.iter().map(|score| *score - 2.0).collect();
        let rules = [
            AlarmRule::new("model", scores, |score| score),
            AlarmRule::new("first_passage", coarse, |score| score),
            AlarmRule::new("health_factor", health, |score| -score),
        ];
        AlarmEvaluator::new(&rows, &episodes, &resampling).score(&rules, thresholds)
    }

    #[test]
    fn a_perfect_rule_warns_of_all_without_false_alarms() {
        let warnings = score_market(&[0.2]);
        let [model, coarse, health] = &warnings.rules[0];
        assert_eq!((model.true_alarms, model.false_alarms, model.episodes), (8, 0, 8));
        assert_eq!((model.precision.value, model.recall.value), (Some(1.0), Some(1.0)));
        assert_eq!(model.lead_hours, Some([36.0; 3]));
        assert_eq!(model.lead_histogram, [0, 0, 0, 0, 8, 0, 0]);
        let months = 40.0 * DAYS as f64 * 24.0 / HOURS_PER_MONTH;
        assert!((warnings.account_months - months).abs() < 1e-9);
        assert_eq!((coarse.threshold, coarse.recall.value), (None, Some(0.0)));
        assert_eq!((health.threshold, health.recall.value), (Some(1.5), Some(1.0)));
    }

    #[test]
    fn other_rules_stay_within_the_false_alarm_budget() {
        for [model, coarse, health] in score_market(&[0.01, 0.03, 0.05, 0.2]).rules {
            assert!(coarse.false_alarms <= model.false_alarms);
            assert!(health.false_alarms <= model.false_alarms);
        }
    }
}
