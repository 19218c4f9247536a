/** Users' behaviour: collateral, debt, and how close to the limit they borrow. */
const PROFILES = [
  { name: 'saver', collateral: ['USDC', 'DAI', 'WETH'], debt: [], draw: [0, 0], careful: true },
  { name: 'ethLong', collateral: ['WETH'], debt: ['USDC', 'DAI'], draw: [0.55, 0.97], careful: true },
  { name: 'btcLong', collateral: ['WBTC'], debt: ['USDC', 'WETH'], draw: [0.4, 0.95], careful: true },
  { name: 'looper', collateral: ['wstETH'], debt: ['WETH'], draw: [0.85, 0.99], careful: false },
  { name: 'ethShort', collateral: ['USDC', 'DAI'], debt: ['WETH', 'WBTC', 'wstETH'], draw: [0.4, 0.9], careful: true },
  { name: 'gambler', collateral: ['WETH', 'WBTC', 'LINK', 'USDC'], debt: ['USDC', 'DAI', 'LINK'], draw: [0.8, 0.99], careful: false },
];

export const profileOf = (users, user) => PROFILES[users.indexOf(user) % PROFILES.length];

export const assetsOf = ({ collateral, debt }) => [...new Set([...collateral, ...debt])];
