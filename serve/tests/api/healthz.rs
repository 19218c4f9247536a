use plimsoll_serve::{Health, HealthStatus};

use crate::support::{AAVE, AS_OF, MAKER, get};

#[tokio::test]
async fn health_lists_markets_and_model() {
    let answer = get("/healthz").await;
    assert_eq!(answer.headers["cache-control"], "no-store");
    assert_eq!(answer.json["markets"][1]["as_of"], AS_OF);
    let health: Health = answer.read();
    assert_eq!(health.status, HealthStatus::Ok);
    let names: Vec<_> = health.markets.iter().map(|market| market.market.as_str()).collect();
    assert_eq!(names, [AAVE, MAKER]);
    let (aave, maker) = (&health.markets[0], &health.markets[1]);
    assert_eq!((aave.accounts, aave.open, aave.chain.as_str()), (2, 2, "ethereum"));
    assert_eq!(maker.accounts, 43);
    assert!((1..41).contains(&maker.open), "{maker:?}");
    assert_eq!(health.model.trained_until, maker.as_of);
    assert!(health.model.landmarks >= 1_000 && health.model.liquidated >= 20, "{health:?}");
}
