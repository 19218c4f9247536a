//! Dispatch to the widest SIMD vectors of the processor.

use pulp::{Arch, WithSimd};

/// Compiles a task for several instruction sets and runs the best one that the processor supports.
///
/// `pulp`'s own dispatch considers AVX2 only if its feature is enabled, which would build candle
/// differently than elsewhere.
#[inline]
pub(crate) fn dispatch_simd<Task: WithSimd>(task: Task) -> Task::Output {
    #[cfg(target_arch = "x86_64")]
    if let Some(avx2) = pulp::x86::V3::try_new() {
        return pulp::Simd::vectorize(avx2, task);
    }
    Arch::new().dispatch(task)
}
