//! The two factors of a row's likelihood, by cause.

use plimsoll_features::{CLOSED, LIQUIDATED};

use crate::forecast::incidence::CauseOdds;
use crate::input::grid::{Exposure, INTERVALS};

/// The liquidation part of a row's loss: "liquidated or not" in each interval, whatever else ended
/// it.
///
/// The likelihood is the product of this part and "closed or not, given not liquidated". Closings
/// are a hundred times as frequent, so the total loss contains little information on liquidation.
pub(crate) fn liquidation_loss(odds: &CauseOdds, exposure: &Exposure) -> f64 {
    let interval = |k: usize| {
        let (a, b, risk) = (odds.liquidated[k], odds.closed[k], f64::from(exposure.at_risk[k]));
        risk * ((1.0 + a + b) / (1.0 + b)).ln()
    };
    let no_event: f64 = (0..INTERVALS).map(interval).sum();
    let event_term = match exposure.event {
        Some((k, LIQUIDATED)) => (odds.liquidated[k] / (1.0 + odds.closed[k])).ln(),
        _ => 0.0,
    };
    no_event - event_term
}

/// The closing part of a row's loss: "closed or not, given not liquidated" in each interval.
pub(crate) fn closing_loss(odds: &CauseOdds, exposure: &Exposure) -> f64 {
    let stayed = match exposure.event {
        Some((k, LIQUIDATED)) => k,
        _ => INTERVALS,
    };
    let interval = |k: usize| f64::from(exposure.at_risk[k]) * odds.closed[k].ln_1p();
    let no_event: f64 = (0..stayed).map(interval).sum();
    let event_term = match exposure.event {
        Some((k, CLOSED)) => odds.closed[k].ln(),
        _ => 0.0,
    };
    no_event - event_term
}

#[cfg(test)]
mod tests {
    use plimsoll_features::Outcome;

    use super::*;

    #[test]
    fn liquidation_and_closing_losses_add_up() {
        let log_odds: [f32; INTERVALS] = std::array::from_fn(|k| k as f32 / 4.0 - 3.0);
        let odds = CauseOdds::from_log_odds(&log_odds, &log_odds.map(|z| -1.0 - z));
        for (event, duration_days) in [(LIQUIDATED, 2.5), (CLOSED, 0.3), (0, 11.0)] {
            let exposure =
                Exposure::from_outcome(&Outcome { duration_days, event, follow_up_days: 40.0 });
            let mut total = 0.0;
            for k in 0..INTERVALS {
                let (a, b, risk) =
                    (odds.liquidated[k], odds.closed[k], f64::from(exposure.at_risk[k]));
                let event_term = |cause| exposure.event == Some((k, cause));
                total += risk * (1.0 + a + b).ln();
                total -= if event_term(LIQUIDATED) {
                    a.ln()
                } else if event_term(CLOSED) {
                    b.ln()
                } else {
                    0.0
                };
            }
            let parts = liquidation_loss(&odds, &exposure) + closing_loss(&odds, &exposure);
            assert!((parts - total).abs() < 1e-9, "{event}");
        }
    }
}
