//! `simulated_markets`: what a simulated market was made from, so that it can be lived again.

use crate::table::table;

table! {
    /// One simulated market, whole.
    SimulatedMarket in "simulated_markets",
    partitioned by ["chain", "protocol", "market"], keyed by ["market"], sorted by ["market"],
    ranged by Whole of "market" {
        /// Chain name, such as `simulated-mixed-7`.
        CHAIN = chain: String,
        /// Protocol whose mechanics were simulated.
        PROTOCOL = protocol: String,
        /// Market within the protocol, such as `mixed-7`.
        MARKET = market: String,
        /// Seed of everything random.
        SEED = seed: u64,
        /// What might befall the market: `calm`, `crash`, `depeg` or `mixed`.
        SCENARIO = scenario: String,
        /// Borrowers that ever came.
        ACCOUNTS = accounts: u32,
        /// Days of history.
        DAYS = days: u32,
        /// SHA-256 over events and prices, hex: what living it again must give.
        DIGEST = digest: String,
    }
}
