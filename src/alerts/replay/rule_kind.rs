//! The kinds of rules that a replay compares.

use plimsoll_lake::Horizon;
use plimsoll_serve::Measure;
use serde::Serialize;

/// Whose value a rule measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Forecaster {
    /// The model's probability.
    Model,
    /// The probability of first passage, which needs no training.
    FirstPassage,
    /// The health factor.
    HealthFactor,
}

/// A kind of rule: whose value, and which.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RuleKind {
    pub(super) forecaster: Forecaster,
    pub(super) measure: Measure,
}

impl RuleKind {
    /// The kinds that are compared: both forecasters at each horizon, and the health factor.
    pub(super) fn all(horizons: &[Horizon]) -> Vec<Self> {
        let at = |forecaster| {
            horizons
                .iter()
                .map(move |&horizon| Self { forecaster, measure: Measure::from_horizon(horizon) })
        };
        let health = Self { forecaster: Forecaster::HealthFactor, measure: Measure::HealthFactor };
        at(Forecaster::Model).chain(at(Forecaster::FirstPassage)).chain([health]).collect()
    }
}
