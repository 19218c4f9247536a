// SPDX-License-Identifier: MIT
pragma solidity ^0.8.0;

import {IAaveV3ConfigEngine as IEngine, IPool} from 'aave-v3-origin/contracts/extensions/v3-config-engine/IAaveV3ConfigEngine.sol';
import {EngineFlags} from 'aave-v3-origin/contracts/extensions/v3-config-engine/EngineFlags.sol';

/// Stands in for the RiskSteward, which no package registry has: its documented interface and
/// rules, of the collateral side alone, before the real config engine.
contract StewardStandIn {
  struct Limit {
    uint40 minDelay;
    uint256 maxPercentChange;
  }

  error InvalidCaller();
  error DebounceNotRespected();
  error UpdateNotInRange();
  error ParamChangeNotAllowed();
  error AssetIsRestricted();
  error InvalidUpdateToZero();

  uint256 internal constant LTV = 2;
  uint256 internal constant BONUS = 3;
  uint256 internal constant THRESHOLD = 4;

  IEngine internal immutable ENGINE;
  IPool internal immutable POOL;
  address internal immutable COUNCIL;

  Limit[16] internal _limits;
  mapping(address => uint40[11]) internal _changedAt;
  mapping(address => bool) public isAddressRestricted;

  constructor(IEngine engine, IPool pool, address council, uint40 minDelay, uint256 maxChange) {
    (ENGINE, POOL, COUNCIL) = (engine, pool, council);
    for (uint256 i = 0; i < 16; i++) _limits[i] = Limit(minDelay, maxChange);
  }

  function getRiskConfig() external view returns (Limit[16] memory) {
    return _limits;
  }

  function getTimelock(address asset) external view returns (uint40[11] memory) {
    return _changedAt[asset];
  }

  function setAddressRestricted(address asset, bool restricted) external {
    isAddressRestricted[asset] = restricted;
  }

  function updateCollateralSide(IEngine.CollateralUpdate[] calldata updates) external {
    if (msg.sender != COUNCIL) revert InvalidCaller();
    for (uint256 i = 0; i < updates.length; i++) _admit(updates[i]);
    (bool done, bytes memory reason) = address(ENGINE).delegatecall(
      abi.encodeCall(IEngine.updateCollateralSide, (updates))
    );
    if (!done) {
      assembly {
        revert(add(reason, 32), mload(reason))
      }
    }
  }

  function _admit(IEngine.CollateralUpdate calldata update) internal {
    if (isAddressRestricted[update.asset]) revert AssetIsRestricted();
    if (
      update.liqProtocolFee != EngineFlags.KEEP_CURRENT ||
      update.debtCeiling != EngineFlags.KEEP_CURRENT
    ) revert ParamChangeNotAllowed();
    uint256 word = POOL.getConfiguration(update.asset).data;
    _move(update.asset, LTV, word & 0xffff, update.ltv);
    _move(update.asset, THRESHOLD, (word >> 16) & 0xffff, update.liqThreshold);
    _move(update.asset, BONUS, ((word >> 32) & 0xffff) - 100_00, update.liqBonus);
  }

  function _move(address asset, uint256 parameter, uint256 from, uint256 to) internal {
    if (to == EngineFlags.KEEP_CURRENT) return;
    if (to == 0) revert InvalidUpdateToZero();
    Limit memory limit = _limits[parameter];
    if (block.timestamp - _changedAt[asset][parameter] < limit.minDelay)
      revert DebounceNotRespected();
    uint256 change = to > from ? to - from : from - to;
    if (change > limit.maxPercentChange) revert UpdateNotInRange();
    _changedAt[asset][parameter] = uint40(block.timestamp);
  }
}
