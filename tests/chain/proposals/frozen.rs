//! The pending max LTV of a frozen reserve survives a change of other fields.

use alloy_primitives::U256;

use super::testbed::{
    Release, configuration_fields, setReserveFreezeCall, setReserveLtvzeroCall, testbed,
};

#[test]
fn pending_ltv_of_a_frozen_reserve_survives() {
    let Some(testbed) = testbed() else { return };
    let release = Release::V36;
    let asset = testbed.token("wstETH");
    let configurator = testbed.contract(release, "configurator");
    let risk_admin = testbed.role("riskAdmin");
    testbed.with_rollback(|| {
        let ltv = configuration_fields(testbed.reserve(release, asset).0)[0];
        testbed.send_ok(risk_admin, configurator, &setReserveFreezeCall { asset, freeze: true });
        let lake = testbed.updated_lake(release);
        let settings = ["wstETH:liquidation_threshold=8060"];
        let draft = testbed.propose(release, lake.path(), (&settings, &[]));
        let document = draft.document();
        let refused = document["collaterals"][0]["steward_refuses"].as_str().unwrap();
        assert!(refused.contains("is frozen") && document["steps"] == serde_json::json!([]));
        assert_eq!(document["payload"]["changes"][0]["update"]["max_ltv_bps"], ltv);

        let run = draft.check(&testbed, &["--keep"]);
        assert_eq!(run.code, Some(0), "{run:?}");
        assert_eq!(testbed.reserve(release, asset).1, Some(U256::from(ltv)));
        testbed.send_ok(risk_admin, configurator, &setReserveFreezeCall { asset, freeze: false });
        testbed.send_ok(risk_admin, configurator, &setReserveLtvzeroCall { asset, ltvZero: false });
        assert_eq!(configuration_fields(testbed.reserve(release, asset).0), [ltv, 8_060, 10_600]);
    });
}

#[test]
fn reserve_of_an_older_release_has_no_pending_ltv() {
    let Some(testbed) = testbed() else { return };
    let release = Release::V302;
    let asset = testbed.token("wstETH");
    let configurator = testbed.contract(release, "configurator");
    testbed.with_rollback(|| {
        let freeze = setReserveFreezeCall { asset, freeze: true };
        testbed.send_ok(testbed.role("riskAdmin"), configurator, &freeze);
        let lake = testbed.updated_lake(release);
        let settings = ["wstETH:liquidation_threshold=8060"];
        let draft = testbed.propose(release, lake.path(), (&settings, &[]));
        let document = draft.document();
        assert!(document["collaterals"][0]["steward_refuses"].is_null(), "{document}");
        assert!(document["payload"]["changes"][0]["update"]["max_ltv_bps"].is_null());
        let run = draft.check(&testbed, &[]);
        assert_eq!(run.code, Some(0), "{run:?}");
    });
}

#[test]
fn deliberate_zero_max_ltv_is_refused_on_every_route() {
    let Some(testbed) = testbed() else { return };
    let release = Release::V36;
    let asset = testbed.token("wstETH");
    let configurator = testbed.contract(release, "configurator");
    testbed.with_rollback(|| {
        let zero = setReserveLtvzeroCall { asset, ltvZero: true };
        testbed.send_ok(testbed.role("riskAdmin"), configurator, &zero);
        let lake = testbed.updated_lake(release);
        let settings = ["wstETH:liquidation_threshold=8060"];
        let draft = testbed.propose(release, lake.path(), (&settings, &[]));
        let document = draft.document();
        for route in ["steward_refuses", "payload_refuses"] {
            let reason = document["collaterals"][0][route].as_str().unwrap();
            assert!(reason.contains("by decision"), "{reason}");
        }
        assert!(document["payload"].is_null());
    });
}
