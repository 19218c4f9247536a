//! What an account has lived through: how many hours at which health.

use crate::time::HOUR_S;

/// Raising a health factor that was below this is a rescue.
pub(crate) const LOW_HEALTH_FACTOR: f64 = 1.25;
/// Log healths are told apart by this much.
const BIN_WIDTH: f64 = 0.01;
/// Beyond these, all are alike.
pub(crate) const MIN_LOG_HEALTH: f64 = -0.1;
const MAX_LOG_HEALTH: f64 = 1.0;
pub(crate) const BIN_COUNT: usize = 111;
/// The half-life at which hours are forgotten.
const HALF_LIFE_HOURS: f64 = 720.0;
/// Weights grow with time instead of all that came before shrinking, until they are this large,
/// half-lives.
const REBASE_AFTER_HALF_LIVES: f64 = 64.0;

/// The whole hours at which an account was open so far, by its log health: the lower of those at
/// the price that the protocol acts on and at the latest published, from -0.1 to 1.
///
/// An hour counts with the balances that it found, before any action of the same second. Hours
/// outlast the debt: an owner who borrows again has the same history.
#[derive(Debug, Clone, PartialEq)]
pub struct HealthHistory {
    /// The last whole hour looked at, since 1970.
    until_hour: i64,
    lowest_since_action: f64,
    lowest_since_opened: f64,
    count: u32,
    low_count: u32,
    latest: Option<HourlyHealth>,
    histogram: Option<Box<HealthHistogram>>,
}

/// How an account stood at a whole hour.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct HourlyHealth {
    pub(crate) hour: i64,
    /// Hundredths of log health, rounded down, from the lowest on.
    pub(crate) bin: usize,
    pub(crate) debt_cents: u64,
}

/// Hours by log health.
#[derive(Debug, Clone, PartialEq)]
struct HealthHistogram {
    counts: [f32; BIN_COUNT],
    /// In units of an hour at `base_hour`.
    decayed: [f32; BIN_COUNT],
    base_hour: i64,
}

impl HealthHistory {
    /// Nothing, by an account first seen at `time_s`.
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

    /// The last whole hour looked at, since 1970.
    pub(crate) const fn until_hour(&self) -> i64 {
        self.until_hour
    }

    /// Leaves the hours up to `hour` behind, whatever they held.
    pub(crate) fn advance_to(&mut self, hour: i64) {
        self.until_hour = self.until_hour.max(hour);
    }

    /// Lives one hour at a log health, with so much debt.
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
        let hours = self.histogram.get_or_insert_with(|| Box::new(HealthHistogram::new(hour)));
        hours.add(hour, log_health);
        let debt_cents = (debt_usd * 100.0).round() as u64;
        *self.latest.insert(HourlyHealth {
            hour,
            bin: bin_index(log_health).min(BIN_COUNT - 1),
            debt_cents,
        })
    }

    /// How the account stood at the last hour that it lived.
    pub(crate) const fn latest(&self) -> Option<&HourlyHealth> {
        self.latest.as_ref()
    }

    /// The owner acts.
    pub(crate) const fn on_action(&mut self) {
        self.lowest_since_action = f64::INFINITY;
    }

    /// The owner draws debt where there was none.
    pub(crate) const fn on_debt_opened(&mut self) {
        self.lowest_since_opened = f64::INFINITY;
    }

    /// The lowest log health of any hour since the owner's last action, and of now.
    pub(crate) fn lowest_since_action(&self, log_health: f64) -> f64 {
        self.lowest_since_action.min(clamp_log_health(log_health))
    }

    /// The same since the debt that is open now was first drawn.
    pub(crate) fn lowest_since_opened(&self, log_health: f64) -> f64 {
        self.lowest_since_opened.min(clamp_log_health(log_health))
    }

    /// The share of the hours lived with a low health factor; 0 if none was lived.
    pub(crate) fn low_health_share(&self) -> f64 {
        f64::from(self.low_count) / f64::from(self.count.max(1))
    }

    /// `ln(1 + sum_u d_u exp(-((m_u - m) / w)^2 / 2))` over the hours lived, `m_u` their log healths
    /// (to the nearest hundredth), `m` that of now and `w = .01 + .07 |m|`: with `d_u` halved every
    /// 720 hours, and with `d_u = 1`.
    pub(crate) fn dwell(&self, log_health: f64, time_s: i64) -> [f64; 2] {
        let Some(hours) = &self.histogram else { return [0.0; 2] };
        let log_health = clamp_log_health(log_health);
        let width = 0.01 + 0.07 * log_health.abs();
        let (mut decayed, mut counted) = (0.0, 0.0);
        for (bin, &count) in hours.counts.iter().enumerate().filter(|(_, count)| **count > 0.0) {
            let distance = (MIN_LOG_HEALTH + BIN_WIDTH * bin as f64 - log_health) / width;
            let near = (-0.5 * distance * distance).exp();
            decayed += near * f64::from(hours.decayed[bin]);
            counted += near * f64::from(count);
        }
        let age_hours = (time_s as f64) / HOUR_S as f64 - hours.base_hour as f64;
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

/// The bin that a log health lies in; beyond the highest, the one after the last.
pub(crate) fn bin_index(log_health: f64) -> usize {
    if log_health > MAX_LOG_HEALTH {
        return BIN_COUNT;
    }
    // A log health of exactly so many hundredths is not below them for want of a last bit.
    ((clamp_log_health(log_health) - MIN_LOG_HEALTH) / BIN_WIDTH + 1e-9).floor() as usize
}

const fn clamp_log_health(log_health: f64) -> f64 {
    log_health.clamp(MIN_LOG_HEALTH, MAX_LOG_HEALTH)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hours at these log healths, one after the other from hour 1 on.
    fn history_of(log_healths: impl IntoIterator<Item = f64>) -> HealthHistory {
        let mut lived = HealthHistory::new(0);
        (1..).zip(log_healths).for_each(|(hour, log_health)| {
            lived.record_hour(hour, log_health, 1.0);
        });
        lived
    }

    /// The definition, hour by hour.
    fn dwell(log_healths: &[f64], now: f64, half_life_hours: f64) -> f64 {
        let hours = log_healths.len() as f64;
        let near = |m: f64| (-0.5 * ((m - now) / (0.01 + 0.07 * now.abs())).powi(2)).exp();
        let lived = (1_u32..).zip(log_healths);
        let decayed =
            lived.map(|(u, m)| ((f64::from(u) - hours) / half_life_hours).exp2() * near(*m));
        decayed.sum::<f64>().ln_1p()
    }

    #[test]
    fn without_recorded_hours_dwell_is_zero() {
        assert_eq!(HealthHistory::new(7_000).dwell(0.3, 7_200), [0.0; 2]);
    }

    #[test]
    fn dwell_equals_its_definition() {
        let wave: Vec<f64> = (0..3_000).map(|i| (f64::from(i % 97) - 10.0) / 100.0).collect();
        let lived = history_of(wave.iter().copied());
        for now in [-0.1, 0.0, 0.05, 0.313, 0.9] {
            let [decayed, counted] = lived.dwell(now, 3_000 * 3_600);
            assert!((decayed - dwell(&wave, now, 720.0)).abs() < 1e-4, "{now}");
            assert!((counted - dwell(&wave, now, f64::INFINITY)).abs() < 1e-6, "{now}");
        }
    }

    #[test]
    fn an_hour_weighs_half_after_thirty_days() {
        let lived = history_of([0.2]);
        let [decayed, counted] = lived.dwell(0.2, (1 + 720) * 3_600);
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
