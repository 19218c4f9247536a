//! The forward pass over a block of rows, for training and for scoring.
//!
//! Both use the same layers and products, and differ in rounding: training fuses multiplication and
//! addition where the processor can, scoring rounds both (see [`multiply_add`]). Sums do not depend
//! on the number of rows. Tests compare both with candle's graph.

pub(super) mod anchor_line;
pub(super) mod hidden_layers;
pub(super) mod layer;
pub(super) mod matrix_product;
pub(super) mod multiply_add;
pub(super) mod ranges;
pub(super) mod row_block;
pub(super) mod simd;
