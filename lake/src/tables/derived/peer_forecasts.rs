//! `peer_forecasts`: probabilities of another forecaster, read from a file outside a lake.

use chrono::{DateTime, Utc};

use crate::horizon::Horizon;
use crate::schema::table;

table! {
    /// Another forecaster's probabilities of liquidation for one account at one landmark.
    PeerForecast in "peer_forecasts",
    partitioned by ["peer"],
    keyed by ["account", "time"],
    sorted by ["account", "time"],
    ranged by Whole of "time" {
        /// Account id, `<chain>/<protocol>/<market>/<address or vault number>`.
        ACCOUNT = account: String,
        /// Landmark, UTC.
        TIME = time: DateTime<Utc>,
        /// Probability of liquidation within one hour; null if the peer does not provide it.
        P_LIQUIDATED_1H = p_liquidated_1h: Option<f64>,
        /// Probability of liquidation within six hours; null if the peer does not provide it.
        P_LIQUIDATED_6H = p_liquidated_6h: Option<f64>,
        /// Probability of liquidation within a day; null if the peer does not provide it.
        P_LIQUIDATED_24H = p_liquidated_24h: Option<f64>,
        /// Probability of liquidation within three days; null if the peer does not provide it.
        P_LIQUIDATED_3D = p_liquidated_3d: Option<f64>,
        /// Probability of liquidation within seven days; null if the peer does not provide it.
        P_LIQUIDATED_7D = p_liquidated_7d: Option<f64>,
        /// Probability of liquidation within thirty days; null if the peer does not provide it.
        P_LIQUIDATED_30D = p_liquidated_30d: Option<f64>,
    }
}

impl PeerForecast {
    /// The columns of [`PeerForecast::p_liquidated`].
    pub const P_LIQUIDATED_COLUMNS: [&'static str; Horizon::COUNT] = [
        Self::P_LIQUIDATED_1H,
        Self::P_LIQUIDATED_6H,
        Self::P_LIQUIDATED_24H,
        Self::P_LIQUIDATED_3D,
        Self::P_LIQUIDATED_7D,
        Self::P_LIQUIDATED_30D,
    ];

    /// A forecast from the probabilities at each of [`Horizon::ALL`].
    #[must_use]
    pub const fn new(
        account: String,
        time: DateTime<Utc>,
        liquidated: [Option<f64>; Horizon::COUNT],
    ) -> Self {
        Self {
            account,
            time,
            p_liquidated_1h: liquidated[0],
            p_liquidated_6h: liquidated[1],
            p_liquidated_24h: liquidated[2],
            p_liquidated_3d: liquidated[3],
            p_liquidated_7d: liquidated[4],
            p_liquidated_30d: liquidated[5],
        }
    }

    /// Probabilities of liquidation at each of [`Horizon::ALL`].
    #[must_use]
    pub const fn p_liquidated(&self) -> [Option<f64>; Horizon::COUNT] {
        [
            self.p_liquidated_1h,
            self.p_liquidated_6h,
            self.p_liquidated_24h,
            self.p_liquidated_3d,
            self.p_liquidated_7d,
            self.p_liquidated_30d,
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probabilities_are_in_the_columns_of_their_horizons() {
        let given = std::array::from_fn(|k| Some(k as f64 / 8.0));
        let peer = PeerForecast::new("m/m/1".to_owned(), DateTime::UNIX_EPOCH, given);
        assert_eq!(peer.p_liquidated(), given);
        for horizon in Horizon::ALL {
            let column = PeerForecast::P_LIQUIDATED_COLUMNS[horizon.index()];
            assert_eq!(column, horizon.column("p_liquidated"));
        }
    }
}
