//! Calibration of one cause's cumulative incidence at one time.

use crate::nonparametric::aalen_johansen::AalenJohansen;
use crate::support::inputs::{all_finite, ascending_order, valid_durations};

/// Observed and predicted incidence of one cause at one time.
#[derive(Debug, Clone, PartialEq)]
pub struct IncidenceCalibration {
    /// The Aalen-Johansen estimate of all rows.
    pub observed: f64,
    /// The mean of the predicted incidences.
    pub predicted: f64,
    /// Groups of rows of similar size in ascending order of prediction.
    pub groups: Vec<IncidenceGroup>,
}

/// Rows with similar predicted incidence.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct IncidenceGroup {
    /// The Aalen-Johansen estimate of the group.
    pub observed: f64,
    /// The mean of the predicted incidences.
    pub predicted: f64,
    /// The number of rows.
    pub count: usize,
}

impl IncidenceCalibration {
    /// Observed over predicted incidence; 1 is calibrated in the large, `None` if none is predicted.
    pub fn observed_over_expected(&self) -> Option<f64> {
        (self.predicted > 0.0).then(|| self.observed / self.predicted)
    }

    /// The mean absolute difference of observed and predicted incidence over rows by group.
    pub fn mean_error(&self) -> f64 {
        let rows: usize = self.groups.iter().map(|group| group.count).sum();
        let error =
            |group: &IncidenceGroup| (group.observed - group.predicted).abs() * group.count as f64;
        self.groups.iter().map(error).sum::<f64>() / rows.max(1) as f64
    }
}

/// The calibration of the predicted incidences of `cause` by `t` days, in `groups` groups.
///
/// Observed incidence is that of Aalen and Johansen (1978), so that censoring and the other causes are
/// accounted for (Gerds et al. 2014, Statistics in Medicine 33(18)). Equal predictions share a group;
/// groups left empty by that are dropped. `None` on no rows, no groups or cause 0.
pub fn incidence_calibration(
    durations: &[f64],
    causes: &[u8],
    cause: u8,
    predicted: &[f64],
    t: f64,
    groups: usize,
) -> Option<IncidenceCalibration> {
    let rows = causes.len();
    let valid = valid_durations(durations, rows) && all_finite(predicted, rows);
    if cause == 0 || groups == 0 || !valid {
        return None;
    }
    let group = |rows: &[usize]| -> Option<IncidenceGroup> {
        let durations: Vec<f64> = rows.iter().map(|&row| durations[row]).collect();
        let causes: Vec<u8> = rows.iter().map(|&row| causes[row]).collect();
        let known = AalenJohansen::fit(&durations, &causes)?;
        let sum: f64 = rows.iter().map(|&row| predicted[row]).sum();
        Some(IncidenceGroup {
            observed: known.cumulative_incidence(cause, t),
            predicted: sum / rows.len() as f64,
            count: rows.len(),
        })
    };
    let order = ascending_order(predicted);
    let all = group(&order)?;
    // A row's group follows from the rank of the first row with an equal prediction.
    let rank = |row: usize| order.partition_point(|&other| predicted[other] < predicted[row]);
    let number = |row: usize| rank(row) * groups / rows;
    let parts = order.chunk_by(|&a, &b| number(a) == number(b));
    Some(IncidenceCalibration {
        observed: all.observed,
        predicted: all.predicted,
        groups: parts.map(group).collect::<Option<_>>()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_set::{assert_near, test_rows};

    #[test]
    fn the_estimated_incidence_is_calibrated() {
        let set = test_rows();
        let known = AalenJohansen::fit(&set.durations, &set.causes).unwrap();
        let p = known.cumulative_incidence(2, 7.0);
        let scored =
            incidence_calibration(&set.durations, &set.causes, 2, &[p; 120], 7.0, 10).unwrap();
        assert_near(scored.observed_over_expected().unwrap(), 1.0);
        assert_near(scored.mean_error(), 0.0);
        assert_eq!((scored.groups.len(), scored.groups[0].count), (1, 120));
    }

    #[test]
    fn groups_contain_each_row_once_in_order_of_prediction() {
        let set = test_rows();
        let scored =
            incidence_calibration(&set.durations, &set.causes, 1, &set.risk, 7.0, 5).unwrap();
        assert_eq!(scored.groups.iter().map(|group| group.count).sum::<usize>(), 120);
        assert!(scored.groups.is_sorted_by(|a, b| a.predicted < b.predicted));
        let mean: f64 = scored.groups.iter().map(|g| g.predicted * g.count as f64).sum();
        assert_near(mean / 120.0, scored.predicted);
    }

    #[test]
    fn without_censoring_observed_is_the_share_of_rows() {
        let predicted = [0.1, 0.2, 0.8, 0.9];
        let scored =
            incidence_calibration(&[1.0, 2.0, 1.5, 3.0], &[1, 2, 1, 1], 1, &predicted, 2.5, 2);
        let scored = scored.unwrap();
        assert_near(scored.observed, 0.5);
        assert_near(scored.groups[0].observed, 0.5);
        assert_near(scored.groups[1].predicted, 0.85);
    }

    #[test]
    fn no_groups_no_rows_and_no_cause_are_undefined() {
        assert_eq!(incidence_calibration(&[1.0], &[1], 1, &[0.5], 1.0, 0), None);
        assert_eq!(incidence_calibration(&[1.0], &[1], 0, &[0.5], 1.0, 2), None);
        assert_eq!(incidence_calibration(&[], &[], 1, &[], 1.0, 2), None);
        let none = incidence_calibration(&[1.0], &[1], 1, &[0.0], 1.0, 2).unwrap();
        assert_eq!(none.observed_over_expected(), None);
    }
}
