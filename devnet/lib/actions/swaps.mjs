import { ALL_ASSETS, units } from '../market.mjs';
import { fullRange, poolPrice, priceOfSqrt, sqrtPriceX96, tickAt } from '../uniswap-math.mjs';

const FOREVER = 2n ** 40n;
const U128_MAX = 2n ** 128n - 1n;
const ARBITRAGE_GAP = 0.002;
const LADDER_STEPS = 5;
const LADDER_STEP_USD = 40_000;
const definition = (symbol) => ALL_ASSETS.find((asset) => asset.symbol === symbol);

/** Moves each pool to the price of the feeds. */
export async function arbitrage(world, pricesUsd) {
  const slots = await world.chain.calls(world.swapPools.map(({ contract }) => [contract, 'slot0']));
  for (const [i, pool] of world.swapPools.entries()) {
    const { sqrtPriceX96: current } = slots[i];
    const target = poolPrice(definition(pool.symbol0), definition(pool.symbol1), pricesUsd[pool.symbol0], pricesUsd[pool.symbol1]);
    if (Math.abs(target / priceOfSqrt(current) - 1) < ARBITRAGE_GAP) continue;
    const limit = sqrtPriceX96(target);
    const selling = limit < current ? pool.symbol0 : pool.symbol1;
    swap(world, world.accounts.arbitrageur, pool, { selling, usd: 60e6, pricesUsd, limit });
  }
}

/** A few swaps in both directions, from small ones to ones that cross many ticks. */
export function trade(world, random, pricesUsd, count) {
  for (let i = 0; i < count; i++) {
    const pool = random.chance(0.75) ? world.swapPools[0] : world.swapPools[1];
    const selling = random.chance(0.5) ? pool.symbol0 : pool.symbol1;
    const usd = Math.min(1.5e6, Math.exp(10 + 1.5 * random.gaussian()));
    swap(world, world.accounts.trader, pool, { selling, usd, pricesUsd, limit: 0n });
  }
}

function swap(world, trader, pool, { selling, usd, pricesUsd, limit }) {
  const [tokenIn, tokenOut] = selling === pool.symbol0 ? [pool.token0, pool.token1] : [pool.token1, pool.token0];
  world.chain.send(trader, world.router, 'exactInputSingle', [{
    tokenIn, tokenOut, fee: pool.fee, recipient: trader.address, deadline: FOREVER,
    amountIn: units(usd / pricesUsd[selling], definition(selling).decimals), amountOutMinimum: 0n, sqrtPriceLimitX96: limit,
  }]);
}

/** One position of `usd` dollars, `width` (0.2: twenty per cent) either way of the price, or everywhere. */
export function addPosition(world, lp, pool, { usd, width, pricesUsd }) {
  const [low, high] = width === Infinity ? [0, Infinity] : [1 / (1 + width), 1 + width];
  addRange(world, lp, pool, { low, high, usd, pricesUsd });
}

/** One position from `low` to `high` times the price. */
function addRange(world, lp, pool, { low, high, usd, pricesUsd }) {
  const price = poolPrice(definition(pool.symbol0), definition(pool.symbol1), pricesUsd[pool.symbol0], pricesUsd[pool.symbol1]);
  const edge = fullRange(pool.tickSpacing);
  const tickLower = low === 0 ? -edge : tickAt(price * low, pool.tickSpacing);
  const tickUpper = high === Infinity ? edge : tickAt(price * high, pool.tickSpacing) + pool.tickSpacing;
  const desired = (symbol) => units(usd / 2 / pricesUsd[symbol], definition(symbol).decimals);
  world.chain.send(lp, world.positions, 'mint', [{
    token0: pool.token0, token1: pool.token1, fee: pool.fee, tickLower, tickUpper,
    amount0Desired: desired(pool.symbol0), amount1Desired: desired(pool.symbol1),
    amount0Min: 0n, amount1Min: 0n, recipient: lp.address, deadline: FOREVER,
  }]);
}

/** Steps of one per cent on both sides of the price, so that a large swap crosses a tick at each. */
export async function addLadders(world, { pricesUsd }) {
  for (const pool of world.swapPools) {
    for (let step = 1; step <= LADDER_STEPS; step++) {
      const range = { low: 1.01 ** step, high: 1.01 ** (step + 1), usd: LADDER_STEP_USD, pricesUsd };
      addRange(world, world.accounts.lp0, pool, range);
      addRange(world, world.accounts.lp0, pool, { ...range, low: 1 / range.high, high: 1 / range.low });
    }
  }
  await world.chain.mine({ strict: true });
}

/** The pools' first depth: a wide base and steps towards the price. */
export async function seedPools(world, pricesUsd) {
  const { lp0, lp1, lp2 } = world.accounts;
  for (const [i, pool] of world.swapPools.entries()) {
    const scale = i === 0 ? 1 : 0.4;
    addPosition(world, lp0, pool, { usd: 12e6 * scale, width: Infinity, pricesUsd });
    addPosition(world, lp1, pool, { usd: 4e6 * scale, width: 0.6, pricesUsd });
    addPosition(world, lp1, pool, { usd: 2e6 * scale, width: 0.2, pricesUsd });
    addPosition(world, lp2, pool, { usd: 0.3e6 * scale, width: 0.05, pricesUsd });
  }
  await world.chain.mine({ strict: true });
}

/** One liquidity provider does one thing: adds, trims, collects, or closes and moves to the price. */
export async function provide(world, random, pricesUsd) {
  const { chain, positions, accounts } = world;
  const lp = random.pick([accounts.lp1, accounts.lp2]);
  const pool = random.chance(0.7) ? world.swapPools[0] : world.swapPools[1];
  const held = Number(await chain.call(positions, 'balanceOf', [lp.address]));
  const move = random.weighted({ mint: held < 12 ? 2 : 0.2, increase: held && 1, trim: held && 1, collect: held && 1, move: held > 2 ? 2 : 0 });
  if (move === 'mint') return addPosition(world, lp, pool, { usd: random.between(0.05e6, 0.4e6), width: random.pick([0.03, 0.06, 0.12, 0.3]), pricesUsd });
  const tokenId = await chain.call(positions, 'tokenOfOwnerByIndex', [lp.address, random.int(0, held - 1)]);
  const { liquidity, token0 } = await chain.call(positions, 'positions', [tokenId]);
  const own = world.swapPools.find((one) => one.token0.toLowerCase() === token0);
  const collect = () => chain.send(lp, positions, 'collect', [{ tokenId, recipient: lp.address, amount0Max: U128_MAX, amount1Max: U128_MAX }]);
  const decrease = (amount) => chain.send(lp, positions, 'decreaseLiquidity', [{ tokenId, liquidity: amount, amount0Min: 0n, amount1Min: 0n, deadline: FOREVER }]);
  if (move === 'increase') {
    const desired = (symbol) => units(random.between(2e4, 1e5) / pricesUsd[symbol], definition(symbol).decimals);
    chain.send(lp, positions, 'increaseLiquidity', [{ tokenId, amount0Desired: desired(own.symbol0), amount1Desired: desired(own.symbol1), amount0Min: 0n, amount1Min: 0n, deadline: FOREVER }]);
  } else if (move === 'trim') {
    decrease(liquidity / BigInt(random.int(3, 8)));
  } else if (move === 'collect') {
    collect();
  } else {
    decrease(liquidity);
    collect();
    chain.send(lp, positions, 'burn', [tokenId]);
    addPosition(world, lp, own, { usd: random.between(0.1e6, 0.8e6), width: random.pick([0.05, 0.1, 0.2, 0.4]), pricesUsd });
  }
}
