import { AbiCoder, encodeBytes32String, getAddress, getCreateAddress } from 'ethers';
import { aave36 } from '../artifacts.mjs';
import { Contract } from '../contract.mjs';

const NOBODY = '0x0000000000000000000000000000000000000000';
const BASE_UNIT = 10n ** 8n;
const RATES = ['uint16', 'uint32', 'uint32', 'uint32'];

/** As `ASSETS` of the first market, with higher rates, so that indexes change within days. */
export const ASSETS_36 = [
  { symbol: 'WETH', ltv: 8000, threshold: 8250, bonus: 10500, reserveFactor: 1500, supplyCap: 50_000, borrowCap: 40_000, rates: [8000, 310, 1270, 8000] },
  { symbol: 'USDC', ltv: 7500, threshold: 7800, bonus: 10450, reserveFactor: 1000, supplyCap: 90_000_000, borrowCap: 80_000_000, rates: [9000, 430, 1190, 6000] },
  { symbol: 'wstETH', ltv: 7850, threshold: 8100, bonus: 10600, reserveFactor: 3500, supplyCap: 40_000, borrowCap: 9_000, rates: [4500, 170, 930, 8500] },
];

/** Category 2 later drops wstETH as collateral and WETH as debt. */
export const E_MODES_36 = [
  { id: 1, ltv: 9300, threshold: 9500, bonus: 10100, label: 'ETH correlated', collateral: ['wstETH', 'WETH'], borrowable: ['WETH'] },
  { id: 2, ltv: 8200, threshold: 8500, bonus: 10400, label: 'ETH for USDC', collateral: ['wstETH', 'WETH'], borrowable: ['USDC', 'WETH'] },
];

/**
 * Deploys a market of release 3.6 on the existing tokens and price proxies, and lists its
 * reserves. `sources`: `{symbol: {token, proxy}}`.
 */
export async function deployAave36(chain, accounts, sources) {
  const artifacts = await aave36();
  const market = deployContracts(chain, accounts, artifacts, ASSETS_36.map(({ symbol }) => sources[symbol]));
  const fromBlock = await chain.mine({ strict: true });
  listReserves(chain, accounts, market, sources);
  openEModes(chain, accounts, market, sources);
  const listedAtBlock = await chain.mine({ strict: true });
  const reserves = {};
  for (const { symbol } of ASSETS_36) {
    const { token } = sources[symbol];
    const [aToken, debtToken] = await Promise.all(
      ['getReserveAToken', 'getReserveVariableDebtToken'].map((name) => chain.call(market.pool, name, [token.address])),
    );
    reserves[symbol] = {
      token,
      aToken: new Contract(artifacts.ATokenInstance.abi, getAddress(aToken)),
      debtToken: new Contract(artifacts.VariableDebtTokenInstance.abi, getAddress(debtToken)),
    };
  }
  return { ...market, reserves, fromBlock, listedAtBlock };
}

function deployContracts(chain, { admin, riskAdmin, treasury }, artifacts, sources) {
  const deploy = (name, ...args) => chain.deploy(admin, artifacts[name], args);
  const addressesProvider = deploy('PoolAddressesProvider', 'devnet36', admin.address);
  const set = (name, ...args) => chain.send(admin, addressesProvider, name, args);
  set('setACLAdmin', admin.address);
  const aclManager = deploy('ACLManager', addressesProvider.address);
  set('setACLManager', aclManager.address);
  for (const role of ['addPoolAdmin', 'addEmergencyAdmin']) chain.send(admin, aclManager, role, [admin.address]);
  chain.send(admin, aclManager, 'addRiskAdmin', [riskAdmin.address]);

  const rateStrategy = deploy('DefaultReserveInterestRateStrategyV2', addressesProvider.address);
  const libraries = {};
  for (const name of ['BorrowLogic', 'FlashLoanLogic', 'LiquidationLogic', 'PoolLogic', 'SupplyLogic', 'ConfiguratorLogic']) {
    libraries[name] = chain.deploy(admin, artifacts[name], [], libraries).address;
  }
  // The provider creates the proxies itself: the pool's first, the configurator's second.
  const behindProxy = (name, args, setter, nonce) => {
    set(setter, chain.deploy(admin, artifacts[name], args, libraries).address);
    return new Contract(artifacts[name].abi, getCreateAddress({ from: addressesProvider.address, nonce }));
  };
  const pool = behindProxy('PoolInstance', [addressesProvider.address, rateStrategy.address], 'setPoolImpl', 1);
  const configurator = behindProxy('PoolConfiguratorInstance', [], 'setPoolConfiguratorImpl', 2);
  const oracle = deploy(
    'AaveOracle', addressesProvider.address, sources.map(({ token }) => token.address),
    sources.map(({ proxy }) => proxy.address), NOBODY, NOBODY, BASE_UNIT,
  );
  set('setPriceOracle', oracle.address);
  const implementations = {
    aToken: deploy('ATokenInstance', pool.address, NOBODY, treasury.address),
    variableDebt: deploy('VariableDebtTokenInstance', pool.address, NOBODY),
  };
  return { addressesProvider, aclManager, pool, configurator, oracle, rateStrategy, implementations };
}

function listReserves(chain, { admin }, { configurator, implementations }, sources) {
  const inputs = ASSETS_36.map(({ symbol, rates }) => ({
    aTokenImpl: implementations.aToken.address,
    variableDebtTokenImpl: implementations.variableDebt.address,
    underlyingAsset: sources[symbol].token.address,
    aTokenName: `Aave devnet36 ${symbol}`,
    aTokenSymbol: `a36${symbol}`,
    variableDebtTokenName: `Aave devnet36 variable debt ${symbol}`,
    variableDebtTokenSymbol: `variableDebt36${symbol}`,
    params: '0x10',
    interestRateData: AbiCoder.defaultAbiCoder().encode(RATES, rates),
  }));
  chain.send(admin, configurator, 'initReserves', [inputs]);
  for (const asset of ASSETS_36) {
    const set = (name, ...args) => chain.send(admin, configurator, name, [sources[asset.symbol].token.address, ...args]);
    set('configureReserveAsCollateral', asset.ltv, asset.threshold, asset.bonus);
    set('setReserveBorrowing', true);
    set('setReserveFactor', asset.reserveFactor);
    set('setSupplyCap', asset.supplyCap);
    set('setBorrowCap', asset.borrowCap);
    set('setLiquidationProtocolFee', 1000);
  }
}

function openEModes(chain, { admin, lender }, { configurator, addressesProvider }, sources) {
  const send = (name, ...args) => chain.send(admin, configurator, name, args);
  for (const { id, ltv, threshold, bonus, label, collateral, borrowable } of E_MODES_36) {
    send('setEModeCategory', id, ltv, threshold, bonus, label);
    for (const symbol of collateral) send('setAssetCollateralInEMode', sources[symbol].token.address, id, true);
    for (const symbol of borrowable) send('setAssetBorrowableInEMode', sources[symbol].token.address, id, true);
  }
  // Who may pay for deficits.
  chain.send(admin, addressesProvider, 'setAddress', [encodeBytes32String('UMBRELLA'), lender.address]);
}
