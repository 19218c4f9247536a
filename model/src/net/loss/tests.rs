use candle_core::{Device, Var};
use plimsoll_features::{CLOSED, LIQUIDATED, Outcome};
use plimsoll_numerics::{logistic, softplus};

use super::*;
use crate::input::dataset::Dataset;
use crate::input::grid::{INTERVALS, edges_days};

/// One member, two rows, two intervals.
fn two_by_two(values: [[f32; 2]; 2]) -> Tensor {
    Tensor::new(&values, &Device::Cpu).expect("a small tensor")
}

/// The first row is liquidated in the second interval. The second is closed in the first, and
/// followed up for a quarter of the second.
fn targets() -> Targets {
    Targets {
        liquidation_risk: two_by_two([[1.0, 1.0], [1.0, 0.25]]),
        closing_risk: two_by_two([[1.0, 0.0], [1.0, 0.0]]),
        liquidated: two_by_two([[0.0, 1.0], [0.0, 0.0]]),
        closed: two_by_two([[0.0, 0.0], [1.0, 0.0]]),
    }
}

fn loss(a: [[f32; 2]; 2], b: [[f32; 2]; 2]) -> f32 {
    let one = |values| two_by_two(values).unsqueeze(0).expect("a member");
    let loss = negative_log_likelihood(&one(a), &one(b), &targets());
    loss.and_then(|loss| loss.to_scalar()).expect("a scalar")
}

const A: [[f32; 2]; 2] = [[-2.0, -1.0], [0.5, -3.0]];
const B: [[f32; 2]; 2] = [[-1.0, -4.0], [-0.5, 1.0]];

#[test]
fn loss_matches_explicit_likelihood() {
    let p = |log_odds: f64| logistic(log_odds);
    let first = (1.0 - p(-2.0)) * (1.0 - p(-1.0)) * p(-1.0);
    let second = (1.0 - p(0.5)) * (1.0 - p(-3.0)).powf(0.25) * p(-0.5);
    let expected = -(first.ln() + second.ln()) / 2.0;
    assert!((f64::from(loss(A, B)) - expected).abs() < 1e-6);
}

#[test]
fn log_odds_without_risk_change_nothing() {
    let mut moved = B;
    (moved[0][1], moved[1][1]) = (3.0, -3.0);
    assert_eq!(loss(A, B), loss(A, moved));
}

/// One row; the cause-specific and the subdistribution likelihood agree without closings.
#[test]
fn loss_without_closing_is_the_single_risk_loss() {
    let outcome = Outcome { duration_days: 2.5, event: LIQUIDATED, follow_up_days: 40.0 };
    let event = (0..INTERVALS).find(|&k| edges_days()[k + 1] >= 2.5).expect("an interval");
    let log_odds: [f32; INTERVALS] = std::array::from_fn(|k| k as f32 / 4.0 - 3.0);
    let at_risk = log_odds[..=event].iter().map(|&z| softplus(f64::from(z))).sum::<f64>();
    let expected = at_risk - f64::from(log_odds[event]);
    assert!((row_loss(outcome, log_odds, [-80.0; INTERVALS]) - expected).abs() < 1e-5);
}

#[test]
fn a_closed_account_stays_at_risk_of_liquidation() {
    let outcome = Outcome { duration_days: 0.3, event: CLOSED, follow_up_days: 40.0 };
    let log_odds: [f32; INTERVALS] = std::array::from_fn(|k| k as f32 / 4.0 - 3.0);
    let never_liquidated: f64 = log_odds.iter().map(|&z| softplus(f64::from(z))).sum();
    let closing_part = row_loss(outcome, [-80.0; INTERVALS], log_odds);
    let both = row_loss(outcome, log_odds, log_odds);
    assert!((both - closing_part - never_liquidated).abs() < 1e-5);
}

fn row_loss(outcome: Outcome, liquidated: [f32; INTERVALS], closed: [f32; INTERVALS]) -> f64 {
    let empty = ndarray::Array2::zeros((1, INTERVALS));
    let data = Dataset::new(empty.view(), empty.view(), &[outcome], &[1.0]).expect("a row");
    let one = |values: [f32; INTERVALS]| Tensor::new(&[[values]], &Device::Cpu).expect("a tensor");
    let loss = negative_log_likelihood(&one(liquidated), &one(closed), &data.targets);
    f64::from(loss.and_then(|loss| loss.to_scalar::<f32>()).expect("a scalar"))
}

#[test]
fn members_are_weighted_equally() {
    let both = |a: [[[f32; 2]; 2]; 2]| Tensor::new(&a, &Device::Cpu).expect("two members");
    let together = negative_log_likelihood(&both([A, B]), &both([B, A]), &targets());
    let together: f32 = together.and_then(|loss| loss.to_scalar()).expect("a scalar");
    assert!((together - (loss(A, B) + loss(B, A)) / 2.0).abs() < 1e-6);
}

#[test]
fn extreme_logits_stay_finite() {
    assert!(loss([[200.0, -200.0]; 2], [[-200.0, 200.0]; 2]).is_finite());
}

#[test]
fn gradient_matches_finite_differences() {
    let one = |values| two_by_two(values).unsqueeze(0).expect("a member");
    let var = |values| Var::from_tensor(&one(values)).expect("a variable");
    let (a, b) = (var(A), var(B));
    let loss_of = negative_log_likelihood(&a, &b, &targets()).expect("a loss");
    let gradients = loss_of.backward().expect("gradients");
    let gradient = |var: &Var| {
        let gradient = gradients.get(var).expect("a gradient").squeeze(0);
        gradient.and_then(|g| g.to_vec2::<f32>()).expect("values")
    };
    for (i, j) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
        let moved = |mut from: [[f32; 2]; 2], step: f32| {
            from[i][j] += step;
            from
        };
        let by_a = (loss(moved(A, 1e-2), B) - loss(moved(A, -1e-2), B)) / 2e-2;
        let by_b = (loss(A, moved(B, 1e-2)) - loss(A, moved(B, -1e-2))) / 2e-2;
        assert!((gradient(&a)[i][j] - by_a).abs() < 1e-3, "{i} {j}");
        assert!((gradient(&b)[i][j] - by_b).abs() < 1e-3, "{i} {j}");
    }
}
