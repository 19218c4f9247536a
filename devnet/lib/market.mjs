/**
 * The assets of the market. Percentages are in basis points, caps in whole tokens, rates in basis
 * points a year; `volatility` is a day's, `beta` how far the asset follows WETH.
 */
export const ASSETS = [
  { symbol: 'WETH', decimals: 18, priceUsd: 2300, ltv: 8000, threshold: 8250, bonus: 10500, reserveFactor: 1500, supplyCap: 1800000, borrowCap: 1400000, eMode: 1, rates: [8000, 0, 380, 8000], volatility: 0.028, beta: 1 },
  { symbol: 'USDC', decimals: 6, priceUsd: 1, ltv: 7700, threshold: 8000, bonus: 10450, reserveFactor: 1000, supplyCap: 1760000000, borrowCap: 1580000000, eMode: 0, rates: [9000, 0, 600, 6000], volatility: 0.0006, beta: 0 },
  { symbol: 'WBTC', decimals: 8, priceUsd: 42500, ltv: 7300, threshold: 7800, bonus: 10500, reserveFactor: 2000, supplyCap: 43000, borrowCap: 28000, eMode: 0, rates: [4500, 0, 700, 30000], volatility: 0.012, beta: 0.8 },
  { symbol: 'DAI', decimals: 18, priceUsd: 1, ltv: 6300, threshold: 7700, bonus: 10500, reserveFactor: 1000, supplyCap: 338000000, borrowCap: 271000000, eMode: 0, rates: [9000, 0, 500, 7500], volatility: 0.0008, beta: 0 },
  { symbol: 'wstETH', decimals: 18, priceUsd: 2660, ltv: 7850, threshold: 8100, bonus: 10600, reserveFactor: 1500, supplyCap: 1150000, borrowCap: 32000, eMode: 1, rates: [4500, 25, 450, 8500], volatility: 0.001, beta: 1 },
];

/** Listed in the middle of the scenario. */
export const LATE_ASSET = { symbol: 'LINK', decimals: 18, priceUsd: 15, ltv: 5300, threshold: 6800, bonus: 10700, reserveFactor: 2000, supplyCap: 15000000, borrowCap: 13000000, eMode: 0, rates: [4500, 0, 700, 30000], volatility: 0.03, beta: 1.1 };

export const ALL_ASSETS = [...ASSETS, LATE_ASSET];

export const E_MODE = { id: 1, ltv: 9300, threshold: 9500, bonus: 10100, label: 'ETH correlated' };

export const FEED_DECIMALS = 8;
export const toAnswer = (priceUsd) => BigInt(Math.round(priceUsd * 10 ** FEED_DECIMALS));

/** `tokens` in an asset's smallest unit, good to nine digits. */
export function units(tokens, decimals) {
  const digits = Math.min(decimals, 9);
  return BigInt(Math.floor(tokens * 10 ** digits)) * 10n ** BigInt(decimals - digits);
}

export const fromUnits = (amount, decimals) => Number(amount) / 10 ** decimals;
