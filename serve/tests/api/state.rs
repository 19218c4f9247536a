//! States that a server cannot be built from.

use plimsoll_features::Snapshot;
use plimsoll_serve::{ServeError, ServerSnapshot};

use crate::support::{AAVE, lake, model, with_lake};

#[test]
fn server_needs_a_market() {
    let refused = ServerSnapshot::new(Vec::new(), model());
    assert!(matches!(refused, Err(ServeError::NoMarket)));
}

#[test]
fn a_market_that_is_given_twice_is_refused() {
    with_lake(|store| {
        let snapshot = || Snapshot::read(store, &lake::id(AAVE), None).expect("a snapshot");
        let refused = ServerSnapshot::new(vec![snapshot(), snapshot()], model());
        let error = refused.expect_err("an account's id would mean two").to_string();
        assert!(error.starts_with("market ethereum/aave-v3/core was given twice"), "{error}");
    });
}

#[test]
fn market_without_prices_is_refused() {
    with_lake(|store| {
        // In the fixture's first hour there are prices, but no event that dates them.
        let until = Some(lake::time(0));
        let snapshot = Snapshot::read(store, &lake::id(AAVE), until).expect("a snapshot");
        let refused = ServerSnapshot::new(vec![snapshot], model());
        assert!(matches!(refused, Err(ServeError::MissingPrices { .. })), "{refused:?}");
    });
}
