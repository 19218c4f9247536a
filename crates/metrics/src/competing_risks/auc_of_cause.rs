//! The area under the ROC curve of one cause at one time, under censoring and competing causes.

use crate::discrimination::dynamic_auc::case_control_area;
use crate::nonparametric::kaplan_meier::KaplanMeier;
use crate::support::inputs::{all_finite, valid_durations};

/// AUC_k(t): the chance that a row that cause `k` ended by `t` days has a higher risk than a row that
/// it did not end by then, which lasted beyond `t` or ended by another cause.
///
/// Blanche, Dartigues and Jacqmin-Gadda (2013), Statistics in Medicine 32(30), definition (b) of
/// controls: rows that ended by `t` weigh `1 / G(T_i)`, rows that lasted `1 / G(t)`, and rows
/// censored by `t` count in `G` only. `censoring` is fitted with the end by any cause as the event.
/// Risks within 1e-8 count half. `None` without a case or a control, or where `G` is zero at one.
/// Without other causes it is [`cumulative_dynamic_auc`](crate::cumulative_dynamic_auc).
pub fn dynamic_auc_of_cause(
    durations: &[f64],
    causes: &[u8],
    cause: u8,
    risk: &[f64],
    censoring: &KaplanMeier,
    t: f64,
) -> Option<f64> {
    let rows = causes.len();
    if cause == 0 || !valid_durations(durations, rows) || !all_finite(risk, rows) {
        return None;
    }
    let weight = |time: f64| {
        let g = censoring.survival_at(time);
        (g > 0.0).then(|| g.recip())
    };
    case_control_area(risk, |row| {
        let duration = durations[row];
        Some(if duration > t {
            [0.0, weight(t)?]
        } else if causes[row] == cause {
            [weight(duration)?, 0.0]
        } else if causes[row] > 0 {
            [0.0, weight(duration)?]
        } else {
            [0.0; 2]
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::discrimination::dynamic_auc::cumulative_dynamic_auc;
    use crate::discrimination::ranking::roc_auc;
    use crate::test_set::{assert_near, test_rows};

    #[test]
    fn without_other_causes_it_is_the_dynamic_auc() {
        let set = test_rows();
        let causes: Vec<u8> = set.events.iter().map(|&event| u8::from(event)).collect();
        let g = KaplanMeier::fit_censoring(&set.durations, &set.events).unwrap();
        for t in [3.0, 8.0] {
            assert_near(
                dynamic_auc_of_cause(&set.durations, &causes, 1, &set.risk, &g, t).unwrap(),
                cumulative_dynamic_auc(&set.durations, &set.events, &set.risk, &g, t).unwrap(),
            );
        }
    }

    #[test]
    fn without_censoring_it_is_the_plain_auc_of_the_causes_events() {
        let set = test_rows();
        let causes: Vec<u8> = set.causes.iter().map(|&cause| cause.max(1)).collect();
        let g = KaplanMeier::fit_censoring(&set.durations, &[true; 120]).unwrap();
        let ended: Vec<bool> =
            set.durations.iter().zip(&causes).map(|(&d, &c)| d <= 5.0 && c == 2).collect();
        assert_near(
            dynamic_auc_of_cause(&set.durations, &causes, 2, &set.risk, &g, 5.0).unwrap(),
            roc_auc(&set.risk, &ended).unwrap(),
        );
    }

    #[test]
    fn a_row_ended_by_another_cause_is_a_control() {
        let g = KaplanMeier::fit_censoring(&[1.0, 2.0], &[true, true]).unwrap();
        let score =
            |cause, t| dynamic_auc_of_cause(&[1.0, 2.0], &[1, 2], cause, &[0.9, 0.1], &g, t);
        assert_eq!(score(1, 3.0), Some(1.0));
        assert_eq!(score(2, 3.0), Some(0.0));
        assert_eq!(score(3, 3.0), None);
        assert_eq!(score(0, 3.0), None);
        assert_eq!(score(1, 0.5), None);
    }
}
