import { getAddress, getCreateAddress } from 'ethers';
import { aave } from '../artifacts.mjs';
import { Contract } from '../contract.mjs';
import { ASSETS, E_MODE } from '../market.mjs';

const NOBODY = '0x0000000000000000000000000000000000000000';
const BASE_UNIT = 10n ** 8n;
const RAY_PER_BPS = 10n ** 23n;
const FLASH_LOAN_PREMIUM_BPS = 5;
const LIQUIDATION_PROTOCOL_FEE_BPS = 1000;

/** Deploys the market's contracts, without reserves. `sources`: `{token, proxy}` per asset. */
export function deployAave(chain, { admin, riskAdmin }, sources) {
  const provider = chain.deploy(admin, aave('PoolAddressesProvider'), ['devnet', admin.address]);
  chain.send(admin, provider, 'setACLAdmin', [admin.address]);
  const acl = chain.deploy(admin, aave('ACLManager'), [provider.address]);
  chain.send(admin, provider, 'setACLManager', [acl.address]);
  for (const role of ['addPoolAdmin', 'addEmergencyAdmin', 'addAssetListingAdmin']) {
    chain.send(admin, acl, role, [admin.address]);
  }
  chain.send(admin, acl, 'addRiskAdmin', [riskAdmin.address]);

  const libraries = deployLibraries(chain, admin);
  const pool = deployBehindProxy(chain, admin, provider, { artifact: aave('Pool'), args: [provider.address], libraries, setter: 'setPoolImpl', nonce: 1 });
  const configurator = deployBehindProxy(chain, admin, provider, { artifact: aave('PoolConfigurator'), args: [], libraries, setter: 'setPoolConfiguratorImpl', nonce: 2 });
  const oracle = chain.deploy(admin, aave('AaveOracle'), [
    provider.address, sources.map(({ token }) => token.address), sources.map(({ proxy }) => proxy.address),
    NOBODY, NOBODY, BASE_UNIT,
  ]);
  chain.send(admin, provider, 'setPriceOracle', [oracle.address]);
  const dataProvider = chain.deploy(admin, aave('AaveProtocolDataProvider'), [provider.address]);
  chain.send(admin, provider, 'setPoolDataProvider', [dataProvider.address]);
  return { addressesProvider: provider, aclManager: acl, pool, configurator, oracle, protocolDataProvider: dataProvider };
}

/** The pool's token implementations and its flash loan fee: needs the pool's address. */
export function deployImplementations(chain, { admin }, { pool, configurator }) {
  chain.send(admin, configurator, 'updateFlashloanPremiumTotal', [FLASH_LOAN_PREMIUM_BPS]);
  return {
    aToken: chain.deploy(admin, aave('AToken'), [pool.address]),
    variableDebt: chain.deploy(admin, aave('VariableDebtToken'), [pool.address]),
    stableDebt: chain.deploy(admin, aave('StableDebtToken'), [pool.address]),
  };
}

export function deployStrategy(chain, { admin }, provider, [optimal, base, slope1, slope2]) {
  const ray = (bps) => BigInt(bps) * RAY_PER_BPS;
  return chain.deploy(admin, aave('DefaultReserveInterestRateStrategy'), [
    provider.address, ray(optimal), ray(base), ray(slope1), ray(slope2), ray(slope1), ray(slope2),
    ray(100), ray(800), ray(2000),
  ]);
}

/** Lists reserves: `[{asset, token}]`, in one call, as governance does. */
export function listReserves(chain, accounts, market, listings) {
  const { admin, treasury } = accounts;
  const { configurator, implementations, addressesProvider } = market;
  const inputs = listings.map(({ asset, token }) => ({
    aTokenImpl: implementations.aToken.address,
    stableDebtTokenImpl: implementations.stableDebt.address,
    variableDebtTokenImpl: implementations.variableDebt.address,
    underlyingAssetDecimals: asset.decimals,
    interestRateStrategyAddress: deployStrategy(chain, accounts, addressesProvider, asset.rates).address,
    underlyingAsset: token.address,
    treasury: treasury.address,
    incentivesController: NOBODY,
    aTokenName: `Aave devnet ${asset.symbol}`,
    aTokenSymbol: `a${asset.symbol}`,
    variableDebtTokenName: `Aave devnet variable debt ${asset.symbol}`,
    variableDebtTokenSymbol: `variableDebt${asset.symbol}`,
    stableDebtTokenName: `Aave devnet stable debt ${asset.symbol}`,
    stableDebtTokenSymbol: `stableDebt${asset.symbol}`,
    params: '0x10',
  }));
  chain.send(admin, configurator, 'initReserves', [inputs]);
  for (const { asset, token } of listings) {
    const set = (name, ...args) => chain.send(admin, configurator, name, [token.address, ...args]);
    set('configureReserveAsCollateral', asset.ltv, asset.threshold, asset.bonus);
    set('setReserveBorrowing', true);
    set('setReserveFlashLoaning', true);
    set('setReserveFactor', asset.reserveFactor);
    set('setSupplyCap', asset.supplyCap);
    set('setBorrowCap', asset.borrowCap);
    set('setLiquidationProtocolFee', LIQUIDATION_PROTOCOL_FEE_BPS);
  }
}

/** Opens the ETH-correlated category to the assets that belong in it. */
export function openEMode(chain, { admin }, { configurator }, tokens) {
  const { id, ltv, threshold, bonus, label } = E_MODE;
  chain.send(admin, configurator, 'setEModeCategory', [id, ltv, threshold, bonus, NOBODY, label]);
  for (const { symbol, eMode } of ASSETS) {
    if (eMode !== 0) chain.send(admin, configurator, 'setAssetEModeCategory', [tokens[symbol].address, eMode]);
  }
}

/** The tokens of a listed reserve. */
export async function reserveTokens(chain, { pool }, token) {
  const reserve = await chain.call(pool, 'getReserveData', [token.address]);
  return { aToken: getAddress(reserve.aTokenAddress), variableDebtToken: getAddress(reserve.variableDebtTokenAddress) };
}

function deployLibraries(chain, admin) {
  const libraries = {};
  for (const name of ['BorrowLogic', 'SupplyLogic', 'LiquidationLogic', 'EModeLogic', 'BridgeLogic', 'PoolLogic', 'ConfiguratorLogic', 'FlashLoanLogic']) {
    libraries[name] = chain.deploy(admin, aave(name), [], libraries).address;
  }
  return libraries;
}

/** The provider creates the proxies itself: the pool's first, the configurator's second. */
function deployBehindProxy(chain, admin, provider, { artifact, args, libraries, setter, nonce }) {
  const implementation = chain.deploy(admin, artifact, args, libraries);
  chain.send(admin, provider, setter, [implementation.address]);
  return new Contract(artifact.abi, getCreateAddress({ from: provider.address, nonce }));
}
