import { CHAIN_ID } from '../anvil.mjs';
import { aave, own } from '../artifacts.mjs';
import { ALL_ASSETS, ASSETS, toAnswer } from '../market.mjs';
import { deployAave, deployImplementations, listReserves, openEMode, reserveTokens } from './aave.mjs';
import { deployAggregator, deployProxy, nodeCountOf, oracleNodes } from './feeds.mjs';
import { deployMorpho } from './morpho.mjs';
import { deployUniswap } from './uniswap.mjs';

/** Deploys everything except the late reserve; returns the addresses, the start of `deployment.json`. */
export async function deployAll(chain, accounts) {
  const { admin } = accounts;
  const tokens = {};
  for (const { symbol, decimals } of ALL_ASSETS) {
    tokens[symbol] = chain.deploy(admin, aave('MintableERC20'), [symbol, symbol, decimals]);
  }
  const lens = chain.deploy(admin, (await own()).Lens);
  await chain.mine({ strict: true });

  const feeds = {};
  for (const { symbol, priceUsd } of ASSETS) {
    feeds[symbol] = await deployFeed(chain, accounts, { symbol, priceUsd, link: tokens.LINK.address });
  }
  const feedsBlock = await chain.mine({ strict: true });

  const sources = ASSETS.map(({ symbol }) => ({ token: tokens[symbol], proxy: feeds[symbol].proxy }));
  const market = deployAave(chain, accounts, sources);
  const implementations = deployImplementations(chain, accounts, market);
  const aaveBlock = await chain.mine({ strict: true });

  listReserves(chain, accounts, { ...market, implementations }, ASSETS.map((asset) => ({ asset, token: tokens[asset.symbol] })));
  openEMode(chain, accounts, market, tokens);
  const listedAtBlock = await chain.mine({ strict: true });
  const reserves = [];
  for (const asset of ASSETS) {
    const { proxy, aggregator } = feeds[asset.symbol];
    const source = { proxy: proxy.address, fromBlock: aaveBlock, aggregators: [{ address: aggregator.address, fromBlock: feedsBlock }] };
    reserves.push(await describeReserve(chain, market, { asset, token: tokens[asset.symbol], listedAtBlock, source }));
  }

  const uniswap = deployUniswap(chain, accounts, tokens, ASSETS);
  const uniswapBlock = await chain.mine({ strict: true });
  const morpho = await deployMorpho(chain, accounts, tokens, ASSETS);
  const morphoBlock = await chain.mine({ strict: true });
  return {
    chainId: CHAIN_ID,
    aave: { ...addresses(market), fromBlock: aaveBlock, implementations: addresses(implementations), reserves },
    uniswap: {
      ...addresses(uniswap.periphery),
      pools: uniswap.pools.map((pool) => ({ ...pool, createdAtBlock: uniswapBlock })),
    },
    morpho: { address: morpho.contract.address, fromBlock: morphoBlock, markets: morpho.markets },
    lens: lens.address,
    tokens: addresses(tokens),
    users: [...accounts.users, accounts.scripted, accounts.overborrower, accounts.lender].map(({ address }) => address),
    roles: addresses(Object.fromEntries(Object.entries(accounts).filter(([role]) => role !== 'users'))),
  };
}

/** A reserve as `deployment.json` has it. */
export async function describeReserve(chain, market, { asset, token, listedAtBlock, source }) {
  const { symbol, decimals } = asset;
  const tokens = await reserveTokens(chain, market, token);
  return { symbol, decimals, token: token.address, ...tokens, listedAtBlock, sources: [source] };
}

const addresses = (contracts) => Object.fromEntries(Object.entries(contracts).map(([name, { address }]) => [name, address]));

/** An aggregator with a first answer, and its proxy. */
export async function deployFeed(chain, accounts, { symbol, priceUsd, link }) {
  const nodeCount = nodeCountOf(symbol);
  const aggregator = await deployAggregator(chain, accounts, { symbol, link, nodeCount });
  const proxy = await deployProxy(chain, accounts, aggregator);
  for (const node of oracleNodes(accounts, nodeCount)) {
    chain.send(node, aggregator, 'submit', [1, toAnswer(priceUsd)]);
  }
  return { aggregator, proxy };
}
