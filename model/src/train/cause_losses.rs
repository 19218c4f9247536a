//! The two parts of a row's loss, by cause.

use plimsoll_features::{CLOSED, LIQUIDATED};
use plimsoll_numerics::softplus;

use crate::input::grid::{Exposure, INTERVALS};

/// The liquidation part of a row's loss, nats; `log_odds` are those of liquidation by interval,
/// given no liquidation before.
///
/// Closings are a hundred times as frequent, so the total loss contains little information on
/// liquidation.
pub(crate) fn liquidation_loss(log_odds: &[f32], exposure: &Exposure) -> f64 {
    binary_loss(log_odds, &exposure.liquidation, exposure.interval_of(LIQUIDATED))
}

/// The closing part of a row's loss, nats; `log_odds` are those of closing by interval, given
/// neither event before and no liquidation in the interval.
pub(crate) fn closing_loss(log_odds: &[f32], exposure: &Exposure) -> f64 {
    binary_loss(log_odds, &exposure.closing, exposure.interval_of(CLOSED))
}

/// As in [`negative_log_likelihood`](crate::net::loss::negative_log_likelihood).
fn binary_loss(log_odds: &[f32], at_risk: &[f32; INTERVALS], event: Option<usize>) -> f64 {
    let cells = log_odds.iter().zip(at_risk);
    let survival: f64 = cells.map(|(&z, &w)| f64::from(w) * softplus(f64::from(z))).sum();
    survival - event.map_or(0.0, |k| f64::from(log_odds[k]))
}

#[cfg(test)]
mod tests {
    use candle_core::{Device, Tensor};
    use ndarray::Array2;
    use plimsoll_features::{OPEN, Outcome};

    use super::*;
    use crate::input::dataset::Dataset;
    use crate::net::loss::negative_log_likelihood;

    #[test]
    fn liquidation_and_closing_losses_add_up_to_the_loss_of_training() {
        let liquidated: [f32; INTERVALS] = std::array::from_fn(|k| k as f32 / 4.0 - 3.0);
        let closed = liquidated.map(|z| -1.0 - z);
        let tensor = |log_odds| Tensor::new(&[[log_odds]], &Device::Cpu).expect("a tensor");
        for (event, duration_days) in [(LIQUIDATED, 2.5), (CLOSED, 0.3), (OPEN, 11.0)] {
            let outcome = Outcome { duration_days, event, follow_up_days: 11.0 };
            let inputs = Array2::zeros((1, INTERVALS));
            let data = Dataset::new(inputs.view(), inputs.view(), &[outcome], &[1.0]);
            let targets = data.expect("a row").targets;
            let total = negative_log_likelihood(&tensor(liquidated), &tensor(closed), &targets);
            let total = total.and_then(|loss| loss.to_scalar::<f32>()).expect("a scalar");
            let exposure = Exposure::from_outcome(&outcome);
            let parts = liquidation_loss(&liquidated, &exposure) + closing_loss(&closed, &exposure);
            assert!((parts - f64::from(total)).abs() < 1e-5, "{event}");
        }
    }

    #[test]
    fn the_liquidation_loss_of_a_closed_account_is_that_of_an_open_one() {
        let log_odds = [-1.0; INTERVALS];
        let loss = |duration_days: f64, event: u8| {
            let outcome = Outcome { duration_days, event, follow_up_days: 20.0 };
            liquidation_loss(&log_odds, &Exposure::from_outcome(&outcome))
        };
        assert_eq!(loss(0.1, CLOSED), loss(20.0, OPEN));
    }
}
