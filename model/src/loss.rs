//! The exact likelihood of discrete time with competing risks.

use candle_core::{Result, Tensor};

/// What happened, on the grid; each tensor rows by intervals.
#[derive(Debug, Clone)]
pub(crate) struct Targets {
    /// Share of the interval at risk.
    pub(crate) at_risk: Tensor,
    /// 1 in the interval of a liquidation.
    pub(crate) liquidated: Tensor,
    /// 1 in the interval of a closing.
    pub(crate) closed: Tensor,
}

/// Mean negative log likelihood of a row, a scalar.
///
/// In each interval the account stays open, is liquidated or is closed, by a softmax over
/// `(0, liquidated, closed)`. An interval of which only a share `w` was at risk, and in which
/// nothing happened, contributes its survival to the power `w`: a constant hazard within it.
/// Tutz and Schmid (2016), Modeling Discrete Time-to-Event Data, section 8.1.
pub(crate) fn negative_log_likelihood(
    liquidated: &Tensor,
    closed: &Tensor,
    targets: &Targets,
) -> Result<Tensor> {
    let cost = (log_normaliser(liquidated, closed)? * &targets.at_risk)?;
    let gain = ((liquidated * &targets.liquidated)? + (closed * &targets.closed)?)?;
    (cost - gain)?.sum_all()? / liquidated.dim(0)? as f64
}

/// The part of the loss that is about liquidation: each interval's "liquidated or not", whatever
/// else ended it.
///
/// The likelihood is a product of this part and "closed or not, given not liquidated". Closings
/// are a hundred times as frequent, so the whole says little about liquidation.
pub(crate) fn liquidation_loss(
    liquidated: &Tensor,
    closed: &Tensor,
    targets: &Targets,
) -> Result<Tensor> {
    let all = log_normaliser(liquidated, closed)?;
    // ln(1 + exp(closed)), likewise kept from overflowing.
    let others = log_normaliser(&(closed.zeros_like()? - 1e4)?, closed)?;
    let safe = ((&all - &others)? * &targets.at_risk)?;
    let seen = ((liquidated - &others)? * &targets.liquidated)?;
    (safe - seen)?.sum_all()? / liquidated.dim(0)? as f64
}

/// `ln(1 + exp(a) + exp(b))`.
fn log_normaliser(a: &Tensor, b: &Tensor) -> Result<Tensor> {
    // The greatest of the three logits, taken out of the exponents; as a constant, since its
    // gradient cancels.
    let top = a.maximum(b)?.relu()?.detach();
    let odds = ((a - &top)?.exp()? + (b - &top)?.exp()?)?;
    (top.neg()?.exp()? + odds)?.log()? + top
}

#[cfg(test)]
mod tests {
    use candle_core::{Device, Var};

    use super::*;

    fn tensor(values: [[f32; 2]; 2]) -> Tensor {
        Tensor::new(&values, &Device::Cpu).expect("a small tensor")
    }

    fn targets() -> Targets {
        Targets {
            at_risk: tensor([[1.0, 1.0], [1.0, 0.25]]),
            liquidated: tensor([[0.0, 1.0], [0.0, 0.0]]),
            closed: tensor([[0.0, 0.0], [0.0, 0.0]]),
        }
    }

    fn loss(a: [[f32; 2]; 2], b: [[f32; 2]; 2]) -> f32 {
        let loss = negative_log_likelihood(&tensor(a), &tensor(b), &targets());
        loss.and_then(|loss| loss.to_scalar()).expect("a scalar")
    }

    const A: [[f32; 2]; 2] = [[-2.0, -1.0], [0.5, -3.0]];
    const B: [[f32; 2]; 2] = [[-1.0, -4.0], [-0.5, 1.0]];

    #[test]
    fn the_loss_is_the_likelihood_written_out() {
        let stay = |a: f32, b: f32| 1.0 / (1.0 + a.exp() + b.exp());
        let first = stay(-2.0, -1.0) * stay(-1.0, -4.0) * (-1.0_f32).exp();
        let second = stay(0.5, -0.5) * stay(-3.0, 1.0).powf(0.25);
        let expected = -(first.ln() + second.ln()) / 2.0;
        assert!((loss(A, B) - expected).abs() < 1e-6);
    }

    #[test]
    fn without_closing_it_is_the_single_risk_loss() {
        let never = [[-80.0; 2]; 2];
        let softplus = |a: f32| a.exp().ln_1p();
        let first = softplus(-2.0) + softplus(-1.0) + 1.0;
        let second = softplus(0.5) + 0.25 * softplus(-3.0);
        assert!((loss(A, never) - (first + second) / 2.0).abs() < 1e-6);
    }

    #[test]
    fn the_parts_of_the_likelihood_add_up() {
        let part = liquidation_loss(&tensor(A), &tensor(B), &targets()).expect("a loss");
        let part: f32 = part.to_scalar().expect("a scalar");
        // "Closed or not, given not liquidated", wherever no liquidation happened.
        let softplus = |b: f32| b.exp().ln_1p();
        let rest = (softplus(-1.0) + softplus(-0.5) + 0.25 * softplus(1.0)) / 2.0;
        assert!((part + rest - loss(A, B)).abs() < 1e-6);
    }

    #[test]
    fn extreme_logits_stay_finite() {
        assert!(loss([[200.0, -200.0]; 2], [[-200.0, 200.0]; 2]).is_finite());
    }

    #[test]
    fn the_gradient_is_the_finite_difference() {
        let var = Var::from_tensor(&tensor(A)).expect("a variable");
        let loss_of =
            |a: &Tensor| negative_log_likelihood(a, &tensor(B), &targets()).expect("a loss");
        let gradients = loss_of(&var).backward().expect("gradients");
        let gradient = gradients.get(&var).expect("a gradient").to_vec2::<f32>().expect("values");
        for (i, j) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
            let at = |step: f32| {
                let mut moved = A;
                moved[i][j] += step;
                loss(moved, B)
            };
            let difference = (at(1e-2) - at(-1e-2)) / 2e-2;
            assert!((gradient[i][j] - difference).abs() < 1e-3, "{i} {j}");
        }
    }
}
