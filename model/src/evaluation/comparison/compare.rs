//! Comparison of evaluated forecasts with a peer's.

use std::collections::BTreeSet;

use chrono::DateTime;
use plimsoll_features::Observations;
use plimsoll_lake::Horizon;
use plimsoll_lake::tables::PeerForecast;

use super::paired::{PairedDifferences, PairedForecasts};
use super::peer::{MatchedPeer, name};
use super::report::{Comparison, HorizonComparison};
use crate::backtest::bootstrap::BlockBootstrap;
use crate::backtest::horizons::HorizonRows;
use crate::error::ModelError;
use crate::evaluation::evaluated_forecasts::EvaluatedForecasts;
use crate::evaluation::matching::MAX_NAMED;
use crate::evaluation::report::{HorizonScores, SkillScores};
use crate::input::grid::horizon_column;

/// Compares forecasts with a peer's on the landmarks that both have, at each horizon that the peer
/// forecasts.
///
/// `observations` are all of the lake, to explain what is left out. Intervals come from a paired
/// block bootstrap: a replicate draws the same clusters for both. Blocks of time are as long as the
/// horizon at least, since landmarks with overlapping horizons share events.
///
/// # Errors
/// [`ModelError::InvalidForecast`] if a value is not a probability,
/// [`ModelError::DuplicateForecast`] if the peer forecast a landmark twice,
/// [`ModelError::NoSharedLandmarks`] if there is nothing to compare.
pub fn compare(
    evaluated: &EvaluatedForecasts,
    peer: &[PeerForecast],
    observations: &Observations,
    resampling: &BlockBootstrap,
) -> Result<Comparison, ModelError> {
    let rows = &evaluated.rows;
    let matched = MatchedPeer::new(peer, rows, observations)?;
    let shared: Vec<usize> =
        (0..rows.len()).filter(|&row| matched.forecasts[row].is_some()).collect();
    let (Some(from), Some(to)) = (
        shared.iter().map(|&row| rows.time_s[row]).min(),
        shared.iter().map(|&row| rows.time_s[row]).max(),
    ) else {
        return Err(no_shared_landmarks(evaluated, peer));
    };
    let time = |time_s: i64| DateTime::from_timestamp(time_s, 0).unwrap_or_default();
    let at = |horizon: Horizon| {
        let probabilities = matched.at_horizon(horizon);
        let scored = probabilities.iter().any(Option::is_some);
        let without = matched.len() - probabilities.iter().flatten().count();
        scored.then(|| {
            (horizon, compare_horizon(evaluated, horizon, (&probabilities, without), resampling))
        })
    };
    let accounts: BTreeSet<u32> = shared.iter().map(|&row| rows.account_index[row]).collect();
    Ok(Comparison {
        from: time(from),
        to: time(to),
        rows: shared.len(),
        accounts: accounts.len(),
        resampling: *resampling,
        horizons: Horizon::ALL.into_iter().filter_map(at).collect(),
        left_out: matched.left_out,
    })
}

/// Compares one horizon, given the peer's probability of each row and the number of shared rows
/// without one.
fn compare_horizon(
    evaluated: &EvaluatedForecasts,
    horizon: Horizon,
    (probabilities, without_probability): (&[Option<f64>], usize),
    resampling: &BlockBootstrap,
) -> HorizonComparison {
    let rows = &evaluated.rows;
    let among = (0..rows.len()).filter(|&row| probabilities[row].is_some());
    let rows = HorizonRows::new(horizon, rows, among, resampling.block_days);
    let peer: Vec<f64> = rows.rows.iter().filter_map(|&row| probabilities[row]).collect();
    let own = rows.probabilities(&evaluated.forecasts);
    let [model_scores, peer_scores] =
        [&own, &peer].map(|p| HorizonScores::from_predictions(p, &rows.positives));
    let reference = evaluated.reference.as_ref().map(|reference| {
        let rate = reference.incidence.liquidated[horizon_column(horizon)];
        HorizonScores::from_predictions(&vec![rate; peer.len()], &rows.positives)
    });
    let skill = |scores: &HorizonScores| -> Option<SkillScores> {
        reference.as_ref().map(|reference| scores.skill_over(reference))
    };
    let paired = PairedForecasts { rows: &rows, model: &own, peer: &peer };
    let PairedDifferences { auc, average_precision, brier, log_score } =
        paired.differences([&model_scores, &peer_scores], resampling);
    HorizonComparison {
        without_probability,
        model_skill: skill(&model_scores),
        peer_skill: skill(&peer_scores),
        model: model_scores,
        peer: peer_scores,
        block_days: rows.block_days,
        blocks: rows.blocks.count,
        accounts: rows.accounts.count,
        auc,
        average_precision,
        brier,
        log_score,
    }
}

fn no_shared_landmarks(evaluated: &EvaluatedForecasts, peer: &[PeerForecast]) -> ModelError {
    let first: Vec<String> = peer.iter().take(MAX_NAMED).map(name).collect();
    ModelError::NoSharedLandmarks {
        forecasts: peer.len(),
        rows: evaluated.rows.len(),
        from: evaluated.first().to_rfc3339(),
        to: evaluated.last().to_rfc3339(),
        first: first.join(", "),
    }
}
