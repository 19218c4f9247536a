//! The actions of an owner.

/// Liquidations less than this apart count as one, seconds.
const LIQUIDATION_EPISODE_S: i64 = 86_400;
/// Collateral added at most this long after a borrow counts as bought with it, seconds.
const LOOP_WINDOW_S: i64 = 600;

/// The actions of an owner so far; times in seconds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Behaviour {
    /// Time of the first event of the account.
    pub created_s: i64,
    /// Time at which the present debt was opened.
    pub opened_s: i64,
    /// Times of the owner's actions, one for each block, in order.
    pub actions_s: Vec<i64>,
    /// Number of liquidations; those within a day count as one.
    pub liquidations: u32,
    /// Time of the last liquidation.
    pub last_liquidation_s: Option<i64>,
    /// How often the owner raised a low health factor.
    pub rescues: u32,
    /// Sum of the log health factors before these rescues.
    pub rescue_log_health_sum: f64,
    /// How often the owner added collateral soon after borrowing, or in one block with borrowing more.
    pub loops: u32,
    /// Time of the last borrow.
    pub last_borrow_s: Option<i64>,
    /// Number of actions by hour of the day, UTC.
    pub actions_by_hour: [u32; 24],
    /// Log health factor after the owner's last action; NaN before the first action with debt.
    pub log_health_after_action: f64,
    /// Rise of the log health factor by the owner's last action; 0 if it opened the debt.
    pub log_health_raised: f64,
}

/// The sides of an account that an update increased.
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

    /// Counts a loop: collateral that was added with borrowed funds.
    pub(crate) fn record_loop(&mut self, time_s: i64, had_debt: bool, increased: IncreasedSides) {
        let just_borrowed =
            self.last_borrow_s.is_some_and(|borrow_s| time_s - borrow_s <= LOOP_WINDOW_S);
        let is_loop = increased.collateral && (just_borrowed || (had_debt && increased.debt));
        self.loops += u32::from(is_loop);
        if increased.debt {
            self.last_borrow_s = Some(time_s);
        }
    }
}
