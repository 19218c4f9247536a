import { MaxUint256, dataSlice, id as hash } from 'ethers';
import { E_MODE, units } from '../market.mjs';
import { profileOf } from './profiles.mjs';

const VARIABLE = 2;
const DUST_USD = 5;
const RESCUE_HEALTH = 1.12;

/** The next actions of some users of the Aave market. */
export async function actBorrowers(world, random, prices, count) {
  const users = random.sample(world.accounts.users, count);
  for (const account of await world.readAccounts(users)) {
    const moves = movesOf(world, account, prices);
    const move = random.weighted(Object.fromEntries(Object.entries(moves).map(([name, { weight }]) => [name, weight])));
    if (move) moves[move].act(world, random, account, prices);
  }
}

function movesOf(world, account, prices) {
  const hasBadDebt = account.debtUsd > 0 && account.collateralUsd === 0;
  if (hasBadDebt) return {};
  const profile = profileOf(world.accounts.users, account.user);
  const aboveDust = (amounts) => Object.keys(amounts).filter((symbol) => world.usd(symbol, amounts[symbol], prices) > DUST_USD);
  const supplied = aboveDust(account.supplied);
  const owed = aboveDust(account.owed);
  const spare = aboveDust(account.wallet);
  const view = { ...account, profile, suppliedSymbols: supplied, owedSymbols: owed };
  const isAtRisk = profile.careful && account.health < RESCUE_HEALTH;
  const both = owed.filter((symbol) => supplied.includes(symbol));
  const payable = owed.filter((symbol) => spare.includes(symbol));
  const canBorrow = profile.debt.length > 0 && account.availableUsd > 50;
  const move = (weight, act) => ({ weight, act: (w, r, _, p) => act(w, r, view, p) });
  return {
    supply: move(spare.length === 0 ? 0 : supplied.length === 0 ? 12 : isAtRisk ? 4 : 1.5, supply),
    borrow: move(!canBorrow || isAtRisk ? 0 : owed.length === 0 ? 6 : 1.5, borrow),
    repay: move(payable.length === 0 ? 0 : isAtRisk ? 6 : 1.5, (w, r, v) => repay(w, r, v, r.pick(payable))),
    repayAll: move(payable.length === 0 ? 0 : 0.4, (w, r, v) => repayAll(w, v, r.pick(payable))),
    repayWithATokens: move(both.length === 0 ? 0 : 1.5, (w, r, v) => repayWithATokens(w, r, v, r.pick(both))),
    withdraw: move(supplied.length === 0 || isAtRisk ? 0 : 1.2, withdraw),
    withdrawAll: move(supplied.length > 0 && owed.length === 0 ? 0.6 : 0, withdrawAll),
    toggleCollateral: move(supplied.length > 1 || (supplied.length === 1 && owed.length === 0) ? 0.5 : 0, toggleCollateral),
    transfer: move(supplied.length === 0 || isAtRisk ? 0 : 0.8, transfer),
    eMode: move(profile.name === 'looper' ? (account.eMode === 0 ? 2 : account.health > 1.3 ? 0.4 : 0) : 0, changeEMode),
  };
}

function supply(world, random, { user, wallet, profile }, prices) {
  const symbol = random.pick(profile.collateral.filter((one) => world.reserveOf[one] && wallet[one] > 0n));
  if (!symbol) return;
  const amount = part(wallet[symbol], random.between(0.1, 0.5));
  world.chain.send(user, world.pool, 'supply', [world.reserveOf[symbol].token.address, amount, user.address, 0]);
}

function borrow(world, random, { user, profile, availableUsd, eMode }, prices) {
  const symbol = eMode === E_MODE.id ? 'WETH' : random.pick(profile.debt.filter((one) => world.reserveOf[one]));
  const usd = availableUsd * random.between(...profile.draw);
  const amount = units(usd / prices[symbol], world.reserveOf[symbol].decimals);
  world.chain.send(user, world.pool, 'borrow', [world.reserveOf[symbol].token.address, amount, VARIABLE, 0, user.address]);
}

function repay(world, random, { user, owed, wallet }, symbol) {
  const amount = smaller(part(owed[symbol], random.between(0.1, 0.6)), wallet[symbol]);
  world.chain.send(user, world.pool, 'repay', [world.reserveOf[symbol].token.address, amount, VARIABLE, user.address]);
}

function repayAll(world, { user }, symbol) {
  world.chain.send(user, world.pool, 'repay', [world.reserveOf[symbol].token.address, MaxUint256, VARIABLE, user.address]);
}

function repayWithATokens(world, random, { user, owed, supplied }, symbol) {
  const amount = random.chance(0.3) ? MaxUint256 : part(smaller(owed[symbol], supplied[symbol]), random.between(0.1, 0.8));
  world.chain.send(user, world.pool, 'repayWithATokens', [world.reserveOf[symbol].token.address, amount, VARIABLE]);
}

function withdraw(world, random, view, prices) {
  const symbol = random.pick(view.suppliedSymbols);
  const amount = part(removable(world, view, symbol, prices), random.between(0.05, 0.5));
  if (amount === 0n) return;
  world.chain.send(view.user, world.pool, 'withdraw', [world.reserveOf[symbol].token.address, amount, view.user.address]);
}

function withdrawAll(world, random, { user, suppliedSymbols }) {
  const { token } = world.reserveOf[random.pick(suppliedSymbols)];
  world.chain.send(user, world.pool, 'withdraw', [token.address, MaxUint256, user.address]);
}

function toggleCollateral(world, random, { user, suppliedSymbols, isCollateral }) {
  const symbol = random.pick(suppliedSymbols);
  world.chain.send(user, world.pool, 'setUserUseReserveAsCollateral', [world.reserveOf[symbol].token.address, !isCollateral(symbol)]);
}

/** A recipient: another user, a new address, or oneself. */
function transfer(world, random, view, prices) {
  const symbol = random.pick(view.suppliedSymbols);
  const room = removable(world, view, symbol, prices);
  const amount = part(room, random.between(0.02, 0.5));
  if (amount === 0n) return;
  const stranger = dataSlice(hash(`stranger ${random.int(0, 2 ** 31)}`), 12);
  const to = random.weighted({ user: 6, stranger: 2, self: 1 });
  const recipient = { user: random.pick(world.accounts.users).address, stranger, self: view.user.address }[to];
  world.chain.send(view.user, world.reserveOf[symbol].aToken, 'transfer', [recipient, amount]);
}

function changeEMode(world, random, { user, eMode }) {
  world.chain.send(user, world.pool, 'setUserEMode', [eMode === 0 ? E_MODE.id : 0]);
}

/** The amount that can be withdrawn without endangering the loan. */
function removable(world, { supplied, debtUsd, availableUsd, isCollateral }, symbol, prices) {
  if (debtUsd === 0 || !isCollateral(symbol)) return supplied[symbol];
  const free = units(availableUsd / prices[symbol], world.reserveOf[symbol].decimals);
  return smaller(free, supplied[symbol]);
}

const part = (amount, share) => (amount * BigInt(Math.floor(share * 1e6))) / 1_000_000n;
const smaller = (a, b) => (a < b ? a : b);
