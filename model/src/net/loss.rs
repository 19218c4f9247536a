//! The likelihood of discrete-time survival with competing risks, in two separate binary parts.

use candle_core::{Result, Tensor};

use crate::input::dataset::Targets;

/// Mean negative log likelihood per row and member, as a scalar.
///
/// `liquidated` and `closed`: log odds, members by rows by intervals.
///
/// - Liquidation has a subdistribution hazard: the probability of liquidation in an interval, given
///   none before, where an account that was closed stays at risk until the end of its follow-up.
///   The cumulative incidence is therefore one less the product of `1 - hazard`, whatever the
///   hazard of closing. Fine and Gray (1999), JASA 94(446); in discrete time Berger et al. (2020),
///   Biostatistics 21(3). The end of follow-up is known for every account, so that no account needs
///   a weight.
/// - Closing has a cause-specific hazard: the probability of closing in an interval, given neither
///   event before and no liquidation in the interval. Tutz and Schmid (2016), Modeling Discrete
///   Time-to-Event Data, section 8.1.
///
/// An interval with only a share `w` at risk and no event contributes its survival to the power
/// `w`, which assumes a constant hazard within the interval.
pub(crate) fn negative_log_likelihood(
    liquidated: &Tensor,
    closed: &Tensor,
    targets: &Targets,
) -> Result<Tensor> {
    let liquidation = binary_loss(liquidated, &targets.liquidation_risk, &targets.liquidated)?;
    let closing = binary_loss(closed, &targets.closing_risk, &targets.closed)?;
    let (members, rows, _) = liquidated.dims3()?;
    (liquidation + closing)? / (members * rows) as f64
}

/// Sum of `at_risk * ln(1 + exp(log_odds)) - events * log_odds`.
fn binary_loss(log_odds: &Tensor, at_risk: &Tensor, events: &Tensor) -> Result<Tensor> {
    // The maximum of both logits is subtracted before exponentiation.
    let top = log_odds.relu()?.detach();
    let sum = (top.neg()?.exp()? + (log_odds - &top)?.exp()?)?;
    let exposure_terms = (sum.log()? + &top)?.broadcast_mul(at_risk)?;
    (exposure_terms - log_odds.broadcast_mul(events)?)?.sum_all()
}

#[cfg(test)]
mod tests;
