import { ZeroAddress } from 'ethers';
import { aave, chainlink, morpho, own, uniswap } from './artifacts.mjs';
import { Contract } from './contract.mjs';
import { ALL_ASSETS, FEED_DECIMALS, fromUnits } from './market.mjs';

const BASE_UNIT = 1e8;

/** The deployed contracts, and the chain's accounts and prices. */
export class World {
  static async open(chain, accounts, deployment) {
    const [{ Lens }, { FluxAggregator, EACAggregatorProxy }, { Morpho, OracleMock }] = await Promise.all([own(), chainlink(), morpho()]);
    return new World(chain, accounts, deployment, {
      Lens, FluxAggregator, EACAggregatorProxy, Morpho, OracleMock,
      ERC20: aave('MintableERC20'), Pool: aave('Pool'), PoolConfigurator: aave('PoolConfigurator'),
      AaveOracle: aave('AaveOracle'), UniswapV3Pool: uniswap('UniswapV3Pool'),
      SwapRouter: uniswap('SwapRouter'), NonfungiblePositionManager: uniswap('NonfungiblePositionManager'),
      QuoterV2: uniswap('QuoterV2'),
    });
  }

  constructor(chain, accounts, deployment, artifacts) {
    Object.assign(this, { chain, accounts, deployment });
    this.ifaces = Object.fromEntries(Object.entries(artifacts).map(([name, { abi }]) => [name, new Contract(abi, ZeroAddress).iface]));
    const { aave: market, uniswap: swaps, morpho: blue, lens } = deployment;
    this.pool = this.at('Pool', market.pool);
    this.configurator = this.at('PoolConfigurator', market.configurator);
    this.oracle = this.at('AaveOracle', market.oracle);
    this.lens = this.at('Lens', lens);
    chain.lens = this.lens;
    this.router = this.at('SwapRouter', swaps.router);
    this.positions = this.at('NonfungiblePositionManager', swaps.positions);
    this.quoter = this.at('QuoterV2', swaps.quoterV2);
    this.swapPools = swaps.pools.map((pool) => ({ ...pool, contract: this.at('UniswapV3Pool', pool.address) }));
    this.morpho = this.at('Morpho', blue.address);
    this.morphoMarkets = blue.markets.map((listed) => ({ ...listed, lltv: BigInt(listed.lltv), oracleContract: this.at('OracleMock', listed.oracle) }));
    this.tokens = Object.fromEntries(Object.entries(deployment.tokens).map(([symbol, address]) => [symbol, this.at('ERC20', address)]));
    /** Every account that may have debt in the Aave market. */
    this.borrowers = [...accounts.users, accounts.scripted, accounts.overborrower];
    this.refreshReserves();
  }

  at(name, address) {
    return new Contract(this.ifaces[name], address);
  }

  /** The listed reserves in the order of their ids; to be called after one was added. */
  refreshReserves() {
    this.reserves = this.deployment.aave.reserves.map((reserve, id) => ({
      ...ALL_ASSETS.find(({ symbol }) => symbol === reserve.symbol),
      id,
      token: this.at('ERC20', reserve.token),
      aToken: this.at('ERC20', reserve.aToken),
      debtToken: this.at('ERC20', reserve.variableDebtToken),
    }));
    this.reserveOf = Object.fromEntries(this.reserves.map((reserve) => [reserve.symbol, reserve]));
  }

  /** The oracle's current aggregators, read from the chain. */
  async refreshFeeds() {
    const proxies = await this.chain.calls(this.reserves.map(({ token }) => [this.oracle, 'getSourceOfAsset', [token.address]]));
    const aggregators = await this.chain.calls(proxies.map((proxy) => [this.at('EACAggregatorProxy', proxy), 'aggregator']));
    this.feeds = this.reserves.map(({ symbol }, i) => ({
      symbol,
      proxy: this.at('EACAggregatorProxy', proxies[i]),
      aggregator: this.at('FluxAggregator', aggregators[i]),
    }));
  }

  /** `{symbol: dollars}` from the market's oracle. */
  async pricesUsd() {
    const answers = await this.chain.call(this.oracle, 'getAssetsPrices', [this.reserves.map(({ token }) => token.address)]);
    return Object.fromEntries(this.reserves.map(({ symbol }, i) => [symbol, Number(answers[i]) / 10 ** FEED_DECIMALS]));
  }

  /** Accounts' collateral and debt in the Aave market; per token on request. */
  async readAccounts(users, { tokens = true } = {}) {
    if (users.length === 0) return [];
    const list = (key) => (tokens ? this.reserves.map((reserve) => reserve[key].address) : []);
    const found = await this.chain.call(this.lens, 'accounts', [
      this.pool.address, users.map(({ address }) => address), list('aToken'), list('debtToken'), list('token'),
    ]);
    return users.map((user, i) => this.describe(user, found[i]));
  }

  describe(user, found) {
    const amounts = (list) => Object.fromEntries(list.map((amount, id) => [this.reserves[id].symbol, amount]));
    return {
      user,
      collateralUsd: Number(found.collateralBase) / BASE_UNIT,
      debtUsd: Number(found.debtBase) / BASE_UNIT,
      availableUsd: Number(found.availableBase) / BASE_UNIT,
      health: found.debtBase === 0n ? Infinity : Number(found.healthFactor) / 1e18,
      eMode: Number(found.eMode),
      isCollateral: (symbol) => ((found.configuration >> BigInt(2 * this.reserveOf[symbol].id + 1)) & 1n) === 1n,
      supplied: amounts(found.supplied),
      owed: amounts(found.owed),
      wallet: amounts(found.wallet),
    };
  }

  usd(symbol, amount, prices) {
    return fromUnits(amount, this.reserveOf[symbol].decimals) * prices[symbol];
  }
}
