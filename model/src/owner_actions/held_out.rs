//! Scores of rates on held-out rows.

use serde::{Deserialize, Serialize};

/// Scores of the rates of a kind of action on held-out blocks of time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeldOutActionScores {
    /// Number of actions.
    pub observed: f64,
    /// Expected number.
    pub expected: f64,
    /// Poisson deviance of the rates.
    pub deviance: f64,
    /// Deviance of one rate for all accounts.
    pub constant_deviance: f64,
    /// Deviance of a rate by bucket of the health factor.
    pub by_health_deviance: f64,
}

impl HeldOutActionScores {
    /// Share of the deviance of the constant rate that the rates remove.
    #[must_use]
    pub fn skill(&self) -> f64 {
        1.0 - self.deviance / self.constant_deviance
    }

    /// The same of a rate by bucket of the health factor.
    #[must_use]
    pub fn by_health_skill(&self) -> f64 {
        1.0 - self.by_health_deviance / self.constant_deviance
    }
}

/// The Poisson deviance of a count with an expected number above 0.
pub(crate) fn poisson_deviance(observed: f64, expected: f64) -> f64 {
    let log_ratio = if observed > 0.0 { observed * (observed / expected).ln() } else { 0.0 };
    2.0 * (log_ratio - observed + expected)
}

#[cfg(test)]
mod tests {
    use super::poisson_deviance;

    #[test]
    fn deviance_is_zero_where_the_count_is_expected_and_positive_elsewhere() {
        assert_eq!(poisson_deviance(3.0, 3.0), 0.0);
        assert!(poisson_deviance(3.0, 2.0) > 0.0 && poisson_deviance(3.0, 4.0) > 0.0);
        assert_eq!(poisson_deviance(0.0, 0.7), 1.4);
    }
}
