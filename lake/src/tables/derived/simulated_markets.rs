//! `simulated_markets`: settings of simulated markets, from which they can be reproduced.

use crate::schema::table;

table! {
    /// One simulated market.
    SimulatedMarket in "simulated_markets",
    partitioned by ["chain", "protocol", "market"], keyed by ["market"], sorted by ["market"],
    ranged by Whole of "market" {
        /// Chain name, such as `simulated-mixed-7`.
        CHAIN = chain: String,
        /// Simulated protocol.
        PROTOCOL = protocol: String,
        /// Market within the protocol, such as `mixed-7`.
        MARKET = market: String,
        /// Random seed.
        SEED = seed: u64,
        /// Market scenario: `calm`, `crash`, `depeg` or `mixed`.
        SCENARIO = scenario: String,
        /// Number of borrowers over the whole history.
        ACCOUNTS = accounts: u32,
        /// Days of history.
        DAYS = days: u32,
        /// SHA-256 of events and prices, hex; a reproduction must have the same digest.
        DIGEST = digest: String,
    }
}
