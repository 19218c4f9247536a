//! Training rows as tensors.

use candle_core::{Device, Result, Tensor};
use ndarray::{Array2, ArrayView2, aview1};
use plimsoll_features::{CLOSED, LIQUIDATED, Outcome};

use super::grid::{Exposure, INTERVALS};

/// Outcomes on the grid; each tensor is rows by intervals.
#[derive(Debug, Clone)]
pub(crate) struct Targets {
    /// Share of the interval during which the account was at risk of liquidation, as in
    /// [`Exposure`].
    pub(crate) liquidation_risk: Tensor,
    /// Share of the interval during which the account was at risk of closing, as in [`Exposure`].
    pub(crate) closing_risk: Tensor,
    /// 1 in the interval of a liquidation.
    pub(crate) liquidated: Tensor,
    /// 1 in the interval of a closing.
    pub(crate) closed: Tensor,
}

impl Targets {
    /// Copies the targets to a device.
    pub(crate) fn to_device(&self, device: &Device) -> Result<Self> {
        self.map(|tensor| tensor.to_device(device))
    }

    fn map(&self, change: impl Fn(&Tensor) -> Result<Tensor>) -> Result<Self> {
        Ok(Self {
            liquidation_risk: change(&self.liquidation_risk)?,
            closing_risk: change(&self.closing_risk)?,
            liquidated: change(&self.liquidated)?,
            closed: change(&self.closed)?,
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
        let [mut liquidation_risk, mut closing_risk, mut liquidated, mut closed] =
            std::array::from_fn(|_| Array2::zeros((outcomes.len(), INTERVALS)));
        for (row, (outcome, &weight)) in outcomes.iter().zip(weights).enumerate() {
            let exposure = Exposure::from_outcome(outcome);
            let weighted = |shares: [f32; INTERVALS]| shares.map(|share| weight * share);
            liquidation_risk.row_mut(row).assign(&aview1(&weighted(exposure.liquidation)));
            closing_risk.row_mut(row).assign(&aview1(&weighted(exposure.closing)));
            match exposure.event {
                Some((k, LIQUIDATED)) => liquidated[[row, k]] = weight,
                Some((k, CLOSED)) => closed[[row, k]] = weight,
                _ => {}
            }
        }
        let targets = Targets {
            liquidation_risk: to_tensor(liquidation_risk.view())?,
            closing_risk: to_tensor(closing_risk.view())?,
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
        let (scaled, anchor) = (pick(&self.scaled)?, pick(&self.anchor)?);
        Ok(Self { scaled, anchor, targets: self.targets.map(pick)? })
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

/// Converts a matrix to a tensor on the CPU.
pub(crate) fn to_tensor(matrix: ArrayView2<'_, f32>) -> Result<Tensor> {
    let shape = matrix.dim();
    Tensor::from_vec(matrix.iter().copied().collect::<Vec<_>>(), shape, &Device::Cpu)
}
