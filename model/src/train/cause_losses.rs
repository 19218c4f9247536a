//! The two parts of a row's likelihood, by cause.

use plimsoll_features::{CLOSED, LIQUIDATED};

use crate::forecast::incidence::CauseOdds;
use crate::input::grid::{Exposure, INTERVALS};

/// The part of a row's loss that is about liquidation: each interval's "liquidated or not",
/// whatever else ended it.
///
/// The likelihood is a product of this part and "closed or not, given not liquidated". Closings
/// are a hundred times as frequent, so the whole says little about liquidation.
pub(crate) fn liquidation_loss(odds: &CauseOdds, exposure: &Exposure) -> f64 {
    let interval = |k: usize| {
        let (a, b, risk) = (odds.liquidated[k], odds.closed[k], f64::from(exposure.at_risk[k]));
        risk * ((1.0 + a + b) / (1.0 + b)).ln()
    };
    let safe: f64 = (0..INTERVALS).map(interval).sum();
    let seen = match exposure.event {
        Some((k, LIQUIDATED)) => (odds.liquidated[k] / (1.0 + odds.closed[k])).ln(),
        _ => 0.0,
    };
    safe - seen
}

/// The other part: each interval's "closed or not", given not liquidated.
pub(crate) fn closing_loss(odds: &CauseOdds, exposure: &Exposure) -> f64 {
    let stayed = match exposure.event {
        Some((k, LIQUIDATED)) => k,
        _ => INTERVALS,
    };
    let interval = |k: usize| f64::from(exposure.at_risk[k]) * odds.closed[k].ln_1p();
    let open: f64 = (0..stayed).map(interval).sum();
    let seen = match exposure.event {
        Some((k, CLOSED)) => odds.closed[k].ln(),
        _ => 0.0,
    };
    open - seen
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
            let mut whole = 0.0;
            for k in 0..INTERVALS {
                let (a, b, risk) =
                    (odds.liquidated[k], odds.closed[k], f64::from(exposure.at_risk[k]));
                let seen = |cause| exposure.event == Some((k, cause));
                whole += risk * (1.0 + a + b).ln();
                whole -= if seen(LIQUIDATED) {
                    a.ln()
                } else if seen(CLOSED) {
                    b.ln()
                } else {
                    0.0
                };
            }
            let parts = liquidation_loss(&odds, &exposure) + closing_loss(&odds, &exposure);
            assert!((parts - whole).abs() < 1e-9, "{event}");
        }
    }
}
