import { ALL_ASSETS } from '../market.mjs';

/** Time as a share of the scenario, and WETH's price as a share of its first: calm, crash, recovery. */
const WETH_SHAPE = [
  [0, 1], [0.2, 1.04], [0.4, 1.08], [0.47, 0.97], [0.4999, 0.9], [0.5, 0.68], [0.54, 0.6], [0.6, 0.64],
  [0.8, 0.86], [1, 0.92],
];
const DEPEG = [[0, 1], [0.495, 1], [0.5, 0.93], [0.56, 0.945], [0.62, 0.995], [1, 1]];
const STAKING_YIELD = 0.035;
const HOURS_PER_YEAR = 8766;
/** The decay of the noise, per hour. */
const REVERSION = 0.05;

export const CRASH_AT = 0.5;

/** Hourly prices of every asset, `{symbol: dollars}` per hour. */
export function pricePath(random, hours) {
  const noise = Object.fromEntries(ALL_ASSETS.map(({ symbol }) => [symbol, 0]));
  return Array.from({ length: hours + 1 }, (_, hour) => {
    const time = hour / hours;
    const prices = {};
    for (const { symbol, priceUsd, volatility, beta } of ALL_ASSETS) {
      noise[symbol] += -REVERSION * noise[symbol] + (volatility / Math.sqrt(24)) * random.gaussian();
      prices[symbol] = priceUsd * along(WETH_SHAPE, time) ** beta * Math.exp(noise[symbol]);
    }
    const staked = Math.exp((STAKING_YIELD * hour) / HOURS_PER_YEAR) * along(DEPEG, time);
    prices.wstETH *= Math.exp(noise.WETH) * staked;
    return prices;
  });
}

/** Prices a step later, for a chain that continues after the scenario. */
export function nextPrices(random, pricesUsd) {
  const shock = random.chance(0.04) ? -random.between(0.03, 0.09) : 0;
  const common = shock + 0.004 * random.gaussian();
  return Object.fromEntries(ALL_ASSETS.filter(({ symbol }) => pricesUsd[symbol]).map(({ symbol, volatility, beta }) => [
    symbol, pricesUsd[symbol] * Math.exp(beta * common + (volatility / 10) * random.gaussian()),
  ]));
}

function along(curve, time) {
  const after = curve.findIndex(([at]) => at >= time);
  if (after <= 0) return curve[0][1];
  const [[t0, v0], [t1, v1]] = [curve[after - 1], curve[after]];
  return v0 + ((v1 - v0) * (time - t0)) / (t1 - t0);
}
