//! The two ways to add a product to a sum.

use pulp::Simd;

/// Adds a product to a sum.
pub(crate) trait MultiplyAdd {
    /// Returns `left * right + sum`.
    fn multiply_add<S: Simd>(simd: S, left: S::f32s, right: S::f32s, sum: S::f32s) -> S::f32s;
}

/// Rounds once if the processor has the instruction, else twice.
#[derive(Debug)]
pub(crate) struct Fused;

/// Rounds the product and the sum, so that the bits are the same on every processor.
#[derive(Debug)]
pub(crate) struct Separate;

impl MultiplyAdd for Fused {
    #[inline(always)]
    fn multiply_add<S: Simd>(simd: S, left: S::f32s, right: S::f32s, sum: S::f32s) -> S::f32s {
        simd.mul_add_e_f32s(left, right, sum)
    }
}

impl MultiplyAdd for Separate {
    #[inline(always)]
    fn multiply_add<S: Simd>(simd: S, left: S::f32s, right: S::f32s, sum: S::f32s) -> S::f32s {
        simd.add_f32s(sum, simd.mul_f32s(left, right))
    }
}
