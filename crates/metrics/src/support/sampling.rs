//! Draws without a generator: reproducible, and independent of any pattern of the rows.

/// An index below `count`, by a hash of a key: `SplitMix64` (Steele et al. 2014, OOPSLA).
pub const fn hashed_index(count: usize, key: u64) -> usize {
    let mixed = key.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((mixed ^ (mixed >> 31)) % count as u64) as usize
}

/// `count` of `0..rows`, ascending: one drawn from each of as many strata of similar length.
///
/// A fixed stride could coincide with the period of rows that repeat, such as the same subjects at
/// every time.
pub(crate) fn stratified_rows(rows: usize, count: usize) -> Vec<usize> {
    let border = |stratum: usize| (stratum as u128 * rows as u128 / count as u128) as usize;
    (0..count)
        .map(|stratum| {
            let (from, to) = (border(stratum), border(stratum + 1));
            from + hashed_index(to - from, stratum as u64)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_strata_as_rows_keep_every_row() {
        assert_eq!(stratified_rows(1_000, 1_000), (0..1_000).collect::<Vec<usize>>());
    }

    #[test]
    fn periodic_rows_are_sampled_evenly() {
        let mut counts = [0; 10];
        stratified_rows(100_000, 1_000).iter().for_each(|row| counts[row % 10] += 1);
        assert!(counts.iter().all(|count| (70..=130).contains(count)), "{counts:?}");
        assert!(stratified_rows(100_000, 1_000).is_sorted_by(|a, b| a < b));
    }

    // state = (key + 1) * 0x9e3779b97f4a7c15; SplitMix64 seeded with 0 begins with
    // 0xe220a8397b1dcdaf, 0x6e789e6aa1b965f4
    #[test]
    fn hashes_agree_with_splitmix64() {
        let below = 1_000_000_007;
        assert_eq!(hashed_index(below as usize, 0) as u64, 0xe220_a839_7b1d_cdaf % below);
        assert_eq!(hashed_index(below as usize, 1) as u64, 0x6e78_9e6a_a1b9_65f4 % below);
    }
}
