// SPDX-License-Identifier: MIT
pragma solidity ^0.8.0;

import {${base}} from '${base_file}';
import {EngineFlags} from 'aave-v3-origin/contracts/extensions/v3-config-engine/EngineFlags.sol';
import {IAaveV3ConfigEngine} from 'aave-v3-origin/contracts/extensions/v3-config-engine/IAaveV3ConfigEngine.sol';

/**
 * @title ${title}
 * @author ${author}
 * - Snapshot: direct-to-AIP
 * - Discussion: ${discussions}
 * - Reference: ${reference_id}
 */
contract ${contract} is ${base} {
${constants}${constructor}
  function collateralsUpdates()
    public
    pure
    override
    returns (IAaveV3ConfigEngine.CollateralUpdate[] memory)
  {
    IAaveV3ConfigEngine.CollateralUpdate[]
      memory collateralUpdate = new IAaveV3ConfigEngine.CollateralUpdate[](${count});

${updates}
    return collateralUpdate;
  }
}
