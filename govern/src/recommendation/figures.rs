//! The figures of a recommendation.

use serde::Serialize;

use crate::depth_curve::DepthSource;

/// How far a collateral may fall, in units of a debt, until a liquidation is executed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExcursionFigures {
    /// Symbol of the debt against which it falls furthest.
    pub against: String,
    /// From trigger to execution, the oracle's delay included, hours.
    pub hours: usize,
    /// Probability that it falls no further.
    pub alpha: f64,
    /// `x_alpha`: that fall, a fraction.
    pub fall: f64,
    /// The mean fall where it falls further, a fraction.
    pub expected_shortfall: f64,
    /// Fall in the time that borrowers have to react, at its own probability, a fraction.
    pub reaction_fall: f64,
    /// Volatility as of now, per square root of a day.
    pub volatility_daily: f64,
    /// Past falls that it is told from.
    pub samples: usize,
    /// Shape `xi` of the generalised Pareto tail.
    pub tail_shape: f64,
    /// Its scale `beta`, in volatilities of an hour.
    pub tail_scale: f64,
}

/// A bound that a parameter must keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Bound {
    /// Which it is.
    pub kind: BoundKind,
    /// The greatest threshold, or the least bonus, basis points.
    pub value_bps: u16,
    /// Whether it decides.
    pub binds: bool,
}

/// The bounds there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BoundKind {
    /// Greatest threshold `LT (1 + LB) <= 1 - x_alpha`.
    Excursion,
    /// Greatest threshold at which a liquidation heals, `LT (1 + LB) lambda < 1`.
    ToxicSpiral,
    /// Greatest threshold that contracts accept, `LT (10000 + LB) <= 100000000`.
    ExactProduct,
    /// Least bonus that pays a liquidator, `(1 + LB) (1 - slip) >= 1 + gas / q`.
    LiquidatorIncentive,
}

/// What liquidators would have to take on in a stress, of one collateral.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StressFigures {
    /// Fall of all volatile prices, a fraction.
    pub fall: f64,
    /// Debt on the collateral that it makes liquidatable under the parameters in force, USD.
    pub debt_usd: f64,
    /// What of the collateral is sold at once, USD.
    pub sale_usd: f64,
    /// Share of its worth that this sale loses.
    pub slippage: f64,
    /// Worth of the collateral that can be sold at a loss of 10 %, USD.
    pub depth_usd: f64,
    /// Whence the depth is known.
    pub depth_source: DepthSource,
}

/// What `SmartLTV` would say.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SmartLtvEstimate {
    /// Its LTV, basis points.
    pub ltv_bps: u16,
    /// The confidence factor `c` that was asked for.
    pub confidence: f64,
    /// Parkinson volatility, per square root of a day.
    pub volatility_daily: f64,
    /// Worth of the collateral that can be sold at a loss of the bonus, USD.
    pub liquidity_usd: f64,
    /// Debt on the collateral, in the place of a cap, USD.
    pub debt_usd: f64,
}

/// A figure under the parameters in force and under those proposed.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct CurrentAndProposed<T> {
    /// Under the parameters in force.
    pub current: T,
    /// Under the parameters proposed.
    pub proposed: T,
}

/// Who would be liquidated for a change.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BorrowerCost {
    /// Accounts that could be liquidated once the change is executed, and cannot be before.
    pub now: LiquidatableAccounts,
    /// What is expected to be liquidated within the next 24 hours; none without a model.
    pub next_day: Option<CurrentAndProposed<ExpectedLiquidations>>,
    /// Penalties, USD, on what is liquidated for the change alone: within a day by the model, at
    /// once where there is none.
    pub penalty_usd: f64,
}

/// Accounts that can be liquidated.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct LiquidatableAccounts {
    /// How many.
    pub accounts: usize,
    /// Their debt, USD.
    pub debt_usd: f64,
    /// Their collateral, USD.
    pub collateral_usd: f64,
    /// Their ids, in order.
    pub ids: Vec<String>,
}

/// Liquidations to be expected.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct ExpectedLiquidations {
    /// Accounts.
    pub accounts: f64,
    /// Their debt, USD.
    pub debt_usd: f64,
}

/// What lenders would lose because a liquidation is executed too late, USD.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Shortfall {
    /// In the stress, if the collateral also falls beyond `x_alpha` until execution: debt made
    /// liquidatable times the mean share of it that is then not covered.
    pub stressed_usd: CurrentAndProposed<f64>,
    /// Expected of the next 24 hours; none without a model.
    pub next_day_usd: Option<CurrentAndProposed<f64>>,
}

impl BoundKind {
    /// What keeping the bound means, for a fall `x_alpha`.
    pub(crate) fn description(self, fall: f64) -> String {
        match self {
            Self::Excursion => format!(
                "the most that outlasts a fall of {:.2} % until a liquidation is executed",
                fall * 100.0
            ),
            Self::ToxicSpiral => {
                "the most at which a liquidation heals although its sale lowers the price"
                    .to_owned()
            }
            Self::ExactProduct => {
                "the most at which debt and bonus take no more than there is".to_owned()
            }
            Self::LiquidatorIncentive => "the least at which liquidators act".to_owned(),
        }
    }
}
