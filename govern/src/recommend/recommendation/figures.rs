//! The figures of a recommendation.

use serde::Serialize;

use crate::risk::DepthSource;

/// How far a collateral may fall, in units of a debt asset, until a liquidation is executed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExcursionFigures {
    /// Symbol of the debt asset against which it may fall furthest.
    pub against: String,
    /// From trigger to execution, including the oracle's delay, hours.
    pub hours: usize,
    /// Probability that it falls no further.
    pub alpha: f64,
    /// `x_alpha`: that fall, a fraction.
    pub fall: f64,
    /// The mean of the falls beyond it, a fraction.
    pub expected_shortfall: f64,
    /// Fall during the borrowers' time to react, at its own probability, a fraction.
    pub reaction_fall: f64,
    /// Current volatility, per square root of a day.
    pub volatility_daily: f64,
    /// Number of past falls in the estimate.
    pub samples: usize,
    /// Shape `xi` of the generalised Pareto tail.
    pub tail_shape: f64,
    /// Its scale `beta`, in units of hourly volatility.
    pub tail_scale: f64,
}

/// A bound on a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Bound {
    /// Kind of the bound.
    pub kind: BoundKind,
    /// The greatest threshold, or the least bonus, basis points.
    pub value_bps: u16,
    /// Whether it is binding.
    pub binds: bool,
}

/// Kinds of bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BoundKind {
    /// Greatest threshold `LT (1 + LB) <= 1 - x_alpha`.
    Excursion,
    /// Greatest threshold at which a liquidation lowers the loan-to-value, `LT (1 + LB) lambda < 1`.
    ToxicSpiral,
    /// Greatest threshold that contracts accept, `LT (10000 + LB) <= 100000000`.
    ExactProduct,
    /// Least bonus that pays a liquidator, `(1 + LB) (1 - slip) >= 1 + gas / q`.
    LiquidatorIncentive,
}

/// Sales of one collateral by liquidators in a stress.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StressFigures {
    /// Fall of all volatile prices, a fraction.
    pub fall: f64,
    /// Debt on the collateral that the fall makes liquidatable under the parameters in force, USD.
    pub debt_usd: f64,
    /// Collateral sold at once, USD.
    pub sale_usd: f64,
    /// Share of its value that this sale loses.
    pub slippage: f64,
    /// Value of the collateral that can be sold at a loss of 10 %, USD.
    pub depth_usd: f64,
    /// Source of the depth.
    pub depth_source: DepthSource,
}

/// `SmartLTV` for comparison.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SmartLtvEstimate {
    /// Its LTV, basis points.
    pub ltv_bps: u16,
    /// The confidence factor `c` used.
    pub confidence: f64,
    /// Parkinson volatility, per square root of a day.
    pub volatility_daily: f64,
    /// Value of the collateral that can be sold at a loss of the bonus, USD.
    pub liquidity_usd: f64,
    /// Debt on the collateral, used instead of a cap, USD.
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

/// Cost of a change to borrowers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BorrowerCost {
    /// Accounts that become liquidatable when the change is executed.
    pub now: LiquidatableAccounts,
    /// Expected liquidations of the next 24 hours; `None` without a model.
    pub next_day: Option<CurrentAndProposed<ExpectedLiquidations>>,
    /// Penalties, USD, on liquidations caused by the change alone: within a day by the model, or
    /// immediate ones without a model.
    pub penalty_usd: f64,
}

/// Accounts that can be liquidated.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct LiquidatableAccounts {
    /// Number of accounts.
    pub accounts: usize,
    /// Their debt, USD.
    pub debt_usd: f64,
    /// Their collateral, USD.
    pub collateral_usd: f64,
    /// Their ids, sorted.
    pub ids: Vec<String>,
}

/// Expected liquidations.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct ExpectedLiquidations {
    /// Number of accounts.
    pub accounts: f64,
    /// Their debt, USD.
    pub debt_usd: f64,
}

/// Loss of lenders because a liquidation is executed too late, USD.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Shortfall {
    /// In the stress, if the collateral also falls beyond `x_alpha` until execution: debt made
    /// liquidatable times the mean share of it that is then not covered.
    pub stressed_usd: CurrentAndProposed<f64>,
    /// Expected over the next 24 hours; `None` without a model.
    pub next_day_usd: Option<CurrentAndProposed<f64>>,
}

impl BoundKind {
    /// Describes the bound, for a fall `x_alpha`.
    pub(crate) fn description(self, fall: f64) -> String {
        match self {
            Self::Excursion => format!(
                "the most that outlasts a fall of {:.2} % until a liquidation is executed",
                fall * 100.0
            ),
            Self::ToxicSpiral => {
                "the most at which a liquidation lowers the loan-to-value although its sale lowers the price"
                    .to_owned()
            }
            Self::ExactProduct => {
                "the most at which debt and bonus take no more than there is".to_owned()
            }
            Self::LiquidatorIncentive => "the least at which liquidators act".to_owned(),
        }
    }
}
