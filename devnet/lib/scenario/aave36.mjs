import { MaxUint256, dataSlice, id as hash } from 'ethers';
import { postPrices } from '../actions/feeds.mjs';
import { ASSETS_36, deployAave36 } from '../deploy/aave36.mjs';
import { ALL_ASSETS, units } from '../market.mjs';
import { Stage } from './aave36-stage.mjs';

const HOUR_S = 3600;
const DAY_S = 24 * HOUR_S;
const PURSE_USD = 5e6;
const QUIET_DAYS = 14;
/** Each price as a share of its first, by step of the crash; the last step is the recovery. */
const CRASH = [{ WETH: 0.9, wstETH: 0.88 }, { WETH: 0.78, wstETH: 0.68 }, { WETH: 1, wstETH: 1 }];

/**
 * The second market's history, after the first market's: its accounts are some of the first
 * market's users. Returns its entry of `deployment.json`.
 */
export async function runAave36(world) {
  const { chain, accounts, tokens } = world;
  const proxies = Object.fromEntries(world.feeds.map(({ symbol, proxy }) => [symbol, proxy]));
  const sources = Object.fromEntries(ASSETS_36.map(({ symbol }) => [symbol, { token: tokens[symbol], proxy: proxies[symbol] }]));
  const market = await deployAave36(chain, accounts, sources);
  const stage = new Stage(world, market);
  await open(stage);
  await tuneAndFreeze(stage);
  await actOrdinarily(stage);
  await walkThroughTokens(stage);
  await walkThroughEModes(stage);
  await crash(stage);
  await close(stage);
  return describe(market, stage);
}

async function open(stage) {
  const { world, chain, market } = stage;
  for (const name of Object.keys(stage.actors)) {
    for (const { symbol } of ASSETS_36) {
      const { decimals, priceUsd } = ALL_ASSETS.find((asset) => asset.symbol === symbol);
      const owner = stage.actors[name];
      chain.send(world.accounts.admin, world.tokens[symbol], 'mint(address,uint256)', [owner.address, units(PURSE_USD / priceUsd, decimals)]);
      chain.send(owner, world.tokens[symbol], 'approve', [market.pool.address, MaxUint256]);
    }
  }
  await stage.mine();
  stage.supply('lender', 'WETH', stage.odd(400, 'WETH'));
  stage.supply('lender', 'USDC', stage.odd(900_000, 'USDC'));
  stage.supply('lender', 'wstETH', stage.odd(120, 'wstETH'));
  await stage.mine();
  stage.supply('saver', 'USDC', stage.odd(61_234.5, 'USDC'));
  stage.supply('saver', 'WETH', stage.odd(7.77, 'WETH'));
  stage.supply('long', 'WETH', stage.odd(210.3, 'WETH'));
  stage.supply('long', 'wstETH', 7n);
  stage.supply('looper', 'wstETH', stage.odd(80.1, 'wstETH'));
  stage.supply('looper', 'USDC', stage.odd(3_333.3, 'USDC'));
  stage.supply('short', 'USDC', stage.odd(400_000, 'USDC'));
  await stage.mine();
  stage.pool('looper', 'setUserEMode', 1);
  stage.borrow('looper', 'WETH', stage.odd(79, 'WETH'));
  stage.borrow('long', 'USDC', stage.odd(190_000, 'USDC'));
  stage.borrow('short', 'WETH', stage.odd(95, 'WETH'));
  stage.borrow('short', 'wstETH', stage.odd(11, 'wstETH'));
  await stage.mine();
}

/** Caps and fees; wstETH is frozen, its ltv changed meanwhile, and unfrozen, which restores its ltv. */
async function tuneAndFreeze(stage) {
  const wstETH = stage.token('wstETH');
  stage.govern('setSupplyCap', stage.token('WETH'), 61_000);
  stage.govern('setBorrowCap', stage.token('USDC'), 71_000_000);
  stage.govern('setReserveFactor', stage.token('USDC'), 1250);
  stage.govern('setLiquidationProtocolFee', wstETH, 1370);
  await stage.mine(DAY_S);
  stage.govern('setReserveFreeze', wstETH, true);
  await stage.mine(HOUR_S);
  stage.govern('configureReserveAsCollateral', wstETH, 7800, 8100, 10600);
  stage.withdraw('lender', 'wstETH', stage.odd(1.3, 'wstETH'));
  await stage.mine(HOUR_S);
  stage.govern('setReserveFreeze', wstETH, false);
  stage.govern('setReserveLtvzero', wstETH, false);
  for (const id of [1, 2]) stage.govern('setAssetLtvzeroInEMode', wstETH, id, false);
  await stage.mine(HOUR_S);
}

/** Two or three days per block, odd amounts, large and tiny. */
async function actOrdinarily(stage) {
  const { random } = stage;
  const tiny = () => BigInt(random.int(2, 9));
  for (let i = 0; i < QUIET_DAYS; i++) {
    stage.supply('saver', 'USDC', random.chance(0.4) ? tiny() : stage.odd(random.between(1, 900), 'USDC'));
    stage.withdraw('saver', 'WETH', random.chance(0.4) ? 1n : stage.odd(random.between(0.001, 0.2), 'WETH'));
    stage.borrow('long', 'USDC', random.chance(0.4) ? 1n : stage.odd(random.between(1, 2000), 'USDC'));
    stage.repay('long', 'USDC', random.chance(0.4) ? tiny() : stage.odd(random.between(1, 3000), 'USDC'));
    stage.repay('short', 'WETH', random.chance(0.4) ? tiny() : stage.odd(random.between(0.01, 3), 'WETH'));
    stage.borrow('short', 'wstETH', random.chance(0.4) ? 1n : stage.odd(random.between(0.001, 0.2), 'wstETH'));
    stage.transfer('long', 'WETH', random.pick(['saver', 'short', 'long']), random.chance(0.4) ? 1n : stage.odd(random.between(0.001, 1), 'WETH'));
    await stage.mine(random.int(2 * DAY_S, 3 * DAY_S) | 1);
  }
}

/** aTokens to others, to oneself, to strangers, and to the last unit; loans by and for others. */
async function walkThroughTokens(stage) {
  const { chain, market, actors } = stage;
  const stranger = (name) => dataSlice(hash(`36 ${name}`), 12);
  stage.supply('halved', 'USDC', stage.odd(5_000, 'USDC'), 'seized');
  stage.transfer('saver', 'USDC', 'saver', stage.odd(17, 'USDC'));
  stage.transfer('saver', 'USDC', stranger('first'), stage.odd(29.5, 'USDC'));
  stage.transfer('long', 'wstETH', stranger('second'), 2n);
  await stage.mine(HOUR_S + 1);
  const whole = await stage.balanceAfter(DAY_S + 1, 'seized', 'USDC');
  stage.transfer('seized', 'USDC', 'saver', whole);
  chain.send(actors.long, market.reserves.USDC.debtToken, 'approveDelegation', [actors.saver.address, stage.odd(5_000, 'USDC')]);
  await stage.mine(DAY_S + 1);
  stage.borrow('saver', 'USDC', stage.odd(4_321.1, 'USDC'), 'long');
  stage.repay('lender', 'wstETH', stage.odd(0.7, 'wstETH'), 'short');
  stage.withdraw('saver', 'USDC', stage.odd(11_111, 'USDC'), 'lender');
  await stage.mine(DAY_S + 7);
  stage.supply('long', 'USDC', stage.odd(9_000, 'USDC'));
  stage.collateral('long', 'USDC', false);
  stage.repayWithATokens('long', 'USDC', stage.odd(1_234, 'USDC'));
  await stage.mine(DAY_S + 3);
  stage.collateral('long', 'USDC', true);
  stage.repayWithATokens('long', 'USDC', MaxUint256);
  stage.pool('saver', 'approvePositionManager', actors.lender.address, true);
  await stage.mine(DAY_S + 5);
  stage.pool('lender', 'setUserUseReserveAsCollateralOnBehalfOf', stage.token('USDC'), false, actors.saver.address);
  stage.repay('short', 'wstETH', MaxUint256);
  stage.withdraw('saver', 'WETH', MaxUint256);
  await stage.mine(DAY_S + 11);
}

/** Category 2 loses an asset as collateral and another as debt; two accounts pass through it. */
async function walkThroughEModes(stage) {
  stage.supply('saver', 'WETH', stage.odd(3, 'WETH'));
  stage.supply('saver', 'wstETH', stage.odd(1.5, 'wstETH'));
  stage.pool('saver', 'setUserEMode', 2);
  stage.borrow('saver', 'USDC', stage.odd(3_000, 'USDC'));
  stage.pool('long', 'setUserEMode', 2);
  await stage.mine(HOUR_S);
  stage.govern('setAssetCollateralInEMode', stage.token('wstETH'), 2, false);
  stage.govern('setAssetBorrowableInEMode', stage.token('WETH'), 2, false);
  stage.govern('setEModeCategory', 2, 8100, 8600, 10300, 'ETH for USDC');
  await stage.mine(HOUR_S);
  stage.pool('long', 'setUserEMode', 0);
  stage.repay('saver', 'USDC', MaxUint256);
  stage.pool('saver', 'setUserEMode', 0);
  stage.pool('saver', 'setUserEMode', 2);
  await stage.mine(DAY_S);
}

/**
 * Prices fall in two steps and come back. One account loses half of its loan, one pays in aTokens,
 * two are left with bad debt.
 */
async function crash(stage) {
  const { world, random } = stage;
  const before = await world.pricesUsd();
  await borrowToTheLimit(stage, before);
  for (const [step, fall] of CRASH.entries()) {
    const prices = Object.fromEntries(Object.entries(before).map(([symbol, price]) => [symbol, price * (fall[symbol] ?? 1)]));
    await postPrices(world, random, prices, { always: true });
    await stage.mine(HOUR_S);
    if (step === 1) await liquidate(stage);
  }
}

async function borrowToTheLimit(stage, prices) {
  const ratio = (symbol) => prices[symbol] / prices.WETH;
  stage.supply('halved', 'WETH', stage.odd(20, 'WETH'));
  stage.supply('seized', 'wstETH', stage.odd(15, 'wstETH'));
  stage.pool('ruined', 'setUserEMode', 1);
  stage.supply('ruined', 'wstETH', stage.odd(9, 'wstETH'));
  stage.supply('ruinedTwice', 'WETH', stage.odd(12, 'WETH'));
  await stage.mine();
  stage.borrow('halved', 'USDC', stage.odd(20 * 0.655 * prices.WETH, 'USDC'));
  stage.borrow('seized', 'USDC', stage.odd(15 * 0.56 * prices.wstETH, 'USDC'));
  stage.borrow('ruined', 'WETH', stage.odd(9 * 0.925 * ratio('wstETH'), 'WETH'));
  stage.borrow('ruinedTwice', 'USDC', stage.odd(12 * 0.755 * prices.WETH, 'USDC'));
  stage.borrow('ruinedTwice', 'wstETH', stage.odd((12 * 0.04) / ratio('wstETH'), 'wstETH'));
  await stage.mine(DAY_S);
}

async function liquidate(stage) {
  stage.liquidate('liquidator', 'halved', { collateral: 'WETH', debt: 'USDC' });
  stage.liquidate('aTokenLiquidator', 'seized', { collateral: 'wstETH', debt: 'USDC', receiveAToken: true });
  stage.liquidate('liquidator', 'ruined', { collateral: 'wstETH', debt: 'WETH' });
  await stage.mine();
  stage.liquidate('aTokenLiquidator', 'ruinedTwice', { collateral: 'WETH', debt: 'USDC', receiveAToken: true });
  stage.liquidate('liquidator', 'looper', { collateral: 'wstETH', debt: 'WETH', amount: stage.odd(5, 'WETH') });
  await stage.mine();
}

/** The treasury is paid, part of a deficit covered, and some accounts withdraw everything. */
async function close(stage) {
  const { chain, world, market } = stage;
  chain.send(world.accounts.admin, market.pool, 'mintToTreasury', [ASSETS_36.map(({ symbol }) => stage.token(symbol))]);
  stage.pool('lender', 'eliminateReserveDeficit', stage.token('WETH'), stage.odd(0.01, 'WETH'));
  await stage.mine(DAY_S + 13);
  stage.pool('lender', 'eliminateReserveDeficit', stage.token('USDC'), MaxUint256);
  stage.repay('looper', 'WETH', MaxUint256);
  stage.pool('looper', 'setUserEMode', 0);
  stage.repay('long', 'USDC', MaxUint256);
  stage.withdraw('aTokenLiquidator', 'wstETH', MaxUint256);
  await stage.mine(2 * DAY_S + 1);
  const whole = await stage.balanceAfter(3 * DAY_S, 'looper', 'wstETH');
  stage.transfer('looper', 'wstETH', 'short', whole);
  stage.withdraw('long', 'WETH', MaxUint256);
  await stage.mine(3 * DAY_S);
  stage.repay('short', 'WETH', stage.odd(1, 'WETH'));
  stage.supply('saver', 'wstETH', stage.odd(2.2, 'wstETH'));
  await stage.mine(HOUR_S + 1);
}

function describe(market, { actors }) {
  const { addressesProvider, aclManager, pool, configurator, oracle, rateStrategy, fromBlock, listedAtBlock } = market;
  const addresses = (contracts) => Object.fromEntries(Object.entries(contracts).map(([name, { address }]) => [name, address]));
  return {
    ...addresses({ addressesProvider, aclManager, pool, configurator, oracle, rateStrategy }),
    fromBlock,
    reserves: Object.entries(market.reserves).map(([symbol, { token, aToken, debtToken }]) => ({
      symbol, ...addresses({ token, aToken, variableDebtToken: debtToken }), listedAtBlock,
    })),
    actors: addresses(actors),
  };
}
