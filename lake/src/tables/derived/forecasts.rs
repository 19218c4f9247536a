//! `forecasts`: probabilities that a model predicted, stored for later evaluation.

use chrono::{DateTime, Utc};

use crate::horizon::Horizon;
use crate::schema::table;

table! {
    /// One account's probabilities at one landmark.
    Forecast in "forecasts",
    partitioned by ["model"],
    keyed by ["account", "time"],
    sorted by ["account", "time"],
    ranged by Whole of "time" {
        /// Account id, `<chain>/<protocol>/<market>/<address or vault number>`.
        ACCOUNT = account: String,
        /// Landmark, UTC.
        TIME = time: DateTime<Utc>,
        /// Health factor at the landmark; null if the forecaster does not provide it.
        HEALTH_FACTOR = health_factor: Option<f64>,
        /// Debt with interest, USD; null if the forecaster does not provide it.
        DEBT_USD = debt_usd: Option<f64>,
        /// Probability of liquidation within one hour.
        P_LIQUIDATED_1H = p_liquidated_1h: f64,
        /// Probability of liquidation within two hours.
        P_LIQUIDATED_2H = p_liquidated_2h: f64,
        /// Probability of liquidation within three hours.
        P_LIQUIDATED_3H = p_liquidated_3h: f64,
        /// Probability of liquidation within six hours.
        P_LIQUIDATED_6H = p_liquidated_6h: f64,
        /// Probability of liquidation within twelve hours.
        P_LIQUIDATED_12H = p_liquidated_12h: f64,
        /// Probability of liquidation within a day.
        P_LIQUIDATED_24H = p_liquidated_24h: f64,
        /// Probability of liquidation within two days.
        P_LIQUIDATED_2D = p_liquidated_2d: f64,
        /// Probability of liquidation within three days.
        P_LIQUIDATED_3D = p_liquidated_3d: f64,
        /// Probability of liquidation within five days.
        P_LIQUIDATED_5D = p_liquidated_5d: f64,
        /// Probability of liquidation within seven days.
        P_LIQUIDATED_7D = p_liquidated_7d: f64,
        /// Probability of liquidation within ten days.
        P_LIQUIDATED_10D = p_liquidated_10d: f64,
        /// Probability of liquidation within fifteen days.
        P_LIQUIDATED_15D = p_liquidated_15d: f64,
        /// Probability of liquidation within twenty-one days.
        P_LIQUIDATED_21D = p_liquidated_21d: f64,
        /// Probability of liquidation within thirty days.
        P_LIQUIDATED_30D = p_liquidated_30d: f64,
        /// Probability that the owner closes within one hour.
        P_CLOSED_1H = p_closed_1h: f64,
        /// Probability that the owner closes within two hours.
        P_CLOSED_2H = p_closed_2h: f64,
        /// Probability that the owner closes within three hours.
        P_CLOSED_3H = p_closed_3h: f64,
        /// Probability that the owner closes within six hours.
        P_CLOSED_6H = p_closed_6h: f64,
        /// Probability that the owner closes within twelve hours.
        P_CLOSED_12H = p_closed_12h: f64,
        /// Probability that the owner closes within a day.
        P_CLOSED_24H = p_closed_24h: f64,
        /// Probability that the owner closes within two days.
        P_CLOSED_2D = p_closed_2d: f64,
        /// Probability that the owner closes within three days.
        P_CLOSED_3D = p_closed_3d: f64,
        /// Probability that the owner closes within five days.
        P_CLOSED_5D = p_closed_5d: f64,
        /// Probability that the owner closes within seven days.
        P_CLOSED_7D = p_closed_7d: f64,
        /// Probability that the owner closes within ten days.
        P_CLOSED_10D = p_closed_10d: f64,
        /// Probability that the owner closes within fifteen days.
        P_CLOSED_15D = p_closed_15d: f64,
        /// Probability that the owner closes within twenty-one days.
        P_CLOSED_21D = p_closed_21d: f64,
        /// Probability that the owner closes within thirty days.
        P_CLOSED_30D = p_closed_30d: f64,
        /// Lower end of the interval of liquidation within one hour; null if the forecaster does not provide it.
        P_LIQUIDATED_1H_LOWER = p_liquidated_1h_lower: Option<f64>,
        /// Lower end of the interval of liquidation within six hours; null if the forecaster does not provide it.
        P_LIQUIDATED_6H_LOWER = p_liquidated_6h_lower: Option<f64>,
        /// Lower end of the interval of liquidation within a day; null if the forecaster does not provide it.
        P_LIQUIDATED_24H_LOWER = p_liquidated_24h_lower: Option<f64>,
        /// Lower end of the interval of liquidation within three days; null if the forecaster does not provide it.
        P_LIQUIDATED_3D_LOWER = p_liquidated_3d_lower: Option<f64>,
        /// Lower end of the interval of liquidation within seven days; null if the forecaster does not provide it.
        P_LIQUIDATED_7D_LOWER = p_liquidated_7d_lower: Option<f64>,
        /// Lower end of the interval of liquidation within thirty days; null if the forecaster does not provide it.
        P_LIQUIDATED_30D_LOWER = p_liquidated_30d_lower: Option<f64>,
        /// Upper end of the interval of liquidation within one hour; null if the forecaster does not provide it.
        P_LIQUIDATED_1H_UPPER = p_liquidated_1h_upper: Option<f64>,
        /// Upper end of the interval of liquidation within six hours; null if the forecaster does not provide it.
        P_LIQUIDATED_6H_UPPER = p_liquidated_6h_upper: Option<f64>,
        /// Upper end of the interval of liquidation within a day; null if the forecaster does not provide it.
        P_LIQUIDATED_24H_UPPER = p_liquidated_24h_upper: Option<f64>,
        /// Upper end of the interval of liquidation within three days; null if the forecaster does not provide it.
        P_LIQUIDATED_3D_UPPER = p_liquidated_3d_upper: Option<f64>,
        /// Upper end of the interval of liquidation within seven days; null if the forecaster does not provide it.
        P_LIQUIDATED_7D_UPPER = p_liquidated_7d_upper: Option<f64>,
        /// Upper end of the interval of liquidation within thirty days; null if the forecaster does not provide it.
        P_LIQUIDATED_30D_UPPER = p_liquidated_30d_upper: Option<f64>,
        /// Whether the account lies outside the forecaster's training domain; null if the forecaster does not provide it.
        OUT_OF_RANGE = out_of_range: Option<bool>,
        /// Whether the forecaster was not trained on the account's market, for which intervals are wider; null if the forecaster does not provide it.
        COLD_START = cold_start: Option<bool>,
        /// State at the landmark: `open` with a health factor of at least 1, `liquidatable` below 1, `stuck` below 1 for a day or more; null if the forecaster does not provide it.
        STATE = state: Option<String>,
        /// Probability, by what a liquidation earns, that a liquidator takes the position once its health factor is below 1; null if the forecaster does not provide it.
        P_TAKEN = p_taken: Option<f64>,
    }
}

impl Forecast {
    /// Number of times after the landmark with a probability.
    pub const EDGES: usize = 14;
    /// The columns of [`Forecast::p_liquidated`].
    pub const P_LIQUIDATED_COLUMNS: [&'static str; Self::EDGES] = [
        Self::P_LIQUIDATED_1H,
        Self::P_LIQUIDATED_2H,
        Self::P_LIQUIDATED_3H,
        Self::P_LIQUIDATED_6H,
        Self::P_LIQUIDATED_12H,
        Self::P_LIQUIDATED_24H,
        Self::P_LIQUIDATED_2D,
        Self::P_LIQUIDATED_3D,
        Self::P_LIQUIDATED_5D,
        Self::P_LIQUIDATED_7D,
        Self::P_LIQUIDATED_10D,
        Self::P_LIQUIDATED_15D,
        Self::P_LIQUIDATED_21D,
        Self::P_LIQUIDATED_30D,
    ];
    /// The columns of [`Forecast::p_closed`].
    pub const P_CLOSED_COLUMNS: [&'static str; Self::EDGES] = [
        Self::P_CLOSED_1H,
        Self::P_CLOSED_2H,
        Self::P_CLOSED_3H,
        Self::P_CLOSED_6H,
        Self::P_CLOSED_12H,
        Self::P_CLOSED_24H,
        Self::P_CLOSED_2D,
        Self::P_CLOSED_3D,
        Self::P_CLOSED_5D,
        Self::P_CLOSED_7D,
        Self::P_CLOSED_10D,
        Self::P_CLOSED_15D,
        Self::P_CLOSED_21D,
        Self::P_CLOSED_30D,
    ];

    /// A forecast from two curves, without health factor, debt and intervals.
    #[must_use]
    pub fn new(
        account: String,
        time: DateTime<Utc>,
        liquidated: [f64; Self::EDGES],
        closed: [f64; Self::EDGES],
    ) -> Self {
        Self {
            account,
            time,
            health_factor: None,
            debt_usd: None,
            p_liquidated_1h: liquidated[0],
            p_liquidated_2h: liquidated[1],
            p_liquidated_3h: liquidated[2],
            p_liquidated_6h: liquidated[3],
            p_liquidated_12h: liquidated[4],
            p_liquidated_24h: liquidated[5],
            p_liquidated_2d: liquidated[6],
            p_liquidated_3d: liquidated[7],
            p_liquidated_5d: liquidated[8],
            p_liquidated_7d: liquidated[9],
            p_liquidated_10d: liquidated[10],
            p_liquidated_15d: liquidated[11],
            p_liquidated_21d: liquidated[12],
            p_liquidated_30d: liquidated[13],
            p_closed_1h: closed[0],
            p_closed_2h: closed[1],
            p_closed_3h: closed[2],
            p_closed_6h: closed[3],
            p_closed_12h: closed[4],
            p_closed_24h: closed[5],
            p_closed_2d: closed[6],
            p_closed_3d: closed[7],
            p_closed_5d: closed[8],
            p_closed_7d: closed[9],
            p_closed_10d: closed[10],
            p_closed_15d: closed[11],
            p_closed_21d: closed[12],
            p_closed_30d: closed[13],
            p_liquidated_1h_lower: None,
            p_liquidated_6h_lower: None,
            p_liquidated_24h_lower: None,
            p_liquidated_3d_lower: None,
            p_liquidated_7d_lower: None,
            p_liquidated_30d_lower: None,
            p_liquidated_1h_upper: None,
            p_liquidated_6h_upper: None,
            p_liquidated_24h_upper: None,
            p_liquidated_3d_upper: None,
            p_liquidated_7d_upper: None,
            p_liquidated_30d_upper: None,
            out_of_range: None,
            cold_start: None,
            state: None,
            p_taken: None,
        }
    }

    /// The forecast with the state at the landmark, and the probability that a liquidator takes the
    /// position.
    #[must_use]
    pub fn with_state(self, state: &str, p_taken: f64) -> Self {
        Self { state: Some(state.to_owned()), p_taken: Some(p_taken), ..self }
    }

    /// The forecast with intervals of the liquidation probability for each
    /// [`Horizon`], and whether the account lies outside the training domain.
    #[must_use]
    pub fn with_intervals(
        self,
        lower: [f64; Horizon::COUNT],
        upper: [f64; Horizon::COUNT],
        out_of_range: bool,
    ) -> Self {
        Self {
            p_liquidated_1h_lower: Some(lower[0]),
            p_liquidated_6h_lower: Some(lower[1]),
            p_liquidated_24h_lower: Some(lower[2]),
            p_liquidated_3d_lower: Some(lower[3]),
            p_liquidated_7d_lower: Some(lower[4]),
            p_liquidated_30d_lower: Some(lower[5]),
            p_liquidated_1h_upper: Some(upper[0]),
            p_liquidated_6h_upper: Some(upper[1]),
            p_liquidated_24h_upper: Some(upper[2]),
            p_liquidated_3d_upper: Some(upper[3]),
            p_liquidated_7d_upper: Some(upper[4]),
            p_liquidated_30d_upper: Some(upper[5]),
            out_of_range: Some(out_of_range),
            ..self
        }
    }

    /// The forecast with whether its account's market was absent from training.
    #[must_use]
    pub fn with_cold_start(self, cold_start: bool) -> Self {
        Self { cold_start: Some(cold_start), ..self }
    }

    /// Probabilities of liquidation, in order of time.
    #[must_use]
    pub const fn p_liquidated(&self) -> [f64; Self::EDGES] {
        [
            self.p_liquidated_1h,
            self.p_liquidated_2h,
            self.p_liquidated_3h,
            self.p_liquidated_6h,
            self.p_liquidated_12h,
            self.p_liquidated_24h,
            self.p_liquidated_2d,
            self.p_liquidated_3d,
            self.p_liquidated_5d,
            self.p_liquidated_7d,
            self.p_liquidated_10d,
            self.p_liquidated_15d,
            self.p_liquidated_21d,
            self.p_liquidated_30d,
        ]
    }

    /// Probabilities that the owner closes, in order of time.
    #[must_use]
    pub const fn p_closed(&self) -> [f64; Self::EDGES] {
        [
            self.p_closed_1h,
            self.p_closed_2h,
            self.p_closed_3h,
            self.p_closed_6h,
            self.p_closed_12h,
            self.p_closed_24h,
            self.p_closed_2d,
            self.p_closed_3d,
            self.p_closed_5d,
            self.p_closed_7d,
            self.p_closed_10d,
            self.p_closed_15d,
            self.p_closed_21d,
            self.p_closed_30d,
        ]
    }
}

#[cfg(test)]
mod tests;
