//! Piecewise linear basis functions of the inputs.

use std::sync::OnceLock;

use super::inputs::{INPUT_COUNT, KNOTS, LOWER_LOG_HEALTH};

/// Upper bound of the number of columns.
pub(super) const MAX_COLUMNS: usize = 96;

/// Columns: a constant, and for each input the parts of it between neighbouring knots, so that a
/// coefficient is the slope there.
#[derive(Debug)]
pub(super) struct SplineBasis {
    segments: Vec<Segment>,
}

/// The part of an input from `low` to `high`.
#[derive(Debug, Clone, Copy)]
struct Segment {
    input: usize,
    low: f64,
    high: f64,
    /// The input at which the column is 0.
    zero: f64,
}

impl SplineBasis {
    /// The only instance.
    pub(super) fn shared() -> &'static Self {
        static SHARED: OnceLock<SplineBasis> = OnceLock::new();
        SHARED.get_or_init(Self::new)
    }

    fn new() -> Self {
        let mut segments = Vec::new();
        for (input, knots) in KNOTS.iter().enumerate().take(INPUT_COUNT) {
            for i in 0..=knots.len() {
                let low = if i == 0 { f64::NEG_INFINITY } else { knots[i - 1] };
                let high = knots.get(i).copied().unwrap_or(f64::INFINITY);
                // Finite, and the same for all rows: only the constant depends on it.
                let zero =
                    if low.is_finite() { low } else { knots.first().copied().unwrap_or(0.0) };
                segments.push(Segment { input, low, high, zero });
            }
        }
        assert!(segments.len() < MAX_COLUMNS, "{} columns exceed {MAX_COLUMNS}", segments.len());
        Self { segments }
    }

    /// Number of columns, the constant first.
    pub(super) fn columns(&self) -> usize {
        self.segments.len() + 1
    }

    /// Columns that are parts of ln HF, each with the highest ln HF of its part.
    pub(super) fn health_columns(&self) -> impl Iterator<Item = (usize, f64)> + '_ {
        let columns = (1..).zip(&self.segments);
        columns
            .filter(|(_, segment)| segment.input == LOWER_LOG_HEALTH)
            .map(|(column, segment)| (column, segment.high))
    }

    /// Writes a row of columns to the start of `row`, and returns it.
    pub(super) fn fill<'a>(
        &self,
        inputs: &[f64; INPUT_COUNT],
        row: &'a mut [f64; MAX_COLUMNS],
    ) -> &'a [f64] {
        row[0] = 1.0;
        for (to, segment) in row[1..].iter_mut().zip(&self.segments) {
            *to = inputs[segment.input].clamp(segment.low, segment.high) - segment.zero;
        }
        &row[..self.columns()]
    }
}
