//! Statistics with confidence intervals.

use plimsoll_model::ConfidenceInterval;

/// A value with its interval, `0.912 [0.887, 0.931]`; `-` without a value.
#[must_use]
pub fn format_estimate(
    value: Option<f64>,
    interval: Option<ConfidenceInterval>,
    decimals: usize,
) -> String {
    let Some(value) = value else { return "-".to_owned() };
    let Some(ConfidenceInterval { lower, upper }) = interval else {
        return format!("{value:.decimals$}");
    };
    format!("{value:.decimals$} [{lower:.decimals$}, {upper:.decimals$}]")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_values_and_intervals_are_left_out() {
        let interval = Some(ConfidenceInterval { lower: 0.25, upper: 0.75 });
        assert_eq!(format_estimate(Some(0.5), interval, 2), "0.50 [0.25, 0.75]");
        assert_eq!(format_estimate(Some(0.5), None, 3), "0.500");
        assert_eq!(format_estimate(None, interval, 2), "-");
    }
}
