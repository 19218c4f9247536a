//! Numbers with thousands separators.

/// A count, `1,234,567`.
#[must_use]
pub fn format_count(count: usize) -> String {
    group_thousands(&count.to_string())
}

/// A number with this many decimals and thousands separators.
#[must_use]
pub fn format_fixed(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    let (sign, digits) = text.strip_prefix('-').map_or(("", &*text), |digits| ("-", digits));
    match digits.split_once('.') {
        Some((whole, fraction)) => format!("{sign}{}.{fraction}", group_thousands(whole)),
        None => format!("{sign}{}", group_thousands(digits)),
    }
}

/// An amount in as few digits as represent it, with thousands separators: `1,240`, `0.61`.
#[must_use]
pub fn format_amount(amount: f64) -> String {
    let text = if amount >= 1e15 { format!("{amount:e}") } else { format!("{amount}") };
    let (whole, rest) = text.split_at(text.find(['.', 'e']).unwrap_or(text.len()));
    group_thousands(whole) + rest
}

/// An amount of tokens: six significant digits, or all digits of the whole part.
#[must_use]
pub fn format_tokens(amount: f64) -> String {
    let whole_digits = amount.abs().max(1.0).log10().floor() as usize + 1;
    format_fixed(amount, 6_usize.saturating_sub(whole_digits))
}

/// A health factor, which is undefined without debt.
#[must_use]
pub fn format_health_factor(factor: Option<f64>) -> String {
    factor.map_or_else(|| "no debt".to_owned(), |factor| format_fixed(factor, 3))
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
        let counts = [0, 999, 1_000, 12_345_678].map(format_count);
        assert_eq!(counts, ["0", "999", "1,000", "12,345,678"]);
        assert_eq!(format_fixed(-1_234.567, 2), "-1,234.57");
        assert_eq!([1_240.0, 124_000_000.0].map(format_amount), ["1,240", "124,000,000"]);
        assert_eq!([0.61, 100.0].map(format_amount), ["0.61", "100"]);
    }

    #[test]
    fn tokens_have_six_significant_digits() {
        let tokens = [11.0, 0.5, 1_234_567.8].map(format_tokens);
        assert_eq!(tokens, ["11.0000", "0.50000", "1,234,568"]);
    }
}
