//! Small made-up rows with ties in durations and in risks, the same here as in the references.
//!
//! Python snippets above tests start from these lines (numpy 2.4, scipy 1.17, scikit-learn 1.9,
//! scikit-survival 0.28, lifelines 0.30, pycox 0.3, SurvivalEVAL 0.9):
//!
//! ```python
//! import numpy as np
//! def rows(seed, n):
//!     out, state = [], seed
//!     def draw(below):
//!         nonlocal state
//!         state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
//!         return (state >> 33) % below
//!     for _ in range(n):
//!         out.append(((1 + draw(24)) / 2, [0, 0, 1, 1, 2][draw(5)], (1 + draw(12)) / 64))
//!     return np.array(out).T
//! def y(seed, n, scale=1):
//!     d, c, _ = rows(seed, n)
//!     return np.array(list(zip(c == 1, scale * d)), dtype=[("event", bool), ("time", float)])
//! d, c, r = rows(7, 120)
//! e = c == 1
//! ```

/// Rows as the metrics take them.
pub(crate) struct TestSet {
    /// Days, in halves, at most 12.
    pub(crate) durations: Vec<f64>,
    /// 0 censored, 1 liquidated, 2 closed.
    pub(crate) causes: Vec<u8>,
    /// Sixty-fourths, twelve levels.
    pub(crate) risk: Vec<f64>,
    /// Whether the cause is 1.
    pub(crate) events: Vec<bool>,
}

/// `rows(seed, n)` of the snippet.
pub(crate) fn rows(seed: u64, n: usize) -> TestSet {
    let mut state = seed;
    let mut draw = |below: u64| {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 33) % below
    };
    let drawn: Vec<(u64, u64, u64)> = (0..n).map(|_| (draw(24), draw(5), draw(12))).collect();
    let causes: Vec<u8> = drawn.iter().map(|row| [0, 0, 1, 1, 2][row.1 as usize]).collect();
    TestSet {
        durations: drawn.iter().map(|row| (1 + row.0) as f64 / 2.0).collect(),
        events: causes.iter().map(|&cause| cause == 1).collect(),
        risk: drawn.iter().map(|row| (1 + row.2) as f64 / 64.0).collect(),
        causes,
    }
}

/// The 120 rows `d, c, r` and `e` of the snippet.
pub(crate) fn test_rows() -> TestSet {
    rows(7, 120)
}

/// `y(8, 200, 1.5)`: other rows, followed for longer than any of [`test_rows`].
pub(crate) fn train_rows() -> TestSet {
    let mut train = rows(8, 200);
    train.durations.iter_mut().for_each(|duration| *duration *= 1.5);
    train
}

/// Fails unless `actual` is within 1e-12 of `expected`.
#[track_caller]
pub(crate) fn assert_near(actual: f64, expected: f64) {
    assert!((actual - expected).abs() < 1e-12, "{actual} is not {expected}");
}
