//! Behavior profiles of owners: how often they act, their target health factor, and how they
//! respond.

use rand::RngExt;

use crate::random::{Rng, bernoulli, normal, uniform};

/// One owner's behavior, which is observable through actions only.
#[derive(Debug, Clone)]
pub(super) struct OwnerProfile {
    pub(super) strategy: Strategy,
    /// Health checks per day without alarm.
    pub(super) checks_per_day: f64,
    /// Actions per day for reasons other than health, without alarm.
    pub(super) discretionary_actions_per_day: f64,
    /// Closings per day without alarm.
    pub(super) closings_per_day: f64,
    /// Usual and initial debt, USD.
    pub(super) debt_usd: f64,
    /// Target health factor.
    pub(super) target_health: f64,
    /// Health factor below which the owner raises it.
    pub(super) low_health: f64,
    /// Health factor above which the owner may borrow more.
    pub(super) high_health: f64,
    /// Probability to act on a check at a low health factor.
    pub(super) response_probability: f64,
    /// Probability to raise the health factor by repaying; otherwise by adding collateral.
    pub(super) repay_probability: f64,
    /// Savings outside the protocol, as a share of the debt.
    pub(super) savings_share: f64,
    /// Probability to borrow again after a loan ends.
    pub(super) return_probability: f64,
}

/// The purpose of a loan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Strategy {
    /// Stablecoin debt against volatile collateral.
    Holder,
    /// Ether debt against the staking token, looped.
    Looper,
    /// Ether debt against stablecoin collateral.
    Shorter,
}

/// A class of owners; ranges are sampled uniformly in the logarithm.
struct OwnerClass {
    /// Share of owners.
    share: f64,
    /// Range of health checks per day.
    checks_per_day: (f64, f64),
    /// Range of discretionary actions per day.
    discretionary_actions_per_day: (f64, f64),
    /// Median of the target health factor less 1.
    median_excess_health: f64,
    /// Range of the mean days to a closing.
    stay_days: (f64, f64),
    /// Median of the initial debt, USD.
    debt_usd: f64,
}

/// Bots, traders, active users, occasional users and inactive users: who acts more often has a
/// lower health factor and a larger debt, and closes sooner.
const OWNER_CLASSES: [OwnerClass; 5] = [
    OwnerClass {
        share: 0.03,
        checks_per_day: (24.0, 48.0),
        discretionary_actions_per_day: (1.0, 8.0),
        median_excess_health: 0.12,
        stay_days: (10.0, 300.0),
        debt_usd: 100_000.0,
    },
    OwnerClass {
        share: 0.20,
        checks_per_day: (3.0, 12.0),
        discretionary_actions_per_day: (0.25, 1.6),
        median_excess_health: 0.32,
        stay_days: (0.7, 40.0),
        debt_usd: 40_000.0,
    },
    OwnerClass {
        share: 0.23,
        checks_per_day: (1.0, 4.0),
        discretionary_actions_per_day: (0.08, 0.45),
        median_excess_health: 0.50,
        stay_days: (2.0, 250.0),
        debt_usd: 18_000.0,
    },
    OwnerClass {
        share: 0.26,
        checks_per_day: (0.2, 1.2),
        discretionary_actions_per_day: (0.02, 0.16),
        median_excess_health: 0.75,
        stay_days: (4.0, 500.0),
        debt_usd: 9_000.0,
    },
    OwnerClass {
        share: 0.28,
        checks_per_day: (0.01, 0.1),
        discretionary_actions_per_day: (0.001, 0.025),
        median_excess_health: 1.4,
        stay_days: (10.0, 900.0),
        debt_usd: 5_000.0,
    },
];
/// Standard deviation of the logarithm of the target health factor less 1, and of the initial debt.
const EXCESS_HEALTH_LOG_SPREAD: f64 = 0.6;
const DEBT_LOG_SPREAD: f64 = 1.9;
const DEBT_LIMITS_USD: (f64, f64) = (200.0, 20_000_000.0);
/// Median of a looper's target health factor less 1.
const LOOPER_EXCESS_HEALTH: f64 = 0.08;
const LOOPER_SHARE: f64 = 0.04;
const SHORTER_SHARE: f64 = 0.08;

impl OwnerProfile {
    pub(super) fn sample(rng: &mut Rng) -> Self {
        let class = sample_class(rng);
        let between = |(from, to): (f64, f64), rng: &mut Rng| from * (to / from).powf(rng.random());
        let log_normal =
            |(median, spread): (f64, f64), rng: &mut Rng| median * (spread * normal(rng)).exp();
        let strategy = sample_strategy(rng);
        let excess = match strategy {
            Strategy::Looper => {
                log_normal((LOOPER_EXCESS_HEALTH, EXCESS_HEALTH_LOG_SPREAD), rng).clamp(0.025, 0.5)
            }
            _ => log_normal((class.median_excess_health, EXCESS_HEALTH_LOG_SPREAD), rng)
                .clamp(0.04, 12.0),
        };
        let target_health = 1.0 + excess;
        let low_health = 1.0 + (excess * uniform(rng, 0.15, 0.6)).min(uniform(rng, 0.1, 0.6));
        Self {
            strategy,
            checks_per_day: between(class.checks_per_day, rng),
            discretionary_actions_per_day: between(class.discretionary_actions_per_day, rng),
            closings_per_day: 1.0 / between(class.stay_days, rng),
            debt_usd: log_normal((class.debt_usd, DEBT_LOG_SPREAD), rng)
                .clamp(DEBT_LIMITS_USD.0, DEBT_LIMITS_USD.1),
            target_health,
            low_health,
            high_health: 1.0 + excess * uniform(rng, 1.4, 2.6),
            response_probability: uniform(rng, 0.5, 1.0),
            repay_probability: uniform(rng, 0.0, 1.0),
            savings_share: log_normal((0.25, 1.2), rng),
            return_probability: uniform(rng, 0.0, 0.7),
        }
    }
}

fn sample_class(rng: &mut Rng) -> &'static OwnerClass {
    let mut u = rng.random::<f64>();
    let mut classes = OWNER_CLASSES.iter();
    let chosen = classes.find(|class| {
        u -= class.share;
        u < 0.0
    });
    chosen.unwrap_or(&OWNER_CLASSES[2])
}

fn sample_strategy(rng: &mut Rng) -> Strategy {
    if bernoulli(rng, LOOPER_SHARE) {
        Strategy::Looper
    } else if bernoulli(rng, SHORTER_SHARE / (1.0 - LOOPER_SHARE)) {
        Strategy::Shorter
    } else {
        Strategy::Holder
    }
}
