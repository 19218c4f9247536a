//! Antolini's time-dependent concordance of whole survival curves.

use rayon::prelude::*;

use crate::discrimination::concordance::Concordance;
use crate::support::inputs::{ascending_order, valid_durations};
use crate::support::sampling::stratified_rows;

/// Rows that one task compares with every event: their curves then stay in its cache.
const BLOCK_ROWS: usize = 512;

/// How ties count; the names are those of pycox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TieRule {
    /// `antolini`: equal survival counts as wrong, two events at one time are not compared.
    #[default]
    Antolini,
    /// `adj_antolini`: equal survival counts half; two events at one time count one at equal
    /// survival and half otherwise; a row censored at an event's time is compared twice
    /// (Ishwaran et al. 2008, Annals of Applied Statistics 2(3), section 5.1, as in pycox).
    Adjusted,
}

/// The share of comparable pairs with `S_i(T_i) < S_j(T_i)`: at each event, the row that ended
/// should have had the lowest survival of the rows that went on.
///
/// Antolini et al. 2005, Statistics in Medicine 24(24); comparable as in
/// [`concordance_harrell`](crate::concordance_harrell). Costs events times rows calls of `survival(row, t)`, run in
/// parallel and counted in integers. Above `max_pairs`, every k-th event in order of duration
/// represents all, down to the square root of `max_pairs`; if that is still too much, rows drawn
/// from equal strata of the rows represent all that an event is compared with. Over `m`
/// of very many events and `n` of very many rows the index errs by about `0.3 sqrt(1/m + 1/n)`.
/// NaN survival wins nothing. `None` without a comparable pair.
pub fn concordance_antolini(
    durations: &[f64],
    events: &[bool],
    ties: TieRule,
    max_pairs: u64,
    survival: impl Fn(usize, f64) -> f64 + Sync,
) -> Option<Concordance> {
    concordance_antolini_delayed(
        durations,
        events,
        &vec![0.0; events.len()],
        ties,
        max_pairs,
        survival,
    )
}

/// [`concordance_antolini`] where rows were under observation from `entries` on (left truncation).
///
/// An event at `T_i` is compared with the rows at risk then, which had entered before it; an entry of
/// 0 is before everything. `None` too if an entry is NaN.
pub fn concordance_antolini_delayed(
    durations: &[f64],
    events: &[bool],
    entries: &[f64],
    ties: TieRule,
    max_pairs: u64,
    survival: impl Fn(usize, f64) -> f64 + Sync,
) -> Option<Concordance> {
    let rows = events.len();
    if !valid_durations(entries, rows) || !valid_durations(durations, rows) {
        return None;
    }
    let kept = thinned_events(durations, events, max_pairs);
    let others = thinned_others(rows, kept.len(), max_pairs);
    let scored: Vec<ScoredEvent> = kept
        .into_par_iter()
        .map(|row| ScoredEvent {
            row,
            duration: durations[row],
            survival: survival(row, durations[row]),
        })
        .collect();
    let compare = |event: &ScoredEvent, other: usize| {
        let entered = entries[other] < event.duration || entries[other] == 0.0;
        if other == event.row || durations[other] < event.duration || !entered {
            return (0, 0);
        }
        let outlived = durations[other] > event.duration;
        let pair = ComparedPair { outlived, other_event: events[other] };
        ties.compare(pair, event.survival, || survival(other, event.duration))
    };
    let (pairs, half_wins) = others
        .par_chunks(BLOCK_ROWS)
        .map(|block| {
            let mut counts = (0, 0);
            for event in &scored {
                for &other in block {
                    counts = add_counts(counts, compare(event, other));
                }
            }
            counts
        })
        .reduce(|| (0, 0), add_counts);
    (pairs > 0).then(|| Concordance { index: half_wins as f64 / (2 * pairs) as f64, pairs })
}

/// An event and its survival by its own curve.
struct ScoredEvent {
    row: usize,
    duration: f64,
    survival: f64,
}

/// The relation of an event to a row that lasted at least as long.
struct ComparedPair {
    outlived: bool,
    other_event: bool,
}

impl TieRule {
    /// The pairs that a comparison counts for, and its wins in halves.
    fn compare(self, pair: ComparedPair, own: f64, other: impl FnOnce() -> f64) -> (u64, u64) {
        match (self, pair.outlived, pair.other_event) {
            (Self::Antolini, false, true) => (0, 0),
            (Self::Antolini, ..) => (1, 2 * u64::from(own < other())),
            (Self::Adjusted, false, true) => (1, 1 + u64::from(own == other())),
            (Self::Adjusted, outlived, _) => {
                let (other, times) = (other(), if outlived { 1 } else { 2 });
                (times, times * (u64::from(own < other) + u64::from(own <= other)))
            }
        }
    }
}

/// Adds pairs and half wins.
fn add_counts(a: (u64, u64), b: (u64, u64)) -> (u64, u64) {
    (a.0 + b.0, a.1 + b.1)
}

/// The rows with an event in ascending order of duration, thinned by a fixed stride.
fn thinned_events(durations: &[f64], events: &[bool], max_pairs: u64) -> Vec<usize> {
    let mut happened = ascending_order(durations);
    happened.retain(|&row| events[row]);
    let affordable = (max_pairs / events.len() as u64).max(max_pairs.isqrt()).max(1);
    let stride = usize::try_from((happened.len() as u64).div_ceil(affordable)).unwrap_or(1).max(1);
    happened.into_iter().skip(stride / 2).step_by(stride).collect()
}

/// As many rows as can be compared with each of this number of events, but at least one.
fn thinned_others(rows: usize, events: usize, max_pairs: u64) -> Vec<usize> {
    let affordable = (max_pairs / events.max(1) as u64).max(1);
    stratified_rows(rows, usize::try_from(affordable).unwrap_or(rows).min(rows))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_set::{TestSet, assert_near, rows, test_rows};

    /// Curves that cross: exponential for even rows, Rayleigh for odd ones.
    fn crossing(set: &TestSet) -> impl Fn(usize, f64) -> f64 + Sync {
        |row, t| {
            let x = 8.0 * set.risk[row] * t / 6.0;
            (if row % 2 == 1 { -x * x } else { -x }).exp()
        }
    }

    // from pycox.evaluation import concordance as pycox
    // grid = np.unique(d)
    // x = 8 * r * grid[:, None] / 6
    // S = np.exp(-np.where(np.arange(120) % 2 == 1, x * x, x))
    // for method in ["antolini", "adj_antolini"]:
    //     pycox.concordance_td(d, e.astype(int), S, np.searchsorted(grid, d), method)
    // pycox._sum_comparable(d, e.astype(int), pycox._is_comparable_antolini)  # 2840
    // pycox._sum_comparable(d, e.astype(int), pycox._is_comparable)  # 3031
    #[test]
    fn both_tie_rules_agree_with_pycox() {
        let set = test_rows();
        for (ties, index, pairs) in [
            (TieRule::Antolini, 0.5471830985915493, 2840),
            (TieRule::Adjusted, 0.5645001649620587, 3031),
        ] {
            let scored =
                concordance_antolini(&set.durations, &set.events, ties, u64::MAX, crossing(&set));
            assert_near(scored.unwrap().index, index);
            assert_eq!(scored.unwrap().pairs, pairs);
        }
    }

    #[test]
    fn thinning_keeps_every_kth_event_and_bounds_the_pairs() {
        let set = rows(5, 1000);
        let thinned = |max_pairs| {
            let kept = thinned_events(&set.durations, &set.events, max_pairs);
            let others = thinned_others(1000, kept.len(), max_pairs);
            (kept, others)
        };
        let (all, others) = thinned(u64::MAX);
        assert_eq!(all.len(), set.events.iter().filter(|&&event| event).count());
        assert_eq!(others, (0..1000).collect::<Vec<usize>>());
        for max_pairs in [0, 1000, 7000, 100_000, 399_999] {
            let (kept, others) = thinned(max_pairs);
            assert!(!kept.is_empty() && !others.is_empty());
            assert!((kept.len() * others.len()) as u64 <= max_pairs.max(1));
        }
        let (third, _) = thinned(all.len().div_ceil(3).pow(2) as u64);
        assert_eq!(third, all.iter().copied().skip(1).step_by(3).collect::<Vec<_>>());
    }

    #[test]
    fn thinned_index_is_near_the_full_one() {
        let set = rows(5, 3000);
        let index = |max_pairs| {
            let survival = crossing(&set);
            concordance_antolini(
                &set.durations,
                &set.events,
                TieRule::Adjusted,
                max_pairs,
                survival,
            )
            .unwrap()
            .index
        };
        assert!((index(u64::MAX) - index(600_000)).abs() < 0.02);
    }

    #[test]
    fn rows_that_enter_later_are_not_compared() {
        let score = |entries: &[f64]| {
            let events = [true, true, false];
            let survival = |row: usize, _| [0.5, 0.2, 0.4][row];
            let ties = TieRule::Antolini;
            let durations = [1.0, 2.0, 3.0];
            concordance_antolini_delayed(&durations, &events, entries, ties, u64::MAX, survival)
        };
        assert_eq!(score(&[0.0; 3]).map(|c| (c.index, c.pairs)), Some((1.0 / 3.0, 3)));
        assert_eq!(score(&[0.0, 1.0, 1.5]).map(|c| (c.index, c.pairs)), Some((1.0, 1)));
        assert_eq!(score(&[0.0, 1.0, 2.0]), None);
        assert_eq!(score(&[0.0, 1.0]), None);
    }

    #[test]
    fn without_an_event_it_is_undefined() {
        let score = |durations: &[f64], events: &[bool]| {
            concordance_antolini(durations, events, TieRule::Antolini, u64::MAX, |_, _| 0.5)
        };
        assert_eq!(score(&[1.0, 2.0], &[false, false]), None);
        assert_eq!(score(&[1.0], &[true]), None);
        assert_eq!(score(&[], &[]), None);
        assert_eq!(score(&[1.0, 2.0], &[true, false]).unwrap().index, 0.0);
    }
}
