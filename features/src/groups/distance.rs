//! The distance from liquidation: as log price, in standard deviations, as probability.

use plimsoll_lake::Horizon;
use plimsoll_lending::{first_passage_probability, safety_buffer_sigmas};

use super::feature::Feature;
use crate::account_view::AccountView;
use crate::time::HOURS_PER_YEAR;

/// The group's features.
pub(crate) const FEATURES: [Feature; 15] = [
    Feature::new(
        "log_health_factor",
        "ln",
        "ln HF at the price that the protocol acts on, oracle delay included.",
    ),
    Feature::new(
        "log_health_factor_spot",
        "ln",
        "ln HF at the latest published price, which a delayed oracle uses next.",
    ),
    Feature::new(
        "sigmas_to_liquidation_1h",
        "standard deviations",
        "ln HF over the volatility of one hour (EWMA, half-life 72 h).",
    ),
    Feature::new("sigmas_to_liquidation_6h", "standard deviations", "The same over six hours."),
    Feature::new("sigmas_to_liquidation_24h", "standard deviations", "The same over a day."),
    Feature::new("sigmas_to_liquidation_3d", "standard deviations", "The same over three days."),
    Feature::new("sigmas_to_liquidation_7d", "standard deviations", "The same over seven days."),
    Feature::new("sigmas_to_liquidation_30d", "standard deviations", "The same over thirty days."),
    Feature::new(
        "first_passage_1h",
        "probability",
        "Probability that ln HF, a Brownian motion with carry, falls to 0 within an hour.",
    ),
    Feature::new("first_passage_6h", "probability", "The same within six hours."),
    Feature::new("first_passage_24h", "probability", "The same within a day."),
    Feature::new("first_passage_3d", "probability", "The same within three days."),
    Feature::new("first_passage_7d", "probability", "The same within seven days."),
    Feature::new("first_passage_30d", "probability", "The same within thirty days."),
    Feature::new(
        "drift_per_year",
        "per year",
        "Arithmetic drift of HF a year that first passage uses: less interest, corrected for volatile debt.",
    ),
];

/// Writes the group's features.
pub(crate) fn write(view: &AccountView<'_>, row: &mut Vec<f64>) {
    row.extend([view.log_health, view.log_health_spot]);
    let years = Horizon::ALL.map(|horizon| horizon.hours() / HOURS_PER_YEAR);
    let health = view.log_health.exp();
    row.extend(years.map(|years| safety_buffer_sigmas(health, view.volatility, years)));
    let touch =
        |years| first_passage_probability(view.log_health, view.volatility, view.drift, years);
    row.extend(years.map(touch));
    row.push(view.drift);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_column_for_each_horizon() {
        for (quantity, first) in [("sigmas_to_liquidation", 2), ("first_passage", 8)] {
            let columns = &FEATURES[first..first + Horizon::COUNT];
            let names = Horizon::ALL.map(|horizon| horizon.column(quantity));
            assert!(columns.iter().map(|feature| feature.name).eq(names), "{quantity}");
        }
    }
}
