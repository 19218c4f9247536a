//! Small systems of linear equations.

/// Solves `A x = b` for a symmetric positive definite `A` by Cholesky decomposition; `a(i, j)` is
/// read for `j <= i` only. A pivot that is not positive counts as the smallest positive number.
///
/// ```
/// use plimsoll_numerics::solve_positive_definite;
///
/// let a = [[4.0, 2.0], [2.0, 3.0]];
/// let x = solve_positive_definite(vec![8.0, 7.0], |i, j| a[i][j]);
/// assert!((x[0] - 1.25).abs() < 1e-12 && (x[1] - 1.5).abs() < 1e-12);
/// ```
#[must_use]
pub fn solve_positive_definite(mut b: Vec<f64>, a: impl Fn(usize, usize) -> f64) -> Vec<f64> {
    let n = b.len();
    let mut l = vec![0.0; n * n];
    for i in 0..n {
        for j in 0..=i {
            let known: f64 = (0..j).map(|k| l[i * n + k] * l[j * n + k]).sum();
            let value = a(i, j) - known;
            l[i * n + j] =
                if i == j { value.max(f64::MIN_POSITIVE).sqrt() } else { value / l[j * n + j] };
        }
    }
    for i in 0..n {
        let known: f64 = (0..i).map(|k| l[i * n + k] * b[k]).sum();
        b[i] = (b[i] - known) / l[i * n + i];
    }
    for i in (0..n).rev() {
        let known: f64 = (i + 1..n).map(|k| l[k * n + i] * b[k]).sum();
        b[i] = (b[i] - known) / l[i * n + i];
    }
    b
}
