//! From the mean of the members to the probability of liquidation: the far tail, whether a
//! liquidator takes the position, and the state below the threshold.

use ndarray::aview1;
use serde::{Deserialize, Serialize};

use super::ensemble::ModelInput;
use super::far_tail::FarTail;
use super::forecasts::interpolate_incidence;
use crate::input::covariate_index::covariate_index;
use crate::input::grid::edges_days;
use crate::members::liquidatable::below_threshold::BelowThreshold;
use crate::members::liquidatable::monotone_response::MonotoneResponse;
use crate::members::liquidatable::position_state::{PositionState, ThresholdColumns};
use crate::members::pooled::curve::LiquidationCurve;
use crate::units::HOURS_PER_DAY;

/// The fitted parameters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ThresholdParameters {
    pub(crate) tail: FarTail,
    pub(crate) response: MonotoneResponse,
    pub(crate) below: BelowThreshold,
}

/// `P(liquidated by h) = P(taken) * P(liquidated by h | a liquidator takes it)`.
///
/// The second factor is that of the members above the threshold; below it, at least the curve of
/// liquidatable positions. Both factors are the same functions on either side, so the probability
/// falls across the threshold.
#[derive(Debug, Clone)]
pub(crate) struct ThresholdModel {
    parameters: ThresholdParameters,
    /// The floor of probabilities by edge.
    floor: LiquidationCurve,
    columns: ThresholdColumns,
    lower_log_health: usize,
}

/// What the model needs to know of an account, besides the members' curves.
#[derive(Debug, Clone)]
pub(crate) struct AccountContext {
    pub(crate) state: PositionState,
    /// The probability that a liquidator takes it.
    pub(crate) taken: f64,
    /// ln HF: the lower of that at the protocol's price and that at the published price.
    pub(crate) log_health: f64,
    /// ln of a liquidator's profit over the cost of gas.
    margin: f64,
    /// The least curve of an open position.
    imminent: LiquidationCurve,
    /// The highest curve of a stuck position.
    stuck: Option<LiquidationCurve>,
    blocked_hours: f64,
}

impl ThresholdModel {
    pub(crate) fn new(parameters: ThresholdParameters) -> Self {
        Self {
            floor: parameters.tail.floor(),
            parameters,
            columns: ThresholdColumns::new(),
            lower_log_health: covariate_index("lower_log_health"),
        }
    }

    /// The floor of probabilities by edge.
    pub(crate) const fn floor(&self) -> &LiquidationCurve {
        &self.floor
    }

    /// Reads an account's context.
    pub(crate) fn context(&self, input: &ModelInput<'_>) -> AccountContext {
        let ThresholdParameters { response, below, .. } = &self.parameters;
        let covariates = input.covariates;
        let state = self.columns.state(covariates);
        let margin = self.columns.margin(covariates);
        let log_health = f64::from(covariates[self.lower_log_health]);
        let imminent = below.imminent_curve(margin, log_health, input.excursion);
        let stuck_curve = || below.stuck_curve(self.columns.hours_below(covariates));
        AccountContext {
            state,
            taken: response.probability(margin),
            log_health,
            margin,
            imminent,
            stuck: (state == PositionState::Stuck).then(stuck_curve),
            blocked_hours: self.columns.blocked_hours(covariates),
        }
    }

    /// The probability of liquidation by each edge.
    pub(crate) fn apply(
        &self,
        members: &LiquidationCurve,
        account: &AccountContext,
    ) -> LiquidationCurve {
        let mut curve = FarTail::apply(members, account.log_health, &self.floor);
        // With the floor, so that the hazard is not zero after a day.
        let raise = |curve: &mut LiquidationCurve, least: LiquidationCurve| {
            for ((p, least), floor) in curve.iter_mut().zip(least).zip(self.floor) {
                *p = p.max(1.0 - (1.0 - least) * (1.0 - floor));
            }
        };
        raise(&mut curve, account.imminent);
        if account.state != PositionState::Open {
            let below = self.parameters.below.curve(account.margin, &curve);
            raise(&mut curve, below);
        }
        if let Some(stuck) = &account.stuck {
            curve.iter_mut().zip(stuck).for_each(|(p, most)| *p = p.min(*most));
        }
        delayed(&curve.map(|p| p * account.taken), account)
    }
}

/// No liquidation before the protocol allows one; a liquidatable position's time starts then.
fn delayed(curve: &LiquidationCurve, account: &AccountContext) -> LiquidationCurve {
    let blocked_days = account.blocked_hours / HOURS_PER_DAY;
    if blocked_days <= 0.0 {
        return *curve;
    }
    let edges = edges_days();
    std::array::from_fn(|k: usize| match edges[k + 1] - blocked_days {
        remaining if remaining <= 0.0 => 0.0,
        remaining if account.state != PositionState::Open => {
            interpolate_incidence(aview1(curve), remaining)
        }
        _ => curve[k],
    })
}
