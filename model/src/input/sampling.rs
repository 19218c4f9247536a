//! Reproducible samples: whether a row is drawn depends on a hash of its key alone.

use plimsoll_metrics::hashed_index;

const BUCKETS: usize = 1 << 20;

/// Whether a key is in a sample of this share of all keys.
pub(crate) fn is_sampled(key: u64, share: f64) -> bool {
    (hashed_index(BUCKETS, key) as f64) < share * BUCKETS as f64
}

/// The key of an account at a time.
pub(crate) fn landmark_key(account: u32, time_s: i64) -> u64 {
    u64::from(account) << 40 ^ time_s as u64
}
