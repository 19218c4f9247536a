//! Threshold recommendations for Maker's ETH-B vaults.

use plimsoll_features::{Snapshot, list_markets};
use plimsoll_govern::{Recommendation, ThresholdInputs, ThresholdPolicy, recommend};

use super::lake::{REFERENCE, date};

/// Crashes: a calm day before, the day after, and the least fall of the threshold, basis points.
const CRASHES: [(&str, &str, u16); 4] = [
    ("2021-01-02", "2021-01-12", 500),
    ("2021-02-15", "2021-02-24", 500),
    ("2021-05-11", "2021-05-20", 1_500),
    ("2021-09-06", "2021-09-08", 500),
];
/// A month later.
const RECOVERED: [&str; 4] = ["2021-02-10", "2021-03-21", "2021-07-18", "2021-10-10"];

fn recommendation_on(on: &str) -> Option<Recommendation> {
    let (_, store) = REFERENCE.as_ref()?;
    let id = &list_markets(store).expect("markets")[0];
    let snapshot = Snapshot::read(store, id, Some(date(on))).expect("a snapshot");
    let mut all =
        recommend(&ThresholdInputs::from_snapshot(&snapshot), &ThresholdPolicy::default())
            .expect("a recommendation");
    assert_eq!(all.len(), 1, "ETH alone secures DAI");
    Some(all.remove(0))
}

#[test]
fn threshold_falls_in_the_crashes_of_2021_and_recovers() {
    for ((before, after, falls_bps), recovered) in CRASHES.into_iter().zip(RECOVERED) {
        let threshold_bps = |on| {
            recommendation_on(on)
                .map(|recommendation| recommendation.implied.liquidation_threshold_bps)
        };
        let Some(calm) = threshold_bps(before) else { return };
        let [crashed, recovered] =
            [after, recovered].map(|on| threshold_bps(on).expect("as before"));
        println!("{before} {calm}, {after} {crashed}, then {recovered}");
        assert!(crashed + falls_bps <= calm, "{calm} before and {crashed} after {after}");
        assert!(recovered >= crashed + falls_bps / 2, "{recovered} after {crashed}");
    }
}

#[test]
fn recommendation_contains_its_inputs() {
    let Some(recommendation) = recommendation_on("2021-05-20") else { return };
    assert_eq!(
        (recommendation.market.as_str(), recommendation.asset.as_str()),
        ("ethereum/maker/eth-b", "ETH")
    );
    assert_eq!(recommendation.current.liquidation_threshold_bps, 7_692, "1 / 1.30");
    let excursion = recommendation.excursion.expect("half a year of prices");
    assert_eq!((excursion.against.as_str(), excursion.hours), ("DAI", 2), "an oracle an hour late");
    assert!(recommendation.bounds.iter().any(|bound| bound.binds));
    assert!(recommendation.what_if.is_sorted_by_key(|at| at.accounts));
    assert!(
        recommendation.borrower_cost.now.accounts > 0
            && recommendation.borrower_cost.now.accounts
                == recommendation.borrower_cost.now.ids.len()
    );
}
