//! Inputs binned at their quantiles, with a separate bin for missing values.

use ndarray::{ArrayView1, ArrayView2, Axis};
use rayon::prelude::*;

/// One binned input.
pub(crate) struct BinnedColumn {
    /// Ascending; a value's bin is the number of cuts at or below it.
    pub(crate) cuts: Vec<f32>,
    /// Each row's bin; that of a missing value is after the last.
    pub(crate) bins: Vec<u8>,
}

impl BinnedColumn {
    /// The bin of missing values.
    pub(crate) const fn unknown_bin(&self) -> usize {
        self.cuts.len() + 1
    }

    /// Whether a row goes right at a cut.
    pub(crate) fn goes_right(&self, row: usize, cut: usize, unknown_right: bool) -> bool {
        match usize::from(self.bins[row]) {
            bin if bin == self.unknown_bin() => unknown_right,
            bin => bin > cut,
        }
    }
}

/// Bins each input into at most `bins` bins with similar numbers of rows.
pub(crate) fn bin_columns(inputs: ArrayView2<'_, f32>, bins: usize) -> Vec<BinnedColumn> {
    let bins = bins.clamp(2, 254);
    (0..inputs.ncols())
        .into_par_iter()
        .map(|input| {
            let values = inputs.index_axis(Axis(1), input);
            let cuts = cut_points(values, bins);
            let bins = values.iter().map(|&value| bin_index(&cuts, value)).collect();
            BinnedColumn { cuts, bins }
        })
        .collect()
}

fn bin_index(cuts: &[f32], value: f32) -> u8 {
    let bin = if value.is_nan() { cuts.len() + 1 } else { cuts.partition_point(|&c| c <= value) };
    u8::try_from(bin).expect("there are at most 254 cuts")
}

fn cut_points(values: ArrayView1<'_, f32>, bins: usize) -> Vec<f32> {
    let mut known: Vec<f32> = values.iter().copied().filter(|value| !value.is_nan()).collect();
    known.sort_unstable_by(f32::total_cmp);
    let mut levels = known.clone();
    levels.dedup();
    let mut cuts: Vec<f32> = if levels.len() <= bins {
        levels.windows(2).map(|pair| cut_between(pair[0], pair[1])).collect()
    } else {
        (1..bins).map(|k| quantile_cut(&known, k * known.len() / bins)).collect()
    };
    cuts.dedup();
    // Above all known values: a split at this cut separates known from missing values.
    if known.len() < values.len() && cuts.last().is_none_or(|&last| last < f32::MAX) {
        cuts.truncate(253);
        cuts.push(f32::MAX);
    }
    cuts
}

/// A cut just below the run of equal values at `index`, so that ties stay together.
fn quantile_cut(sorted: &[f32], index: usize) -> f32 {
    let value = sorted[index];
    let first = sorted.partition_point(|&other| other < value);
    if first == 0 { value } else { cut_between(sorted[first - 1], value) }
}

/// A value above `low` and at most `high`.
fn cut_between(low: f32, high: f32) -> f32 {
    let middle = low / 2.0 + high / 2.0;
    if middle > low && middle <= high { middle } else { high }
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;

    fn column(values: &[f32], bins: usize) -> BinnedColumn {
        let inputs = Array2::from_shape_vec((values.len(), 1), values.to_vec()).unwrap();
        bin_columns(inputs.view(), bins).remove(0)
    }

    #[test]
    fn few_levels_get_a_bin_each() {
        let column = column(&[2.0, 0.0, 2.0, 5.0], 64);
        assert_eq!(column.cuts, [1.0, 3.5]);
        assert_eq!(column.bins, [1, 0, 1, 2]);
    }

    #[test]
    fn bins_have_similar_row_counts() {
        let values: Vec<f32> = (0..1_000).map(|i| (i as f32).exp2().min(1e30)).collect();
        let values: Vec<f32> = values.iter().enumerate().map(|(i, v)| v + i as f32).collect();
        let column = column(&values[..90], 9);
        let mut counts = [0; 9];
        column.bins.iter().for_each(|&bin| counts[usize::from(bin)] += 1);
        assert!(counts.iter().all(|count| (9..=11).contains(count)), "{counts:?}");
    }

    #[test]
    fn unknown_values_have_a_bin_of_their_own() {
        let column = column(&[f32::NAN, 1.0, 2.0], 64);
        assert_eq!(column.cuts, [1.5, f32::MAX]);
        assert_eq!(column.bins, [3, 0, 1]);
        assert_eq!(column.unknown_bin(), 3);
    }

    #[test]
    fn infinite_constant_and_empty_columns_are_binned() {
        assert_eq!(column(&[f32::NEG_INFINITY, 0.0, f32::INFINITY], 64).bins, [0, 1, 2]);
        assert_eq!(column(&[3.0; 4], 64).cuts, Vec::<f32>::new());
        assert_eq!(column(&[f32::NAN; 2], 64).bins, [2, 2]);
        assert!(column(&[], 64).bins.is_empty());
    }
}
