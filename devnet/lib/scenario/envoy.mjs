import { MaxUint256, dataSlice, id as hash } from 'ethers';
import { aave } from '../artifacts.mjs';
import { E_MODE, units } from '../market.mjs';

const VARIABLE = 2;
const stranger = (name) => dataSlice(hash(name), 12);

/** Actions that random choices may omit, done once each by an account of their own. */

export async function walkThroughLoans(world) {
  const { chain, pool, accounts: { envoy }, tokens, reserveOf } = world;
  const act = (name, symbol, ...args) => chain.send(envoy, pool, name, [tokens[symbol].address, ...args]);
  const mine = () => chain.mine({ strict: true });
  act('supply', 'WETH', units(40, 18), envoy.address, 0);
  act('supply', 'USDC', units(50_000, 6), envoy.address, 0);
  await mine();
  act('borrow', 'USDC', units(20_000, 6), VARIABLE, 0, envoy.address);
  act('setUserUseReserveAsCollateral', 'USDC', false);
  await mine();
  act('repayWithATokens', 'USDC', units(5_000, 6), VARIABLE);
  act('repay', 'USDC', units(2_000, 6), VARIABLE, envoy.address);
  await mine();
  act('setUserUseReserveAsCollateral', 'USDC', true);
  chain.send(envoy, reserveOf.USDC.aToken, 'transfer', [envoy.address, units(1_000, 6)]);
  chain.send(envoy, reserveOf.WETH.aToken, 'transfer', [stranger('first stranger'), units(2, 18)]);
  chain.send(envoy, reserveOf.WETH.aToken, 'transfer', [world.accounts.users[0].address, units(1, 18)]);
  await mine();
  act('repayWithATokens', 'USDC', MaxUint256, VARIABLE);
  act('withdraw', 'USDC', MaxUint256, envoy.address);
  await mine();
}

export async function walkThroughEMode(world) {
  const { chain, pool, accounts: { envoy }, tokens } = world;
  const act = (name, ...args) => chain.send(envoy, pool, name, args);
  act('setUserEMode', E_MODE.id);
  act('borrow', tokens.WETH.address, units(5, 18), VARIABLE, 0, envoy.address);
  await chain.mine({ strict: true });
  act('repay', tokens.WETH.address, MaxUint256, VARIABLE, envoy.address);
  act('setUserEMode', 0);
  await chain.mine({ strict: true });
}

/** The late reserve earns no interest yet, so a balance read now can be moved to the last unit. */
export async function moveWholeBalance(world) {
  const { chain, pool, accounts: { envoy }, tokens, reserveOf } = world;
  chain.send(envoy, pool, 'supply', [tokens.LINK.address, units(3_000, 18), envoy.address, 0]);
  await chain.mine({ strict: true });
  const whole = await chain.call(reserveOf.LINK.aToken, 'balanceOf', [envoy.address]);
  chain.send(envoy, reserveOf.LINK.aToken, 'transfer', [stranger('second stranger'), whole]);
  await chain.mine({ strict: true });
}

export async function flashLoan(world) {
  const { chain, pool, accounts: { envoy }, deployment, tokens } = world;
  const receiver = chain.deploy(envoy, aave('MockFlashLoanSimpleReceiver'), [deployment.aave.addressesProvider]);
  chain.send(envoy, pool, 'flashLoanSimple', [receiver.address, tokens.USDC.address, units(1_000_000, 6), '0x', 0]);
  await chain.mine({ strict: true });
}

/** Borrows to the limit on one collateral, minutes before the crash, so that both markets get bad debt. */
export async function borrowRecklessly(world) {
  const { chain, pool, accounts: { reckless }, tokens } = world;
  chain.send(reckless, pool, 'supply', [tokens.WETH.address, units(300, 18), reckless.address, 0]);
  await chain.mine({ strict: true });
  const [{ availableUsd }] = await world.look([reckless]);
  const amount = units(availableUsd * 0.998, 6);
  chain.send(reckless, pool, 'borrow', [tokens.USDC.address, amount, VARIABLE, 0, reckless.address]);
  const market = world.morphoMarkets[0];
  const collateral = units(100, 18);
  const price = await chain.call(market.oracleContract, 'price');
  const limit = (((collateral * price) / 10n ** 36n) * market.lltv) / 10n ** 18n;
  chain.send(reckless, world.morpho, 'supplyCollateral', [market, collateral, reckless.address, '0x']);
  chain.send(reckless, world.morpho, 'borrow', [market, (limit * 997n) / 1000n, 0, reckless.address, reckless.address]);
  await chain.mine({ strict: true });
}
