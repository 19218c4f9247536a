//! Accounts rebuilt from the lake are worth what their contracts say.

use std::path::Path;

use crate::support::cli::{Run, plimsoll_command};
use crate::support::lake::{SharedLake, shared_lake};

#[test]
fn accounts_equal_their_contracts() {
    let Some(plain) = shared_lake() else { return };
    let market = plain.devnet.aave();
    for block in [plain.head / 3, plain.head * 2 / 3, plain.head] {
        assert_reconciled(&reconcile(plain, &market, block, &["--json"]), [30.0, 200.0, 20.0]);
    }
}

#[test]
fn accounts_of_a_later_release_equal_their_contracts() {
    let Some(plain) = shared_lake() else { return };
    let market = plain.devnet.aave36();
    let from = plain.devnet.deployment["aave36"]["fromBlock"].as_u64().unwrap();
    for block in [(from + plain.head) / 2, plain.head] {
        assert_reconciled(&reconcile(plain, &market, block, &["--json"]), [3.0, 20.0, 2.0]);
    }
}

/// Everything agrees, of more than so many accounts, balances and health factors.
#[track_caller]
fn assert_reconciled(run: &Run, [accounts, balances, health_factors]: [f64; 3]) {
    assert_eq!(run.code, Some(0), "{run:?}");
    let told = run.json();
    let figure = |name: &str| told[name].as_f64().unwrap_or_else(|| panic!("{name}: {told}"));
    assert!(figure("accounts") > accounts, "{told}");
    assert!(figure("balances_checked") > balances, "{told}");
    assert_eq!(figure("balances_checked"), figure("balances_equal"), "{told}");
    assert!(figure("health_factors_checked") > health_factors, "{told}");
    assert!(figure("max_health_factor_relative_error") <= 1e-9, "{told}");
}

#[test]
fn a_sample_is_fewer_accounts() {
    let Some(plain) = shared_lake() else { return };
    let run = reconcile(plain, &plain.devnet.aave(), plain.head, &["--json", "--sample", "7"]);
    assert_eq!(run.assert_success().json()["accounts"], 7);
}

#[test]
fn a_block_that_the_lake_does_not_cover_is_named() {
    let Some(plain) = shared_lake() else { return };
    let beyond = plain.head + 1;
    let run = reconcile(plain, &plain.devnet.aave(), beyond, &[]);
    assert!(run.assert_failure().contains(&beyond.to_string()), "{run:?}");
}

fn reconcile(plain: &SharedLake, market: &Path, block: u64, more: &[&str]) -> Run {
    let mut command = plimsoll_command(&["reconcile", "--rpc", plain.devnet.url()]);
    command.arg("--market").arg(market).arg("--lake").arg(&plain.folder);
    command.args(["--block", &block.to_string()]).args(more);
    command.output().expect("it runs").into()
}
