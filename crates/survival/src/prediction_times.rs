//! The grid of times of forecast curves.

use crate::hazard::interpolation::interpolate;

/// Number of times.
pub(crate) const TIME_COUNT: usize = 200;
/// Maximum number of times at quantiles of event times.
const MAX_QUANTILES: usize = 130;

/// Times from 0 to `end`: many where events are dense, and no long gap.
///
/// Curves are steep where events are dense: up to 130 times are quantiles of event times. The others
/// halve the longest gaps.
pub(crate) fn prediction_times(durations: &[f64], events: &[bool], end: f64) -> Vec<f64> {
    let end = if end > 0.0 { end } else { 1.0 };
    let ended = event_times(durations, events);
    let mut levels = ended.clone();
    levels.dedup();
    let chosen = if levels.len() <= MAX_QUANTILES {
        levels
    } else {
        (0..MAX_QUANTILES).map(|k| ended[k * (ended.len() - 1) / (MAX_QUANTILES - 1)]).collect()
    };
    let mut times: Vec<f64> = [0.0, end].into_iter().chain(chosen).collect();
    times.sort_by(f64::total_cmp);
    times.dedup();
    while times.len() < TIME_COUNT {
        let gaps = times.windows(2).map(|pair| pair[1] - pair[0]).enumerate();
        let longest = gaps.reduce(|best, next| if next.1 > best.1 { next } else { best });
        let (gap, _) = longest.expect("there are at least two times");
        times.insert(gap + 1, f64::midpoint(times[gap], times[gap + 1]));
    }
    times
}

/// Ends of `bins` intervals at quantiles of event times, the last infinite.
pub(crate) fn quantile_edges(durations: &[f64], events: &[bool], bins: usize) -> Vec<f64> {
    let ended = event_times(durations, events);
    if ended.is_empty() {
        return vec![f64::INFINITY];
    }
    let ranks: Vec<f64> = (0..ended.len()).map(|rank| rank as f64).collect();
    let last = (ended.len() - 1) as f64;
    let edge = |k: usize| interpolate(&ranks, &ended, last * k as f64 / bins as f64);
    let mut edges: Vec<f64> = (1..bins).map(edge).collect();
    edges.push(f64::INFINITY);
    edges.dedup();
    edges
}

/// The times of events, ascending.
fn event_times(durations: &[f64], events: &[bool]) -> Vec<f64> {
    let ended = durations.iter().zip(events).filter(|(_, event)| **event);
    let mut times: Vec<f64> = ended.map(|(&duration, _)| duration).collect();
    times.sort_by(f64::total_cmp);
    times
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_ascend_and_are_dense_where_events_are() {
        let durations: Vec<f64> = (1..=5_000).map(|n| (f64::from(n) / 500.0).exp()).collect();
        let times = prediction_times(&durations, &[true; 5_000], 30_000.0);
        assert_eq!((times.len(), times[0], times[TIME_COUNT - 1]), (TIME_COUNT, 0.0, 30_000.0));
        assert!(times.is_sorted_by(|a, b| a < b));
        assert!(times.iter().filter(|&&time| time < 150.0).count() > 60);
        assert!(times.windows(2).all(|pair| pair[1] - pair[0] < 1_000.0));
    }

    #[test]
    fn few_or_no_events_give_even_times() {
        for events in [[false; 3], [true; 3]] {
            let times = prediction_times(&[0.0, 2.0, 2.0], &events, 5.0);
            assert!(times.len() == TIME_COUNT && times.is_sorted_by(|a, b| a < b));
        }
        assert_eq!(prediction_times(&[0.0], &[true], 0.0)[TIME_COUNT - 1], 1.0);
    }
}
