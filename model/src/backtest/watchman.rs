//! Judging alarms: the model's at some thresholds, and those of simpler rules that may be false as
//! often.

use plimsoll_features::Observations;

use super::alarms::{ALARM_HOURS, Alarm, Fate, Watched};
use super::episodes::Episode;
use super::leads::{LEAD_EDGES, lead_bins, leads, quartiles};
use super::resampling::{Replicates, Resampling, difference, interval, ratio, weighted};
use super::warnings::{Figure, Trade, WarningQuality, Warnings};

const SECONDS_PER_HOUR: f64 = 3_600.0;
const HOURS_PER_MONTH: f64 = 730.5;

/// A rule that raises alarms: its scores, and how a score reads.
pub(crate) struct Rule {
    pub(crate) name: &'static str,
    /// The riskier, the higher.
    pub(crate) scores: Vec<f64>,
    /// Descending, each once.
    thresholds: Vec<f64>,
    /// A threshold as a reader knows it.
    reads: fn(f64) -> f64,
}

impl Rule {
    pub(crate) fn new(name: &'static str, scores: Vec<f64>, reads: fn(f64) -> f64) -> Self {
        let mut thresholds = scores.clone();
        thresholds.sort_unstable_by(|a, b| b.total_cmp(a));
        thresholds.dedup();
        Self { name, scores, thresholds, reads }
    }
}

/// Judges alarms of rules on the same landmarks.
pub(crate) struct Watchman<'a> {
    watched: Watched,
    episodes: &'a [Episode],
    resampling: &'a Resampling,
    /// First landmark.
    first_s: i64,
    blocks: usize,
    /// Hours that accounts were watched, by block.
    hours: Vec<f64>,
}

/// Figures of a rule in every replicate.
struct Judged {
    quality: WarningQuality,
    recall: Replicates,
}

impl<'a> Watchman<'a> {
    pub(crate) fn new(
        rows: &Observations,
        episodes: &'a [Episode],
        resampling: &'a Resampling,
    ) -> Self {
        let first_s = rows.time_s.iter().min().copied().unwrap_or(0);
        let last_s = rows.time_s.iter().max().copied().unwrap_or(0);
        let ends = episodes.iter().map(|episode| episode.end_s).max();
        let mut watchman = Self {
            watched: Watched::new(rows, episodes),
            episodes,
            resampling,
            first_s,
            blocks: 0,
            hours: Vec::new(),
        };
        watchman.blocks = watchman.block(last_s.max(ends.unwrap_or(0))) + 1;
        watchman.hours = vec![0.0; watchman.blocks];
        let step_hours = step_s(rows) as f64 / SECONDS_PER_HOUR;
        for &time_s in &rows.time_s {
            let block = watchman.block(time_s);
            watchman.hours[block] += step_hours;
        }
        watchman
    }

    fn block(&self, time_s: i64) -> usize {
        let length_s = i64::from(self.resampling.block_days.max(1)) * 86_400;
        (time_s - self.first_s).div_euclid(length_s).max(0) as usize
    }

    fn account_months(&self) -> f64 {
        self.hours.iter().sum::<f64>() / HOURS_PER_MONTH
    }

    /// Judges the first rule at its thresholds and the others at its budget of false alarms.
    pub(crate) fn judge(&self, rules: &[Rule; 3], thresholds: &[f64]) -> Warnings {
        let at = |&threshold: &f64| {
            let model = self.quality(&rules[0], Some(threshold));
            let budget = model.quality.false_alarms;
            let other = |rule: &Rule| {
                let Judged { mut quality, recall } =
                    self.quality(rule, self.within_budget(rule, budget));
                quality.model_recall_ahead = interval(&difference(&model.recall, &recall));
                quality
            };
            let others = [other(&rules[1]), other(&rules[2])];
            let [passage, health] = others;
            [model.quality, passage, health]
        };
        Warnings {
            alarm_hours: ALARM_HOURS,
            account_months: self.account_months(),
            lead_edges_hours: LEAD_EDGES.to_vec(),
            rules: thresholds.iter().map(at).collect(),
            trades: rules.iter().map(|rule| self.trade(rule)).collect(),
        }
    }

    fn quality(&self, rule: &Rule, threshold: Option<f64>) -> Judged {
        let alarms =
            threshold.map_or(Vec::new(), |threshold| self.watched.alarms(&rule.scores, threshold));
        let sums = self.sums(&alarms);
        let months = |hours: f64| hours / HOURS_PER_MONTH;
        let figures = |weights: &[u32]| {
            let [hits, misses, warned, episodes, hours] = weighted(&sums, weights);
            let precision = ratio(hits, hits + misses);
            [precision, ratio(warned, episodes), ratio(misses, months(hours))]
        };
        let values = figures(&vec![1; self.blocks]);
        let replicates = self.resampling.replicate(self.blocks, figures);
        let figure =
            |place: usize| Figure { value: values[place], interval: interval(&replicates[place]) };
        let count = |fate: fn(&Fate) -> bool| alarms.iter().filter(|a| fate(&a.fate)).count();
        let leads = leads(&alarms);
        let quality = WarningQuality {
            rule: rule.name,
            threshold: threshold.map(rule.reads),
            alarms: alarms.len(),
            true_alarms: leads.len(),
            false_alarms: count(|fate| *fate == Fate::False),
            episodes: self.episodes.len(),
            precision: figure(0),
            recall: figure(1),
            false_alarms_per_account_month: figure(2),
            lead_hours: quartiles(&leads),
            leads: lead_bins(&leads),
            model_recall_ahead: None,
        };
        let [_, recall, _] = replicates;
        Judged { quality, recall }
    }

    /// True alarms, false alarms, episodes warned of, episodes and hours by block.
    fn sums(&self, alarms: &[Alarm]) -> Vec<[f64; 5]> {
        let mut sums = vec![[0.0; 5]; self.blocks];
        for alarm in alarms {
            let raised = self.block(alarm.raised_s);
            match alarm.fate {
                Fate::True(start_s) => {
                    sums[raised][0] += 1.0;
                    sums[self.block(start_s)][2] += 1.0;
                }
                Fate::False => sums[raised][1] += 1.0,
                Fate::Unknown => {}
            }
        }
        self.episodes.iter().for_each(|episode| sums[self.block(episode.start_s)][3] += 1.0);
        sums.iter_mut().zip(&self.hours).for_each(|(sums, hours)| sums[4] = *hours);
        sums
    }

    /// When the episodes began that a rule warns of.
    pub(crate) fn warned_s(&self, rule: &Rule, threshold: f64) -> Vec<i64> {
        let start_s = |alarm: Alarm| match alarm.fate {
            Fate::True(start_s) => Some(start_s),
            Fate::False | Fate::Unknown => None,
        };
        self.watched.alarms(&rule.scores, threshold).into_iter().filter_map(start_s).collect()
    }

    fn false_alarms(&self, rule: &Rule, threshold: f64) -> usize {
        let alarms = self.watched.alarms(&rule.scores, threshold);
        alarms.iter().filter(|alarm| alarm.fate == Fate::False).count()
    }

    /// The lowest threshold found by bisection that raises no more than `budget` false alarms.
    fn within_budget(&self, rule: &Rule, budget: usize) -> Option<f64> {
        let (mut within, mut beyond) = (None, rule.thresholds.len());
        loop {
            let from = within.map_or(0, |place| place + 1);
            if from >= beyond {
                return within.map(|place| rule.thresholds[place]);
            }
            let place = (from + beyond) / 2;
            if self.false_alarms(rule, rule.thresholds[place]) <= budget {
                within = Some(place);
            } else {
                beyond = place;
            }
        }
    }

    /// Recall and false alarms where ever more landmarks reach the threshold, twice as many a step.
    fn trade(&self, rule: &Rule) -> Trade {
        let mut sorted = rule.scores.clone();
        sorted.sort_unstable_by(|a, b| b.total_cmp(a));
        let steps = (0..).map(|step| 2.0_f64.powf(f64::from(step) / 2.0) as usize);
        let places = steps.take_while(|place| 2 * place < sorted.len()).skip_while(|p| *p < 8);
        let point = |place: usize| {
            let alarms = self.watched.alarms(&rule.scores, sorted[place]);
            let leads = leads(&alarms).len() as f64;
            let misses = alarms.iter().filter(|alarm| alarm.fate == Fate::False).count() as f64;
            let recall = ratio(leads, self.episodes.len() as f64)?;
            Some((misses / self.account_months(), recall))
        };
        Trade { rule: rule.name, points: places.filter_map(point).collect() }
    }
}

/// How long accounts were watched in all, months.
pub(super) fn account_months(rows: &Observations) -> f64 {
    rows.len() as f64 * (step_s(rows) as f64 / SECONDS_PER_HOUR) / HOURS_PER_MONTH
}

/// How far the landmarks of an account are apart, seconds: the shortest step that there is.
pub(super) fn step_s(rows: &Observations) -> i64 {
    let pairs = 1..rows.len();
    let step = |row: usize| {
        let same = rows.account[row - 1] == rows.account[row];
        same.then(|| rows.time_s[row] - rows.time_s[row - 1])
    };
    pairs.filter_map(step).filter(|step| *step > 0).min().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use plimsoll_features::{LIQUIDATED, OPEN, Outcome};

    use super::super::episodes::episodes;
    use super::*;

    const DAYS: i64 = 100;

    /// Forty accounts with a landmark a day; every fifth is liquidated on its own day at noon, and
    /// its score rises two days before.
    fn market() -> (Observations, Vec<f64>) {
        let (mut rows, mut scores) = (Observations::default(), Vec::new());
        for account in 0..40_u32 {
            let call = (account % 5 == 0).then_some(f64::from(account) * 2.0 + 10.5);
            for day in 0..DAYS {
                let now = day as f64;
                let ahead = call.filter(|call| *call > now);
                let follow_up_days = (DAYS + 5 - day) as f64;
                rows.account.push(account);
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

    fn judged(thresholds: &[f64]) -> Warnings {
        let (rows, scores) = market();
        let episodes = episodes(&rows);
        let resampling = Resampling::default();
        let blunt = scores.iter().map(|score| score.min(0.04)).collect();
        let health = scores.iter().map(|score| *score - 2.0).collect();
        let rules = [
            Rule::new("model", scores, |score| score),
            Rule::new("first_passage", blunt, |score| score),
            Rule::new("health_factor", health, |score| -score),
        ];
        Watchman::new(&rows, &episodes, &resampling).judge(&rules, thresholds)
    }

    #[test]
    fn a_rule_that_knows_catches_all_with_no_false_alarm() {
        let warnings = judged(&[0.2]);
        let [model, blunt, health] = &warnings.rules[0];
        assert_eq!((model.true_alarms, model.false_alarms, model.episodes), (8, 0, 8));
        assert_eq!((model.precision.value, model.recall.value), (Some(1.0), Some(1.0)));
        assert_eq!(model.lead_hours, Some([36.0; 3]));
        assert_eq!(model.leads, [0, 0, 0, 0, 8, 0, 0]);
        let months = 40.0 * DAYS as f64 * 24.0 / HOURS_PER_MONTH;
        assert!((warnings.account_months - months).abs() < 1e-9);
        assert_eq!((blunt.threshold, blunt.recall.value), (None, Some(0.0)));
        assert_eq!((health.threshold, health.recall.value), (Some(1.5), Some(1.0)));
    }

    #[test]
    fn other_rules_keep_within_the_budget() {
        for [model, blunt, health] in judged(&[0.01, 0.03, 0.05, 0.2]).rules {
            assert!(blunt.false_alarms <= model.false_alarms);
            assert!(health.false_alarms <= model.false_alarms);
        }
    }
}
