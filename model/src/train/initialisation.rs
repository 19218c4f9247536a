//! Initialisation of the net at first passage, scaled to observed rates.

use candle_core::{Device, Result, Tensor};
use candle_nn::VarMap;
use plimsoll_numerics::logistic;
use rand_chacha::ChaCha8Rng;

use crate::input::anchor::MIN_LOG_ODDS;
use crate::input::dataset::Dataset;
use crate::input::grid::INTERVALS;
use crate::net::config::{ALPHA, BETA, GAMMA};
use plimsoll_tabm::HEADS;
use plimsoll_tabm::named_variables;

/// Prior mean of the anchor's slope, which is below 1 because owners act more often close to
/// liquidation.
const PRIOR_SLOPE: f64 = 0.5;
/// Prior precision of the slope.
const PRIOR_PRECISION: f64 = 25.0;
/// Prior precision of the intercept, which keeps it finite in an interval without events.
const INTERCEPT_PRECISION: f64 = 1e-3;
const NEWTON_STEPS: usize = 30;
const MAX_STEP: f64 = 1.0;
/// Pseudo-count of events in an interval.
const PSEUDO_EVENTS: f64 = 0.5;

/// Initialises every variable: hidden layers at random, heads at zero, intercepts and slopes at the
/// best fit without corrections. The hidden layers of liquidation are not yet monotone.
pub(crate) fn initialise_at_first_passage(
    variables: &VarMap,
    data: &Dataset,
    rng: &mut ChaCha8Rng,
) -> Result<()> {
    plimsoll_tabm::initialise(variables, rng)?;
    let (alpha, beta) = fit_first_passage(data)?;
    for (name, variable) in named_variables(variables) {
        let value = match name.as_str() {
            ALPHA => alpha.clone(),
            BETA => beta.clone(),
            GAMMA => closing_intercepts(data)?,
            _ if name.ends_with(HEADS) => variable.zeros_like()?,
            _ => continue,
        };
        variable.set(&value.to_device(variable.device())?)?;
    }
    Ok(())
}

/// The intercepts and slopes by interval that fit the observed liquidations best, as tensors.
fn fit_first_passage(data: &Dataset) -> Result<(Tensor, Tensor)> {
    let anchor = data.anchor.to_vec2::<f32>()?;
    let at_risk = data.targets.liquidation_risk.to_vec2::<f32>()?;
    let liquidated = data.targets.liquidated.to_vec2::<f32>()?;
    let (mut alpha, mut beta) = ([0.0_f32; INTERVALS], [0.0_f32; INTERVALS]);
    for k in 0..INTERVALS {
        let rows = || {
            let rows = anchor.iter().zip(&at_risk).zip(&liquidated);
            rows.map(|((a, w), y)| (f64::from(a[k]), f64::from(w[k]), f64::from(y[k])))
        };
        let (intercept, slope) = fit_logistic(rows);
        (alpha[k], beta[k]) = (intercept as f32, slope as f32);
    }
    Ok((Tensor::new(&alpha, &Device::Cpu)?, Tensor::new(&beta, &Device::Cpu)?))
}

/// Intercept and slope of a logistic regression of `y` on `a` with weights `w`, by Newton's method.
///
/// The slope has a prior at [`PRIOR_SLOPE`], which determines it in an interval without events. It
/// is not negative: at the bound, the intercept alone is fitted.
fn fit_logistic<I: Iterator<Item = (f64, f64, f64)>>(rows: impl Fn() -> I) -> (f64, f64) {
    let (observed, exposed) = rows().fold((PSEUDO_EVENTS, 1.0), |(s, e), (_, w, y)| (s + y, e + w));
    let (mut intercept, mut slope) =
        ((observed / exposed).ln() - MIN_LOG_ODDS * PRIOR_SLOPE, PRIOR_SLOPE);
    for _ in 0..NEWTON_STEPS {
        let prior_gradient = PRIOR_PRECISION * (PRIOR_SLOPE - slope);
        let (mut g0, mut g1) = (0.0, prior_gradient);
        let (mut h00, mut h01, mut h11) = (INTERCEPT_PRECISION, 0.0, PRIOR_PRECISION);
        for (a, w, y) in rows() {
            let p = logistic(intercept + slope * a);
            let (residual, weight) = (y - w * p, w * p * (1.0 - p));
            g0 += residual;
            g1 += residual * a;
            h00 += weight;
            h01 += weight * a;
            h11 += weight * a * a;
        }
        let determinant = h00 * h11 - h01 * h01;
        let step = |d: f64| d.clamp(-MAX_STEP, MAX_STEP);
        let slope_step = step((g1 * h00 - g0 * h01) / determinant);
        if slope + slope_step > 0.0 {
            intercept += step((g0 * h11 - g1 * h01) / determinant);
            slope += slope_step;
        } else {
            slope = 0.0;
            intercept += step(g0 / h00);
        }
    }
    (intercept, slope)
}

/// Log odds of closing in an interval at risk.
fn closing_intercepts(data: &Dataset) -> Result<Tensor> {
    let closed = data.targets.closed.sum(0)?;
    let stayed = (data.targets.closing_risk.sum(0)? - &closed)?;
    ((closed + PSEUDO_EVENTS)? / (stayed + PSEUDO_EVENTS)?)?.log()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows of weight 1: the anchor, and whether the account was liquidated.
    fn fit(rows: &[(f64, f64)]) -> (f64, f64) {
        fit_logistic(|| rows.iter().map(|&(anchor, y)| (anchor, 1.0, y)))
    }

    /// Liquidations in one of ten rows where the anchor is high, in `low` of ten where it is low.
    fn rows(low: usize) -> Vec<(f64, f64)> {
        let event = |n: usize, events: usize| if n % 10 < events { 1.0 } else { 0.0 };
        (0..2_000)
            .map(|n| if n < 1_000 { (-2.0, event(n, 1)) } else { (-6.0, event(n, low)) })
            .collect()
    }

    #[test]
    fn a_falling_slope_is_replaced_by_the_observed_rate() {
        let (intercept, slope) = fit(&rows(3));
        assert_eq!(slope, 0.0);
        assert!((logistic(intercept) - 0.2).abs() < 1e-4, "{intercept}");
    }

    #[test]
    fn a_rising_slope_is_at_the_optimum_of_likelihood_and_prior() {
        let rows = rows(0);
        let (intercept, slope) = fit(&rows);
        let residual = |&(a, y): &(f64, f64)| y - logistic(intercept + slope * a);
        let by_slope: f64 = rows.iter().map(|row| residual(row) * row.0).sum();
        assert!(slope > 0.0 && (by_slope + PRIOR_PRECISION * (PRIOR_SLOPE - slope)).abs() < 1e-6);
    }
}
