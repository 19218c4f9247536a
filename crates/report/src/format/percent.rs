//! Fractions in per cent.

/// A probability or a share in a table, with two decimals.
#[must_use]
pub fn format_percent(fraction: f64) -> String {
    let percent = 100.0 * fraction;
    if percent > 0.0 && percent < 0.005 {
        return "< 0.01 %".to_owned();
    }
    let decimals = if percent < 10.0 && percent > 0.0 { 2 } else { 1 };
    format!("{percent:.decimals$} %")
}

/// An interval of probabilities, `0.68 to 2.51 %`.
#[must_use]
pub fn format_interval(lower: f64, upper: f64) -> String {
    let lower = format_percent(lower);
    format!("{} to {}", lower.trim_end_matches(" %"), format_percent(upper))
}

/// A probability on a logarithmic axis, with as few digits as possible.
#[must_use]
pub fn format_axis_percent(fraction: f64) -> String {
    let percent = 100.0 * fraction;
    if percent < 1e-5 {
        return if percent > 0.0 { format!("{percent:.0e} %") } else { "0 %".to_owned() };
    }
    let decimals = (-percent.log10().floor()).clamp(0.0, 6.0) as usize;
    format!("{percent:.decimals$} %")
}

/// A fraction on a linear axis, rounded to a hundredth of a per cent, without trailing zeros.
#[must_use]
pub fn format_percent_hundredths(fraction: f64) -> String {
    format!("{} %", (fraction * 1e4).round() / 1e2)
}

/// A fraction rounded to a whole per cent.
#[must_use]
pub fn format_percent_whole(fraction: f64) -> String {
    format!("{:.0} %", 100.0 * fraction)
}

/// A fraction with two significant digits, without trailing zeros: `5 %`, `7.3 %`, `0.042 %`.
#[must_use]
pub fn format_percent_significant(fraction: f64) -> String {
    let percent = fraction * 100.0;
    if percent == 0.0 {
        return "0 %".to_owned();
    }
    let decimals = (1 - percent.abs().log10().floor() as i32).clamp(0, 6);
    let text = format!("{percent:.*}", decimals as usize);
    let text =
        if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    format!("{text} %")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_share_is_not_shown_as_zero() {
        let shares = [0.0, 1e-6, 0.0131, 0.5, 1.0].map(format_percent);
        assert_eq!(shares, ["0.0 %", "< 0.01 %", "1.31 %", "50.0 %", "100.0 %"]);
        assert_eq!(format_interval(0.0068, 0.0251), "0.68 to 2.51 %");
    }

    #[test]
    fn axis_labels_are_short() {
        let labels = [0.0, 1e-8, 1e-4, 0.01, 1.0].map(format_axis_percent);
        assert_eq!(labels, ["0 %", "1e-6 %", "0.01 %", "1 %", "100 %"]);
        assert_eq!([0.1234, 0.5].map(format_percent_hundredths), ["12.34 %", "50 %"]);
        assert_eq!(format_percent_whole(0.06), "6 %");
    }

    #[test]
    fn alerts_have_two_significant_digits() {
        let percents = [0.05, 0.073_1, 0.000_42, 0.0, 0.123, 1.0].map(format_percent_significant);
        assert_eq!(percents, ["5 %", "7.3 %", "0.042 %", "0 %", "12 %", "100 %"]);
    }
}
