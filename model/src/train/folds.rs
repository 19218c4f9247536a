//! Time-blocked folds for cross-validation.

use plimsoll_features::Outcome;

use crate::input::grid::edges_days;
use crate::units::SECONDS_PER_DAY;

/// A validation block, and the rows that training may use.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct CrossValidationFold {
    /// Training rows.
    pub(crate) training_rows: Vec<u32>,
    /// Outcomes of the training rows, as known to training.
    pub(crate) training_outcomes: Vec<Outcome>,
    /// Validation rows.
    pub(crate) validation_rows: Vec<u32>,
}

/// Splits time into blocks with about as many events each, so that every block contains a crash.
///
/// The outcomes of rows before the validation block are censored at its start. Rows after it start
/// one grid length later: an embargo, because outcomes of the block's rows extend up to there.
pub(crate) fn time_blocked_folds(
    time_s: &[i64],
    outcomes: &[Outcome],
    count: usize,
) -> Vec<CrossValidationFold> {
    let horizon_days = edges_days()[edges_days().len() - 1];
    let embargo_s = (horizon_days * SECONDS_PER_DAY) as i64;
    let within = |outcome: &Outcome| outcome.event > 0 && outcome.duration_days <= horizon_days;
    let mut event_times: Vec<i64> = time_s
        .iter()
        .zip(outcomes)
        .filter(|(_, outcome)| within(outcome))
        .map(|(t, _)| *t)
        .collect();
    event_times.sort_unstable();
    if count < 2 || event_times.len() < count {
        return Vec::new();
    }
    let boundary = |block: usize| match block {
        0 => i64::MIN,
        _ if block == count => i64::MAX,
        _ => event_times[block * event_times.len() / count],
    };
    let rows = |keep: &dyn Fn(i64) -> bool| -> Vec<u32> {
        (0..).zip(time_s).filter(|(_, t)| keep(**t)).map(|(row, _)| row).collect()
    };
    let fold = |block: usize| {
        let (from, to) = (boundary(block), boundary(block + 1));
        let training = rows(&|t| t < from || t >= to.saturating_add(embargo_s));
        let known = |&row: &u32| {
            let (outcome, t) = (outcomes[row as usize], time_s[row as usize]);
            let before = t < from;
            if before {
                outcome.censored_after((from - t) as f64 / SECONDS_PER_DAY)
            } else {
                outcome
            }
        };
        let outcomes = training.iter().map(known).collect();
        CrossValidationFold {
            training_rows: training,
            training_outcomes: outcomes,
            validation_rows: rows(&|t| from <= t && t < to),
        }
    };
    (0..count)
        .map(fold)
        .filter(|fold| !fold.training_rows.is_empty() && !fold.validation_rows.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use plimsoll_features::LIQUIDATED;

    use super::*;
    use crate::units::DAY_S;

    fn daily_rows_of_a_year() -> (Vec<i64>, Vec<Outcome>) {
        let outcome = Outcome { duration_days: 3.0, event: LIQUIDATED, follow_up_days: 400.0 };
        ((0..365).map(|day| day * DAY_S).collect(), vec![outcome; 365])
    }

    #[test]
    fn every_row_is_validated_once() {
        let (times, outcomes) = daily_rows_of_a_year();
        let mut rows: Vec<u32> = time_blocked_folds(&times, &outcomes, 4)
            .into_iter()
            .flat_map(|f| f.validation_rows)
            .collect();
        rows.sort_unstable();
        assert_eq!(rows, (0..365).collect::<Vec<u32>>());
    }

    #[test]
    fn training_rows_do_not_overlap_the_validation_block() {
        let (times, outcomes) = daily_rows_of_a_year();
        for fold in time_blocked_folds(&times, &outcomes, 4) {
            let span =
                |rows: &[u32]| (times[rows[0] as usize], times[rows[rows.len() - 1] as usize]);
            let (first, last) = span(&fold.validation_rows);
            for (row, outcome) in fold.training_rows.iter().zip(&fold.training_outcomes) {
                let time_s = times[*row as usize];
                let known_until_s = time_s + (outcome.follow_up_days * SECONDS_PER_DAY) as i64;
                assert!(known_until_s <= first || time_s >= last + 30 * DAY_S, "{row}");
            }
        }
    }

    #[test]
    fn too_few_events_make_no_folds() {
        assert!(time_blocked_folds(&[0, 1], &daily_rows_of_a_year().1[..2], 4).is_empty());
    }
}
