//! What an owner has done.

/// Liquidations less than this apart are one, seconds.
const LIQUIDATION_EPISODE_S: i64 = 86_400;
/// Collateral put up this soon after debt was drawn was bought with it, seconds.
const LOOP_WINDOW_S: i64 = 600;

/// What an owner has done so far; times in seconds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Behaviour {
    /// When the account was first seen.
    pub created_s: i64,
    /// When the debt that is open now was first drawn.
    pub opened_s: i64,
    /// When the owner acted, once a block, in order.
    pub actions_s: Vec<i64>,
    /// Liquidations suffered, those within a day counted as one.
    pub liquidations: u32,
    /// When the last liquidation was.
    pub last_liquidation_s: Option<i64>,
    /// Times the owner raised a low health factor.
    pub rescues: u32,
    /// Sum of the log health factors from which they raised it.
    pub rescue_log_health_sum: f64,
    /// Times the owner put up collateral right after drawing debt, or drew more with it.
    pub loops: u32,
    /// When the owner last drew debt.
    pub last_borrow_s: Option<i64>,
    /// How often the owner acted, by the hour of the day, UTC.
    pub actions_by_hour: [u32; 24],
    /// Log health factor right after the owner's last action; NaN before the first with debt.
    pub log_health_after_action: f64,
    /// How far the owner's last action raised the log health factor; 0 if it opened the debt.
    pub log_health_raised: f64,
}

/// Which sides of an account have grown by an action.
#[derive(Debug, Clone, Copy)]
pub(crate) struct IncreasedSides {
    pub(crate) collateral: bool,
    pub(crate) debt: bool,
}

impl Behaviour {
    /// Counts a liquidation; those within a day count once.
    pub(crate) fn record_liquidation(&mut self, time_s: i64) {
        let apart = |last_s| time_s - last_s >= LIQUIDATION_EPISODE_S;
        self.liquidations += u32::from(self.last_liquidation_s.is_none_or(apart));
        self.last_liquidation_s = Some(time_s);
    }

    pub(crate) fn record_loop(&mut self, time_s: i64, had_debt: bool, grown: IncreasedSides) {
        let just_drew = self.last_borrow_s.is_some_and(|drew_s| time_s - drew_s <= LOOP_WINDOW_S);
        let looped = grown.collateral && (just_drew || (had_debt && grown.debt));
        self.loops += u32::from(looped);
        if grown.debt {
            self.last_borrow_s = Some(time_s);
        }
    }
}
