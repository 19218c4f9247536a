//! The horizons of pooled rows, and the labels and weights of pairs of a row and a horizon.

use plimsoll_metrics::KaplanMeier;

use crate::hazard::intervals::HazardIntervals;
use crate::hazard::likelihood::ObservedSpan;

/// A horizon has to be reached by censoring with at least this probability.
const MIN_UNCENSORED: f64 = 0.1;
/// Weight of a row at all horizons together.
///
/// A row occurs once for each horizon and its labels are not independent, so that the information
/// of all is nearer to that of the rows themselves than to that of the pairs. Every horizon carries
/// the same weight of rows; the same weight of events, which raises that of early horizons, had
/// a higher Brier score on inner folds of all public tables.
const INFORMATION: f64 = 2.0;

/// Horizons in operational time, and the probability that a row is not censored.
#[derive(Debug, Clone)]
pub(crate) struct Horizons {
    /// Ascending; one for each interval except perhaps the last ones.
    pub(crate) moments: Vec<f64>,
    uncensored: Option<KaplanMeier>,
}

impl Horizons {
    /// The ends of intervals, and in the last one, which has no end, the median of its events.
    pub(crate) fn fit(hazard_intervals: &HazardIntervals, spans: &[ObservedSpan]) -> Self {
        let moments: Vec<f64> = spans.iter().map(|span| span.end).collect();
        let events: Vec<bool> = spans.iter().map(|span| span.cause > 0).collect();
        let uncensored = KaplanMeier::fit_censoring(&moments, &events);
        let mut horizons = hazard_intervals.ends().to_vec();
        let last = horizons.last().copied().unwrap_or(0.0);
        let mut late: Vec<f64> = spans
            .iter()
            .filter(|span| span.cause > 0 && span.end > last)
            .map(|span| span.end)
            .collect();
        late.sort_by(f64::total_cmp);
        horizons.extend(late.get(late.len() / 2));
        let probability = |moment| uncensored.as_ref().map_or(1.0, |g| g.survival_at(moment));
        let reached = |&&moment: &&f64| probability(moment) >= MIN_UNCENSORED;
        let count = horizons.iter().take_while(reached).count();
        horizons.truncate(count.max(1));
        Self { moments: horizons, uncensored }
    }

    /// The inverse of the probability that a row is not censored up to its event, or up to the
    /// horizon if it lasts longer; `None` if it was censored before the horizon.
    fn weight(&self, span: &ObservedSpan, horizon: f64) -> Option<f64> {
        let probability = |known: &dyn Fn(&KaplanMeier) -> f64| {
            self.uncensored.as_ref().map_or(1.0, known).max(MIN_UNCENSORED)
        };
        if span.end > horizon {
            Some(probability(&|g| g.survival_at(horizon)).recip())
        } else {
            (span.cause > 0).then(|| probability(&|g| g.survival_before(span.end)).recip())
        }
    }
}

/// The pairs of a row and a horizon at which it is known whether the row has ended.
///
/// Weights are inverse probabilities of censoring (Robins and Rotnitzky 1992; for the Brier score
/// Graf et al. 1999, Statistics in Medicine 18(17)).
pub(crate) struct HorizonRows {
    /// Row and index of the horizon.
    pub(crate) pairs: Vec<(usize, usize)>,
    weights: Vec<f64>,
    horizons: Vec<f64>,
}

impl HorizonRows {
    pub(crate) fn new(horizons: &Horizons, spans: &[ObservedSpan]) -> Self {
        let (mut pairs, mut weights) = (Vec::new(), Vec::new());
        for (row, span) in spans.iter().enumerate() {
            for (index, &horizon) in horizons.moments.iter().enumerate() {
                if let Some(weight) = horizons.weight(span, horizon) {
                    pairs.push((row, index));
                    weights.push(weight);
                }
            }
        }
        Self { pairs, weights, horizons: horizons.moments.clone() }
    }

    /// The targets of a cause, from 0.
    pub(crate) fn targets(&self, spans: &[ObservedSpan], cause: usize) -> HorizonTargets {
        let ended = |row: usize| usize::from(spans[row].cause) == cause + 1;
        let label =
            |&(row, index): &(usize, usize)| ended(row) && spans[row].end <= self.horizons[index];
        let labels: Vec<bool> = self.pairs.iter().map(label).collect();
        let mut totals = vec![[0.0; 2]; self.horizons.len()];
        for ((&(_, index), weight), &label) in self.pairs.iter().zip(&self.weights).zip(&labels) {
            totals[index][usize::from(label)] += weight;
        }
        let each = INFORMATION / self.horizons.len() as f64;
        let scaled = self.weights.iter().map(|weight| weight * each);
        HorizonTargets {
            weights: scaled.map(|weight| weight as f32).collect(),
            labels: labels.into_iter().map(|label| f32::from(u8::from(label))).collect(),
            totals,
        }
    }
}

/// The labels and weights of pairs for one cause.
pub(crate) struct HorizonTargets {
    /// 1 if the cause has ended the row by the horizon.
    pub(crate) labels: Vec<f32>,
    /// Inverse probabilities of censoring, scaled to the information of the rows.
    pub(crate) weights: Vec<f32>,
    /// At each horizon the weights of censoring of the rows without and with the event.
    totals: Vec<[f64; 2]>,
}

impl HorizonTargets {
    /// The log odds of the event at each horizon, with half a row added to both outcomes; they never
    /// fall.
    pub(crate) fn log_odds(&self) -> Vec<f64> {
        let odds = self.totals.iter().map(|[none, event]| ((event + 0.5) / (none + 0.5)).ln());
        let rising = odds.scan(f64::NEG_INFINITY, |highest: &mut f64, odds| {
            *highest = highest.max(odds);
            Some(*highest)
        });
        rising.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hazard::operational_time::OperationalTime;

    /// Exponential durations and censoring: 400 rows of two causes.
    fn fixture() -> (Vec<ObservedSpan>, HazardIntervals) {
        let quantile = |n: usize| -(1.0 - (n as f64 + 0.5) / 400.0).ln();
        let ends = (0..400).map(|n| {
            let (event, censored) = (quantile(n), 1.5 * quantile(n * 171 % 400));
            (event.min(censored), if event <= censored { 1 + (n % 2) as u8 } else { 0 })
        });
        let ends: Vec<(f64, u8)> = ends.collect();
        let (durations, events): (Vec<f64>, Vec<bool>) =
            ends.iter().map(|&(end, cause)| (end, cause > 0)).unzip();
        let time = OperationalTime::fit(&durations, &events, None);
        let span =
            |&(end, cause): &(f64, u8)| ObservedSpan { entry: 0.0, end: time.at(end), cause };
        let count = events.iter().filter(|&&event| event).count();
        (ends.iter().map(span).collect(), HazardIntervals::new(&time, count))
    }

    #[test]
    fn weighted_labels_estimate_the_incidence_at_each_horizon() {
        let (spans, intervals) = fixture();
        let horizons = Horizons::fit(&intervals, &spans);
        let rows = HorizonRows::new(&horizons, &spans);
        let durations: Vec<f64> = spans.iter().map(|span| span.end).collect();
        let causes: Vec<u8> = spans.iter().map(|span| span.cause).collect();
        let known = plimsoll_metrics::AalenJohansen::fit(&durations, &causes).unwrap();
        let HorizonTargets { labels, .. } = rows.targets(&spans, 0);
        for (index, &moment) in horizons.moments.iter().enumerate() {
            let at = |n: usize| rows.pairs[n].1 == index && labels[n] == 1.0;
            let share: f64 = (0..labels.len()).filter(|&n| at(n)).map(|n| rows.weights[n]).sum();
            let incidence = known.cumulative_incidence(1, moment);
            assert!((share / 400.0 - incidence).abs() < 1e-9, "{share} {incidence} at {moment}");
        }
    }

    #[test]
    fn rows_weigh_the_same_at_each_horizon() {
        let (spans, intervals) = fixture();
        let horizons = Horizons::fit(&intervals, &spans);
        let rows = HorizonRows::new(&horizons, &spans);
        let HorizonTargets { weights, .. } = rows.targets(&spans, 1);
        let expected = INFORMATION * 400.0 / horizons.moments.len() as f64;
        for index in 0..horizons.moments.len() {
            let at = (0..weights.len()).filter(|&n| rows.pairs[n].1 == index);
            let total: f64 = at.map(|n| f64::from(weights[n])).sum();
            assert!((total - expected).abs() < 1e-3 * expected, "{total} {expected}");
        }
    }

    #[test]
    fn log_odds_are_those_of_the_incidence() {
        let (spans, intervals) = fixture();
        let horizons = Horizons::fit(&intervals, &spans);
        let log_odds = HorizonRows::new(&horizons, &spans).targets(&spans, 0).log_odds();
        let durations: Vec<f64> = spans.iter().map(|span| span.end).collect();
        let causes: Vec<u8> = spans.iter().map(|span| span.cause).collect();
        let known = plimsoll_metrics::AalenJohansen::fit(&durations, &causes).unwrap();
        for (odds, &moment) in log_odds.iter().zip(&horizons.moments) {
            let incidence = known.cumulative_incidence(1, moment);
            assert!((odds - (incidence / (1.0 - incidence)).ln()).abs() < 0.06);
        }
        assert!(log_odds.is_sorted());
    }

    #[test]
    fn rows_censored_before_a_horizon_are_left_out() {
        let (spans, intervals) = fixture();
        let horizons = Horizons::fit(&intervals, &spans);
        let rows = HorizonRows::new(&horizons, &spans);
        let known = |&(row, index): &(usize, usize)| {
            spans[row].cause > 0 || spans[row].end > horizons.moments[index]
        };
        assert!(rows.pairs.iter().all(known) && rows.pairs.len() < 400 * horizons.moments.len());
        assert!(horizons.moments.is_sorted_by(|a, b| a < b));
    }
}
