//! The history of an account's health factor: number of hours by log health factor.

use crate::time::HOUR_S;

/// Raising a health factor that was below this is a rescue.
pub(crate) const LOW_HEALTH_FACTOR: f64 = 1.25;
/// Width of a bin of the log health factor.
const BIN_WIDTH: f64 = 0.01;
/// Log health factors are clamped to this range.
pub(crate) const MIN_LOG_HEALTH: f64 = -0.1;
const MAX_LOG_HEALTH: f64 = 1.0;
/// Number of bins.
pub(crate) const BIN_COUNT: usize = 111;
/// Half-life of the weight of an hour.
const HALF_LIFE_HOURS: f64 = 720.0;
/// New hours have growing weights, which saves decaying all earlier hours. After this many half-lives
/// the weights are rescaled.
const REBASE_AFTER_HALF_LIVES: f64 = 64.0;

/// The whole hours at which an account was open so far, by log health factor: the lower of that at
/// the oracle price and that at the latest published price, from -0.1 to 1.
///
/// An hour counts with the balances before any update of the same second. The history continues when
/// a debt is repaid: an owner who borrows again keeps it.
#[derive(Debug, Clone, PartialEq)]
pub struct HealthHistory {
    /// The last whole hour processed, since 1970.
    until_hour: i64,
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

    /// Records one hour with its log health factor and debt.
    pub(crate) fn record_hour(
        &mut self,
        hour: i64,
        log_health: f64,
        debt_usd: f64,
    ) -> HourlyHealth {
        let log_health = clamp_log_health(log_health);
        self.lowest_since_action = self.lowest_since_action.min(log_health);
        self.lowest_since_opened = self.lowest_since_opened.min(log_health);
        self.count += 1;
        self.low_count += u32::from(log_health < LOW_HEALTH_FACTOR.ln());
        let histogram = self.histogram.get_or_insert_with(|| Box::new(HealthHistogram::new(hour)));
        histogram.add(hour, log_health);
        let debt_cents = (debt_usd * 100.0).round() as u64;
        *self.latest.insert(HourlyHealth {
            hour,
            bin: bin_index(log_health).min(BIN_COUNT - 1),
            debt_cents,
        })
    }

    /// The last recorded hour.
    pub(crate) const fn latest(&self) -> Option<&HourlyHealth> {
        self.latest.as_ref()
    }

    /// Call when the owner acts.
    pub(crate) const fn on_action(&mut self) {
        self.lowest_since_action = f64::INFINITY;
    }

    /// Call when the owner borrows without earlier debt.
    pub(crate) const fn on_debt_opened(&mut self) {
        self.lowest_since_opened = f64::INFINITY;
    }

    /// The lowest log health factor since the owner's last action, the present one included.
    pub(crate) fn lowest_since_action(&self, log_health: f64) -> f64 {
        self.lowest_since_action.min(clamp_log_health(log_health))
    }

    /// The lowest log health factor since the present debt was opened, the present one included.
    pub(crate) fn lowest_since_opened(&self, log_health: f64) -> f64 {
        self.lowest_since_opened.min(clamp_log_health(log_health))
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
        let age_hours = (time_s as f64) / HOUR_S as f64 - histogram.base_hour as f64;
        [decayed * (-age_hours / HALF_LIFE_HOURS).exp2(), counted].map(f64::ln_1p)
    }
}

impl HealthHistogram {
    const fn new(base_hour: i64) -> Self {
        Self { counts: [0.0; BIN_COUNT], decayed: [0.0; BIN_COUNT], base_hour }
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

const fn clamp_log_health(log_health: f64) -> f64 {
    log_health.clamp(MIN_LOG_HEALTH, MAX_LOG_HEALTH)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hours with these log health factors, consecutive from hour 1.
    fn history_of(log_healths: impl IntoIterator<Item = f64>) -> HealthHistory {
        let mut history = HealthHistory::new(0);
        (1..).zip(log_healths).for_each(|(hour, log_health)| {
            history.record_hour(hour, log_health, 1.0);
        });
        history
    }

    /// The definition, hour by hour.
    fn dwell(log_healths: &[f64], now: f64, half_life_hours: f64) -> f64 {
        let hours = log_healths.len() as f64;
        let near = |m: f64| (-0.5 * ((m - now) / (0.01 + 0.07 * now.abs())).powi(2)).exp();
        let history = (1_u32..).zip(log_healths);
        let decayed =
            history.map(|(u, m)| ((f64::from(u) - hours) / half_life_hours).exp2() * near(*m));
        decayed.sum::<f64>().ln_1p()
    }

    #[test]
    fn without_recorded_hours_dwell_is_zero() {
        assert_eq!(HealthHistory::new(7_000).dwell(0.3, 7_200), [0.0; 2]);
    }

    #[test]
    fn dwell_equals_its_definition() {
        let wave: Vec<f64> = (0..3_000).map(|i| (f64::from(i % 97) - 10.0) / 100.0).collect();
        let history = history_of(wave.iter().copied());
        for now in [-0.1, 0.0, 0.05, 0.313, 0.9] {
            let [decayed, counted] = history.dwell(now, 3_000 * 3_600);
            assert!((decayed - dwell(&wave, now, 720.0)).abs() < 1e-4, "{now}");
            assert!((counted - dwell(&wave, now, f64::INFINITY)).abs() < 1e-6, "{now}");
        }
    }

    #[test]
    fn an_hour_weighs_half_after_thirty_days() {
        let history = history_of([0.2]);
        let [decayed, counted] = history.dwell(0.2, (1 + 720) * 3_600);
        assert!((decayed - 1.5_f64.ln()).abs() < 1e-7 && (counted - 2_f64.ln()).abs() < 1e-12);
    }

    #[test]
    fn decades_do_not_overflow() {
        let hours = 200_000;
        let [decayed, counted] = history_of((0..hours).map(|_| 0.0)).dwell(0.0, hours * 3_600);
        let forever = 1.0 / (1.0 - (-1.0_f64 / 720.0).exp2());
        assert!((decayed - forever.ln_1p()).abs() < 1e-3, "{decayed}");
        assert!((counted - (hours as f64).ln_1p()).abs() < 1e-9);
    }

    #[test]
    fn healths_beyond_the_limits_are_clamped() {
        assert_eq!(history_of([-3.0, 7.0]), history_of([-0.1, 1.0]));
        assert_eq!(history_of([7.0]).dwell(40.0, 3_600)[1], 2_f64.ln());
    }
}
