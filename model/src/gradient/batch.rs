//! The rows of a step, side by side.

use candle_core::{Result, Storage, Tensor, bail};
use rayon::prelude::*;

use super::cells::Seen;
use super::head::CELLS;
use super::tile::Matrix;
use crate::dataset::Dataset;
use plimsoll_tabm::contiguous;

/// Rows that one thread copies.
const GRAIN: usize = 512;

/// Some rows; all but inputs are padded, with nothing at risk there.
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

/// A few rows of a batch.
#[derive(Debug, Clone, Copy)]
pub(super) struct Block<'a> {
    pub(super) rows: usize,
    pub(super) scaled: Matrix<'a>,
    pub(super) anchor: &'a [f32],
    pub(super) seen: Seen<'a>,
}

impl Batch {
    /// Takes the rows of these numbers.
    pub(super) fn gather(&mut self, data: &Dataset, rows: &[u32]) -> Result<()> {
        self.rows = rows.len();
        self.inputs = data.scaled.dim(1)?;
        copy(&data.scaled, rows, self.inputs, &mut self.scaled)?;
        copy(&data.anchor, rows, CELLS, &mut self.anchor)?;
        copy(&data.targets.at_risk, rows, CELLS, &mut self.at_risk)?;
        copy(&data.targets.liquidated, rows, CELLS, &mut self.liquidated)?;
        copy(&data.targets.closed, rows, CELLS, &mut self.closed)
    }

    /// Its rows, so many at once.
    pub(super) fn blocks(&self, rows: usize) -> impl Iterator<Item = Block<'_>> {
        let cells = rows * CELLS;
        let seen = self.liquidated.chunks(cells).zip(self.closed.chunks(cells));
        let seen = self.at_risk.chunks(cells).zip(seen);
        let seen = seen.map(|(at_risk, (liquidated, closed))| Seen { at_risk, liquidated, closed });
        let known = self.scaled.chunks(rows * self.inputs).zip(self.anchor.chunks(cells));
        known.zip(seen).map(|((scaled, anchor), seen)| Block {
            rows: anchor.len() / CELLS,
            scaled: Matrix { values: scaled, stride: self.inputs, columns: self.inputs },
            anchor,
            seen,
        })
    }
}

/// Copies rows of a matrix, padded to a width.
fn copy(matrix: &Tensor, rows: &[u32], padded: usize, out: &mut Vec<f32>) -> Result<()> {
    let (storage, layout) = matrix.storage_and_layout();
    let Storage::Cpu(storage) = &*storage else {
        bail!("rows of a step are gathered from the CPU's memory")
    };
    let (values, width) = (contiguous(storage, layout)?, matrix.dim(1)?);
    out.resize(rows.len() * padded, 0.0);
    let chunks = out.par_chunks_mut(GRAIN * padded).zip(rows.par_chunks(GRAIN));
    chunks.for_each(|(out, rows)| {
        for (out, &row) in out.chunks_exact_mut(padded).zip(rows) {
            out[..width].copy_from_slice(&values[row as usize * width..][..width]);
        }
    });
    Ok(())
}
