//! Statistics with confidence intervals.

use plimsoll_model::ConfidenceInterval;

/// A value, `0.912`; `-` if it is undefined.
#[must_use]
pub fn format_figure(value: Option<f64>, decimals: usize) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format!("{value:.decimals$}"))
}

/// A value with its interval, `0.912 [0.887, 0.931]`; `-` without a value.
#[must_use]
pub(crate) fn format_estimate(
    value: Option<f64>,
    interval: Option<ConfidenceInterval>,
    decimals: usize,
) -> String {
    let figure = format_figure(value, decimals);
    let Some((_, ConfidenceInterval { lower, upper })) = value.zip(interval) else { return figure };
    format!("{figure} [{lower:.decimals$}, {upper:.decimals$}]")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_values_and_intervals_are_left_out() {
        let interval = Some(ConfidenceInterval { lower: 0.25, upper: 0.75 });
        assert_eq!(format_estimate(Some(0.5), interval, 2), "0.50 [0.25, 0.75]");
        assert_eq!(format_estimate(Some(0.5), None, 3), "0.500");
        assert_eq!([Some(0.25), None].map(|value| format_figure(value, 1)), ["0.2", "-"]);
        assert_eq!(format_estimate(None, interval, 2), "-");
    }
}
