//! The payload compiles with the real config engine and has the proposed effect.

use alloy_primitives::Address;
use alloy_sol_types::{SolValue, sol};
use plimsoll_govern::{AipPolicy, EngineAbi, Proposal};

use super::testbed::{
    DraftProposal, Release, Testbed, addRiskAdminCall, configuration_fields, testbed,
};
use crate::support::solc::{Compiled, compile};

sol! {
    function execute() external;
}

/// The real engine and its collateral library are compiled with whatever imports them.
pub(super) const IMPORTS: &str = "// SPDX-License-Identifier: MIT
pragma solidity ^0.8.0;
import {AaveV3ConfigEngine} from 'aave-v3-origin/contracts/extensions/v3-config-engine/AaveV3ConfigEngine.sol';
";

/// Deploys the real config engine for a market; libraries that collateral does not need are left
/// out.
pub(super) fn deploy_engine(testbed: &Testbed, release: Release, compiled: &Compiled) -> Address {
    let collateral_engine =
        testbed.deploy(&compiled.engine("libraries/CollateralEngine", "CollateralEngine"), &[]);
    let some = Address::repeat_byte(1);
    let [pool, configurator, oracle] =
        ["pool", "configurator", "oracle"].map(|name| testbed.contract(release, name));
    let constants = (pool, configurator, oracle, some, some, some);
    let libraries = (some, some, some, collateral_engine, some, some, some);
    let arguments = (some, some, constants, libraries).abi_encode();
    testbed.deploy(&compiled.engine("AaveV3ConfigEngine", "AaveV3ConfigEngine"), &arguments)
}

#[test]
fn payload_has_the_proposed_effect() {
    let Some(testbed) = testbed() else { return };
    for release in [Release::V302, Release::V36] {
        let settings = ["WETH:liquidation_threshold=8100", "WETH:liquidation_bonus=525"];
        let draft = testbed.propose(release, &testbed.lake, (&settings, &[]));
        let (name, text) = contract(&draft);
        let file = format!("{name}.sol");
        let compiled = compile(&[("Imports.sol", IMPORTS), (&file, &text)]);
        testbed.with_rollback(|| {
            let engine = deploy_engine(&testbed, release, &compiled);
            let payload = testbed.deploy(&compiled.code(&file, &name), &engine.abi_encode());
            let acl_manager = testbed.contract(release, "aclManager");
            testbed.send_ok(
                testbed.role("admin"),
                acl_manager,
                &addRiskAdminCall { admin: payload },
            );
            testbed.send_ok(testbed.role("trader"), payload, &executeCall {});
            let (word, _) = testbed.reserve(release, testbed.token("WETH"));
            assert_eq!(configuration_fields(word), draft.payload_fields(0));
        });
    }
}

/// The payload's contract: its name and its source.
fn contract(draft: &DraftProposal) -> (String, String) {
    let entries = std::fs::read_dir(&draft.out).unwrap();
    let mut names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let file = names.find(|name| name.ends_with(".sol")).expect("a contract");
    (file.trim_end_matches(".sol").to_owned(), draft.text(&file))
}

/// The base contract in governance's repository for a market of the address book.
const HELPER: &str = "// SPDX-License-Identifier: MIT
pragma solidity ^0.8.0;
import {AaveV3Payload} from 'aave-v3-origin/contracts/extensions/v3-config-engine/AaveV3Payload.sol';
import {IAaveV3ConfigEngine} from 'aave-v3-origin/contracts/extensions/v3-config-engine/IAaveV3ConfigEngine.sol';
abstract contract AaveV3PayloadEthereum is AaveV3Payload(IAaveV3ConfigEngine(address(1))) {
  function getPoolContext() public pure override returns (IAaveV3ConfigEngine.PoolContext memory) {
    return IAaveV3ConfigEngine.PoolContext({networkName: 'Ethereum', networkAbbreviation: 'Eth'});
  }
}
";

#[test]
fn payload_of_a_market_in_the_address_book_compiles() {
    let Some(testbed) = testbed() else { return };
    let settings = ["WETH:liquidation_threshold=8100"];
    let draft = testbed.propose(Release::V36, &testbed.lake, (&settings, &[]));
    let (name, text) = rewritten(&draft, EngineAbi::UpTo36);
    let file = format!("{name}.sol");
    let helper = "aave-helpers/src/v3-config-engine/AaveV3PayloadEthereum.sol";
    let compiled = compile(&[(helper, HELPER), (&file, &text)]);
    assert!(name.starts_with("AaveV3Ethereum_") && !compiled.code(&file, &name).is_empty());
}

/// Release 3.7 is in no registry: this is the part of its engine that a payload uses.
const ENGINE_37: &str = "// SPDX-License-Identifier: MIT
pragma solidity ^0.8.0;
interface IAaveV3ConfigEngine {
  struct CollateralUpdate {
    address asset;
    uint256 ltv;
    uint256 liqThreshold;
    uint256 liqBonus;
    uint256 liqProtocolFee;
  }
}
library EngineFlags {
  uint256 internal constant KEEP_CURRENT = type(uint256).max - 42;
}
abstract contract AaveV3PayloadEthereum {
  function collateralsUpdates()
    public
    view
    virtual
    returns (IAaveV3ConfigEngine.CollateralUpdate[] memory)
  {}
}
";

#[test]
fn payload_of_release_3_7_has_no_debt_ceiling() {
    let Some(testbed) = testbed() else { return };
    let settings = ["WETH:liquidation_threshold=8100"];
    let draft = testbed.propose(Release::V36, &testbed.lake, (&settings, &[]));
    let (name, text) = rewritten(&draft, EngineAbi::From37);
    let imports: Vec<&str> = text.lines().filter(|line| line.starts_with("import")).collect();
    assert_eq!(imports.len(), 3);
    let body: String =
        text.lines().filter(|line| !line.starts_with("import")).collect::<Vec<_>>().join("\n");
    let file = format!("{name}.sol");
    let source = format!("import './Engine37.sol';\n{body}");
    let compiled = compile(&[("Engine37.sol", ENGINE_37), (&file, &source)]);
    assert!(!compiled.code(&file, &name).is_empty());
}

/// The same proposal's contract for a market of the address book and another release.
fn rewritten(draft: &DraftProposal, abi: EngineAbi) -> (String, String) {
    let mut proposal = Proposal::read(&draft.out).unwrap();
    proposal.steward.abi = abi;
    let aip = AipPolicy { address_book: Some("Ethereum".to_owned()), ..AipPolicy::default() };
    proposal.write(&draft.out, &aip).unwrap();
    contract(draft)
}
