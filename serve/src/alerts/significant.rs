//! Numbers rounded to few significant digits.

/// Significant digits of an amount.
const SIGNIFICANT_DIGITS: i32 = 3;

/// The smallest amount of three significant digits that is not smaller.
pub(super) fn round_up_significant(amount: f64) -> f64 {
    let places = decimal_places(amount);
    // An amount that already has three digits, up to rounding errors, stays.
    let scaled = amount * 10_f64.powi(places);
    let nearest = scaled.round();
    let whole = if (scaled - nearest).abs() < 1e-9 * scaled { nearest } else { scaled.ceil() };
    shift_down(whole, places)
}

/// The next larger amount of three significant digits.
pub(super) fn next_significant(amount: f64) -> f64 {
    let places = decimal_places(amount);
    shift_down((amount * 10_f64.powi(places)).round() + 1.0, places)
}

fn decimal_places(amount: f64) -> i32 {
    SIGNIFICANT_DIGITS - 1 - amount.log10().floor() as i32
}

/// Divides by a power of ten: a quotient of integers is the float nearest to the decimal.
fn shift_down(whole: f64, places: i32) -> f64 {
    let power = 10_f64.powi(places.abs());
    if places < 0 { whole * power } else { whole / power }
}

/// An amount with thousands separators: `1,240`, `0.61`.
pub(super) fn format_amount(amount: f64) -> String {
    let text = if amount >= 1e15 { format!("{amount:e}") } else { format!("{amount}") };
    let (whole, fraction) = text.split_at(text.find(['.', 'e']).unwrap_or(text.len()));
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped + fraction
}

/// A price in dollars with four significant digits, or with cents if there are more.
pub(super) fn format_price_significant(price: f64) -> String {
    let places =
        if price >= 100.0 { 2 } else { (3 - price.abs().log10().floor() as i32).clamp(2, 12) };
    let text = format!("{price:.*}", places as usize);
    format!("${}", group_amount_text(&text))
}

fn group_amount_text(text: &str) -> String {
    let (whole, fraction) = text.split_at(text.find('.').unwrap_or(text.len()));
    format_amount(whole.parse().unwrap_or_default()) + fraction
}

/// A fraction in per cent with two significant digits: `5 %`, `7.3 %`, `0.042 %`.
pub(super) fn format_percent_significant(fraction: f64) -> String {
    let percent = fraction * 100.0;
    if percent == 0.0 {
        return "0 %".to_owned();
    }
    let places = (1 - percent.abs().log10().floor() as i32).clamp(0, 6);
    let text = format!("{percent:.*}", places as usize);
    let text =
        if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    format!("{text} %")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_rounded_up_to_three_significant_digits() {
        for (exact, rounded) in [
            (1_239.01, 1_240.0),
            (0.609_1, 0.61),
            (1_240.0, 1_240.0),
            (0.001_234_5, 0.001_24),
            (999.1, 1_000.0),
            (7.0, 7.0),
            (123_456_789.0, 124_000_000.0),
        ] {
            assert_eq!(round_up_significant(exact), rounded);
        }
        assert_eq!(
            (next_significant(0.61), next_significant(1_240.0), next_significant(999.0)),
            (0.611, 1_250.0, 1_000.0)
        );
    }

    #[test]
    fn numbers_have_few_significant_digits() {
        assert_eq!(format_amount(1_240.0), "1,240");
        assert_eq!(format_amount(124_000_000.0), "124,000,000");
        assert_eq!(
            (format_amount(0.61), format_amount(100.0)),
            ("0.61".to_owned(), "100".to_owned())
        );
        assert_eq!(
            (format_price_significant(1_547.618), format_price_significant(0.999_6)),
            ("$1,547.62".to_owned(), "$0.9996".to_owned())
        );
        assert_eq!(format_price_significant(0.000_012_34), "$0.00001234");
        assert_eq!(
            (format_percent_significant(0.05), format_percent_significant(0.073_1)),
            ("5 %".to_owned(), "7.3 %".to_owned())
        );
        assert_eq!(
            (format_percent_significant(0.000_42), format_percent_significant(0.0)),
            ("0.042 %".to_owned(), "0 %".to_owned())
        );
        assert_eq!(
            (format_percent_significant(0.123), format_percent_significant(1.0)),
            ("12 %".to_owned(), "100 %".to_owned())
        );
    }
}
