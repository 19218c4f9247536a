//! The rows of a step, gathered into contiguous buffers.

use candle_core::{Result, Storage, Tensor, bail};
use rayon::prelude::*;

use super::loss_kernel::TargetCells;
use crate::input::dataset::Dataset;
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
    at_risk: Vec<f32>,
    liquidated: Vec<f32>,
    closed: Vec<f32>,
}

impl Batch {
    /// Copies the rows with these indices.
    pub(super) fn gather(&mut self, data: &Dataset, rows: &[u32]) -> Result<()> {
        self.rows = rows.len();
        self.inputs = data.scaled.dim(1)?;
        copy_rows(&data.scaled, rows, self.inputs, &mut self.scaled)?;
        copy_rows(&data.anchor, rows, PADDED_INTERVALS, &mut self.anchor)?;
        copy_rows(&data.targets.at_risk, rows, PADDED_INTERVALS, &mut self.at_risk)?;
        copy_rows(&data.targets.liquidated, rows, PADDED_INTERVALS, &mut self.liquidated)?;
        copy_rows(&data.targets.closed, rows, PADDED_INTERVALS, &mut self.closed)
    }

    /// The rows and their targets in blocks of at most `rows` rows.
    pub(super) fn blocks(
        &self,
        rows: usize,
    ) -> impl Iterator<Item = (RowBlock<'_>, TargetCells<'_>)> {
        let cells = rows * PADDED_INTERVALS;
        let targets = self.liquidated.chunks(cells).zip(self.closed.chunks(cells));
        let targets = self.at_risk.chunks(cells).zip(targets);
        let targets = targets.map(|(at_risk, (liquidated, closed))| TargetCells {
            at_risk,
            liquidated,
            closed,
        });
        let known = self.scaled.chunks(rows * self.inputs).zip(self.anchor.chunks(cells));
        let blocks = known.map(|(scaled, anchor)| RowBlock {
            rows: anchor.len() / PADDED_INTERVALS,
            scaled: MatrixView { values: scaled, stride: self.inputs, columns: self.inputs },
            anchor,
        });
        blocks.zip(targets)
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
