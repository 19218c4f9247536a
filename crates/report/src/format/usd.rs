//! Values and prices in US dollars.

use super::number::format_fixed;

/// Dollars in full, `$1,234,567`; with cents below a hundred.
#[must_use]
pub fn format_usd(usd: f64) -> String {
    let decimals = if usd.abs() < 100.0 && usd != 0.0 { 2 } else { 0 };
    format!("${}", format_fixed(usd, decimals))
}

/// Dollars abbreviated to three digits, `$1.23 bn`.
#[must_use]
pub fn format_usd_short(usd: f64) -> String {
    let units = [(1e9, " bn"), (1e6, " M"), (1e3, " k")];
    match units.into_iter().find(|(unit, _)| usd.abs() >= *unit) {
        Some((unit, name)) => format!("${}{name}", format_three_digits(usd / unit)),
        None if usd.fract() == 0.0 => format!("${usd:.0}"),
        None => format!("${usd:.2}"),
    }
}

/// A price: five significant digits, or all digits of the whole part.
#[must_use]
pub fn format_price(usd: f64) -> String {
    let whole_digits = usd.abs().max(1e-6).log10().floor() + 1.0;
    format!("${}", format_fixed(usd, (5.0 - whole_digits).clamp(2.0, 8.0) as usize))
}

/// A price with four significant digits, or with cents if there are more.
#[must_use]
pub fn format_price_significant(usd: f64) -> String {
    let decimals =
        if usd >= 100.0 { 2 } else { (3 - usd.abs().log10().floor() as i32).clamp(2, 12) };
    format!("${}", format_fixed(usd, decimals as usize))
}

fn format_three_digits(value: f64) -> String {
    let whole_digits = value.abs().log10().floor().max(0.0) as usize + 1;
    format_fixed(value, 3_usize.saturating_sub(whole_digits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dollars_are_whole_from_a_hundred() {
        let values = [1_234_567.4, 12.345, 0.0].map(format_usd);
        assert_eq!(values, ["$1,234,567", "$12.35", "$0"]);
    }

    #[test]
    fn short_dollars_have_three_digits_and_a_unit() {
        let values = [1_234_567_890.0, 45_600_000.0, 789_000.0, 1_000.0, 12.5, 0.0];
        let expected = ["$1.23 bn", "$45.6 M", "$789 k", "$1.00 k", "$12.50", "$0"];
        assert_eq!(values.map(format_usd_short), expected);
    }

    #[test]
    fn prices_have_a_fixed_number_of_significant_digits() {
        let prices = [2_725.1, 1.0, 0.000_012_3];
        assert_eq!(prices.map(format_price), ["$2,725.10", "$1.0000", "$0.00001230"]);
        let prices = [1_547.618, 0.999_6, 0.000_012_34];
        assert_eq!(prices.map(format_price_significant), ["$1,547.62", "$0.9996", "$0.00001234"]);
    }
}
