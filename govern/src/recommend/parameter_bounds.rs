//! Parameters implied by the bounds.

use plimsoll_lending::{CloseFactorRule, LiquidatorMargin};

use super::bounds::{ThresholdConstraints, incentive_bound};
use super::recommendation::{Bound, Reason, ReasonCode, StressFigures};
use super::tail_risk::TailRisk;
use crate::parameters::{BPS_PER_ONE, CollateralParameters, floor_bps};
use crate::policy::ThresholdPolicy;
use crate::risk::DepthSource;
use crate::threshold_inputs::AssetInputs;

/// Implied parameters, their bounds, and the reasons.
pub(super) struct ParameterBounds {
    pub(super) implied: CollateralParameters,
    pub(super) bounds: Vec<Bound>,
    pub(super) reasons: Vec<Reason>,
}

impl ParameterBounds {
    /// Computes a collateral's parameters; those in force if the price history is too short.
    pub(super) fn compute(
        asset: &AssetInputs,
        policy: &ThresholdPolicy,
        tail_risk: Option<&TailRisk>,
        stress: &StressFigures,
    ) -> Self {
        let mut reasons = Vec::new();
        let current = CollateralParameters::from_reserve(&asset.reserve);
        let Some(tail_risk) = tail_risk else {
            let hours = policy.least_history_hours;
            let text = format!("fewer than {hours} hours of prices are known");
            reasons.push(Reason::new(ReasonCode::TooLittleHistory, text));
            return Self { implied: current, bounds: Vec::new(), reasons };
        };
        push_price_reasons(asset, policy, stress, &mut reasons);
        let incentive = incentive_bonus_bound(policy, stress, current.liquidation_bonus_bps);
        let bonus_bps = choose_bonus_bps(policy, &incentive, &current, &mut reasons);
        let constraints = ThresholdConstraints {
            excursion: tail_risk.fall,
            price_impact: price_impact(stress.slippage),
            close_factor: close_factor(&asset.reserve.close_factor),
            bonus_bps,
        };
        let mut bounds = constraints.bounds().to_vec();
        let threshold_bps = bounds.iter().map(|bound| bound.value_bps).min().unwrap_or(0);
        push_threshold_reasons(&bounds, tail_risk, &mut reasons);
        bounds.push(incentive);
        let max_ltv_bps = buffered_max_ltv_bps(asset, threshold_bps, tail_risk, &mut reasons);
        let implied = CollateralParameters {
            max_ltv_bps,
            liquidation_threshold_bps: threshold_bps,
            liquidation_bonus_bps: bonus_bps,
        };
        Self { implied, bounds, reasons }
    }
}

/// The least bonus at which a liquidator who sells immediately breaks even.
fn incentive_bonus_bound(
    policy: &ThresholdPolicy,
    stress: &StressFigures,
    current_bps: u16,
) -> Bound {
    let margin = LiquidatorMargin {
        repaid_usd: policy.liquidation_usd,
        liquidation_bonus: 0.0,
        slippage: stress.slippage,
        gas_usd: policy.gas_usd,
    };
    incentive_bound(margin.break_even_bonus(), current_bps)
}

fn choose_bonus_bps(
    policy: &ThresholdPolicy,
    incentive: &Bound,
    current: &CollateralParameters,
    reasons: &mut Vec<Reason>,
) -> u16 {
    let (least_bps, current_bps) = (incentive.value_bps, current.liquidation_bonus_bps);
    let percent = |bps: u16| f64::from(bps) / 100.0;
    if !incentive.binds {
        return current_bps;
    }
    if least_bps > policy.greatest_bonus_bps {
        let text = format!(
            "in the stress a liquidator breaks even at a bonus of {:.2} %, above the {:.2} % that \
             may be paid: less of this collateral should be taken",
            percent(least_bps),
            percent(policy.greatest_bonus_bps),
        );
        reasons.push(Reason::new(ReasonCode::Illiquid, text));
        return current_bps.max(policy.greatest_bonus_bps);
    }
    let text = format!(
        "in the stress a liquidator breaks even at a bonus of {:.2} %, above {:.2} %",
        percent(least_bps),
        percent(current_bps),
    );
    reasons.push(Reason::new(ReasonCode::BonusRaised, text));
    least_bps
}

/// In a constant-product pool the average price of a sale is the geometric mean of the prices
/// before and after it.
fn price_impact(slippage: f64) -> f64 {
    1.0 - (1.0 - slippage) * (1.0 - slippage)
}

const fn close_factor(rule: &CloseFactorRule) -> f64 {
    match rule {
        CloseFactorRule::Full => 1.0,
        CloseFactorRule::Fixed(share)
        | CloseFactorRule::FixedAboveHealthFactor { fraction: share, .. } => *share,
        CloseFactorRule::AaveV3(rule) => rule.default_close_factor,
    }
}

/// Leaves a buffer below the threshold for a fall during the borrowers' time to react.
fn buffered_max_ltv_bps(
    asset: &AssetInputs,
    threshold_bps: u16,
    tail_risk: &TailRisk,
    reasons: &mut Vec<Reason>,
) -> u16 {
    let buffered = f64::from(threshold_bps) / BPS_PER_ONE * (1.0 - tail_risk.reaction_fall);
    if asset.reserve.max_ltv < asset.reserve.liquidation_threshold {
        return floor_bps(buffered);
    }
    let text = format!(
        "borrowing and liquidation have one ratio here; with two, borrowing would end at {:.2} %",
        buffered * 100.0
    );
    reasons.push(Reason::new(ReasonCode::OneRatio, text));
    threshold_bps
}

fn push_price_reasons(
    asset: &AssetInputs,
    policy: &ThresholdPolicy,
    stress: &StressFigures,
    reasons: &mut Vec<Reason>,
) {
    if asset.oracle_delay_s > 0 {
        let text = format!(
            "the protocol uses prices that are {} s late, so the fall is computed over that delay \
             plus the {} h to execution",
            asset.oracle_delay_s, policy.dt_hours
        );
        reasons.push(Reason::new(ReasonCode::OracleDelay, text));
    }
    if stress.depth_source == DepthSource::Policy {
        let text = format!(
            "no pool is known; {:.0} USD are assumed to be saleable at a loss of 10 %",
            policy.assumed_depth_usd
        );
        reasons.push(Reason::new(ReasonCode::DepthAssumed, text));
    }
}

fn push_threshold_reasons(bounds: &[Bound], tail_risk: &TailRisk, reasons: &mut Vec<Reason>) {
    for bound in bounds.iter().filter(|bound| bound.binds) {
        let percent = f64::from(bound.value_bps) / 100.0;
        let text = format!("{percent:.2} % is {}", bound.kind.description(tail_risk.fall));
        reasons.push(Reason::new(ReasonCode::Threshold, text));
    }
}
