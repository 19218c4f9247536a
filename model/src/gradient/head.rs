//! From a member's last hidden layer to the log odds of a cause.

use super::layer::add_rows;
use super::places::{HeadPlaces, own};
use super::tile::{Matrix, add_product, add_transposed, padded};
use crate::grid::INTERVALS;
use crate::net::{BASIS, basis_values};

/// Intervals with their padding.
pub(super) const CELLS: usize = padded(INTERVALS);

/// A linear layer: heads times the functions of time, so that it leads to intervals at once.
#[derive(Debug)]
pub(super) struct Head {
    places: HeadPlaces,
    member: usize,
    basis: [[f32; INTERVALS]; BASIS],
    /// Inputs by cells.
    weights: Vec<f32>,
    /// Intervals by padded inputs: the same turned.
    turned: Vec<f32>,
    level: [f32; CELLS],
    slope: [f32; CELLS],
    by_weights: Vec<f32>,
    by_level: [f32; CELLS],
    by_slope: [f32; CELLS],
}

impl Head {
    pub(super) fn new(places: HeadPlaces, member: usize) -> Self {
        let weights = vec![0.0; places.inputs * CELLS];
        let turned = vec![0.0; INTERVALS * padded(places.inputs)];
        let (by_weights, none) = (weights.clone(), [0.0; CELLS]);
        let basis = basis_values();
        let (level, slope, by_level, by_slope) = (none, none, none, none);
        Self {
            places,
            member,
            basis,
            weights,
            turned,
            level,
            slope,
            by_weights,
            by_level,
            by_slope,
        }
    }

    /// Takes over weights, and starts a new gradient.
    pub(super) fn load(&mut self, weights: &[f32]) {
        let [heads, offsets] = self.own().map(|place| &weights[place]);
        let across = padded(self.places.inputs);
        for (i, (heads, own)) in
            heads.chunks_exact(BASIS).zip(self.weights.chunks_exact_mut(CELLS)).enumerate()
        {
            for (k, own) in own[..INTERVALS].iter_mut().enumerate() {
                *own = heads.iter().zip(&self.basis).map(|(head, basis)| head * basis[k]).sum();
                self.turned[k * across + i] = *own;
            }
        }
        let levels = &weights[self.places.levels.clone()];
        for (k, (own, level)) in self.level.iter_mut().zip(levels).enumerate() {
            let offset: f32 = offsets.iter().zip(&self.basis).map(|(o, basis)| o * basis[k]).sum();
            *own = level + offset;
        }
        if let Some(slopes) = self.places.slopes.clone() {
            self.slope[..INTERVALS].copy_from_slice(&weights[slopes]);
        }
        self.by_weights.fill(0.0);
        (self.by_level, self.by_slope) = ([0.0; CELLS], [0.0; CELLS]);
    }

    /// The log odds of some rows, rows by cells.
    pub(super) fn forward(&self, x: Matrix<'_>, anchor: &[f32], out: &mut [f32]) {
        let rows = out.as_chunks_mut::<CELLS>().0.iter_mut().zip(anchor.as_chunks::<CELLS>().0);
        for (out, anchor) in rows {
            *out = std::array::from_fn(|k| self.level[k] + self.slope[k] * anchor[k]);
        }
        add_product(x, &self.weights, out, CELLS);
    }

    /// Adds to the gradient what flows back from log odds, and says what flows on to the inputs,
    /// rows by padded inputs.
    pub(super) fn backward(&mut self, x: Matrix<'_>, anchor: &[f32], flow: &[f32], to: &mut [f32]) {
        add_rows(flow, &mut self.by_level);
        if self.places.slopes.is_some() {
            for (flow, anchor) in
                flow.as_chunks::<CELLS>().0.iter().zip(anchor.as_chunks::<CELLS>().0)
            {
                let cells = self.by_slope.iter_mut().zip(flow.iter().zip(anchor));
                cells.for_each(|(by, (flow, anchor))| *by += flow * anchor);
            }
        }
        add_transposed(x, flow, &mut self.by_weights, CELLS);
        to.fill(0.0);
        let flow = Matrix { values: flow, stride: CELLS, columns: INTERVALS };
        add_product(flow, &self.turned, to, padded(self.places.inputs));
    }

    /// Adds the gradient to that of all weights.
    pub(super) fn unload(&self, gradient: &mut [f32]) {
        let [heads, offsets] = self.own();
        let along = |flow: &[f32], j: usize| -> f32 {
            flow.iter().zip(&self.basis[j]).map(|(flow, basis)| flow * basis).sum()
        };
        let rows = gradient[heads].chunks_exact_mut(BASIS);
        for (by, flow) in rows.zip(self.by_weights.chunks_exact(CELLS)) {
            by.iter_mut().enumerate().for_each(|(j, by)| *by = along(flow, j));
        }
        let offsets = gradient[offsets].iter_mut().enumerate();
        offsets.for_each(|(j, by)| *by = along(&self.by_level, j));
        gradient[self.places.levels.clone()].copy_from_slice(&self.by_level[..INTERVALS]);
        if let Some(slopes) = self.places.slopes.clone() {
            gradient[slopes].copy_from_slice(&self.by_slope[..INTERVALS]);
        }
    }

    /// The member's heads and offsets.
    fn own(&self) -> [std::ops::Range<usize>; 2] {
        let HeadPlaces { inputs, heads, offsets, .. } = &self.places;
        [own(heads, self.member, inputs * BASIS), own(offsets, self.member, BASIS)]
    }
}
