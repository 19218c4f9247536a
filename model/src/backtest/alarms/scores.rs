//! How good warnings are: what they catch, how often they are false, and how early they come.

use serde::Serialize;

use crate::backtest::bootstrap::ConfidenceInterval;

/// A figure and its interval by blocks of time; each absent where it is undefined.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Estimate {
    /// The figure.
    pub value: Option<f64>,
    /// Its interval.
    pub interval: Option<ConfidenceInterval>,
}

/// Warnings of one rule at one threshold.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WarningQuality {
    /// `model`, `first_passage` or `health_factor`.
    pub rule: &'static str,
    /// Probability from which on, or health factor up to which, an alarm is raised; absent where
    /// the rule may not raise any within the budget.
    pub threshold: Option<f64>,
    /// Alarms.
    pub alarms: usize,
    /// Alarms that a liquidation followed while they stood.
    pub true_alarms: usize,
    /// Alarms that none followed.
    pub false_alarms: usize,
    /// Liquidation episodes that could be warned of.
    pub episodes: usize,
    /// True alarms among those whose end is known.
    pub precision: Estimate,
    /// Share of episodes that an alarm stood before.
    pub recall: Estimate,
    /// False alarms for each account watched for a month.
    pub false_alarms_per_account_month: Estimate,
    /// Hours from the alarm to the liquidation: quartiles; absent without a true alarm.
    pub lead_hours: Option<[f64; 3]>,
    /// True alarms by lead time, in bins that end at [`Warnings::lead_edges_hours`].
    pub lead_histogram: Vec<usize>,
    /// By how much the model's recall exceeds this rule's, on the same draws; absent for the model.
    pub model_recall_difference: Option<ConfidenceInterval>,
}

/// A rule's trade of recall for false alarms.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RecallCurve {
    /// `model`, `first_passage` or `health_factor`.
    pub rule: &'static str,
    /// False alarms per account-month and recall, at rising share of landmarks above threshold.
    pub points: Vec<(f64, f64)>,
}

/// Warnings of the model at some thresholds, and of simpler rules with as many false alarms.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WarningScores {
    /// How long an alarm stands, hours.
    pub alarm_hours: i64,
    /// Account-months watched.
    pub account_months: f64,
    /// Upper ends of the bins of lead time, hours.
    pub lead_edges_hours: Vec<f64>,
    /// For each threshold the model, then first passage and health factor at its budget.
    pub rules: Vec<[WarningQuality; 3]>,
    /// Recall against false alarms at every threshold.
    pub recall_curves: Vec<RecallCurve>,
}
