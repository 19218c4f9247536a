import { MaxUint256, dataSlice, id as hash } from 'ethers';
import { aave } from '../artifacts.mjs';
import { E_MODE, units } from '../market.mjs';

const VARIABLE = 2;
const unusedAddress = (name) => dataSlice(hash(name), 12);

/** Actions that random choices may omit, each done once, by the accounts `scripted` and `overborrower`. */

export async function walkThroughLoans(world) {
  const { chain, pool, accounts: { scripted }, tokens, reserveOf } = world;
  const act = (name, symbol, ...args) => chain.send(scripted, pool, name, [tokens[symbol].address, ...args]);
  const mine = () => chain.mine({ strict: true });
  act('supply', 'WETH', units(40, 18), scripted.address, 0);
  act('supply', 'USDC', units(50_000, 6), scripted.address, 0);
  await mine();
  act('borrow', 'USDC', units(20_000, 6), VARIABLE, 0, scripted.address);
  act('setUserUseReserveAsCollateral', 'USDC', false);
  await mine();
  act('repayWithATokens', 'USDC', units(5_000, 6), VARIABLE);
  act('repay', 'USDC', units(2_000, 6), VARIABLE, scripted.address);
  await mine();
  act('setUserUseReserveAsCollateral', 'USDC', true);
  chain.send(scripted, reserveOf.USDC.aToken, 'transfer', [scripted.address, units(1_000, 6)]);
  chain.send(scripted, reserveOf.WETH.aToken, 'transfer', [unusedAddress('first stranger'), units(2, 18)]);
  chain.send(scripted, reserveOf.WETH.aToken, 'transfer', [world.accounts.users[0].address, units(1, 18)]);
  await mine();
  act('repayWithATokens', 'USDC', MaxUint256, VARIABLE);
  act('withdraw', 'USDC', MaxUint256, scripted.address);
  await mine();
}

export async function walkThroughEMode(world) {
  const { chain, pool, accounts: { scripted }, tokens } = world;
  const act = (name, ...args) => chain.send(scripted, pool, name, args);
  act('setUserEMode', E_MODE.id);
  act('borrow', tokens.WETH.address, units(5, 18), VARIABLE, 0, scripted.address);
  await chain.mine({ strict: true });
  act('repay', tokens.WETH.address, MaxUint256, VARIABLE, scripted.address);
  act('setUserEMode', 0);
  await chain.mine({ strict: true });
}

/** The late reserve earns no interest yet, so a balance read now can be moved to the last unit. */
export async function moveWholeBalance(world) {
  const { chain, pool, accounts: { scripted }, tokens, reserveOf } = world;
  chain.send(scripted, pool, 'supply', [tokens.LINK.address, units(3_000, 18), scripted.address, 0]);
  await chain.mine({ strict: true });
  const balance = await chain.call(reserveOf.LINK.aToken, 'balanceOf', [scripted.address]);
  chain.send(scripted, reserveOf.LINK.aToken, 'transfer', [unusedAddress('second stranger'), balance]);
  await chain.mine({ strict: true });
}

export async function flashLoan(world) {
  const { chain, pool, accounts: { scripted }, deployment, tokens } = world;
  const receiver = chain.deploy(scripted, aave('MockFlashLoanSimpleReceiver'), [deployment.aave.addressesProvider]);
  chain.send(scripted, pool, 'flashLoanSimple', [receiver.address, tokens.USDC.address, units(1_000_000, 6), '0x', 0]);
  await chain.mine({ strict: true });
}

/** Borrows to the limit on one collateral, minutes before the crash, so that both markets get bad debt. */
export async function borrowToLimit(world) {
  const { chain, pool, accounts: { overborrower }, tokens } = world;
  chain.send(overborrower, pool, 'supply', [tokens.WETH.address, units(300, 18), overborrower.address, 0]);
  await chain.mine({ strict: true });
  const [{ availableUsd }] = await world.readAccounts([overborrower]);
  const amount = units(availableUsd * 0.998, 6);
  chain.send(overborrower, pool, 'borrow', [tokens.USDC.address, amount, VARIABLE, 0, overborrower.address]);
  const market = world.morphoMarkets[0];
  const collateral = units(100, 18);
  const price = await chain.call(market.oracleContract, 'price');
  const limit = (((collateral * price) / 10n ** 36n) * market.lltv) / 10n ** 18n;
  chain.send(overborrower, world.morpho, 'supplyCollateral', [market, collateral, overborrower.address, '0x']);
  chain.send(overborrower, world.morpho, 'borrow', [market, (limit * 997n) / 1000n, 0, overborrower.address, overborrower.address]);
  await chain.mine({ strict: true });
}
