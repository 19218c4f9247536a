/** Prices and ticks of Uniswap v3: a pool's price is token1 per token0, in smallest units. */

export const FULL_RANGE_TICK = 887272;
const Q96 = 2n ** 96n;

/** The square root, Q64.96, of a price in smallest units. */
export function sqrtPriceX96(price) {
  const root = Math.sqrt(price);
  // Twelve digits on either side of the point keep both very small and very large prices exact enough.
  const scale = root < 1 ? 10 ** 24 : 10 ** 12;
  return (BigInt(Math.round(root * scale)) * Q96) / BigInt(scale);
}

export const priceOfSqrt = (sqrtX96) => (Number(sqrtX96) / Number(Q96)) ** 2;

/** The usable tick nearest below a price. */
export function tickAt(price, spacing) {
  return Math.floor(Math.log(price) / Math.log(1.0001) / spacing) * spacing;
}

export const fullRange = (spacing) => Math.floor(FULL_RANGE_TICK / spacing) * spacing;

/** Token1 per token0 in smallest units, from both prices in dollars. */
export function poolPrice(asset0, asset1, usd0, usd1) {
  return (usd0 / usd1) * 10 ** (asset1.decimals - asset0.decimals);
}
