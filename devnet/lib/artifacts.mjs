import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compile, MODULES } from './compile.mjs';

const AAVE_FOLDERS = {
  PoolAddressesProvider: 'protocol/configuration',
  ACLManager: 'protocol/configuration',
  Pool: 'protocol/pool',
  PoolConfigurator: 'protocol/pool',
  DefaultReserveInterestRateStrategy: 'protocol/pool',
  AToken: 'protocol/tokenization',
  VariableDebtToken: 'protocol/tokenization',
  StableDebtToken: 'protocol/tokenization',
  AaveOracle: 'misc',
  AaveProtocolDataProvider: 'misc',
  MintableERC20: 'mocks/tokens',
  MockFlashLoanSimpleReceiver: 'mocks/flashloan/MockSimpleFlashLoanReceiver.sol',
};

const read = (path) => JSON.parse(readFileSync(join(MODULES, path), 'utf8'));

/** An artifact of Aave v3, compiled by its authors. */
export function aave(name) {
  const folder = AAVE_FOLDERS[name] ?? 'protocol/libraries/logic';
  const file = folder.endsWith('.sol') ? folder : `${folder}/${name}.sol`;
  return read(`@aave/core-v3/artifacts/contracts/${file}/${name}.json`);
}

/** An artifact of Uniswap v3, compiled by its authors: pool addresses depend on the hash of the code. */
export function uniswap(name) {
  const [home, folder] = name.startsWith('UniswapV3') ? ['core', ''] : ['periphery', /Lens|Quoter/.test(name) ? 'lens/' : ''];
  return read(`@uniswap/v3-${home}/artifacts/contracts/${folder}${name}.sol/${name}.json`);
}

/** `{FluxAggregator, EACAggregatorProxy, ...}`. */
export const chainlink = () =>
  compile({
    compiler: 'solc-0.6.6',
    roots: [join(MODULES, '@chainlink/contracts/src/v0.6')],
    files: ['FluxAggregator.sol', 'EACAggregatorProxy.sol'],
  });

/** `{Morpho, IrmMock, OracleMock, EventsLib, ...}`. */
export const morpho = () =>
  compile({
    compiler: 'solc-0.8.19',
    roots: [join(MODULES, '@morpho-org/morpho-blue/src')],
    files: ['Morpho.sol', 'mocks/IrmMock.sol', 'mocks/OracleMock.sol'],
  });

/**
 * Aave v3.6's `{PoolInstance, ATokenInstance, BorrowLogic, ...}`, with its authors' settings. This
 * takes the compiler half a minute.
 */
export const aave36 = () =>
  compile({
    compiler: 'solc-0.8.27',
    roots: [join(MODULES, '@aave-dao/aave-v3-origin/src/contracts'), MODULES],
    files: [
      'instances/PoolInstance.sol', 'instances/PoolConfiguratorInstance.sol', 'instances/ATokenInstance.sol',
      'instances/VariableDebtTokenInstance.sol', 'misc/AaveOracle.sol', 'misc/DefaultReserveInterestRateStrategyV2.sol',
      'protocol/configuration/PoolAddressesProvider.sol', 'protocol/configuration/ACLManager.sol',
    ],
    settings: {
      evmVersion: 'shanghai',
      metadata: { bytecodeHash: 'none' },
      remappings: ['openzeppelin-contracts/contracts/=openzeppelin-contracts/'],
    },
  });

/** `{Lens}`: our own. */
export const own = () =>
  compile({
    compiler: 'solc-0.8.19',
    roots: [fileURLToPath(new URL('../contracts', import.meta.url))],
    files: ['Lens.sol'],
  });
