//! What happens once a position can be liquidated: whether a liquidator takes it, when, and what
//! speaks against it.

use std::fmt;
use std::sync::LazyLock;

use plimsoll_features::feature_index;
use plimsoll_model::{CumulativeIncidence, INTERVALS, PositionState};
use plimsoll_report::{format_fixed, format_percent};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::state::halt::Halt;

/// A position that nobody took for longer than this was passed over, hours: liquidators act within
/// minutes, and the health factor is recorded at whole hours.
const PASSED_OVER_AFTER_HOURS: f64 = 1.0;

/// Columns of the features that the outlook is read from.
static COLUMNS: LazyLock<[usize; 3]> = LazyLock::new(|| {
    ["log_liquidator_margin_over_gas", "liquidation_blocked_hours", "hours_below_threshold"]
        .map(|name| feature_index(name).expect("the kernel computes it"))
});

/// Whether and when a liquidator takes a position.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "probability_taken": 0.09,
    "median_hours_to_liquidation": null,
    "hours_below_threshold": 5.0,
    "obstacles": [
        {"reason": "profit_below_gas_cost", "profit_over_gas_cost": 0.42},
        {"reason": "passed_over", "hours": 5.0}
    ],
    "halt": null
}))]
pub struct LiquidationOutlook {
    /// Probability that a liquidator takes the position. Below a health factor of 1: within 30 days.
    /// Otherwise: once it is below 1, by what a liquidation earns.
    #[schema(minimum = 0, maximum = 1)]
    pub probability_taken: f64,
    /// Hours from `as_of` by which the probability of liquidation reaches one half: the median of its
    /// cumulative incidence. Null if it does not within 30 days.
    #[schema(required)]
    pub median_hours_to_liquidation: Option<f64>,
    /// Hours since the health factor was last known to be 1 or more; 0 if it is now.
    pub hours_below_threshold: f64,
    /// Why a liquidator might not take it; empty if nothing is known to speak against it.
    pub obstacles: Vec<Obstacle>,
    /// Why the protocol's rules permit no liquidation now, whatever the health factor, and from when
    /// they do; null if they permit one.
    #[schema(required)]
    pub halt: Option<Halt>,
}

/// A reason why a liquidator might not take a position.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum Obstacle {
    /// A liquidation earns less than its transaction costs.
    ProfitBelowGasCost {
        /// Largest profit of one liquidation before gas, over the cost of gas.
        profit_over_gas_cost: f64,
    },
    /// The protocol does not permit liquidating it: a reserve is paused or in its grace period.
    LiquidationBlocked {
        /// Hours until it does; 720 where the end is not known.
        hours: f64,
    },
    /// It has been liquidatable, and nobody took it.
    PassedOver {
        /// Hours below a health factor of 1.
        hours: f64,
    },
}

impl LiquidationOutlook {
    /// Reads the outlook from features and a forecast.
    pub(crate) fn new(
        features: &[f32],
        incidence: &CumulativeIncidence,
        state: PositionState,
        (taken_by_profit, halt): (f64, Option<Halt>),
    ) -> Self {
        let [log_profit_over_gas_cost, blocked_hours, hours_below_threshold] =
            COLUMNS.map(|column| f64::from(features[column]));
        let profit_over_gas_cost = log_profit_over_gas_cost.exp();
        let hours_below_threshold = hours_below_threshold.max(0.0);
        // An unknown margin is NaN, and no obstacle.
        let unprofitable = (profit_over_gas_cost < 1.0)
            .then_some(Obstacle::ProfitBelowGasCost { profit_over_gas_cost });
        let blocked =
            (blocked_hours > 0.0).then_some(Obstacle::LiquidationBlocked { hours: blocked_hours });
        let passed_over = (hours_below_threshold > PASSED_OVER_AFTER_HOURS)
            .then_some(Obstacle::PassedOver { hours: hours_below_threshold });
        // That it was passed over weighs more than what it earns.
        let probability_taken = match state {
            PositionState::Open => taken_by_profit,
            PositionState::Liquidatable | PositionState::Stuck => {
                incidence.liquidated[INTERVALS - 1]
            }
        };
        Self {
            probability_taken,
            median_hours_to_liquidation: incidence.median_hours_to_liquidation(),
            hours_below_threshold,
            obstacles: [unprofitable, blocked, passed_over].into_iter().flatten().collect(),
            halt,
        }
    }
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::ProfitBelowGasCost { profit_over_gas_cost } => write!(
                f,
                "a liquidation earns {} of the cost of its gas",
                format_percent(profit_over_gas_cost)
            ),
            Self::LiquidationBlocked { hours } if hours >= 720.0 => {
                write!(f, "the protocol has paused its liquidation, and no end is known")
            }
            Self::LiquidationBlocked { hours } => {
                write!(f, "the protocol permits its liquidation only in {}", format_hours(hours))
            }
            Self::PassedOver { hours } => {
                write!(f, "nobody has liquidated it for {}", format_hours(hours))
            }
        }
    }
}

/// A duration in minutes, hours or days.
pub(crate) fn format_hours(hours: f64) -> String {
    match hours {
        hours if hours < 1.0 => format!("{} min", format_fixed((60.0 * hours).max(1.0), 0)),
        hours if hours < 72.0 => format!("{} h", format_fixed(hours, 1)),
        hours => format!("{} days", format_fixed(hours / 24.0, 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use plimsoll_features::feature_count;

    fn outlook(margin: f32, blocked_hours: f32, hours_below: f32) -> LiquidationOutlook {
        let mut features = vec![f32::NAN; feature_count()];
        for (name, value) in [
            ("log_liquidator_margin_over_gas", margin),
            ("liquidation_blocked_hours", blocked_hours),
            ("hours_below_threshold", hours_below),
        ] {
            features[feature_index(name).expect("a feature")] = value;
        }
        let incidence =
            CumulativeIncidence { liquidated: [0.5; INTERVALS], closed: [0.1; INTERVALS] };
        let state =
            if hours_below > 0.0 { PositionState::Liquidatable } else { PositionState::Open };
        LiquidationOutlook::new(&features, &incidence, state, (0.9, None))
    }

    #[test]
    fn nothing_speaks_against_a_profitable_liquidation() {
        let outlook = outlook(2.0, 0.0, 0.5);
        assert_eq!(outlook.obstacles, []);
        let median = outlook.median_hours_to_liquidation.expect("it is reached");
        assert!((median - 1.0).abs() < 1e-9, "{median}");
        assert_eq!(self::outlook(f32::NAN, 0.0, 0.0).obstacles, []);
    }

    #[test]
    fn below_the_threshold_the_curve_replaces_the_profit() {
        assert_eq!(outlook(2.0, 0.0, 0.0).probability_taken, 0.9);
        assert_eq!(outlook(2.0, 0.0, 30.0).probability_taken, 0.5);
    }

    #[test]
    fn every_obstacle_is_listed_with_its_amount() {
        let obstacles = outlook(-1.0, 4.0, 30.0).obstacles;
        let [Obstacle::ProfitBelowGasCost { profit_over_gas_cost }, blocked, passed_over] =
            obstacles[..]
        else {
            panic!("{obstacles:?}")
        };
        assert!((profit_over_gas_cost - (-1.0_f64).exp()).abs() < 1e-6);
        assert_eq!(blocked, Obstacle::LiquidationBlocked { hours: 4.0 });
        assert_eq!(passed_over, Obstacle::PassedOver { hours: 30.0 });
        let text: Vec<String> = obstacles.iter().map(ToString::to_string).collect();
        assert_eq!(text[1], "the protocol permits its liquidation only in 4.0 h");
        assert_eq!(text[2], "nobody has liquidated it for 30.0 h");
        let json = serde_json::to_value(blocked).expect("it serializes");
        assert_eq!(json, serde_json::json!({"reason": "liquidation_blocked", "hours": 4.0}));
    }
}
