import { units } from '../market.mjs';
import { oraclePrice } from '../deploy/morpho.mjs';

const PRICE_SCALE = 10n ** 36n;
const WAD = 10n ** 18n;
/** Morpho's virtual shares and assets, which keep a share's price bounded in an empty market. */
const VIRTUAL_SHARES = 1_000_000n;
const LLTV_CURSOR = 0.3;

/** Users of Morpho Blue: every fourth, each in one market. */
export const morphoUsers = ({ users }) => users.filter((_, i) => i % 4 === 0);
const marketOf = (world, user) => world.morphoMarkets[Math.max(0, world.accounts.users.indexOf(user)) % world.morphoMarkets.length];

export function postMorphoPrices(world, pricesUsd) {
  for (const { loan, collateral, oracleContract } of world.morphoMarkets) {
    const price = oraclePrice(world.reserveOf[collateral], world.reserveOf[loan], pricesUsd[collateral], pricesUsd[loan]);
    world.chain.send(world.accounts.admin, oracleContract, 'setPrice', [price]);
  }
}

/** Users' collateral, debt and supply in their market, computed as Morpho does except for unaccrued interest. */
async function readPositions(world, users) {
  const { chain, morpho } = world;
  const markets = users.map((user) => marketOf(world, user));
  const answers = await chain.calls(users.flatMap(({ address }, i) => [
    [morpho, 'position', [markets[i].id, address]],
    [morpho, 'market', [markets[i].id]],
    [markets[i].oracleContract, 'price'],
  ]));
  return users.map((user, i) => {
    const [position, totals, price] = answers.slice(3 * i, 3 * i + 3);
    const owed = assetsOf(position.borrowShares, totals.totalBorrowAssets, totals.totalBorrowShares);
    const lent = assetsOf(position.supplyShares, totals.totalSupplyAssets, totals.totalSupplyShares);
    const worth = (position.collateral * price) / PRICE_SCALE;
    const limit = (worth * markets[i].lltv) / WAD;
    return { user, market: markets[i], position, owed, lent, worth, limit, idle: totals.totalSupplyAssets - totals.totalBorrowAssets };
  });
}

export async function actMorpho(world, random, count) {
  for (const view of await readPositions(world, random.sample(morphoUsers(world.accounts), count))) {
    const { position, owed, limit, lent } = view;
    const debtor = position.borrowShares > 0n;
    const posted = position.collateral > 0n;
    const move = random.weighted({
      supplyCollateral: posted ? 1 : 6, borrow: posted && limit > owed ? (debtor ? 1 : 6) : 0,
      repay: debtor ? 1.5 : 0, repayShares: debtor ? 0.5 : 0,
      withdrawCollateral: posted && limit > (owed * 12n) / 10n ? 0.8 : 0,
      supply: 0.7, withdraw: lent > 0n ? 0.7 : 0, accrueInterest: 0.3, setAuthorization: 0.2,
    });
    MOVES[move](world, random, view);
  }
}

const send = (world, { user }, name, ...args) => world.chain.send(user, world.morpho, name, args);
const walletPart = (world, random, symbol) => {
  const { decimals, priceUsd } = world.reserveOf[symbol];
  return units(Math.exp(10 + random.gaussian()) / priceUsd, decimals);
};

const MOVES = {
  supplyCollateral: (world, random, view) => send(world, view, 'supplyCollateral', view.market, walletPart(world, random, view.market.collateral), view.user.address, '0x'),
  borrow: (world, random, view) => send(world, view, 'borrow', view.market, share(view.limit - view.owed, random.between(0.3, 0.98)), 0, view.user.address, view.user.address),
  repay: (world, random, view) => send(world, view, 'repay', view.market, share(view.owed, random.between(0.1, 0.6)), 0, view.user.address, '0x'),
  repayShares: (world, random, view) => send(world, view, 'repay', view.market, 0, view.position.borrowShares, view.user.address, '0x'),
  withdrawCollateral: (world, random, view) => send(world, view, 'withdrawCollateral', view.market, view.owed === 0n ? view.position.collateral : share(view.position.collateral, random.between(0.02, 0.1)), view.user.address, view.user.address),
  supply: (world, random, view) => send(world, view, 'supply', view.market, walletPart(world, random, view.market.loan), 0, view.user.address, '0x'),
  withdraw: (world, random, view) => send(world, view, 'withdraw', view.market, 0, random.chance(0.4) ? view.position.supplyShares : share(view.position.supplyShares, random.between(0.1, 0.8)), view.user.address, view.user.address),
  accrueInterest: (world, random, view) => send(world, view, 'accrueInterest', view.market),
  setAuthorization: (world, random, view) => send(world, view, 'setAuthorization', world.accounts.morphoLiquidator.address, random.chance(0.6)),
};

/** Liquidates: the whole debt where the collateral covers it, else all collateral, which leaves bad debt. */
export async function liquidateMorpho(world, random) {
  const views = await readPositions(world, [...morphoUsers(world.accounts), world.accounts.overborrower]);
  const unhealthy = views.filter(({ owed, limit }) => owed > limit);
  for (const { user, market, position, owed, worth } of unhealthy) {
    const incentive = 1 / (1 - LLTV_CURSOR * (1 - Number(market.lltv) / 1e18));
    const covered = Number(owed) * incentive < Number(worth) * 0.999;
    const repaidShares = covered ? share(position.borrowShares, random.chance(0.5) ? 0.99 : random.between(0.3, 0.8)) : 0n;
    const seizedAssets = covered ? 0n : position.collateral;
    world.chain.send(world.accounts.morphoLiquidator, world.morpho, 'liquidate', [market, user.address, seizedAssets, repaidShares, '0x']);
  }
  return unhealthy.length;
}

const assetsOf = (shares, assets, totalShares) => (shares * (assets + 1n)) / (totalShares + VIRTUAL_SHARES);
const share = (amount, portion) => (amount * BigInt(Math.floor(portion * 1e6))) / 1_000_000n;
