//! The result of a replay.

use chrono::{DateTime, Utc};
use plimsoll_model::AlertScores;
use plimsoll_serve::Rule;
use serde::Serialize;

/// The result of a replay.
#[derive(Debug, Serialize)]
pub(super) struct ReplayReport {
    /// End of the model's training span.
    pub(super) trained_until: DateTime<Utc>,
    /// First landmark.
    pub(super) from: DateTime<Utc>,
    /// Last landmark.
    pub(super) to: DateTime<Utc>,
    /// Landmarks replayed.
    pub(super) landmarks: usize,
    /// Accounts replayed.
    pub(super) accounts: usize,
    /// Months of watched accounts.
    pub(super) account_months: f64,
    /// Liquidations; those of one account within 24 hours are one.
    pub(super) episodes: usize,
    /// The best rules within each budget.
    pub(super) budgets: Vec<BudgetResult>,
}

/// The best of each kind of rule within one budget.
#[derive(Debug, Serialize)]
pub(super) struct BudgetResult {
    /// The budget.
    pub(super) false_per_account_month: f64,
    /// The best rules.
    pub(super) rules: Vec<RuleResult>,
}

/// One rule and its scores.
#[derive(Debug, Clone, Serialize)]
pub(super) struct RuleResult {
    /// The rule.
    pub(super) rule: Rule,
    /// Messages of every type.
    pub(super) messages: usize,
    /// Scores of its warnings.
    #[serde(flatten)]
    pub(super) scores: AlertScores,
}

/// The rule that warns of most liquidations within a budget; of several, the one with fewest false
/// warnings.
pub(super) fn best_within_budget(results: &[RuleResult], budget: f64) -> Option<RuleResult> {
    let within = results.iter().filter(|result| result.scores.false_per_account_month <= budget);
    within
        .max_by_key(|result| {
            (result.scores.warned, std::cmp::Reverse(result.scores.false_warnings))
        })
        .cloned()
}
