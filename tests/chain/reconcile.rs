//! Accounts rebuilt from the lake equal their contracts.

use std::path::Path;

use crate::support::cli::{Run, plimsoll_command};
use crate::support::lake::{SharedLake, shared_lake};

#[test]
fn accounts_equal_their_contracts() {
    let Some(shared) = shared_lake() else { return };
    let market = shared.devnet.aave();
    for block in [shared.head / 3, shared.head * 2 / 3, shared.head] {
        assert_reconciled(&reconcile(shared, &market, block, &["--json"]), [30.0, 200.0, 20.0]);
    }
}

#[test]
fn accounts_of_a_later_release_equal_their_contracts() {
    let Some(shared) = shared_lake() else { return };
    let market = shared.devnet.aave36();
    let from = shared.devnet.deployment["aave36"]["fromBlock"].as_u64().unwrap();
    for block in [(from + shared.head) / 2, shared.head] {
        assert_reconciled(&reconcile(shared, &market, block, &["--json"]), [3.0, 20.0, 2.0]);
    }
}

/// Everything agrees, of more than so many accounts, balances and health factors.
#[track_caller]
fn assert_reconciled(run: &Run, [accounts, balances, health_factors]: [f64; 3]) {
    assert_eq!(run.code, Some(0), "{run:?}");
    let report = run.json();
    let figure = |name: &str| report[name].as_f64().unwrap_or_else(|| panic!("{name}: {report}"));
    assert!(figure("accounts") > accounts, "{report}");
    assert!(figure("balances_checked") > balances, "{report}");
    assert_eq!(figure("balances_checked"), figure("balances_equal"), "{report}");
    assert!(figure("health_factors_checked") > health_factors, "{report}");
    assert!(figure("max_health_factor_relative_error") <= 1e-9, "{report}");
}

#[test]
fn a_sample_is_fewer_accounts() {
    let Some(shared) = shared_lake() else { return };
    let run = reconcile(shared, &shared.devnet.aave(), shared.head, &["--json", "--sample", "7"]);
    assert_eq!(run.assert_success().json()["accounts"], 7);
}

#[test]
fn a_block_that_the_lake_does_not_cover_is_named() {
    let Some(shared) = shared_lake() else { return };
    let beyond = shared.head + 1;
    let run = reconcile(shared, &shared.devnet.aave(), beyond, &[]);
    assert!(run.assert_failure().contains(&beyond.to_string()), "{run:?}");
}

fn reconcile(shared: &SharedLake, market: &Path, block: u64, more: &[&str]) -> Run {
    let mut command = plimsoll_command(&["reconcile", "--rpc", shared.devnet.url()]);
    command.arg("--market").arg(market).arg("--lake").arg(&shared.folder);
    command.args(["--block", &block.to_string()]).args(more);
    command.output().expect("it runs").into()
}
