//! The cumulative/dynamic area under the ROC curve at one time, under censoring.

use crate::nonparametric::kaplan_meier::KaplanMeier;
use crate::support::inputs::{all_finite, ascending_order, is_tied, valid_durations};

/// AUC(t): the chance that a row whose event came by `t` days has a higher risk than a row that
/// lasted beyond `t`.
///
/// Cases (`T_i <= t`, event) weigh `1 / G(T_i)`, controls (`T_i > t`) all alike, rows censored
/// by `t` count in `G` only (Uno et al. 2007, JASA 102; Hung & Chiang 2010). Sorted risks whose
/// neighbours lie within 1e-8 are tied and count half, as in scikit-survival, which however also
/// refuses a zero `G` at events after `t`. `None` without a case or a control, or where `G` is
/// zero at a case.
pub fn cumulative_dynamic_auc(
    durations: &[f64],
    events: &[bool],
    risk: &[f64],
    censoring: &KaplanMeier,
    t: f64,
) -> Option<f64> {
    let rows = events.len();
    if !valid_durations(durations, rows) || !all_finite(risk, rows) {
        return None;
    }
    case_control_area(risk, |row| {
        if durations[row] > t {
            return Some([0.0, 1.0]);
        }
        if !events[row] {
            return Some([0.0; 2]);
        }
        let g = censoring.survival_at(durations[row]);
        (g > 0.0).then(|| [g.recip(), 0.0])
    })
}

/// The share of the weighted pairs of a case and a control in which the case has the higher risk;
/// ties count half. `weights` gives a row's weight as a case and as a control.
///
/// `None` without a case or a control, or where a weight is undefined.
pub(crate) fn case_control_area(
    risk: &[f64],
    weights: impl Fn(usize) -> Option<[f64; 2]>,
) -> Option<f64> {
    let (mut won, mut case_weight, mut controls_below) = (0.0, 0.0, 0.0);
    for together in ascending_order(risk).chunk_by(|&a, &b| is_tied(risk[a], risk[b])) {
        let (mut cases, mut controls) = (0.0, 0.0);
        for &row in together {
            let [case, control] = weights(row)?;
            cases += case;
            controls += control;
        }
        won += cases * (controls_below + controls / 2.0);
        case_weight += cases;
        controls_below += controls;
    }
    let pairs = case_weight * controls_below;
    (pairs > 0.0).then(|| won / pairs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::discrimination::ranking::roc_auc;
    use crate::test_set::{assert_near, rows, test_rows, train_rows};

    // from sksurv.metrics import cumulative_dynamic_auc
    // near = r + (np.arange(120) % 3) * 0.6e-8
    // for t in [3.0, 8.0]:
    //     cumulative_dynamic_auc(y(8, 200, 1.5), y(7, 120), r, [t])[1]
    //     cumulative_dynamic_auc(y(8, 200, 1.5), y(7, 120), near, [t])[1]  # ties chain
    #[test]
    fn tied_and_nearly_tied_risks_agree_with_scikit_survival() {
        let (set, train) = (test_rows(), train_rows());
        let censoring = KaplanMeier::fit_censoring(&train.durations, &train.events).unwrap();
        let near: Vec<f64> =
            set.risk.iter().enumerate().map(|(row, r)| r + (row % 3) as f64 * 0.6e-8).collect();
        for (t, area) in [(3.0, 0.6529595316018143), (8.0, 0.5924634957406686)] {
            for risk in [&set.risk, &near] {
                let scored =
                    cumulative_dynamic_auc(&set.durations, &set.events, risk, &censoring, t);
                assert_near(scored.unwrap(), area);
            }
        }
    }

    #[test]
    fn without_censoring_it_is_the_plain_auc() {
        let set = rows(3, 80);
        let all = vec![true; 80];
        let censoring = KaplanMeier::fit_censoring(&set.durations, &all).unwrap();
        let ended: Vec<bool> = set.durations.iter().map(|&duration| duration <= 5.0).collect();
        assert_near(
            cumulative_dynamic_auc(&set.durations, &all, &set.risk, &censoring, 5.0).unwrap(),
            roc_auc(&set.risk, &ended).unwrap(),
        );
    }

    #[test]
    fn without_cases_or_controls_or_weight_it_is_undefined() {
        let censoring = KaplanMeier::fit_censoring(&[1.0, 2.0], &[true, false]).unwrap();
        let score = |durations: &[f64], events: &[bool], t| {
            cumulative_dynamic_auc(durations, events, &[0.2, 0.1], &censoring, t)
        };
        assert_eq!(score(&[1.0, 2.0], &[true, false], 1.0), Some(1.0));
        assert_eq!(score(&[1.0, 2.0], &[true, false], 0.5), None);
        assert_eq!(score(&[1.0, 2.0], &[true, false], 2.0), None);
        assert_eq!(score(&[2.0, 3.0], &[true, false], 2.0), None);
        assert_eq!(score(&[1.0, 2.0], &[true, false], f64::NAN), None);
    }
}
