//! Fused operations with their gradients, on the CPU.

pub(crate) mod activation;
pub(crate) mod member_matmul;
pub(crate) mod scaled_weights;
pub(crate) mod storage;
