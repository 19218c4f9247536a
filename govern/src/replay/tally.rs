//! Totals of the liquidations under each rule.

use serde::Serialize;

use super::parameter_history::ParameterRule;

/// The outcome of one loan under each rule.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct LoanEpisode {
    pub(super) losses: [Option<LiquidationLoss>; ParameterRule::ALL.len()],
    pub(super) liquidated_on_chain: bool,
}

/// One liquidation, USD.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct LiquidationLoss {
    pub(super) debt_usd: f64,
    pub(super) penalty_usd: f64,
    pub(super) shortfall_usd: f64,
}

/// Totals of liquidated loans.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct LiquidationTotals {
    /// Number of loans; an account that borrows again after full repayment counts again.
    pub loans: usize,
    /// Their debt, USD.
    pub debt_usd: f64,
    /// Penalties paid by owners in addition, USD.
    pub penalty_usd: f64,
    /// Debt not covered, USD.
    pub shortfall_usd: f64,
    /// Loans that were not covered.
    pub uncovered: usize,
}

/// Liquidations under one rule, compared with those under the parameters in force.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct RuleTotals {
    /// The rule.
    pub rule: ParameterRule,
    /// All liquidations under the rule.
    pub all: LiquidationTotals,
    /// Liquidations under the rule that do not occur under the parameters in force.
    pub caused: LiquidationTotals,
    /// Liquidations under the parameters in force that do not occur under the rule.
    pub avoided: LiquidationTotals,
    /// Loans liquidated on the chain that the rule also liquidates.
    pub of_liquidated_on_chain: usize,
    /// Loans liquidated on the chain.
    pub liquidated_on_chain: usize,
}

impl LoanEpisode {
    pub(super) fn has_liquidation(&self) -> bool {
        self.liquidated_on_chain || self.losses.iter().any(Option::is_some)
    }
}

impl LiquidationTotals {
    fn add(&mut self, loss: &LiquidationLoss) {
        self.loans += 1;
        self.debt_usd += loss.debt_usd;
        self.penalty_usd += loss.penalty_usd;
        self.shortfall_usd += loss.shortfall_usd;
        self.uncovered += usize::from(loss.shortfall_usd > 0.0);
    }
}

impl RuleTotals {
    pub(super) fn for_all_rules(episodes: &[LoanEpisode]) -> Vec<Self> {
        ParameterRule::ALL
            .iter()
            .enumerate()
            .map(|(index, rule)| Self::from_episodes(episodes, index, *rule))
            .collect()
    }

    fn from_episodes(episodes: &[LoanEpisode], index: usize, rule: ParameterRule) -> Self {
        let none = LiquidationTotals::default();
        let mut tally = Self {
            rule,
            all: none,
            caused: none,
            avoided: none,
            of_liquidated_on_chain: 0,
            liquidated_on_chain: 0,
        };
        for episode in episodes {
            let (fixed, own) = (&episode.losses[0], &episode.losses[index]);
            own.iter().for_each(|loss| tally.all.add(loss));
            match (fixed, own) {
                (None, Some(loss)) => tally.caused.add(loss),
                (Some(loss), None) => tally.avoided.add(loss),
                _ => {}
            }
            tally.liquidated_on_chain += usize::from(episode.liquidated_on_chain);
            tally.of_liquidated_on_chain +=
                usize::from(episode.liquidated_on_chain && own.is_some());
        }
        tally
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn caused_and_avoided_compare_with_the_parameters_in_force() {
        let loss = |debt_usd| {
            Some(LiquidationLoss {
                debt_usd,
                penalty_usd: debt_usd / 10.0,
                shortfall_usd: debt_usd - 5.0,
            })
        };
        let episode = |fixed, implied| LoanEpisode {
            losses: [fixed, implied, None, None],
            liquidated_on_chain: true,
        };
        let episodes =
            [episode(loss(10.0), loss(8.0)), episode(None, loss(5.0)), episode(loss(3.0), None)];
        let [fixed, implied, ..] = RuleTotals::for_all_rules(&episodes)[..] else {
            panic!("a tally a rule")
        };
        assert_eq!((fixed.all.loans, fixed.all.debt_usd), (2, 13.0));
        assert_eq!((fixed.caused.loans, fixed.avoided.loans), (0, 0));
        assert_eq!((implied.all.loans, implied.all.uncovered), (2, 1));
        assert_eq!((implied.caused.debt_usd, implied.avoided.debt_usd), (5.0, 3.0));
        assert_eq!((implied.of_liquidated_on_chain, implied.liquidated_on_chain), (2, 3));
    }
}
