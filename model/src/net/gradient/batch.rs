//! The rows of a step, gathered into contiguous buffers.

use candle_core::{Result, Storage, Tensor, bail};
use rayon::prelude::*;

use super::loss_kernel::TargetCells;
use crate::input::dataset::{Dataset, Targets};
use crate::net::forward::matrix_product::MatrixView;
use crate::net::forward::row_block::{PADDED_INTERVALS, RowBlock};
use plimsoll_tabm::contiguous_slice;

/// Rows that one task copies.
const ROWS_PER_TASK: usize = 512;

/// Some rows; all matrices except the inputs are padded, with nothing at risk in the padding.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub(super) rows: usize,
    inputs: usize,
    scaled: Vec<f32>,
    anchor: Vec<f32>,
    liquidation: CauseTargets,
    closing: CauseTargets,
}

/// The targets of one cause, rows by padded intervals.
#[derive(Debug, Default)]
struct CauseTargets {
    at_risk: Vec<f32>,
    events: Vec<f32>,
}

impl Batch {
    /// Copies the rows with these indices.
    pub(super) fn gather(&mut self, data: &Dataset, rows: &[u32]) -> Result<()> {
        self.rows = rows.len();
        self.inputs = data.scaled.dim(1)?;
        copy_rows(&data.scaled, rows, self.inputs, &mut self.scaled)?;
        copy_rows(&data.anchor, rows, PADDED_INTERVALS, &mut self.anchor)?;
        let Targets { liquidation_risk, closing_risk, liquidated, closed } = &data.targets;
        self.liquidation.gather(liquidation_risk, liquidated, rows)?;
        self.closing.gather(closing_risk, closed, rows)
    }

    /// The rows and their targets, liquidation and closing, in blocks of at most `rows` rows.
    pub(super) fn blocks(
        &self,
        rows: usize,
    ) -> impl Iterator<Item = (RowBlock<'_>, [TargetCells<'_>; 2])> {
        let cells = rows * PADDED_INTERVALS;
        let targets = self.liquidation.blocks(cells).zip(self.closing.blocks(cells));
        let targets = targets.map(|(liquidation, closing)| [liquidation, closing]);
        let known = self.scaled.chunks(rows * self.inputs).zip(self.anchor.chunks(cells));
        let blocks = known.map(|(scaled, anchor)| RowBlock {
            rows: anchor.len() / PADDED_INTERVALS,
            scaled: MatrixView { values: scaled, stride: self.inputs, columns: self.inputs },
            anchor,
        });
        blocks.zip(targets)
    }
}

impl CauseTargets {
    fn gather(&mut self, at_risk: &Tensor, events: &Tensor, rows: &[u32]) -> Result<()> {
        copy_rows(at_risk, rows, PADDED_INTERVALS, &mut self.at_risk)?;
        copy_rows(events, rows, PADDED_INTERVALS, &mut self.events)
    }

    fn blocks(&self, cells: usize) -> impl Iterator<Item = TargetCells<'_>> {
        let blocks = self.at_risk.chunks(cells).zip(self.events.chunks(cells));
        blocks.map(|(at_risk, events)| TargetCells { at_risk, events })
    }
}

/// Copies rows of a matrix, padded to a width.
fn copy_rows(matrix: &Tensor, rows: &[u32], padded: usize, out: &mut Vec<f32>) -> Result<()> {
    let (storage, layout) = matrix.storage_and_layout();
    let Storage::Cpu(storage) = &*storage else {
        bail!("rows of a step are gathered from the CPU's memory")
    };
    let (values, width) = (contiguous_slice(storage, layout)?, matrix.dim(1)?);
    out.resize(rows.len() * padded, 0.0);
    let chunks = out.par_chunks_mut(ROWS_PER_TASK * padded).zip(rows.par_chunks(ROWS_PER_TASK));
    chunks.for_each(|(out, rows)| {
        for (out, &row) in out.chunks_exact_mut(padded).zip(rows) {
            out[..width].copy_from_slice(&values[row as usize * width..][..width]);
        }
    });
    Ok(())
}
