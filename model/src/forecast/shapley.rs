//! Shapley values of functions of sets of players, as bits.

/// The Shapley value of each of `N` players (Shapley 1953, "A value for n-person games"): the mean
/// over all orders of the players of what a player adds to those before it. The values add up to that
/// of the whole set less that of the empty one.
pub(super) fn shapley_values<const N: usize>(value: impl Fn(usize) -> f64) -> [f64; N] {
    std::array::from_fn(|player| {
        let without = (0..1 << N).filter(|set| set >> player & 1 == 0);
        without
            .map(|set: usize| {
                let weight = weight(set.count_ones() as usize, N);
                weight * (value(set | 1 << player) - value(set))
            })
            .sum()
    })
}

/// `s! (n - s - 1)! / n!`: the share of the orders of players in which a given one follows a set of
/// size `s`.
fn weight(before: usize, players: usize) -> f64 {
    let factorial = |n: usize| (1..=n).product::<usize>() as f64;
    factorial(before) * factorial(players - before - 1) / factorial(players)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_add_up_to_the_difference_of_the_whole_and_the_empty_set() {
        let value = |set: usize| (set as f64).sqrt() - 3.0 + f64::from(set.count_ones()).powi(2);
        let sum: f64 = shapley_values::<5>(value).iter().sum();
        assert!((sum - (value(31) - value(0))).abs() < 1e-12);
    }

    #[test]
    fn an_additive_function_gives_each_player_its_own_term() {
        let terms = [1.0, -2.0, 0.0, 0.5, 4.0];
        let value = |set: usize| (0..5).filter(|d| set >> d & 1 == 1).map(|d| terms[d]).sum();
        let parts = shapley_values::<5>(value);
        assert!(parts.iter().zip(terms).all(|(part, term)| (part - term).abs() < 1e-12));
    }
}
