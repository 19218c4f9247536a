//! The debt asset against which a collateral may fall furthest, and how far.

use plimsoll_lending::AssetId;

use super::recommendation::ExcursionFigures;
use crate::policy::ThresholdPolicy;
use crate::risk::{Excursions, RatioHistory, VolatileSide, fraction_from_log};
use crate::threshold_inputs::ThresholdInputs;
use crate::time::{HOUR_S, HOURS_PER_DAY};

/// How far a collateral may fall against one debt asset.
pub(super) struct TailRisk {
    debt: AssetId,
    /// The shortest history of the debt assets considered.
    history_hours: usize,
    hours: usize,
    history: RatioHistory,
    excursions: Excursions,
    /// `x_alpha`, a fraction, at least the policy's lower limit.
    pub(super) fall: f64,
    /// The fall during the borrowers' time to react, a fraction.
    pub(super) reaction_fall: f64,
}

impl TailRisk {
    /// Selects, from the assets owed on a collateral (USD by asset), the one against which it may
    /// fall furthest; `None` if the history is too short.
    pub(super) fn compute(
        inputs: &ThresholdInputs<'_>,
        policy: &ThresholdPolicy,
        owed_usd: &[f64],
        collateral: AssetId,
    ) -> Option<Self> {
        let least_usd = owed_usd.iter().sum::<f64>() * policy.least_debt_share;
        let debts = (0..).map(AssetId).zip(owed_usd);
        let debts = debts.filter(|(debt, usd)| **usd > least_usd && *debt != collateral);
        let histories: Vec<_> =
            debts.map(|(debt, _)| (debt, ratio_history(inputs, collateral, debt))).collect();
        let history_hours = histories.iter().map(|(_, history)| history.len()).min()?;
        let against = |(debt, history)| Self::for_debt(inputs, policy, (collateral, debt), history);
        let worst = histories.into_iter().filter_map(against);
        let worst = worst.max_by(|a, b| a.fall.total_cmp(&b.fall))?;
        Some(Self { history_hours, ..worst })
    }

    fn for_debt(
        inputs: &ThresholdInputs<'_>,
        policy: &ThresholdPolicy,
        (collateral, debt): (AssetId, AssetId),
        history: RatioHistory,
    ) -> Option<Self> {
        let (asset, debt_asset) =
            (&inputs.assets[collateral.index()], &inputs.assets[debt.index()]);
        if history.len() < policy.least_history_hours as usize {
            return None;
        }
        let delay_s = f64::from(asset.oracle_delay_s.max(debt_asset.oracle_delay_s));
        let hours = ceil_hours(policy.dt_hours + delay_s / HOUR_S as f64);
        let excursions = Excursions::from_history(&history, &policy.excursion_options(hours))?;
        let reaction = policy.excursion_options(ceil_hours(policy.reaction_hours));
        // If the history is too short for it, the fall until execution is the lower limit.
        let reaction =
            Excursions::from_history(&history, &reaction).unwrap_or_else(|| excursions.clone());
        let reaction_fall = fraction_from_log(reaction.quantile(policy.reaction_alpha));
        let fall = fraction_from_log(excursions.quantile(policy.alpha)).max(policy.least_excursion);
        let history_hours = history.len();
        Some(Self { debt, history_hours, hours, history, excursions, fall, reaction_fall })
    }

    /// The mean share of a debt that is not covered if a liquidation at the threshold is executed
    /// after the collateral has fallen beyond `x_alpha`; over all falls for alpha 0. `taken` is
    /// `LT (1 + LB)`.
    pub(super) fn uncovered_share(&self, alpha: f64, taken: f64) -> f64 {
        // Of collateral worth D / LT, the remainder pays D (1 - x) / (LT (1 + LB)).
        self.excursions
            .mean_above_quantile(alpha, |log_fall| (1.0 - (-log_fall).exp() / taken).max(0.0))
    }

    /// Hours of price history known of all debt assets considered.
    pub(super) const fn history_hours(&self) -> usize {
        self.history_hours
    }

    /// The ratio of the collateral to the debt asset.
    pub(super) const fn history(&self) -> &RatioHistory {
        &self.history
    }

    pub(super) fn excursion_figures(
        &self,
        inputs: &ThresholdInputs<'_>,
        policy: &ThresholdPolicy,
    ) -> ExcursionFigures {
        let tail = self.excursions.tail();
        ExcursionFigures {
            against: inputs.assets[self.debt.index()].symbol.clone(),
            hours: self.hours,
            alpha: policy.alpha,
            fall: self.fall,
            expected_shortfall: fraction_from_log(self.excursions.expected_shortfall(policy.alpha)),
            reaction_fall: self.reaction_fall,
            volatility_daily: self.excursions.volatility() * (HOURS_PER_DAY as f64).sqrt(),
            samples: self.excursions.len(),
            tail_shape: tail.shape,
            tail_scale: tail.scale,
        }
    }
}

/// The ratio of a collateral to one debt asset.
fn ratio_history(inputs: &ThresholdInputs<'_>, collateral: AssetId, debt: AssetId) -> RatioHistory {
    let (asset, debt_asset) = (&inputs.assets[collateral.index()], &inputs.assets[debt.index()]);
    RatioHistory::from_prices(
        &asset.prices,
        &debt_asset.prices,
        VolatileSide::from_stability(asset.stable, debt_asset.stable),
    )
}

fn ceil_hours(hours: f64) -> usize {
    hours.ceil().max(1.0) as usize
}
