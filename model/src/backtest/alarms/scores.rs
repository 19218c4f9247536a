//! Quality of warnings: recall, false alarms and lead times.

use serde::Serialize;

use crate::backtest::bootstrap::ConfidenceInterval;

/// An estimate and its interval by blocks of time; each absent where it is undefined.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Estimate {
    /// The value.
    pub value: Option<f64>,
    /// The interval.
    pub interval: Option<ConfidenceInterval>,
}

/// Quality of one rule's alarms at one threshold.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WarningQuality {
    /// `model`, `first_passage` or `health_factor`.
    pub rule: &'static str,
    /// Probability at or above which, or health factor at or below which, an alarm is raised;
    /// absent if the rule can raise none within the budget.
    pub threshold: Option<f64>,
    /// Number of alarms.
    pub alarms: usize,
    /// Number of alarms followed by a liquidation while they were active.
    pub true_alarms: usize,
    /// Number of alarms without a following liquidation.
    pub false_alarms: usize,
    /// Number of liquidation episodes.
    pub episodes: usize,
    /// Share of true alarms among those with a known outcome.
    pub precision: Estimate,
    /// Share of episodes preceded by an active alarm.
    pub recall: Estimate,
    /// False alarms per account-month.
    pub false_alarms_per_account_month: Estimate,
    /// Quartiles of hours from the alarm to the liquidation; absent without a true alarm.
    pub lead_hours: Option<[f64; 3]>,
    /// Number of true alarms by lead time, in bins with the upper edges `lead_edges_hours`.
    pub lead_histogram: Vec<usize>,
    /// The model's recall minus that of this rule, on the same draws; absent for the model.
    pub model_recall_difference: Option<ConfidenceInterval>,
}

/// Recall against false alarms of a rule.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RecallCurve {
    /// `model`, `first_passage` or `health_factor`.
    pub rule: &'static str,
    /// False alarms per account-month and recall, at increasing shares of landmarks above the
    /// threshold.
    pub points: Vec<(f64, f64)>,
}

/// Warnings of the model at some thresholds, and of simpler rules with the same number of false
/// alarms.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WarningScores {
    /// Duration of an alarm, hours.
    pub alarm_hours: i64,
    /// Number of observed account-months.
    pub account_months: f64,
    /// Upper edges of the bins of lead time, hours.
    pub lead_edges_hours: Vec<f64>,
    /// For each threshold, the model, then first passage and health factor at the model's number of
    /// false alarms.
    pub rules: Vec<[WarningQuality; 3]>,
    /// Recall against false alarms at every threshold.
    pub recall_curves: Vec<RecallCurve>,
}
