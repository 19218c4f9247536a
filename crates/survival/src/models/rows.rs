//! Encoded rows with their outcomes.

use ndarray::ArrayView2;

use crate::hazard::likelihood::{EventExposure, ObservedSpan};

/// Rows to train on or to validate with.
pub(crate) struct LearningRows<'a> {
    /// Rows by inputs.
    pub(crate) inputs: ArrayView2<'a, f32>,
    pub(crate) spans: &'a [ObservedSpan],
    pub(crate) event_exposure: &'a EventExposure,
}
