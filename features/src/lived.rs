//! What an account has lived through: how many hours at which health.

/// Log healths are told apart by this much.
const BIN: f64 = 0.01;
/// Beyond these, all are alike.
const LOWEST: f64 = -0.1;
const HIGHEST: f64 = 1.0;
const BINS: usize = 111;
/// The half-life at which hours are forgotten.
const HALF_LIFE_HOURS: f64 = 720.0;
/// Weights grow with time instead of all that came before shrinking, until they are this large,
/// half-lives.
const REBASED_AFTER: f64 = 64.0;
const HOUR_S: f64 = 3_600.0;

/// The whole hours at which an account was open so far, by its log health: the lower of those at
/// the price that the protocol acts on and at the latest published, from -0.1 to 1.
///
/// An hour counts with the balances that it found, before any action of the same second. Hours
/// outlast the debt: an owner who borrows again has the same history.
#[derive(Debug, Clone, PartialEq)]
pub struct Lived {
    /// The last whole hour looked at, since 1970.
    until_hour: i64,
    lowest_since_action: f64,
    hours: Option<Box<Hours>>,
}

/// Hours by log health.
#[derive(Debug, Clone, PartialEq)]
struct Hours {
    counts: [f32; BINS],
    /// In units of an hour at `base_hour`.
    decayed: [f32; BINS],
    base_hour: i64,
}

impl Lived {
    /// Nothing, by an account first seen at `time_s`.
    pub(crate) const fn nothing(time_s: i64) -> Self {
        let until_hour = time_s.div_euclid(HOUR_S as i64);
        Self { until_hour, lowest_since_action: f64::INFINITY, hours: None }
    }

    /// The last whole hour looked at, since 1970.
    pub(crate) const fn until_hour(&self) -> i64 {
        self.until_hour
    }

    /// Leaves the hours up to `hour` behind, whatever they held.
    pub(crate) fn pass(&mut self, hour: i64) {
        self.until_hour = self.until_hour.max(hour);
    }

    /// Lives one hour at a log health.
    pub(crate) fn live(&mut self, hour: i64, log_health: f64) {
        let log_health = within(log_health);
        self.lowest_since_action = self.lowest_since_action.min(log_health);
        let hours = self.hours.get_or_insert_with(|| Box::new(Hours::none(hour)));
        hours.add(hour, log_health);
    }

    /// The owner acts.
    pub(crate) const fn act(&mut self) {
        self.lowest_since_action = f64::INFINITY;
    }

    /// The lowest log health of any hour since the owner's last action, and of now.
    pub(crate) fn lowest_since_action(&self, log_health: f64) -> f64 {
        self.lowest_since_action.min(within(log_health))
    }

    /// `ln(1 + sum_u d_u exp(-((m_u - m) / w)^2 / 2))` over the hours lived, `m_u` their log healths
    /// (to the nearest hundredth), `m` that of now and `w = .01 + .07 |m|`: with `d_u` halved every
    /// 720 hours, and with `d_u = 1`.
    pub(crate) fn dwell(&self, log_health: f64, time_s: i64) -> [f64; 2] {
        let Some(hours) = &self.hours else { return [0.0; 2] };
        let log_health = within(log_health);
        let width = 0.01 + 0.07 * log_health.abs();
        let (mut decayed, mut counted) = (0.0, 0.0);
        for (bin, &count) in hours.counts.iter().enumerate().filter(|(_, count)| **count > 0.0) {
            let distance = (LOWEST + BIN * bin as f64 - log_health) / width;
            let near = (-0.5 * distance * distance).exp();
            decayed += near * f64::from(hours.decayed[bin]);
            counted += near * f64::from(count);
        }
        let age_hours = (time_s as f64) / HOUR_S - hours.base_hour as f64;
        [decayed * (-age_hours / HALF_LIFE_HOURS).exp2(), counted].map(f64::ln_1p)
    }
}

impl Hours {
    const fn none(base_hour: i64) -> Self {
        Self { counts: [0.0; BINS], decayed: [0.0; BINS], base_hour }
    }

    fn add(&mut self, hour: i64, log_health: f64) {
        let half_lives = |base_hour| (hour - base_hour) as f64 / HALF_LIFE_HOURS;
        while half_lives(self.base_hour) > REBASED_AFTER {
            self.decayed.iter_mut().for_each(|weight| *weight *= (-REBASED_AFTER).exp2() as f32);
            self.base_hour += (REBASED_AFTER * HALF_LIFE_HOURS) as i64;
        }
        let bin = (((log_health - LOWEST) / BIN).round() as usize).min(BINS - 1);
        self.counts[bin] += 1.0;
        self.decayed[bin] += half_lives(self.base_hour).exp2() as f32;
    }
}

const fn within(log_health: f64) -> f64 {
    log_health.clamp(LOWEST, HIGHEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hours at these log healths, one after the other from hour 1 on.
    fn lived(log_healths: impl IntoIterator<Item = f64>) -> Lived {
        let mut lived = Lived::nothing(0);
        (1..).zip(log_healths).for_each(|(hour, log_health)| lived.live(hour, log_health));
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
    fn no_hour_lived_is_no_dwell() {
        assert_eq!(Lived::nothing(7_000).dwell(0.3, 7_200), [0.0; 2]);
    }

    #[test]
    fn dwell_is_what_its_definition_says() {
        let wave: Vec<f64> = (0..3_000).map(|i| (f64::from(i % 97) - 10.0) / 100.0).collect();
        let lived = lived(wave.iter().copied());
        for now in [-0.1, 0.0, 0.05, 0.313, 0.9] {
            let [decayed, counted] = lived.dwell(now, 3_000 * 3_600);
            assert!((decayed - dwell(&wave, now, 720.0)).abs() < 1e-4, "{now}");
            assert!((counted - dwell(&wave, now, f64::INFINITY)).abs() < 1e-6, "{now}");
        }
    }

    #[test]
    fn an_hour_is_forgotten_by_half_in_thirty_days() {
        let lived = lived([0.2]);
        let [decayed, counted] = lived.dwell(0.2, (1 + 720) * 3_600);
        assert!((decayed - 1.5_f64.ln()).abs() < 1e-7 && (counted - 2_f64.ln()).abs() < 1e-12);
    }

    #[test]
    fn decades_do_not_overflow() {
        let hours = 200_000;
        let [decayed, counted] = lived((0..hours).map(|_| 0.0)).dwell(0.0, hours * 3_600);
        let forever = 1.0 / (1.0 - (-1.0_f64 / 720.0).exp2());
        assert!((decayed - forever.ln_1p()).abs() < 1e-3, "{decayed}");
        assert!((counted - (hours as f64).ln_1p()).abs() < 1e-9);
    }

    #[test]
    fn beyond_the_ends_all_healths_are_alike() {
        assert_eq!(lived([-3.0, 7.0]), lived([-0.1, 1.0]));
        assert_eq!(lived([7.0]).dwell(40.0, 3_600)[1], 2_f64.ln());
    }
}
