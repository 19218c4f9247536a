//! Formatting of figures for people: thousands separators, units, times in UTC.

use chrono::{DateTime, Utc};

/// A count, `1,234,567`.
pub(crate) fn format_count(count: usize) -> String {
    group_thousands(&count.to_string())
}

/// Dollars in full, `$1,234,567`; with cents below a hundred.
pub(crate) fn format_usd(usd: f64) -> String {
    let decimals = if usd.abs() < 100.0 && usd != 0.0 { 2 } else { 0 };
    format!("${}", format_fixed(usd, decimals))
}

/// Dollars abbreviated to three digits, `$1.23 bn`.
pub(crate) fn format_usd_short(usd: f64) -> String {
    let units = [(1e9, " bn"), (1e6, " M"), (1e3, " k")];
    match units.into_iter().find(|(unit, _)| usd.abs() >= *unit) {
        Some((unit, name)) => format!("${}{name}", format_three_digits(usd / unit)),
        None if usd.fract() == 0.0 => format!("${usd:.0}"),
        None => format!("${usd:.2}"),
    }
}

/// A number with this many decimals and thousands separators.
pub(crate) fn format_fixed(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    let (sign, digits) = text.strip_prefix('-').map_or(("", &*text), |digits| ("-", digits));
    match digits.split_once('.') {
        Some((whole, rest)) => format!("{sign}{}.{rest}", group_thousands(whole)),
        None => format!("{sign}{}", group_thousands(digits)),
    }
}

/// An amount of tokens: six significant digits, or all digits of the whole part.
pub(crate) fn format_tokens(amount: f64) -> String {
    let whole = amount.abs().max(1.0).log10().floor() as usize + 1;
    format_fixed(amount, 6_usize.saturating_sub(whole))
}

/// A price: five significant digits, or all digits of the whole part.
pub(crate) fn format_price(usd: f64) -> String {
    let whole = usd.abs().max(1e-6).log10().floor() + 1.0;
    format!("${}", format_fixed(usd, (5.0 - whole).clamp(2.0, 8.0) as usize))
}

/// A probability or a share in a table, in per cent with two decimals.
pub(crate) fn format_percent(share: f64) -> String {
    let percent = 100.0 * share;
    if percent > 0.0 && percent < 0.005 {
        return "< 0.01 %".to_owned();
    }
    let decimals = if percent < 10.0 && percent > 0.0 { 2 } else { 1 };
    format!("{percent:.decimals$} %")
}

/// An interval of probabilities in per cent, `0.68 to 2.51 %`.
pub(crate) fn format_interval(lower: f64, upper: f64) -> String {
    let lower = format_percent(lower);
    format!("{} to {}", lower.trim_end_matches(" %"), format_percent(upper))
}

/// A probability on an axis, in per cent with as few digits as possible.
#[must_use]
pub fn format_axis_percent(probability: f64) -> String {
    let percent = 100.0 * probability;
    if percent < 1e-5 {
        return if percent > 0.0 { format!("{percent:.0e} %") } else { "0 %".to_owned() };
    }
    let decimals = (-percent.log10().floor()).clamp(0.0, 6.0) as usize;
    format!("{percent:.decimals$} %")
}

/// A health factor, which is undefined without debt.
pub(crate) fn format_health_factor(factor: Option<f64>) -> String {
    factor.map_or_else(|| "no debt".to_owned(), |factor| format_fixed(factor, 3))
}

/// A time to the minute, `2022-04-30 23:00 UTC`.
pub(crate) fn format_time(time: DateTime<Utc>) -> String {
    time.format("%F %R UTC").to_string()
}

/// A date, `2022-04-30`.
pub(crate) fn format_day(time: DateTime<Utc>) -> String {
    time.format("%F").to_string()
}

fn format_three_digits(value: f64) -> String {
    let whole = value.abs().log10().floor().max(0.0) as usize + 1;
    format_fixed(value, 3_usize.saturating_sub(whole))
}

fn group_thousands(digits: &str) -> String {
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_separated() {
        assert_eq!(
            [0, 999, 1_000, 12_345_678].map(format_count),
            ["0", "999", "1,000", "12,345,678"]
        );
        assert_eq!(format_usd(1_234_567.4), "$1,234,567");
        assert_eq!([format_usd(12.345), format_usd(0.0)], ["$12.35", "$0"]);
        assert_eq!(format_fixed(-1_234.567, 2), "-1,234.57");
        assert_eq!(
            [format_tokens(11.0), format_tokens(0.5), format_tokens(1_234_567.8)],
            ["11.0000", "0.50000", "1,234,568"]
        );
        assert_eq!(
            [format_price(2_725.1), format_price(1.0), format_price(0.000_012_3)],
            ["$2,725.10", "$1.0000", "$0.00001230"]
        );
    }

    #[test]
    fn short_dollars_have_three_digits_and_a_unit() {
        let short =
            [1_234_567_890.0, 45_600_000.0, 789_000.0, 1_000.0, 12.5, 0.0].map(format_usd_short);
        assert_eq!(short, ["$1.23 bn", "$45.6 M", "$789 k", "$1.00 k", "$12.50", "$0"]);
    }

    #[test]
    fn small_share_is_not_shown_as_zero() {
        assert_eq!(
            [0.0, 1e-6, 0.0131, 0.5, 1.0].map(format_percent),
            ["0.0 %", "< 0.01 %", "1.31 %", "50.0 %", "100.0 %"]
        );
        assert_eq!(format_interval(0.0068, 0.0251), "0.68 to 2.51 %");
    }
}
