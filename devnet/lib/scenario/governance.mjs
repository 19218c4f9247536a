import { deployStrategy, listReserves } from '../deploy/aave.mjs';
import { deployFeed, describeReserve } from '../deploy/deploy.mjs';
import { E_MODE, LATE_ASSET } from '../market.mjs';

const NOBODY = '0x0000000000000000000000000000000000000000';
const DEAR_RATES = [9000, 0, 900, 7500];

/** Actions of the market's administrators; each runs once, in blocks without failed transactions. */

export async function tuneCapsAndFees(world) {
  const set = setter(world);
  set('WETH', 'setSupplyCap', 2_000_000);
  set('USDC', 'setBorrowCap', 1_700_000_000);
  set('WETH', 'setReserveFactor', 2000);
  set('WBTC', 'setLiquidationProtocolFee', 1500);
  await world.chain.mine({ strict: true });
}

export async function listLateReserve(world, { pricesUsd }) {
  const { chain, accounts, deployment, tokens } = world;
  const { symbol } = LATE_ASSET;
  const { aggregator, proxy } = await deployFeed(chain, accounts, { symbol, priceUsd: pricesUsd[symbol], link: tokens.LINK.address });
  const answersFrom = await chain.mine({ strict: true });
  chain.send(accounts.admin, world.oracle, 'setAssetSources', [[tokens[symbol].address], [proxy.address]]);
  const pricedFrom = await chain.mine({ strict: true });
  const implementations = Object.fromEntries(
    Object.entries(deployment.aave.implementations).map(([name, address]) => [name, { address }]),
  );
  const market = { configurator: world.configurator, pool: world.pool, addressesProvider: { address: deployment.aave.addressesProvider }, implementations };
  listReserves(chain, accounts, market, [{ asset: LATE_ASSET, token: tokens[symbol] }]);
  const listedAtBlock = await chain.mine({ strict: true });
  const source = { proxy: proxy.address, fromBlock: pricedFrom, aggregators: [{ address: aggregator.address, fromBlock: answersFrom }] };
  deployment.aave.reserves.push(await describeReserve(chain, market, { asset: LATE_ASSET, token: tokens[symbol], listedAtBlock, source }));
  world.refreshReserves();
  await world.refreshFeeds();
  const { lender } = accounts;
  chain.send(lender, world.pool, 'supply', [tokens[symbol].address, 2_000_000n * 10n ** 18n, lender.address, 0]);
  await chain.mine({ strict: true });
}

export async function freeze(world) {
  setter(world)('DAI', 'setReserveFreeze', true);
  await world.chain.mine({ strict: true });
}

export async function unfreeze(world) {
  setter(world)('DAI', 'setReserveFreeze', false);
  await world.chain.mine({ strict: true });
}

export async function tightenCollateral(world) {
  const set = setter(world);
  set('WETH', 'configureReserveAsCollateral', 7700, 8000, 10500);
  set('LINK', 'configureReserveAsCollateral', 5000, 6500, 10750);
  set('wstETH', 'setLiquidationProtocolFee', 2000);
  await world.chain.mine({ strict: true });
}

export async function changeEMode(world) {
  const { id, label } = E_MODE;
  world.chain.send(world.accounts.riskAdmin, world.configurator, 'setEModeCategory', [id, 9000, 9300, 10200, NOBODY, label]);
  await world.chain.mine({ strict: true });
}

export async function changeRates(world) {
  const { chain, accounts, deployment } = world;
  const strategy = deployStrategy(chain, accounts, { address: deployment.aave.addressesProvider }, DEAR_RATES);
  setter(world)('USDC', 'setReserveInterestRateStrategyAddress', strategy.address);
  await chain.mine({ strict: true });
}

export async function pauseBorrowing(world) {
  setter(world)('DAI', 'setReserveBorrowing', false);
  await world.chain.mine({ strict: true });
}

export async function resumeBorrowing(world) {
  const set = setter(world);
  set('DAI', 'setReserveBorrowing', true);
  set('WETH', 'configureReserveAsCollateral', 8000, 8250, 10500);
  await world.chain.mine({ strict: true });
}

export async function mintToTreasury(world) {
  const { chain, accounts, pool, reserves } = world;
  chain.send(accounts.admin, pool, 'mintToTreasury', [reserves.map(({ token }) => token.address)]);
  await chain.mine({ strict: true });
}

const setter = ({ chain, accounts, configurator, tokens }) => (symbol, name, ...args) =>
  chain.send(accounts.riskAdmin, configurator, name, [tokens[symbol].address, ...args]);
