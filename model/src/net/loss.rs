//! The exact likelihood of discrete-time survival with competing risks.

use candle_core::{Result, Tensor};

use crate::input::dataset::Targets;

/// Mean negative log likelihood per row and member, as a scalar.
///
/// `liquidated` and `closed`: log odds, members by rows by intervals. In each interval the account
/// stays open, is liquidated or is closed, by a softmax over `(0, liquidated, closed)`. An interval
/// with only a share `w` at risk and no event contributes its survival to the power `w`, which
/// assumes a constant hazard within the interval. Tutz and Schmid (2016), Modeling Discrete
/// Time-to-Event Data, section 8.1.
pub(crate) fn negative_log_likelihood(
    liquidated: &Tensor,
    closed: &Tensor,
    targets: &Targets,
) -> Result<Tensor> {
    // The maximum of the three logits is subtracted before exponentiation.
    let top = liquidated.maximum(closed)?.relu()?.detach();
    let odds = |logits: &Tensor| (logits - &top)?.exp();
    let sum = ((top.neg()?.exp()? + odds(liquidated)?)? + odds(closed)?)?;
    let exposure_terms = (sum.log()? + &top)?.broadcast_mul(&targets.at_risk)?;
    let event_terms = (liquidated.broadcast_mul(&targets.liquidated)?
        + closed.broadcast_mul(&targets.closed)?)?;
    let (members, rows, _) = liquidated.dims3()?;
    (exposure_terms - event_terms)?.sum_all()? / (members * rows) as f64
}

#[cfg(test)]
mod tests {
    use candle_core::{Device, Var};

    use super::*;

    /// One member, two rows, two intervals.
    fn two_by_two(values: [[f32; 2]; 2]) -> Tensor {
        Tensor::new(&values, &Device::Cpu).expect("a small tensor")
    }

    fn targets() -> Targets {
        Targets {
            at_risk: two_by_two([[1.0, 1.0], [1.0, 0.25]]),
            liquidated: two_by_two([[0.0, 1.0], [0.0, 0.0]]),
            closed: two_by_two([[0.0, 0.0], [0.0, 0.0]]),
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
        let stay = |a: f32, b: f32| 1.0 / (1.0 + a.exp() + b.exp());
        let first = stay(-2.0, -1.0) * stay(-1.0, -4.0) * (-1.0_f32).exp();
        let second = stay(0.5, -0.5) * stay(-3.0, 1.0).powf(0.25);
        let expected = -(first.ln() + second.ln()) / 2.0;
        assert!((loss(A, B) - expected).abs() < 1e-6);
    }

    #[test]
    fn loss_without_closing_is_the_single_risk_loss() {
        let never = [[-80.0; 2]; 2];
        let softplus = |a: f32| a.exp().ln_1p();
        let first = softplus(-2.0) + softplus(-1.0) + 1.0;
        let second = softplus(0.5) + 0.25 * softplus(-3.0);
        assert!((loss(A, never) - (first + second) / 2.0).abs() < 1e-6);
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
}
