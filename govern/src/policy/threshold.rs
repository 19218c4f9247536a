//! How liquidation thresholds are computed.

use serde::{Deserialize, Serialize};

use crate::error::{GovernError, check_range};
use crate::risk::{DepthSource, ExcursionOptions};

/// Risks that a collateral's parameters must withstand, and what a change of them may cost.
///
/// Shares, falls and probabilities are fractions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ThresholdPolicy {
    /// Probability that the collateral/debt ratio falls by less than the bound within `dt_hours`.
    pub alpha: f64,
    /// Time from a liquidation's trigger to its execution, hours; rounded up to whole hours after
    /// the delay of the protocol's oracle is added.
    pub dt_hours: f64,
    /// Half-lives of the volatilities that scale excursions, hours; the greatest volatility is
    /// used, so that a threshold falls within hours and rises over weeks.
    pub volatility_half_lives_hours: Vec<f64>,
    /// Share of past excursions to which the generalised Pareto tail is fitted.
    pub tail_share: f64,
    /// Least history from which an excursion is estimated, hours.
    pub least_history_hours: u32,
    /// Lower limit of the excursion, whatever the history: no history of a peg contains its first
    /// loss.
    pub least_excursion: f64,
    /// Least share of the debt on a collateral for a debt asset to be considered.
    pub least_debt_share: f64,
    /// Time that borrowers are assumed to need to react, hours.
    pub reaction_hours: f64,
    /// Probability that a loan at the maximum LTV does not reach the threshold in that time.
    pub reaction_alpha: f64,
    /// Fall of all volatile prices at which liquidations must still be profitable.
    pub stress_fall: f64,
    /// Duration of that fall, hours.
    pub stress_hours: f64,
    /// Time in which a pool recovers from a sale, hours.
    pub refill_hours: f64,
    /// Cost of a liquidation's transactions, USD.
    pub gas_usd: f64,
    /// Debt that one liquidation repays, USD, to which its gas is compared.
    pub liquidation_usd: f64,
    /// Where no pool is known: value of a collateral that can be sold at a loss of 10 %, USD.
    pub assumed_depth_usd: f64,
    /// The greatest recommended bonus, basis points.
    pub greatest_bonus_bps: u16,
    /// A change of threshold, maximum LTV or bonus below this is immaterial, basis points.
    pub material_change_bps: u16,
    /// Weight of a USD of liquidation penalty caused by a change against a USD of shortfall avoided
    /// by it.
    pub harm_weight: f64,
    /// Least history for a change to be recommended, days; thresholds are computed before.
    pub least_change_history_days: u32,
    /// Most that one proposal raises maximum LTV, threshold or bonus by, basis points. Reductions
    /// are not limited.
    pub most_raise_bps: u16,
    /// The depth required for a raise of maximum LTV or threshold: that of `pools`, or the one that
    /// this `policy` assumes.
    pub raise_needs: DepthSource,
    /// `SmartLTV`'s confidence factor `c`.
    pub smart_ltv_confidence: f64,
    /// Window of the Parkinson volatility used by it, days.
    pub parkinson_days: u32,
}

impl Default for ThresholdPolicy {
    fn default() -> Self {
        Self {
            alpha: 0.999,
            dt_hours: 1.0,
            volatility_half_lives_hours: vec![3.0, 24.0, 168.0],
            tail_share: 0.10,
            least_history_hours: 168,
            least_excursion: 0.01,
            least_debt_share: 0.05,
            reaction_hours: 24.0,
            reaction_alpha: 0.95,
            stress_fall: 0.30,
            stress_hours: 24.0,
            refill_hours: 1.0,
            gas_usd: 100.0,
            liquidation_usd: 10_000.0,
            assumed_depth_usd: 50e6,
            greatest_bonus_bps: 1_500,
            material_change_bps: 250,
            harm_weight: 1.0,
            least_change_history_days: 90,
            most_raise_bps: 500,
            raise_needs: DepthSource::Pools,
            smart_ltv_confidence: 3.0,
            parkinson_days: 30,
        }
    }
}

impl ThresholdPolicy {
    /// Checks every value.
    ///
    /// # Errors
    /// [`GovernError::Policy`] for the first value outside its range.
    pub fn validate(&self) -> Result<(), GovernError> {
        let fractions = [
            ("alpha", self.alpha),
            ("reaction_alpha", self.reaction_alpha),
            ("least_excursion", self.least_excursion),
            ("least_debt_share", self.least_debt_share),
            ("stress_fall", self.stress_fall),
        ];
        fractions
            .into_iter()
            .try_for_each(|(field, value)| check_range(field, value, 0.0, 0.99999))?;
        let hours = [
            ("dt_hours", self.dt_hours),
            ("reaction_hours", self.reaction_hours),
            ("stress_hours", self.stress_hours),
            ("refill_hours", self.refill_hours),
        ];
        hours.into_iter().try_for_each(|(field, value)| check_range(field, value, 0.01, 720.0))?;
        check_range("volatility_half_lives_hours", self.shortest_half_life(), 0.5, 8_760.0)?;
        check_range("tail_share", self.tail_share, 0.01, 0.5)?;
        check_range("least_history_hours", f64::from(self.least_history_hours), 48.0, 1e6)?;
        let least_days = f64::from(self.least_change_history_days);
        check_range("least_change_history_days", least_days, 0.0, 3_650.0)?;
        check_range("most_raise_bps", f64::from(self.most_raise_bps), 1.0, 10_000.0)?;
        check_range("parkinson_days", f64::from(self.parkinson_days), 1.0, 3_650.0)?;
        let amounts = [
            ("liquidation_usd", self.liquidation_usd, 1e-6),
            ("gas_usd", self.gas_usd, 0.0),
            ("assumed_depth_usd", self.assumed_depth_usd, 1e-6),
            ("harm_weight", self.harm_weight, 0.0),
            ("smart_ltv_confidence", self.smart_ltv_confidence, 1e-6),
        ];
        amounts
            .into_iter()
            .try_for_each(|(field, value, least)| check_range(field, value, least, 1e15))
    }

    /// Options for estimating excursions within `hours`.
    pub(crate) fn excursion_options(&self, hours: usize) -> ExcursionOptions {
        ExcursionOptions {
            hours,
            half_lives_hours: self.volatility_half_lives_hours.clone(),
            tail_share: self.tail_share,
        }
    }

    /// NaN if there is none, which no range contains.
    fn shortest_half_life(&self) -> f64 {
        self.volatility_half_lives_hours.iter().copied().fold(f64::NAN, f64::min)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn default_policy_is_valid() {
        ThresholdPolicy::default().validate().unwrap();
    }

    #[test]
    fn invalid_policy_names_the_field() {
        let policy = ThresholdPolicy { alpha: 1.0, ..ThresholdPolicy::default() };
        let error = policy.validate().unwrap_err().to_string();
        assert_eq!(error, "policy: alpha is 1, outside 0 to 0.99999");
        let policy = ThresholdPolicy {
            volatility_half_lives_hours: Vec::new(),
            ..ThresholdPolicy::default()
        };
        assert!(policy.validate().is_err());
    }
}
