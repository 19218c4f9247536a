//! The block bootstrap: the variation of a figure over resampled weeks or accounts.

use crate::units::DAY_S;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Minimum number of clusters for an interval.
const MIN_CLUSTERS: usize = 6;
/// Minimum share of replicates in which a figure is defined, for it to have an interval.
const MIN_DEFINED_SHARE: f64 = 0.9;
/// The coverage of an interval unless stated otherwise.
const COVERAGE: f64 = 0.95;

/// Options of the block bootstrap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct BlockBootstrap {
    /// Number of replicates.
    pub replicates: usize,
    /// Days per time block; for longer horizons, the length of the horizon.
    pub block_days: u32,
    /// Seed of the draws.
    pub seed: u64,
}

impl Default for BlockBootstrap {
    fn default() -> Self {
        Self { replicates: 400, block_days: 7, seed: 0 }
    }
}

/// A confidence interval, of 95 % unless stated otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ConfidenceInterval {
    /// Lower end.
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
}

/// A figure in every replicate; absent where it is undefined.
pub(crate) type Replicates = Vec<Option<f64>>;

/// Clusters of rows that are drawn together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Clusters {
    /// The cluster of each row.
    pub(crate) cluster_of_row: Vec<u32>,
    /// Number of clusters.
    pub(crate) count: usize,
}

impl Clusters {
    /// Clusters by keys, which need not be consecutive.
    pub(crate) fn from_keys(keys: impl Iterator<Item = i64> + Clone) -> Self {
        let mut distinct: Vec<i64> = keys.clone().collect();
        distinct.sort_unstable();
        distinct.dedup();
        let index = |key: i64| distinct.partition_point(|&other| other < key) as u32;
        Self { cluster_of_row: keys.map(index).collect(), count: distinct.len() }
    }

    /// Time blocks, counted from `from_s`; empty blocks are omitted.
    pub(crate) fn from_times<'a>(
        time_s: impl Iterator<Item = &'a i64> + Clone,
        from_s: i64,
        block_days: u32,
    ) -> Self {
        let length_s = i64::from(block_days.max(1)) * DAY_S;
        Self::from_keys(time_s.map(move |time_s| (time_s - from_s).div_euclid(length_s)))
    }

    /// Sums the rows' terms by cluster.
    pub(crate) fn sums<const N: usize>(
        &self,
        terms: impl Iterator<Item = [f64; N]>,
    ) -> Vec<[f64; N]> {
        let mut sums = vec![[0.0; N]; self.count];
        for (&cluster, row) in self.cluster_of_row.iter().zip(terms) {
            sums[cluster as usize].iter_mut().zip(row).for_each(|(sum, term)| *sum += term);
        }
        sums
    }
}

/// Weighted total of the clusters' sums in one replicate.
pub(crate) fn weighted_sums<const N: usize>(sums: &[[f64; N]], weights: &[u32]) -> [f64; N] {
    let mut total = [0.0; N];
    for (sums, &weight) in sums.iter().zip(weights) {
        total.iter_mut().zip(sums).for_each(|(t, sum)| *t += f64::from(weight) * sum);
    }
    total
}

/// A ratio; `None` if the denominator is not positive.
pub(crate) fn ratio(numerator: f64, denominator: f64) -> Option<f64> {
    (denominator > 0.0).then(|| numerator / denominator)
}

impl BlockBootstrap {
    /// Computes figures with each cluster weighted by the number of times it was drawn.
    ///
    /// The draws depend only on the seed, the replicate and the number of clusters, so two
    /// forecasters can be compared replicate by replicate on the same rows.
    pub(crate) fn replicate<const N: usize>(
        &self,
        clusters: usize,
        figures: impl Fn(&[u32]) -> [Option<f64>; N] + Sync,
    ) -> [Replicates; N] {
        if clusters < MIN_CLUSTERS {
            return std::array::from_fn(|_| Vec::new());
        }
        let drawn: Vec<[Option<f64>; N]> = (0..self.replicates)
            .into_par_iter()
            .map(|replicate| figures(&self.draw_weights(replicate, clusters)))
            .collect();
        std::array::from_fn(|figure| drawn.iter().map(|figures| figures[figure]).collect())
    }

    fn draw_weights(&self, replicate: usize, clusters: usize) -> Vec<u32> {
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        rng.set_stream(replicate as u64);
        let mut weights = vec![0; clusters];
        (0..clusters).for_each(|_| weights[rng.random_range(0..clusters)] += 1);
        weights
    }
}

/// The 95 % interval of a figure's replicates; `None` if too few are defined.
pub(crate) fn percentile_interval(replicates: &[Option<f64>]) -> Option<ConfidenceInterval> {
    percentile_interval_of(replicates, COVERAGE)
}

/// The interval between the quantiles of a figure's replicates that leave out `1 - coverage`, half
/// on each side (Efron and Tibshirani 1993, chapter 13); `None` if too few are defined.
pub(crate) fn percentile_interval_of(
    replicates: &[Option<f64>],
    coverage: f64,
) -> Option<ConfidenceInterval> {
    let mut values: Vec<f64> = replicates.iter().copied().flatten().collect();
    if values.is_empty() || (values.len() as f64) < MIN_DEFINED_SHARE * replicates.len() as f64 {
        return None;
    }
    values.sort_unstable_by(f64::total_cmp);
    let at = |end: f64| values[((values.len() - 1) as f64 * end).round() as usize];
    let tail = (1.0 - coverage) / 2.0;
    Some(ConfidenceInterval { lower: at(tail), upper: at(1.0 - tail) })
}

/// The difference of two figures, replicate by replicate.
pub(crate) fn difference(minuend: &[Option<f64>], subtrahend: &[Option<f64>]) -> Replicates {
    minuend.iter().zip(subtrahend).map(|(a, b)| Some((*a)? - (*b)?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values of independent blocks, one row each.
    fn blocks() -> (Vec<f64>, Clusters) {
        let mut rng = ChaCha8Rng::seed_from_u64(5);
        let values: Vec<f64> = (0..400).map(|_| rng.random_range(0.0..1.0)).collect();
        let clusters = Clusters::from_keys(0..400);
        (values, clusters)
    }

    fn mean_interval(resampling: &BlockBootstrap) -> ConfidenceInterval {
        let (values, clusters) = blocks();
        let sums = clusters.sums(values.iter().map(|value| [*value, 1.0]));
        let mean = |weights: &[u32]| {
            let [sum, rows] = weighted_sums(&sums, weights);
            [ratio(sum, rows)]
        };
        let [replicates] = resampling.replicate(clusters.count, mean);
        percentile_interval(&replicates).unwrap()
    }

    #[test]
    fn interval_of_a_mean_matches_the_analytic_one_for_independent_blocks() {
        let (values, _) = blocks();
        let mean = values.iter().sum::<f64>() / 400.0;
        let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / 400.0;
        let half = 1.96 * (variance / 400.0).sqrt();
        let ConfidenceInterval { lower, upper } =
            mean_interval(&BlockBootstrap { replicates: 4_000, ..BlockBootstrap::default() });
        assert!((lower - (mean - half)).abs() < 0.06 * half, "{lower} of {}", mean - half);
        assert!((upper - (mean + half)).abs() < 0.06 * half, "{upper} of {}", mean + half);
    }

    #[test]
    fn draws_depend_on_the_seed() {
        let resampling = |seed| BlockBootstrap { seed, ..BlockBootstrap::default() };
        assert_eq!(mean_interval(&resampling(1)), mean_interval(&resampling(1)));
        assert_ne!(mean_interval(&resampling(1)), mean_interval(&resampling(2)));
    }

    #[test]
    fn clustering_the_rows_of_an_event_widens_the_interval() {
        let positives: Vec<f64> = (0..400).map(|row| f64::from(row / 40 == 3)).collect();
        let width = |clusters: &Clusters| {
            let sums = clusters.sums(positives.iter().map(|positive| [*positive, 1.0]));
            let share = |weights: &[u32]| {
                let [sum, rows] = weighted_sums(&sums, weights);
                [ratio(sum, rows)]
            };
            let [replicates] = BlockBootstrap::default().replicate(clusters.count, share);
            let ConfidenceInterval { lower, upper } = percentile_interval(&replicates).unwrap();
            upper - lower
        };
        let rows = width(&Clusters::from_keys(0..400));
        let blocks = width(&Clusters::from_keys((0..400).map(|row| row / 40)));
        assert!(blocks > 3.0 * rows, "{blocks} {rows}");
    }

    #[test]
    fn blocks_have_the_requested_length() {
        let times = [0, 6 * DAY_S, 7 * DAY_S, 30 * DAY_S];
        let clusters = Clusters::from_times(times.iter(), 0, 7);
        assert_eq!((clusters.cluster_of_row, clusters.count), (vec![0, 0, 1, 2], 3));
    }

    #[test]
    fn too_few_clusters_or_too_many_undefined_figures_have_no_interval() {
        let constant = |_: &[u32]| [Some(1.0)];
        let [few] = BlockBootstrap::default().replicate(5, constant);
        assert_eq!(percentile_interval(&few), None);
        assert_eq!(percentile_interval(&[Some(1.0), None]), None);
    }

    #[test]
    fn an_interval_leaves_out_equal_tails() {
        let replicates: Vec<Option<f64>> = (0..=1000).map(|k| Some(f64::from(k))).collect();
        let interval = |coverage| percentile_interval_of(&replicates, coverage).unwrap();
        assert_eq!(interval(0.9), ConfidenceInterval { lower: 50.0, upper: 950.0 });
        assert_eq!(Some(interval(0.95)), percentile_interval(&replicates));
    }
}
