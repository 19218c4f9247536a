//! Displayed names of forecasters, rules and thresholds.

use plimsoll_model::{Estimate, WarningQuality};

use crate::format::{format_axis_percent, format_estimate};

/// The displayed name of a forecaster or rule.
pub(super) fn display_name(name: &str) -> &'static str {
    match name {
        "model" => "model",
        "first_passage" => "first passage",
        "training_rate" => "training rate",
        "health_factor" => "health factor",
        _ => "hindsight rate",
    }
}

/// A threshold as text.
pub(super) fn format_threshold(quality: &WarningQuality) -> String {
    match quality.threshold {
        None => "never".to_owned(),
        Some(threshold) if quality.rule == "health_factor" => format!("below {threshold:.3}"),
        Some(threshold) => format!("from {}", format_axis_percent(threshold)),
    }
}

/// An estimate with its confidence interval.
pub(super) fn format_interval_estimate(estimate: &Estimate, decimals: usize) -> String {
    format_estimate(estimate.value, estimate.interval, decimals)
}

/// The median lead time of a rule's true alarms.
pub(super) fn format_median_lead(quality: &WarningQuality) -> String {
    let median = quality.lead_hours.map(|[_, median, _]| format!("{median:.0} h"));
    median.unwrap_or_else(|| "-".to_owned())
}
