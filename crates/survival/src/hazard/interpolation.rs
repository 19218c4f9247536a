//! Piecewise linear functions.

/// The value at `x` of the line through the knots (`xs`, `ys`), with `xs` ascending; constant beyond
/// both ends.
pub(crate) fn interpolate(xs: &[f64], ys: &[f64], x: f64) -> f64 {
    let above = xs.partition_point(|&knot| knot <= x);
    if above == 0 || above == xs.len() {
        return ys[above.saturating_sub(1)];
    }
    let share = (x - xs[above - 1]) / (xs[above] - xs[above - 1]);
    ys[above - 1] + share * (ys[above] - ys[above - 1])
}
