//! Owners: how often they look, where they want to stand, and what they do about it.

use rand::RngExt;

use super::super::random::{Rng, chance, normal, uniform};

/// One owner's temper, which only acts reveal.
#[derive(Debug, Clone)]
pub(super) struct Owner {
    pub(super) kind: Kind,
    /// Looks a day while nothing is alarming.
    pub(super) looks: f64,
    /// Acts a day for reasons of one's own while nothing is alarming.
    pub(super) errands: f64,
    /// Closings a day while nothing is alarming.
    pub(super) closings: f64,
    /// Usual debt, and the first, USD.
    pub(super) debt_usd: f64,
    /// Health factor that is wanted.
    pub(super) target: f64,
    /// Health factor below which something must be done.
    pub(super) low: f64,
    /// Health factor above which more is borrowed.
    pub(super) high: f64,
    /// The probability to act on a look at a low health factor.
    pub(super) resolve: f64,
    /// The probability to rescue by repaying; else by adding collateral.
    pub(super) repays: f64,
    /// What is left outside the protocol to rescue with, as a share of the first debt.
    pub(super) savings: f64,
    /// The probability to come back after an end.
    pub(super) returns: f64,
}

/// What a loan is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Dollars against what floats.
    Holder,
    /// Ether against its staking token, round and round.
    Looper,
    /// What floats against dollars.
    Shorter,
}

/// A class of owners; ranges are drawn from evenly in the logarithm.
struct Class {
    /// Share of owners.
    share: f64,
    /// Looks a day, from and to.
    looks: (f64, f64),
    /// Errands a day, from and to.
    errands: (f64, f64),
    /// Median of the wanted health factor less 1.
    excess: f64,
    /// Days to a closing, from and to.
    stay: (f64, f64),
    /// Median of the first debt, USD.
    debt_usd: f64,
}

/// Machines, traders, watchers, visitors, and those who have gone sailing: who acts more stands
/// lower, owes more and leaves sooner.
const CLASSES: [Class; 5] = [
    Class {
        share: 0.03,
        looks: (24.0, 48.0),
        errands: (1.0, 8.0),
        excess: 0.12,
        stay: (10.0, 300.0),
        debt_usd: 100_000.0,
    },
    Class {
        share: 0.20,
        looks: (3.0, 12.0),
        errands: (0.25, 1.6),
        excess: 0.32,
        stay: (0.7, 40.0),
        debt_usd: 40_000.0,
    },
    Class {
        share: 0.23,
        looks: (1.0, 4.0),
        errands: (0.08, 0.45),
        excess: 0.50,
        stay: (2.0, 250.0),
        debt_usd: 18_000.0,
    },
    Class {
        share: 0.26,
        looks: (0.2, 1.2),
        errands: (0.02, 0.16),
        excess: 0.75,
        stay: (4.0, 500.0),
        debt_usd: 9_000.0,
    },
    Class {
        share: 0.28,
        looks: (0.01, 0.1),
        errands: (0.001, 0.025),
        excess: 1.4,
        stay: (10.0, 900.0),
        debt_usd: 5_000.0,
    },
];
/// Spread of the logarithm of the wanted health factor less 1, and of the first debt.
const EXCESS_SPREAD: f64 = 0.6;
const DEBT_SPREAD: f64 = 1.9;
const DEBT_LIMITS_USD: (f64, f64) = (200.0, 20_000_000.0);
/// Median of a looper's wanted health factor less 1.
const LOOPERS_EXCESS: f64 = 0.08;
const LOOPERS: f64 = 0.04;
const SHORTERS: f64 = 0.08;

impl Owner {
    pub(super) fn draw(rng: &mut Rng) -> Self {
        let class = class(rng);
        let between = |(from, to): (f64, f64), rng: &mut Rng| from * (to / from).powf(rng.random());
        let log_normal =
            |(median, spread): (f64, f64), rng: &mut Rng| median * (spread * normal(rng)).exp();
        let kind = kind(rng);
        let excess = match kind {
            Kind::Looper => log_normal((LOOPERS_EXCESS, EXCESS_SPREAD), rng).clamp(0.025, 0.5),
            _ => log_normal((class.excess, EXCESS_SPREAD), rng).clamp(0.04, 12.0),
        };
        let target = 1.0 + excess;
        let low = 1.0 + (excess * uniform(rng, 0.15, 0.6)).min(uniform(rng, 0.1, 0.6));
        Self {
            kind,
            looks: between(class.looks, rng),
            errands: between(class.errands, rng),
            closings: 1.0 / between(class.stay, rng),
            debt_usd: log_normal((class.debt_usd, DEBT_SPREAD), rng)
                .clamp(DEBT_LIMITS_USD.0, DEBT_LIMITS_USD.1),
            target,
            low,
            high: 1.0 + excess * uniform(rng, 1.4, 2.6),
            resolve: uniform(rng, 0.5, 1.0),
            repays: uniform(rng, 0.0, 1.0),
            savings: log_normal((0.25, 1.2), rng),
            returns: uniform(rng, 0.0, 0.7),
        }
    }
}

fn class(rng: &mut Rng) -> &'static Class {
    let mut u = rng.random::<f64>();
    let mut classes = CLASSES.iter();
    let chosen = classes.find(|class| {
        u -= class.share;
        u < 0.0
    });
    chosen.unwrap_or(&CLASSES[2])
}

fn kind(rng: &mut Rng) -> Kind {
    if chance(rng, LOOPERS) {
        Kind::Looper
    } else if chance(rng, SHORTERS / (1.0 - LOOPERS)) {
        Kind::Shorter
    } else {
        Kind::Holder
    }
}
