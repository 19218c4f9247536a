//! Whether the ratio of collateral to debt moves continuously or in jumps.

use std::f64::consts::FRAC_PI_2;

use super::feature::Feature;
use crate::account_view::AccountView;

/// The group's features.
pub(crate) const FEATURES: [Feature; 3] = [
    Feature::new(
        "jump_share_168h",
        "share",
        "Share of the variance that came in jumps: max(0, 1 - BV / RV) over 168 hourly returns r of the portfolio; RV: sum r_i^2; BV: pi / 2 sum |r_i| |r_(i-1)| (Barndorff-Nielsen and Shephard 2004); 0 where nothing moved.",
    ),
    Feature::new(
        "volatility_of_volatility_168h",
        "ln",
        "Standard deviation over the last 168 hours of ln of the portfolio's volatility (EWMA, half-life 6 h, of hourly returns from 48 h before on); 0 where nothing moved.",
    ),
    Feature::new(
        "downside_share_168h",
        "share",
        "Share of RV that came from falls of the portfolio; 0.5 where nothing moved.",
    ),
];

const WINDOW_HOURS: usize = 168;
/// After this an EWMA with a half-life of six hours no longer depends on its start.
const WARM_UP_HOURS: usize = 48;
const HALF_LIFE_HOURS: f64 = 6.0;

/// Writes the group's features.
pub(crate) fn write(view: &AccountView<'_>, row: &mut Vec<f64>) {
    let mut returns = [0.0; WARM_UP_HOURS + WINDOW_HOURS];
    for &(asset, weight) in view.portfolio {
        let own = view.price_moves.hourly_returns(returns.len(), asset);
        let latest = returns.len() - own.len();
        // Before its first price an asset has no return.
        let known = returns[latest..].iter_mut().zip(own).filter(|(_, own)| own.is_finite());
        known.for_each(|(total, own)| *total += weight * own);
    }
    let recent = &returns[WARM_UP_HOURS..];
    let variance: f64 = recent.iter().map(|r| r * r).sum();
    let falls: f64 = recent.iter().map(|r| r.min(0.0).powi(2)).sum();
    row.push(jump_share(recent, variance));
    row.push(volatility_of_volatility(&returns));
    row.push(if variance > 0.0 { falls / variance } else { 0.5 });
}

fn jump_share(returns: &[f64], variance: f64) -> f64 {
    let bipower: f64 = returns.windows(2).map(|pair| (pair[0] * pair[1]).abs()).sum();
    if variance > 0.0 { (1.0 - FRAC_PI_2 * bipower / variance).max(0.0) } else { 0.0 }
}

fn volatility_of_volatility(returns: &[f64]) -> f64 {
    let kept = (-1.0 / HALF_LIFE_HOURS).exp2();
    let (mut ewma, mut weight) = (0.0, 0.0);
    let (mut count, mut mean, mut spread) = (0.0, 0.0, 0.0);
    for (hour, r) in returns.iter().enumerate() {
        ewma = kept * ewma + r * r;
        weight = kept * weight + 1.0;
        if hour < WARM_UP_HOURS || ewma <= 0.0 {
            continue;
        }
        // Welford (1962): sums of squares of logarithms far from zero would lose digits.
        let log_volatility = 0.5 * (ewma / weight).ln();
        count += 1.0;
        let from_mean = log_volatility - mean;
        mean += from_mean / count;
        spread += from_mean * (log_volatility - mean);
    }
    if count > 0.0 { (spread / count).sqrt() } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_single_jump_has_share_one_and_equal_returns_have_share_zero() {
        let mut jump = [0.0; WINDOW_HOURS];
        jump[90] = -0.2;
        assert_eq!(jump_share(&jump, 0.04), 1.0);
        let even = [0.01; WINDOW_HOURS];
        assert_eq!(jump_share(&even, 168.0 * 1e-4), 0.0, "BV is more than RV");
        assert_eq!(jump_share(&[0.0; WINDOW_HOURS], 0.0), 0.0);
    }

    #[test]
    fn constant_volatility_has_zero_volatility() {
        assert!(volatility_of_volatility(&[0.01; WARM_UP_HOURS + WINDOW_HOURS]) < 1e-9);
        assert_eq!(volatility_of_volatility(&[0.0; WARM_UP_HOURS + WINDOW_HOURS]), 0.0);
    }

    #[test]
    fn decaying_volatility_spreads_linearly_in_logs() {
        let mut returns = [0.0; WARM_UP_HOURS + WINDOW_HOURS];
        returns[WARM_UP_HOURS - 1] = 0.1;
        // Its logarithm falls by ln 2 / 12 an hour, linearly over the window. The weight
        // still grows by 2^-8 in all.
        let hours = WINDOW_HOURS as f64;
        let even = (2_f64.ln() / 12.0) * ((hours * hours - 1.0) / 12.0).sqrt();
        assert!((volatility_of_volatility(&returns) / even - 1.0).abs() < 1e-3);
    }
}
