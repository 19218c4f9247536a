import { getAddress } from 'ethers';

export const MNEMONIC = 'test test test test test test test test test test test junk';

/** The roles of the node's first accounts; the rest are users. */
const ROLES = [
  'admin', 'riskAdmin', 'oracle0', 'oracle1', 'oracle2', 'liquidator', 'aTokenLiquidator',
  'arbitrageur', 'lp0', 'lp1', 'lp2', 'trader', 'treasury', 'lender', 'morphoLiquidator',
  'scripted', 'overborrower',
];

export const accountCount = (userCount) => ROLES.length + userCount;

/** All accounts, `{admin, riskAdmin, ..., users: [...]}`. The node has their keys. */
export async function openAccounts(rpc) {
  const addresses = await rpc.request('eth_accounts');
  const all = addresses.map((address) => ({ address: getAddress(address), nonce: 0 }));
  const accounts = Object.fromEntries(ROLES.map((role, index) => [role, all[index]]));
  accounts.users = all.slice(ROLES.length);
  return accounts;
}
