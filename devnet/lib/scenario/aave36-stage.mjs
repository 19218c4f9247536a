import { MaxUint256 } from 'ethers';
import { ALL_ASSETS, units } from '../market.mjs';
import { Random } from '../random.mjs';

const SEED = 0x333630;
const VARIABLE = 2;
const NAMES = ['saver', 'long', 'looper', 'short', 'halved', 'seized', 'ruined', 'ruinedTwice'];

/** The market's actors, and short names for their actions. */
export class Stage {
  constructor(world, market) {
    Object.assign(this, { world, market, chain: world.chain, random: new Random(SEED) });
    const { users, lender, liquidator, aTokenLiquidator } = world.accounts;
    this.actors = { ...Object.fromEntries(NAMES.map((name, i) => [name, users[i]])), lender, liquidator, aTokenLiquidator };
  }

  token(symbol) {
    return this.market.reserves[symbol].token.address;
  }

  pool(name, call, ...args) {
    this.chain.send(this.actors[name], this.market.pool, call, args);
  }

  supply(name, symbol, amount, to = name) {
    this.pool(name, 'supply', this.token(symbol), amount, this.actors[to].address, 0);
  }

  borrow(name, symbol, amount, of = name) {
    this.pool(name, 'borrow', this.token(symbol), amount, VARIABLE, 0, this.actors[of].address);
  }

  repay(name, symbol, amount, of = name) {
    this.pool(name, 'repay', this.token(symbol), amount, VARIABLE, this.actors[of].address);
  }

  repayWithATokens(name, symbol, amount) {
    this.pool(name, 'repayWithATokens', this.token(symbol), amount, VARIABLE);
  }

  withdraw(name, symbol, amount, to = name) {
    this.pool(name, 'withdraw', this.token(symbol), amount, this.actors[to].address);
  }

  collateral(name, symbol, on) {
    this.pool(name, 'setUserUseReserveAsCollateral', this.token(symbol), on);
  }

  transfer(name, symbol, to, amount) {
    this.chain.send(this.actors[name], this.market.reserves[symbol].aToken, 'transfer', [this.actors[to]?.address ?? to, amount]);
  }

  liquidate(liquidator, name, { collateral, debt, amount = MaxUint256, receiveAToken = false }) {
    this.pool(liquidator, 'liquidationCall', this.token(collateral), this.token(debt), this.actors[name].address, amount, receiveAToken);
  }

  govern(call, ...args) {
    this.chain.send(this.world.accounts.riskAdmin, this.market.configurator, call, args);
  }

  /** `tokens` and a tail of digits, so that nothing divides evenly. */
  odd(tokens, symbol) {
    const { decimals } = ALL_ASSETS.find((asset) => asset.symbol === symbol);
    const tail = decimals === 6 ? this.random.int(1, 999) : this.random.int(1, 2 ** 31);
    return units(tokens, decimals) + BigInt(tail | 1);
  }

  mine(seconds = 12) {
    return this.chain.mine({ seconds, strict: true });
  }

  /** The balance in a block mined so many seconds from now. */
  async balanceAfter(seconds, name, symbol) {
    const { aToken } = this.market.reserves[symbol];
    const request = { to: aToken.address, data: aToken.encode('balanceOf', [this.actors[name].address]) };
    const time = `0x${(this.chain.timeS + seconds).toString(16)}`;
    return aToken.decode('balanceOf', await this.chain.rpc.request('eth_call', [request, 'latest', {}, { time }]));
  }
}
