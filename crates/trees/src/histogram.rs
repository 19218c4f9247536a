//! Sums of gradients and hessians by bin.

use rayon::prelude::*;

use crate::bins::BinnedColumn;

/// Sums of first and second derivatives of the loss, of one bin or of one node.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct GradientSums {
    pub(crate) gradient: f64,
    pub(crate) hessian: f64,
}

impl GradientSums {
    pub(crate) fn plus(self, other: Self) -> Self {
        Self { gradient: self.gradient + other.gradient, hessian: self.hessian + other.hessian }
    }

    pub(crate) fn minus(self, other: Self) -> Self {
        Self { gradient: self.gradient - other.gradient, hessian: self.hessian - other.hessian }
    }

    pub(crate) fn add(&mut self, [gradient, hessian]: [f32; 2]) {
        self.gradient += f64::from(gradient);
        self.hessian += f64::from(hessian);
    }
}

/// The sums of one node by input in use and bin.
pub(crate) struct Histogram(pub(crate) Vec<Vec<GradientSums>>);

/// Entries times inputs below which a second thread costs more than it saves.
const MIN_PARALLEL_CELLS: usize = 1 << 16;

impl Histogram {
    /// Sums over `rows` for the inputs `used`.
    pub(crate) fn new(
        columns: &[BinnedColumn],
        used: &[usize],
        rows: &[u32],
        derivatives: &[[f32; 2]],
    ) -> Self {
        // In the order of the node's rows, so that every input reads them sequentially.
        let gathered: Vec<[f32; 2]> = rows.iter().map(|&row| derivatives[row as usize]).collect();
        let sums = |&input: &usize| {
            let column = &columns[input];
            let mut sums = vec![GradientSums::default(); column.unknown_bin() + 1];
            for (&row, &pair) in rows.iter().zip(&gathered) {
                sums[usize::from(column.bins[row as usize])].add(pair);
            }
            sums
        };
        Self::by_input(used, rows.len(), sums)
    }

    /// The sums of each input in use, over `entries` entries.
    pub(crate) fn by_input(
        used: &[usize],
        entries: usize,
        sums: impl Fn(&usize) -> Vec<GradientSums> + Send + Sync,
    ) -> Self {
        if entries * used.len() < MIN_PARALLEL_CELLS {
            Self(used.iter().map(sums).collect())
        } else {
            Self(used.par_iter().map(sums).collect())
        }
    }

    /// The histogram of the other child: this node less a child.
    pub(crate) fn minus_child(mut self, child: &Self) -> Self {
        for (sums, less) in self.0.iter_mut().zip(&child.0) {
            sums.iter_mut().zip(less).for_each(|(sum, &less)| *sum = sum.minus(less));
        }
        self
    }
}
