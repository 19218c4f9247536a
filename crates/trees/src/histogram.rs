//! Sums of slopes and curvatures by bin.

use rayon::prelude::*;

use super::bins::BinnedColumn;

/// Slope and curvature, of one bin or of one node.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct GradientSums {
    pub(super) gradient: f64,
    pub(super) hessian: f64,
}

impl GradientSums {
    pub(super) fn plus(self, other: Self) -> Self {
        Self { gradient: self.gradient + other.gradient, hessian: self.hessian + other.hessian }
    }

    pub(super) fn minus(self, other: Self) -> Self {
        Self { gradient: self.gradient - other.gradient, hessian: self.hessian - other.hessian }
    }

    pub(super) fn add(&mut self, [slope, curvature]: [f32; 2]) {
        self.gradient += f64::from(slope);
        self.hessian += f64::from(curvature);
    }
}

/// The sums of one node, for each input in use one for each bin.
pub(super) struct Histogram(pub(super) Vec<Vec<GradientSums>>);

/// Rows by inputs below which a second thread costs more than it saves.
const MIN_PARALLEL_CELLS: usize = 1 << 16;

impl Histogram {
    /// Sums over `rows` for the inputs `used`.
    pub(super) fn new(
        columns: &[BinnedColumn],
        used: &[usize],
        rows: &[u32],
        derivatives: &[[f32; 2]],
    ) -> Self {
        // In the order of the node's rows, so that every input reads them straight through.
        let gathered: Vec<[f32; 2]> = rows.iter().map(|&row| derivatives[row as usize]).collect();
        let sums = |&input: &usize| {
            let column = &columns[input];
            let mut sums = vec![GradientSums::default(); column.unknown_bin() + 1];
            for (&row, &pair) in rows.iter().zip(&gathered) {
                sums[usize::from(column.bins[row as usize])].add(pair);
            }
            sums
        };
        if rows.len() * used.len() < MIN_PARALLEL_CELLS {
            Self(used.iter().map(sums).collect())
        } else {
            Self(used.par_iter().map(sums).collect())
        }
    }

    /// What is left of this node once a child is taken away.
    pub(super) fn minus_child(mut self, child: &Self) -> Self {
        for (sums, less) in self.0.iter_mut().zip(&child.0) {
            sums.iter_mut().zip(less).for_each(|(sum, &less)| *sum = sum.minus(less));
        }
        self
    }
}
