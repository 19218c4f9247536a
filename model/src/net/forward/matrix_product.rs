//! Matrix products of blocks in the cache, on the widest vectors of the processor.

use std::array::from_fn;
use std::marker::PhantomData;

use pulp::{Simd, WithSimd};

use super::multiply_add::{Fused, MultiplyAdd};
use super::simd::dispatch_simd;

/// Widths are padded to a multiple of this, which is divisible by the vector width of every
/// processor.
pub(crate) const LANES: usize = 16;

/// Rows and vectors of a tile: its accumulators fit into registers and are enough to occupy two
/// multipliers.
const TILE_ROWS: usize = 4;
const TILE_VECTORS: usize = 2;
/// Vectors of a tile of a single row.
const ROW_VECTORS: usize = 4;

/// Returns the padded width.
pub(crate) const fn padded_width(width: usize) -> usize {
    width.next_multiple_of(LANES)
}

/// A view of a matrix, limited to its first columns.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MatrixView<'a> {
    /// Values, row by row.
    pub(crate) values: &'a [f32],
    /// Distance between rows.
    pub(crate) stride: usize,
    pub(crate) columns: usize,
}

/// Adds `left * right` to `out`, whose rows are `width` wide, as are those of `right`.
///
/// Adds one product after the other to each cell, in the order of the columns of `left`.
pub(crate) fn add_product<M: MultiplyAdd>(
    left: MatrixView<'_>,
    right: &[f32],
    out: &mut [f32],
    width: usize,
) {
    let (depth, rounding) = (left.columns, PhantomData::<M>);
    dispatch_simd(MatrixProduct { left: RowMajor(left), depth, right, out, width, rounding });
}

/// Adds `left^T * right` to `out`, whose rows are `width` wide, as are those of `right`.
pub(crate) fn add_transposed(left: MatrixView<'_>, right: &[f32], out: &mut [f32], width: usize) {
    let (depth, rounding) = (right.len() / width, PhantomData::<Fused>);
    dispatch_simd(MatrixProduct { left: Transposed(left), depth, right, out, width, rounding });
}

/// The left operand of a product.
trait LeftOperand {
    /// Returns a function from a column to its values in the `R` rows from `row` on.
    fn row_panel<const R: usize>(&self, row: usize) -> impl Fn(usize) -> [f32; R];
}

struct RowMajor<'a>(MatrixView<'a>);

impl LeftOperand for RowMajor<'_> {
    #[inline(always)]
    fn row_panel<const R: usize>(&self, row: usize) -> impl Fn(usize) -> [f32; R] {
        let MatrixView { values, stride, columns } = self.0;
        let rows: [&[f32]; R] = from_fn(|r| &values[(row + r) * stride..][..columns]);
        move |column| from_fn(|r| rows[r][column])
    }
}

struct Transposed<'a>(MatrixView<'a>);

impl LeftOperand for Transposed<'_> {
    #[inline(always)]
    fn row_panel<const R: usize>(&self, row: usize) -> impl Fn(usize) -> [f32; R] {
        let MatrixView { values, stride, .. } = self.0;
        move |column| {
            let values = &values[column * stride + row..][..R];
            from_fn(|r| values[r])
        }
    }
}

struct MatrixProduct<'a, L, M> {
    left: L,
    depth: usize,
    right: &'a [f32],
    out: &'a mut [f32],
    width: usize,
    rounding: PhantomData<M>,
}

impl<L: LeftOperand, M: MultiplyAdd> WithSimd for MatrixProduct<'_, L, M> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { left, depth, right, out, width, .. } = self;
        let (right, out) = (S::as_simd_f32s(right).0, S::as_mut_simd_f32s(out).0);
        let step = width / S::F32_LANES;
        let mut row = 0;
        let mut bands = out.chunks_exact_mut(TILE_ROWS * step);
        for band in &mut bands {
            RowBand { depth, right, out: band, step }
                .accumulate::<S, M, TILE_ROWS>(simd, &left.row_panel(row));
            row += TILE_ROWS;
        }
        for band in bands.into_remainder().chunks_exact_mut(step) {
            RowBand { depth, right, out: band, step }
                .accumulate::<S, M, 1>(simd, &left.row_panel(row));
            row += 1;
        }
    }
}

/// Some rows of a product.
struct RowBand<'a, V> {
    depth: usize,
    right: &'a [V],
    out: &'a mut [V],
    /// Vectors per row.
    step: usize,
}

impl<V: Copy> RowBand<'_, V> {
    #[inline(always)]
    fn accumulate<S: Simd<f32s = V>, M: MultiplyAdd, const R: usize>(
        mut self,
        simd: S,
        left: &impl Fn(usize) -> [f32; R],
    ) {
        let mut first = 0;
        while R == 1 && first + ROW_VECTORS <= self.step {
            self.add_tile::<S, M, R, ROW_VECTORS>(simd, left, first);
            first += ROW_VECTORS;
        }
        while first + TILE_VECTORS <= self.step {
            self.add_tile::<S, M, R, TILE_VECTORS>(simd, left, first);
            first += TILE_VECTORS;
        }
        while first < self.step {
            self.add_tile::<S, M, R, 1>(simd, left, first);
            first += 1;
        }
    }

    /// Accumulates the tile of `R` rows by `N` vectors from the vector `first` on.
    #[inline(always)]
    fn add_tile<S: Simd<f32s = V>, M: MultiplyAdd, const R: usize, const N: usize>(
        &mut self,
        simd: S,
        left: &impl Fn(usize) -> [f32; R],
        first: usize,
    ) {
        let step = self.step;
        let mut sums: [[V; N]; R] = from_fn(|r| from_fn(|n| self.out[r * step + first + n]));
        let right = self.right[first..].chunks(step);
        for (column, right) in (0..self.depth).zip(right) {
            let right: [V; N] = from_fn(|n| right[n]);
            for (sums, left) in sums.iter_mut().zip(left(column)) {
                let left = simd.splat_f32s(left);
                for (sum, right) in sums.iter_mut().zip(right) {
                    *sum = M::multiply_add(simd, left, right, *sum);
                }
            }
        }
        for (r, sums) in sums.iter().enumerate() {
            self.out[r * step + first..][..N].copy_from_slice(sums);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::forward::multiply_add::Separate;

    /// Integers, so that sums are exact in any order.
    fn values(count: usize) -> Vec<f32> {
        (0..count).map(|n| ((n * 7 + n / 5) % 11) as f32 - 5.0).collect()
    }

    #[test]
    fn products_match_explicit_sums() {
        for (rows, depth, width) in [(1, 1, 16), (7, 5, 48), (8, 12, 32), (3, 9, 112)] {
            let stride = depth + 3;
            let (left, right) = (values(rows * stride), values(depth * width));
            let matrix = MatrixView { values: &left, stride, columns: depth };
            for add_product in [add_product::<Fused>, add_product::<Separate>] {
                let mut out = vec![1.0; rows * width];
                add_product(matrix, &right, &mut out, width);
                for (n, out) in out.iter().enumerate() {
                    let (row, column) = (n / width, n % width);
                    let cell = |k: usize| left[row * stride + k] * right[k * width + column];
                    assert_eq!(*out, 1.0 + (0..depth).map(cell).sum::<f32>());
                }
            }
        }
    }

    #[test]
    fn transposed_products_match_explicit_sums() {
        for (rows, depth, width) in [(1, 1, 16), (5, 7, 48), (12, 64, 32)] {
            let stride = rows + 2;
            let (left, right) = (values(depth * stride), values(depth * width));
            let matrix = MatrixView { values: &left, stride, columns: rows };
            let mut out = vec![1.0; rows * width];
            add_transposed(matrix, &right, &mut out, width);
            for (n, out) in out.iter().enumerate() {
                let (row, column) = (n / width, n % width);
                let cell = |k: usize| left[k * stride + row] * right[k * width + column];
                assert_eq!(*out, 1.0 + (0..depth).map(cell).sum::<f32>());
            }
        }
    }
}
