//! A steward's own limits are read from it, and it accepts the steps on their dates.

use std::path::Path;

use alloy_primitives::{Address, Bytes, U256, uint};
use alloy_sol_types::{SolValue, sol};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::payload::{IMPORTS, deploy_engine};
use super::testbed::{Release, Testbed, addRiskAdminCall, configuration_fields, testbed};
use crate::support::solc::compile;

const STAND_IN: &str = include_str!("../contracts/StewardStandIn.sol");
const DAY_S: u64 = 86_400;
const MAX_CHANGE_BPS: u64 = 40;
const KEEP: U256 = uint!(0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffd5_U256);

sol! {
    struct CollateralUpdate {
        address asset;
        uint256 ltv;
        uint256 liqThreshold;
        uint256 liqBonus;
        uint256 debtCeiling;
        uint256 liqProtocolFee;
    }
    function updateCollateralSide(CollateralUpdate[] updates) external;
    function setAddressRestricted(address asset, bool restricted) external;
}

#[test]
fn steward_accepts_the_steps_on_their_dates() {
    let Some(testbed) = testbed() else { return };
    for release in [Release::V302, Release::V36] {
        testbed.with_rollback(|| {
            let steward = deploy(&testbed, release);
            let threshold = threshold(&testbed, release);
            // A change by the steward just before, so that the first step must wait.
            let earlier = set_threshold(testbed.token("WETH"), threshold - 10);
            testbed.send_ok(testbed.role("trader"), steward, &earlier);
            let document = propose(&testbed, release, steward, threshold - 130);
            let steps = document["steps"].as_array().unwrap();
            assert_eq!(steps.len(), 3, "{document}");
            assert_eq!(document["steward"]["limits_from_chain"], true);
            let note = steps[0]["changes"][0]["notes"].to_string();
            assert!(note.contains("and not again for 172800 s"), "{note}");
            for step in steps {
                execute_step(&testbed, steward, step);
            }
            assert_eq!(self::threshold(&testbed, release), threshold - 130);
        });
    }
}

/// A step is refused one second early and from anyone but the council, and then accepted.
fn execute_step(testbed: &Testbed, steward: Address, step: &Value) {
    let time: DateTime<Utc> = step["not_before"].as_str().unwrap().parse().unwrap();
    let time_s = u64::try_from(time.timestamp()).unwrap();
    let data: Bytes = step["steward_calldata"].as_str().unwrap().parse().unwrap();
    let council = testbed.role("trader");
    assert!(reverts(testbed, (council, steward), &data, time_s - 1), "{step}");
    assert!(reverts(testbed, (testbed.role("lender"), steward), &data, time_s), "{step}");
    let receipt = testbed.send((council, Some(steward)), &data, Some(time_s));
    assert_eq!(receipt["status"], "0x1", "{step}");
}

fn reverts(testbed: &Testbed, (from, to): (Address, Address), data: &Bytes, time_s: u64) -> bool {
    let call = json!({ "from": from, "to": to, "data": data });
    let time = json!({ "time": format!("{time_s:#x}") });
    let reply = testbed.devnet.node.try_request("eth_call", json!([call, "latest", {}, time]));
    reply.is_err_and(|error| error.to_string().contains("revert"))
}

#[test]
fn steward_restrictions_are_read_from_the_contract() {
    let Some(testbed) = testbed() else { return };
    let release = Release::V36;
    testbed.with_rollback(|| {
        let steward = deploy(&testbed, release);
        let restrict = setAddressRestrictedCall { asset: testbed.token("WETH"), restricted: true };
        testbed.send_ok(testbed.role("trader"), steward, &restrict);
        let document = propose(&testbed, release, steward, threshold(&testbed, release) - 20);
        assert_eq!(document["steps"], json!([]));
        let refused = document["collaterals"][0]["steward_refuses"].as_str().unwrap();
        assert!(refused.contains("restricted"), "{refused}");
    });
}

/// Deploys a steward that allows 40 basis points every two days, with the trader as council.
fn deploy(testbed: &Testbed, release: Release) -> Address {
    let sources = [("Imports.sol", IMPORTS), ("StewardStandIn.sol", STAND_IN)];
    let compiled = compile(&sources);
    let engine = deploy_engine(testbed, release, &compiled);
    let pool = testbed.contract(release, "pool");
    let council = testbed.role("trader");
    let limits = [2 * DAY_S, MAX_CHANGE_BPS].map(U256::from);
    let arguments = (engine, pool, council, limits[0], limits[1]).abi_encode();
    let steward =
        testbed.deploy(&compiled.code("StewardStandIn.sol", "StewardStandIn"), &arguments);
    let acl_manager = testbed.contract(release, "aclManager");
    testbed.send_ok(testbed.role("admin"), acl_manager, &addRiskAdminCall { admin: steward });
    steward
}

fn threshold(testbed: &Testbed, release: Release) -> u64 {
    configuration_fields(testbed.reserve(release, testbed.token("WETH")).0)[1]
}

fn set_threshold(asset: Address, bps: u64) -> updateCollateralSideCall {
    let update = CollateralUpdate {
        asset,
        ltv: KEEP,
        liqThreshold: U256::from(bps),
        liqBonus: KEEP,
        debtCeiling: KEEP,
        liqProtocolFee: KEEP,
    };
    updateCollateralSideCall { updates: vec![update] }
}

/// Proposes a threshold of WETH with a policy that names the steward, from the node's current
/// state.
fn propose(testbed: &Testbed, release: Release, steward: Address, bps: u64) -> Value {
    let lake = testbed.updated_lake(release);
    let policy = lake.path().join("policy.toml");
    let text = format!("[steward]\naddress = \"{steward}\"\nmax_change_bps = 1\n");
    std::fs::write(&policy, text).unwrap();
    let setting = format!("WETH:liquidation_threshold={bps}");
    let more = ["--policy", Path::to_str(&policy).unwrap()];
    testbed.propose(release, lake.path(), (&[&setting], &more)).document()
}
