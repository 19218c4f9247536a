//! The history of an account's health factor: number of hours by log health factor.

use super::open_health::OpenHealth;
use crate::time::HOUR_S;

/// Raising a health factor that was below this is a rescue.
pub(crate) const LOW_HEALTH_FACTOR: f64 = 1.25;
/// Width of a bin of the log health factor.
const BIN_WIDTH: f64 = 0.01;
/// Log health factors are clamped to this range.
pub(crate) const MIN_LOG_HEALTH: f64 = -0.3;
const MAX_LOG_HEALTH: f64 = 1.5;
/// Number of bins.
pub(crate) const BIN_COUNT: usize = 181;
/// Hours with a log health factor up to this much above the present one count as lower.
const LOWER_TOLERANCE: f64 = 0.01;
/// Half-life of the weight of an hour.
const HALF_LIFE_HOURS: f64 = 720.0;
/// New hours have growing weights, which saves decaying all earlier hours. After this many half-lives
/// the weights are rescaled.
const REBASE_AFTER_HALF_LIVES: f64 = 64.0;

/// The whole hours at which an account was open so far, by log health factor: the lower of that at
/// the oracle price and that at the latest published price, from -0.3 to 1.5.
///
/// An hour counts with the balances before any update of the same second. The history continues when
/// a debt is repaid: an owner who borrows again keeps it.
#[derive(Debug, Clone, PartialEq)]
pub struct HealthHistory {
    /// The last whole hour processed, since 1970.
    until_hour: i64,
    /// The last second known at which the health factor at the oracle price was 1 or more.
    healthy_s: i64,
    lowest_since_action: f64,
    lowest_since_opened: f64,
    count: u32,
    low_count: u32,
    latest: Option<HourlyHealth>,
    histogram: Option<Box<HealthHistogram>>,
}

/// The health of an account at a whole hour.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct HourlyHealth {
    /// Hours since 1970.
    pub(crate) hour: i64,
    /// Bin of the log health factor: hundredths above the minimum, rounded down.
    pub(crate) bin: usize,
    /// Debt, hundredths of USD.
    pub(crate) debt_cents: u64,
    /// Whether the health factor at the oracle price is below 1.
    pub(crate) is_below_threshold: bool,
}

/// Number of hours by log health factor.
#[derive(Debug, Clone, PartialEq)]
struct HealthHistogram {
    counts: [f32; BIN_COUNT],
    /// Weighted by age, in units of the weight of an hour at `base_hour`.
    decayed: [f32; BIN_COUNT],
    base_hour: i64,
}

impl HealthHistory {
    /// An empty history of an account first seen at `time_s`.
    pub(crate) const fn new(time_s: i64) -> Self {
        let until_hour = time_s.div_euclid(HOUR_S);
        Self {
            until_hour,
            healthy_s: time_s,
            lowest_since_action: f64::INFINITY,
            lowest_since_opened: f64::INFINITY,
            count: 0,
            low_count: 0,
            latest: None,
            histogram: None,
        }
    }

    /// The last whole hour processed, since 1970.
    pub(crate) const fn until_hour(&self) -> i64 {
        self.until_hour
    }

    /// Skips the hours up to `hour` without recording them.
    pub(crate) fn advance_to(&mut self, hour: i64) {
        self.until_hour = self.until_hour.max(hour);
    }

    /// Records one whole hour since 1970.
    pub(crate) fn record_hour(&mut self, hour: i64, health: &OpenHealth) -> HourlyHealth {
        let log_health = clamp_log_health(health.lower());
        self.lowest_since_action = self.lowest_since_action.min(log_health);
        self.lowest_since_opened = self.lowest_since_opened.min(log_health);
        self.count += 1;
        self.low_count += u32::from(log_health < LOW_HEALTH_FACTOR.ln());
        self.record_threshold(hour * HOUR_S, health.log_health);
        let histogram = self.histogram.get_or_insert_with(|| Box::new(HealthHistogram::new(hour)));
        histogram.add(hour, log_health);
        *self.latest.insert(HourlyHealth {
            hour,
            bin: bin_index(log_health).min(BIN_COUNT - 1),
            debt_cents: (health.debt_usd * 100.0).round() as u64,
            is_below_threshold: health.is_below_threshold(),
        })
    }

    /// Records the log health factor at the oracle price at a second; NaN where it is not known.
    pub(crate) const fn record_threshold(&mut self, time_s: i64, log_health: f64) {
        if log_health >= 0.0 {
            self.healthy_s = time_s;
        }
    }

    /// The last recorded hour.
    pub(crate) const fn latest(&self) -> Option<&HourlyHealth> {
        self.latest.as_ref()
    }

    /// Call when the owner acts.
    pub(crate) const fn on_action(&mut self) {
        self.lowest_since_action = f64::INFINITY;
    }

    /// Call when the owner borrows without earlier debt, at `time_s`.
    pub(crate) const fn on_debt_opened(&mut self, time_s: i64) {
        self.lowest_since_opened = f64::INFINITY;
        self.healthy_s = time_s;
    }

    /// The lowest log health factor since the owner's last action, the present one included.
    pub(crate) fn lowest_since_action(&self, log_health: f64) -> f64 {
        self.lowest_since_action.min(clamp_log_health(log_health))
    }

    /// The lowest log health factor since the present debt was opened, the present one included.
    pub(crate) fn lowest_since_opened(&self, log_health: f64) -> f64 {
        self.lowest_since_opened.min(clamp_log_health(log_health))
    }

    /// Hours from when the log health factor at the oracle price was last known to be 0 or more, or the
    /// debt was opened, until `time_s`; 0 if the present one is.
    pub(crate) fn hours_below_threshold(&self, log_health: f64, time_s: i64) -> f64 {
        if log_health < 0.0 { (time_s - self.healthy_s) as f64 / HOUR_S as f64 } else { 0.0 }
    }

    /// Share of the recorded hours with a low health factor; 0 without any.
    pub(crate) fn low_health_share(&self) -> f64 {
        f64::from(self.low_count) / f64::from(self.count.max(1))
    }

    /// `ln(1 + sum_u d_u exp(-((m_u - m) / w)^2 / 2))` over the recorded hours, `m_u` their log
    /// health factors (to the nearest hundredth), `m` the present one and `w = .01 + .07 |m|`: with
    /// `d_u` halved every 720 hours, and with `d_u = 1`.
    pub(crate) fn dwell(&self, log_health: f64, time_s: i64) -> [f64; 2] {
        let Some(histogram) = &self.histogram else { return [0.0; 2] };
        let log_health = clamp_log_health(log_health);
        let width = 0.01 + 0.07 * log_health.abs();
        let (mut decayed, mut counted) = (0.0, 0.0);
        for (bin, &count) in histogram.counts.iter().enumerate().filter(|(_, count)| **count > 0.0)
        {
            let distance = (MIN_LOG_HEALTH + BIN_WIDTH * bin as f64 - log_health) / width;
            let near = (-0.5 * distance * distance).exp();
            decayed += near * f64::from(histogram.decayed[bin]);
            counted += near * f64::from(count);
        }
        [decayed * histogram.decay(time_s), counted].map(f64::ln_1p)
    }

    /// `ln(1 + sum_u 2^(-(t - u) / 720 h) [m_u <= m + .01])` over the recorded hours, `m_u` their log
    /// health factors to the nearest hundredth, `m` the present one: it never falls as `m` rises.
    pub(crate) fn log_lower_hours(&self, log_health: f64, time_s: i64) -> f64 {
        let Some(histogram) = &self.histogram else { return 0.0 };
        let bins = bin_index(clamp_log_health(log_health) + LOWER_TOLERANCE).min(BIN_COUNT - 1);
        let lower = histogram.decayed[..=bins].iter().map(|weight| f64::from(*weight));
        (lower.sum::<f64>() * histogram.decay(time_s)).ln_1p()
    }
}

impl HealthHistogram {
    const fn new(base_hour: i64) -> Self {
        Self { counts: [0.0; BIN_COUNT], decayed: [0.0; BIN_COUNT], base_hour }
    }

    /// The weight of an hour at `base_hour`, seen from `time_s`.
    fn decay(&self, time_s: i64) -> f64 {
        let age_hours = (time_s as f64) / HOUR_S as f64 - self.base_hour as f64;
        (-age_hours / HALF_LIFE_HOURS).exp2()
    }

    fn add(&mut self, hour: i64, log_health: f64) {
        let half_lives = |base_hour| (hour - base_hour) as f64 / HALF_LIFE_HOURS;
        while half_lives(self.base_hour) > REBASE_AFTER_HALF_LIVES {
            self.decayed
                .iter_mut()
                .for_each(|weight| *weight *= (-REBASE_AFTER_HALF_LIVES).exp2() as f32);
            self.base_hour += (REBASE_AFTER_HALF_LIVES * HALF_LIFE_HOURS) as i64;
        }
        let bin = (((log_health - MIN_LOG_HEALTH) / BIN_WIDTH).round() as usize).min(BIN_COUNT - 1);
        self.counts[bin] += 1.0;
        self.decayed[bin] += half_lives(self.base_hour).exp2() as f32;
    }
}

/// The bin of a log health factor; above the maximum, the one after the last.
pub(crate) fn bin_index(log_health: f64) -> usize {
    if log_health > MAX_LOG_HEALTH {
        return BIN_COUNT;
    }
    // A multiple of a hundredth must not fall into the bin below because of rounding.
    ((clamp_log_health(log_health) - MIN_LOG_HEALTH) / BIN_WIDTH + 1e-9).floor() as usize
}

pub(crate) const fn clamp_log_health(log_health: f64) -> f64 {
    log_health.clamp(MIN_LOG_HEALTH, MAX_LOG_HEALTH)
}

#[cfg(test)]
mod tests;
