//! Losses of the net on held-out rows after each epoch.

use plimsoll_features::Outcome;
use rayon::prelude::*;

use super::cause_losses::{closing_loss, liquidation_loss};
use super::early_stopping::BestEpochs;
use crate::forecast::ensemble::ModelInput;
use crate::input::grid::Exposure;
use crate::net::inference::{BLOCK_ROWS, InferenceNet, InputRows};

/// The two parts of the loss.
#[derive(Debug, Clone, Copy, Default)]
struct CauseLosses {
    liquidation: f64,
    closing: f64,
}

/// Sums of the losses after each epoch, over all folds.
#[derive(Debug)]
pub(super) struct EpochLosses {
    sums: Vec<CauseLosses>,
    rows: f64,
}

impl EpochLosses {
    pub(super) fn new(epochs: usize) -> Self {
        Self { sums: vec![CauseLosses::default(); epochs], rows: 0.0 }
    }

    /// The numbers of epochs with the least loss of either cause, and that loss of liquidation per
    /// row; the maximum numbers without folds.
    pub(super) fn best(&self, epochs: usize, closing_epochs: usize) -> (BestEpochs, Option<f64>) {
        if self.rows == 0.0 {
            return (BestEpochs { liquidation: epochs, closing: closing_epochs }, None);
        }
        let argmin = |epochs: usize, loss: fn(&CauseLosses) -> f64| {
            let losses = self.sums[..epochs].iter().map(loss).zip(1..);
            losses.min_by(|a, b| a.0.total_cmp(&b.0)).expect("there is an epoch")
        };
        let (loss, liquidation) = argmin(epochs, |losses| losses.liquidation);
        let (_, closing) = argmin(closing_epochs, |losses| losses.closing);
        (BestEpochs { liquidation, closing }, Some(loss / self.rows))
    }
}

/// Adds the losses of rows and weights after an epoch, averaged over the net's members.
pub(super) fn add_validation_losses<'a>(
    losses: &mut EpochLosses,
    epoch: usize,
    net: &InferenceNet,
    rows: &[(usize, f64)],
    outcomes: &[Outcome],
    inputs: impl Fn(&[(usize, f64)]) -> Vec<ModelInput<'a>> + Sync,
) {
    let of_block = |rows: &[(usize, f64)]| -> Vec<CauseLosses> {
        let mut block = InputRows::default();
        inputs(rows).iter().for_each(|input| block.push(input.scaled, input.first_passage));
        let log_odds = net.log_odds(&block);
        let of_row = |(n, &(row, weight)): (usize, &(usize, f64))| {
            let exposure = Exposure::from_outcome(&outcomes[row]);
            let (mut sum, mut members) = (CauseLosses::default(), 0.0);
            for [liquidated, closed] in log_odds.row(n) {
                sum.liquidation += liquidation_loss(liquidated, &exposure);
                sum.closing += closing_loss(closed, &exposure);
                members += 1.0;
            }
            let scale = weight / members;
            CauseLosses { liquidation: scale * sum.liquidation, closing: scale * sum.closing }
        };
        rows.iter().enumerate().map(of_row).collect()
    };
    // Summed in order, so that the sum does not depend on the number of threads.
    let all: Vec<CauseLosses> = rows.par_chunks(BLOCK_ROWS).flat_map_iter(of_block).collect();
    for loss in all {
        losses.sums[epoch].liquidation += loss.liquidation;
        losses.sums[epoch].closing += loss.closing;
    }
    if epoch == 0 {
        losses.rows += rows.iter().map(|(_, weight)| weight).sum::<f64>();
    }
}
