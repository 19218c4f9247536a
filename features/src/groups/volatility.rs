//! The volatility of the ratio of the account's collateral to its debt.

use super::feature::Feature;
use crate::account_view::AccountView;
use crate::market::PARKINSON_HOURS;

/// The group's features.
pub(crate) const FEATURES: [Feature; 10] = [
    Feature::new(
        "volatility_6h",
        "per sqrt(year)",
        "sqrt(w' S w) per square root of a year; S: EWMA of hourly log returns' products, half-life 6 h; w: signed weights of collateral and debt in ln HF.",
    ),
    Feature::new("volatility_24h", "per sqrt(year)", "The same, half-life 24 h."),
    Feature::new("volatility_72h", "per sqrt(year)", "The same, half-life 72 h."),
    Feature::new("volatility_168h", "per sqrt(year)", "The same, half-life 168 h."),
    Feature::new("volatility_720h", "per sqrt(year)", "The same, half-life 720 h."),
    Feature::new(
        "parkinson_1h",
        "per sqrt(year)",
        "sqrt(w' P w) per square root of a year; P: Parkinson variances, mean of (ln H/L)^2 / (4 ln 2) over the last closed hour, correlated as in the EWMA of half-life 168 h.",
    ),
    Feature::new("parkinson_6h", "per sqrt(year)", "The same over 6 h."),
    Feature::new("parkinson_24h", "per sqrt(year)", "The same over 24 h."),
    Feature::new("parkinson_168h", "per sqrt(year)", "The same over 168 h."),
    Feature::new(
        "volatility_ratio",
        "ln",
        "ln(volatility_6h / volatility_720h): whether volatility has risen.",
    ),
];

/// The half-life of the correlations between range-based variances: 168 hours.
const CORRELATION_HALF_LIFE: usize = 3;

/// Writes the group's features.
pub(crate) fn write(view: &AccountView<'_>, row: &mut Vec<f64>) {
    row.extend(view.volatilities);
    row.extend(parkinson(view));
    row.push((view.volatilities[0] / view.volatilities[view.volatilities.len() - 1]).ln());
}

/// By window; the correlations are those of every window.
fn parkinson(view: &AccountView<'_>) -> [f64; PARKINSON_HOURS.len()] {
    let covariance = |a, b| view.price_moves.covariance(CORRELATION_HALF_LIFE, a, b);
    let correlation = |a: usize, b: usize| {
        let scale = (covariance(a, a) * covariance(b, b)).sqrt();
        if scale > 0.0 { covariance(a, b) / scale } else { 0.0 }
    };
    let weighted = |window: usize, asset: usize, weight: f64| {
        weight * view.price_moves.parkinson(window, asset).sqrt()
    };
    let mut variances = [0.0; PARKINSON_HOURS.len()];
    for (i, &(a, weight_a)) in view.portfolio.iter().enumerate() {
        for &(b, weight_b) in &view.portfolio[..=i] {
            // Each pair of different assets occurs twice.
            let rho = if a == b { 1.0 } else { 2.0 * correlation(a, b) };
            for (window, variance) in variances.iter_mut().enumerate() {
                *variance += rho * weighted(window, a, weight_a) * weighted(window, b, weight_b);
            }
        }
    }
    variances.map(|variance| variance.max(0.0).sqrt())
}
