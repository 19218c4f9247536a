//! The markets of the training data, with their numbers of accounts, landmarks and episodes.

use std::collections::BTreeMap;

use plimsoll_features::{Observations, Outcome};

use super::pooled_fit::episodes_among;
use crate::forecast::training_market::{TrainingMarket, market_of_account};

/// The markets of some rows, in order of name, with the outcomes that training knows.
pub(super) fn training_markets(rows: &Observations, outcomes: &[Outcome]) -> Vec<TrainingMarket> {
    let mut by_market: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for row in 0..rows.len() {
        let account = &rows.account_ids[rows.account_index[row] as usize];
        by_market.entry(market_of_account(account)).or_default().push(row);
    }
    let count = |(market, of_market): (&str, Vec<usize>)| TrainingMarket {
        market: market.to_owned(),
        accounts: of_market
            .chunk_by(|&a, &b| rows.account_index[a] == rows.account_index[b])
            .count(),
        rows: of_market.len(),
        episodes: episodes_among(rows, of_market.iter().map(|&row| (row, &outcomes[row]))),
    };
    by_market.into_iter().map(count).collect()
}

#[cfg(test)]
mod tests {
    use plimsoll_features::{LIQUIDATED, OPEN};

    use super::*;

    #[test]
    fn accounts_landmarks_and_episodes_are_counted_by_market() {
        // Three landmarks of each account, a day apart; the second account is liquidated.
        let mut rows = Observations {
            account_ids: ["aave-v3/core/0x1", "aave-v3/core/0x2", "maker/eth-b/1"]
                .map(str::to_owned)
                .into(),
            ..Observations::default()
        };
        for account in 0..3 {
            for day in 0..3 {
                let event = if account == 1 { LIQUIDATED } else { OPEN };
                rows.account_index.push(account);
                rows.time_s.push(day * 86_400);
                let duration_days = 3.5 - day as f64;
                rows.outcome.push(Outcome { duration_days, event, follow_up_days: 40.0 });
            }
        }
        let markets = training_markets(&rows, &rows.outcome);
        let expected = |market: &str, accounts, rows, episodes| TrainingMarket {
            market: market.to_owned(),
            accounts,
            rows,
            episodes,
        };
        assert_eq!(markets, [expected("aave-v3/core", 2, 6, 1), expected("maker/eth-b", 1, 3, 0)]);
    }
}
