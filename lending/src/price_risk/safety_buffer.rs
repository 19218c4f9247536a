//! How far the collateral can fall before an account is liquidated.

/// Fall of all collateral, as a fraction of its value, that brings the health factor to 1:
/// `1 - 1 / HF` (.2 = 20 %), negative for an account that can be liquidated.
#[must_use]
pub fn safety_buffer(health_factor: f64) -> f64 {
    1.0 - 1.0 / health_factor
}

/// The log health factor in standard deviations of its change over `years`, `ln HF / (sigma sqrt t)`.
///
/// The volatility is that of the log health factor per square root of a year. Without volatility
/// or time the buffer is infinite, negative below a health factor of 1, and 0 at 1.
#[must_use]
pub fn safety_buffer_sigmas(health_factor: f64, volatility_per_sqrt_year: f64, years: f64) -> f64 {
    let distance = health_factor.ln();
    if distance == 0.0 {
        return 0.0;
    }
    distance / (volatility_per_sqrt_year * years.sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn collateral_that_falls_by_the_buffer_has_health_one() {
        assert_eq!(safety_buffer(1.25), 1.0 - 0.8);
        assert_eq!(safety_buffer(1.0), 0.0);
        assert_eq!(safety_buffer(0.5), -1.0);
        assert_eq!(safety_buffer(f64::INFINITY), 1.0);
    }

    #[test]
    fn the_buffer_shrinks_with_the_root_of_time() {
        let week = safety_buffer_sigmas(1.5, 0.8, 7.0 / 365.0);
        let month = safety_buffer_sigmas(1.5, 0.8, 28.0 / 365.0);
        assert!((week / month - 2.0).abs() < 1e-14);
    }

    #[test]
    fn buffer_without_volatility_is_infinite() {
        assert_eq!(safety_buffer_sigmas(1.1, 0.0, 1.0), f64::INFINITY);
        assert_eq!(safety_buffer_sigmas(0.9, 0.8, 0.0), f64::NEG_INFINITY);
        assert_eq!(safety_buffer_sigmas(1.0, 0.0, 1.0), 0.0);
    }
}
