//! Vectors as wide as the processor has them.

use pulp::{Arch, WithSimd};

/// Compiles a task for several kinds of processors and runs what suits this one.
///
/// `pulp`'s own choice knows of AVX2 only where its feature for that is on, which would build candle
/// in another way than it is built elsewhere.
#[inline]
pub(super) fn dispatch_simd<Task: WithSimd>(task: Task) -> Task::Output {
    #[cfg(target_arch = "x86_64")]
    if let Some(avx2) = pulp::x86::V3::try_new() {
        return pulp::Simd::vectorize(avx2, task);
    }
    Arch::new().dispatch(task)
}
