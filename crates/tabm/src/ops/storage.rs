//! Access to the values of a tensor on the CPU.

use candle_core::{CpuStorage, Layout, Result, bail};

/// A tensor's values in order, without a copy.
///
/// # Errors
/// If the tensor is not contiguous or not of `f32`.
pub fn contiguous_slice<'a>(storage: &'a CpuStorage, layout: &Layout) -> Result<&'a [f32]> {
    match layout.contiguous_offsets() {
        Some((start, end)) => Ok(&storage.as_slice::<f32>()?[start..end]),
        None => bail!("the tensor of shape {:?} is not contiguous", layout.shape()),
    }
}
