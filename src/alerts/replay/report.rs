//! The result of a replay.

use chrono::{DateTime, Utc};
use plimsoll_model::AlertScores;
use plimsoll_serve::Rule;
use serde::Serialize;

use super::level_source::LevelSource;
use super::rule_kind::Forecaster;

/// The result of a replay.
#[derive(Debug, Serialize)]
pub(super) struct ReplayReport {
    /// End of the model's training span.
    pub(super) trained_until: DateTime<Utc>,
    /// The replayed landmarks.
    #[serde(flatten)]
    pub(super) span: ReplaySpan,
    /// Where the levels were chosen.
    pub(super) levels: LevelSource,
    /// The landmarks of the training span on which the levels were chosen; absent if they were chosen
    /// on the replayed ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) chosen_on: Option<ReplaySpan>,
    /// The rules of each budget.
    pub(super) budgets: Vec<BudgetResult>,
}

/// Landmarks on which rules are replayed.
#[derive(Debug, Serialize)]
pub(super) struct ReplaySpan {
    /// First landmark.
    pub(super) from: DateTime<Utc>,
    /// Last landmark.
    pub(super) to: DateTime<Utc>,
    /// Number of landmarks.
    pub(super) landmarks: usize,
    /// Number of accounts.
    pub(super) accounts: usize,
    /// Months of watched accounts.
    pub(super) account_months: f64,
    /// Liquidations; those of one account within 24 hours are one.
    pub(super) episodes: usize,
}

/// The rule of each kind that was chosen for one budget.
#[derive(Debug, Serialize)]
pub(super) struct BudgetResult {
    /// The budget of false warnings.
    pub(super) false_per_account_month: f64,
    /// The rules; a kind is absent if none of its levels stays within the budget.
    pub(super) rules: Vec<RuleResult>,
}

/// One rule and its scores.
#[derive(Debug, Clone, Serialize)]
pub(super) struct RuleResult {
    /// Whose value the rule measures.
    pub(super) forecaster: Forecaster,
    /// The rule.
    pub(super) rule: Rule,
    /// Messages of every type.
    pub(super) messages: usize,
    /// Scores of its warnings on the replayed landmarks.
    #[serde(flatten)]
    pub(super) scores: AlertScores,
    /// Its scores on the landmarks on which its levels were chosen, if these are others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) chosen_on: Option<AlertScores>,
}

/// The rule that warns of most liquidations within a budget; of several, the one with fewest false
/// warnings.
pub(super) fn best_within_budget(results: &[RuleResult], budget: f64) -> Option<&RuleResult> {
    let within = results.iter().filter(|result| result.scores.false_per_account_month <= budget);
    within.max_by_key(|result| {
        (result.scores.warned, std::cmp::Reverse(result.scores.false_warnings))
    })
}
