//! Random draws of rows and of inputs for a tree.

use rand::RngExt;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

/// Each of `rows` rows with probability `share`, in order.
pub(crate) fn draw_rows(rows: u32, share: f64, rng: &mut ChaCha8Rng) -> Vec<u32> {
    (0..rows).filter(|_| share >= 1.0 || rng.random_bool(share)).collect()
}

/// This share of the inputs, at least one, in order.
pub(crate) fn draw_inputs(inputs: usize, share: f64, rng: &mut ChaCha8Rng) -> Vec<usize> {
    let count = (share * inputs as f64).round().max(1.0) as usize;
    let mut inputs: Vec<usize> = (0..inputs).collect();
    if count < inputs.len() {
        inputs.shuffle(rng);
        inputs.truncate(count);
        inputs.sort_unstable();
    }
    inputs
}
