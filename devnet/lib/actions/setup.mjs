import { MaxUint256 } from 'ethers';
import { ALL_ASSETS, units } from '../market.mjs';
import { assetsOf, profileOf } from './profiles.mjs';

const LENDER_USD = 60e6;
const SERVICE_USD = 400e6;

/** Gives every account tokens and approvals, in several blocks. */
export async function fillWallets(world, random) {
  const { chain, accounts } = world;
  const everything = Object.keys(world.tokens);
  for (const [i, user] of accounts.users.entries()) {
    const walletUsd = Math.min(5e6, Math.exp(11.8 + 1.1 * random.gaussian()));
    const onMorpho = i % 4 === 0;
    const symbols = new Set([...assetsOf(profileOf(accounts.users, user)), ...(onMorpho ? ['WETH', 'USDC', 'wstETH', 'WBTC'] : [])]);
    equip(world, user, { symbols, usd: walletUsd, spenders: [world.pool, ...(onMorpho ? [world.morpho] : [])] });
    if (i % 20 === 19) await chain.mine();
  }
  const { router, positions, pool, morpho } = world;
  for (const name of ['liquidator', 'aTokenLiquidator', 'lender', 'scripted', 'overborrower', 'morphoLiquidator']) {
    equip(world, accounts[name], { symbols: everything, usd: SERVICE_USD, spenders: [pool, morpho] });
  }
  for (const name of ['arbitrageur', 'lp0', 'lp1', 'lp2', 'trader']) {
    equip(world, accounts[name], { symbols: ['WETH', 'USDC', 'WBTC'], usd: SERVICE_USD, spenders: [router, positions] });
  }
  await chain.mine({ strict: true });
}

/** The lender's deposits, so that every reserve has liquidity. */
export async function seedLiquidity(world) {
  const { chain, accounts } = world;
  const { lender } = accounts;
  for (const { token, decimals, priceUsd } of world.reserves) {
    chain.send(lender, world.pool, 'supply', [token.address, units(LENDER_USD / priceUsd, decimals), lender.address, 0]);
  }
  for (const market of world.morphoMarkets) {
    const { decimals, priceUsd } = world.reserveOf[market.loan];
    chain.send(lender, world.morpho, 'supply', [market, units(LENDER_USD / 4 / priceUsd, decimals), 0, lender.address, '0x']);
  }
  await chain.mine({ strict: true });
}

function equip({ chain, tokens, accounts }, owner, { symbols, usd, spenders }) {
  for (const symbol of symbols) {
    const { decimals, priceUsd } = ALL_ASSETS.find((asset) => asset.symbol === symbol);
    chain.send(accounts.admin, tokens[symbol], 'mint(address,uint256)', [owner.address, units(usd / priceUsd, decimals)]);
    for (const { address } of spenders) chain.send(owner, tokens[symbol], 'approve', [address, MaxUint256]);
  }
}
