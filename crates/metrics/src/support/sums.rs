//! Parallel sums whose bits do not depend on the number of threads.

use rayon::prelude::*;

/// Rows in one chunk: enough to hide the cost of a task, few enough to divide 10^5 rows evenly.
const CHUNK_ROWS: usize = 4096;

/// Adds up `width` sums over all rows; `add_row(row, sums)` adds one row's terms.
///
/// Floating-point addition is not associative, so chunks are fixed and are added in order.
pub(crate) fn chunked_sums(
    rows: usize,
    width: usize,
    add_row: impl Fn(usize, &mut [f64]) + Sync,
) -> Vec<f64> {
    let chunks: Vec<Vec<f64>> = (0..rows.div_ceil(CHUNK_ROWS))
        .into_par_iter()
        .map(|chunk| {
            let mut sums = vec![0.0; width];
            let first = chunk * CHUNK_ROWS;
            (first..rows.min(first + CHUNK_ROWS)).for_each(|row| add_row(row, &mut sums));
            sums
        })
        .collect();
    let mut sums = vec![0.0; width];
    for chunk in &chunks {
        sums.iter_mut().zip(chunk).for_each(|(sum, term)| *sum += term);
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_the_same_on_any_number_of_threads() {
        let sums = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| chunked_sums(20_000, 1, |row, sums| sums[0] += 0.1 / (row + 1) as f64))
        };
        assert_eq!(sums(1), sums(5));
    }

    #[test]
    fn every_row_is_added_once() {
        for rows in [0, 1, CHUNK_ROWS, CHUNK_ROWS + 1, 3 * CHUNK_ROWS - 1] {
            assert_eq!(chunked_sums(rows, 2, |_, sums| sums[1] += 1.0), [0.0, rows as f64]);
        }
    }
}
