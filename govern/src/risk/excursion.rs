//! Distribution of the fall of a collateral/debt ratio between a trigger and its execution.
//!
//! Filtered historical simulation (Barone-Adesi, Giannopoulos and Vosper 1999): for every past
//! hour, the deepest fall of the ratio over the following path is divided by the volatility known
//! when the path began. The standardised falls are comparable across calm and volatile periods.
//! Multiplied by today's volatility they are the falls possible now. The largest are smoothed by a
//! generalised Pareto tail (McNeil and Frey 2000).

mod coverage;
mod pareto;
mod volatility;

use crate::risk::ratio_history::RatioHistory;
pub use coverage::{Coverage, backtest_coverage};
pub(crate) use pareto::GeneralizedPareto;
pub(crate) use volatility::conditional_volatility;

/// Options for estimating excursions from a history.
#[derive(Debug, Clone, PartialEq)]
pub struct ExcursionOptions {
    /// Time from a trigger to its execution, hours.
    pub hours: usize,
    /// Half-lives of the volatilities, hours; the greatest volatility is used.
    pub half_lives_hours: Vec<f64>,
    /// Share of the falls that forms the tail.
    pub tail_share: f64,
}

/// Distribution of the deepest fall of a ratio within some hours, from the last known hour on.
///
/// Falls are logarithmic: the ratio falls by the fraction `1 - exp(-fall)`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Excursions {
    /// Hourly volatility at the last known hour, logarithmic.
    volatility: f64,
    /// Past falls divided by the volatility of their time, ascending.
    standardised: Vec<f64>,
    /// Index at which the tail starts.
    tail_start: usize,
    tail: GeneralizedPareto,
}

/// Volatility is undefined before this many hours.
const BURN_IN_HOURS: usize = 24;

impl Excursions {
    /// Estimates excursions from a history; `None` if it has no complete fall.
    #[must_use]
    pub(crate) fn from_history(history: &RatioHistory, options: &ExcursionOptions) -> Option<Self> {
        let volatility = conditional_volatility(history, &options.half_lives_hours);
        let starts = BURN_IN_HOURS..history.len().saturating_sub(options.hours);
        let fall = |hour: usize| history.max_fall_after(hour, options.hours) / volatility[hour];
        let mut standardised: Vec<f64> = starts.map(fall).collect();
        standardised.sort_unstable_by(f64::total_cmp);
        Self::from_sorted(*volatility.last()?, standardised, options.tail_share)
    }

    fn from_sorted(volatility: f64, standardised: Vec<f64>, tail_share: f64) -> Option<Self> {
        let tail_from = (standardised.len() as f64 * (1.0 - tail_share)) as usize;
        let threshold = *standardised.get(tail_from)?;
        let beyond = standardised[tail_from + 1..].iter();
        let excesses: Vec<f64> = beyond.map(|fall| fall - threshold).collect();
        let tail = GeneralizedPareto::fit(&excesses);
        Some(Self { volatility, standardised, tail_start: tail_from, tail })
    }

    /// The fall that is not exceeded with this probability, logarithmic.
    ///
    /// In the tail `u + beta / xi ((n / N_u (1 - p))^-xi - 1)` (McNeil and Frey 2000), times the
    /// volatility.
    #[must_use]
    pub(crate) fn quantile(&self, probability: f64) -> f64 {
        let exceedance = (1.0 - probability) / self.tail_probability();
        if exceedance < 1.0 {
            return (self.threshold() + self.tail.inverse_survival(exceedance)) * self.volatility;
        }
        let index = (self.standardised.len() as f64 * probability) as usize;
        self.standardised[index.min(self.tail_start)] * self.volatility
    }

    /// The mean of the falls beyond that quantile, logarithmic; the probability must be in the
    /// tail.
    ///
    /// `(VaR + beta - xi u) / (1 - xi)`, infinite from shape 1 on.
    #[must_use]
    pub(crate) fn expected_shortfall(&self, probability: f64) -> f64 {
        let exceedance = ((1.0 - probability) / self.tail_probability()).min(1.0);
        let excess = self.tail.inverse_survival(exceedance);
        (self.threshold() + self.tail.mean_above(excess)) * self.volatility
    }

    /// The mean of a function of the fall beyond a quantile; over all falls for probability 0.
    #[must_use]
    pub(crate) fn mean_above_quantile(
        &self,
        probability: f64,
        function: impl Fn(f64) -> f64,
    ) -> f64 {
        // Equal steps of probability, finer in the tail, where losses occur.
        const PARTS: usize = 500;
        let split = probability.max(1.0 - self.tail_probability());
        let mean = |from: f64, to: f64| {
            let middle = |part: usize| from + (to - from) * (part as f64 + 0.5) / PARTS as f64;
            let sum: f64 = (0..PARTS).map(|part| function(self.quantile(middle(part)))).sum();
            sum / PARTS as f64 * (to - from)
        };
        (mean(probability, split) + mean(split, 1.0)) / (1.0 - probability)
    }

    /// The same quantile at the volatility of another hour.
    pub(crate) fn quantile_at(&self, probability: f64, volatility: f64) -> f64 {
        self.quantile(probability) / self.volatility * volatility
    }

    /// Hourly volatility at the last known hour, logarithmic.
    #[must_use]
    pub(crate) const fn volatility(&self) -> f64 {
        self.volatility
    }

    /// Number of past falls.
    #[must_use]
    pub(crate) const fn len(&self) -> usize {
        self.standardised.len()
    }

    /// The distribution of falls beyond the tail's threshold, in units of volatility.
    #[must_use]
    pub(crate) const fn tail(&self) -> GeneralizedPareto {
        self.tail
    }

    fn threshold(&self) -> f64 {
        self.standardised[self.tail_start]
    }

    fn tail_probability(&self) -> f64 {
        let beyond = self.standardised.len() - self.tail_start - 1;
        (beyond as f64 / self.standardised.len() as f64).max(f64::MIN_POSITIVE)
    }
}

/// Converts a logarithmic fall to a fraction.
pub(crate) fn fraction_from_log(log_fall: f64) -> f64 {
    1.0 - (-log_fall).exp()
}

#[cfg(test)]
mod tests;
