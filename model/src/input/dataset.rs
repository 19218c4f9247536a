//! Training rows as tensors.

use candle_core::{Device, Result, Tensor};
use ndarray::{Array2, ArrayView2};
use plimsoll_features::{CLOSED, LIQUIDATED, Outcome};

use super::grid::{Exposure, INTERVALS};

/// Outcomes on the grid; each tensor is rows by intervals.
#[derive(Debug, Clone)]
pub(crate) struct Targets {
    /// Share of the interval during which the account was at risk.
    pub(crate) at_risk: Tensor,
    /// 1 in the interval of a liquidation.
    pub(crate) liquidated: Tensor,
    /// 1 in the interval of a closing.
    pub(crate) closed: Tensor,
}

impl Targets {
    /// Copies the targets to a device.
    pub(crate) fn to_device(&self, device: &Device) -> Result<Self> {
        Ok(Self {
            at_risk: self.at_risk.to_device(device)?,
            liquidated: self.liquidated.to_device(device)?,
            closed: self.closed.to_device(device)?,
        })
    }
}

/// Inputs and targets of some rows.
#[derive(Debug, Clone)]
pub(crate) struct Dataset {
    /// Scaled features, rows by features.
    pub(crate) scaled: Tensor,
    /// Log odds of first passage, rows by intervals.
    pub(crate) anchor: Tensor,
    /// Outcomes.
    pub(crate) targets: Targets,
}

impl Dataset {
    /// Builds tensors on the CPU; a row of weight `w` counts as `w` rows.
    pub(crate) fn new(
        scaled: ArrayView2<'_, f32>,
        anchor: ArrayView2<'_, f32>,
        outcomes: &[Outcome],
        weights: &[f32],
    ) -> Result<Self> {
        let (mut at_risk, mut liquidated, mut closed) =
            (zeros(outcomes), zeros(outcomes), zeros(outcomes));
        for (row, (outcome, &weight)) in outcomes.iter().zip(weights).enumerate() {
            let exposure = Exposure::from_outcome(outcome);
            let shares = at_risk.row_mut(row).into_iter().zip(exposure.at_risk);
            shares.for_each(|(to, share)| *to = weight * share);
            match exposure.event {
                Some((k, LIQUIDATED)) => liquidated[[row, k]] = weight,
                Some((k, CLOSED)) => closed[[row, k]] = weight,
                _ => {}
            }
        }
        let targets = Targets {
            at_risk: to_tensor(at_risk.view())?,
            liquidated: to_tensor(liquidated.view())?,
            closed: to_tensor(closed.view())?,
        };
        Ok(Self { scaled: to_tensor(scaled)?, anchor: to_tensor(anchor)?, targets })
    }

    /// Number of rows.
    pub(crate) fn len(&self) -> Result<usize> {
        self.scaled.dim(0)
    }

    /// Selects rows by index.
    pub(crate) fn select_rows(&self, rows: &[u32]) -> Result<Self> {
        let rows = Tensor::new(rows, &Device::Cpu)?;
        let pick = |tensor: &Tensor| tensor.index_select(&rows, 0);
        let targets = Targets {
            at_risk: pick(&self.targets.at_risk)?,
            liquidated: pick(&self.targets.liquidated)?,
            closed: pick(&self.targets.closed)?,
        };
        Ok(Self { scaled: pick(&self.scaled)?, anchor: pick(&self.anchor)?, targets })
    }

    /// Copies the rows to a device.
    pub(crate) fn to_device(&self, device: &Device) -> Result<Self> {
        Ok(Self {
            scaled: self.scaled.to_device(device)?,
            anchor: self.anchor.to_device(device)?,
            targets: self.targets.to_device(device)?,
        })
    }
}

fn zeros(outcomes: &[Outcome]) -> Array2<f32> {
    Array2::zeros((outcomes.len(), INTERVALS))
}

/// Converts a matrix to a tensor on the CPU.
pub(crate) fn to_tensor(matrix: ArrayView2<'_, f32>) -> Result<Tensor> {
    let shape = matrix.dim();
    Tensor::from_vec(matrix.iter().copied().collect::<Vec<_>>(), shape, &Device::Cpu)
}
