import { FEED_DECIMALS } from '../market.mjs';
import { chainlink } from '../artifacts.mjs';

const ROUND_TIMEOUT_S = 1800;
const ANSWER_MAX = 10n ** 20n;
const NOBODY = '0x0000000000000000000000000000000000000000';

/**
 * Deploys Chainlink's FluxAggregator. With three nodes an answer is the median of two, and the
 * third node's submission changes it within the same round.
 */
export async function deployAggregator(chain, accounts, { symbol, link, nodeCount }) {
  const { FluxAggregator } = await chainlink();
  const { admin } = accounts;
  const aggregator = chain.deploy(admin, FluxAggregator, [
    link, 0, ROUND_TIMEOUT_S, NOBODY, 1, ANSWER_MAX, FEED_DECIMALS, `${symbol} / USD`,
  ]);
  const nodes = oracleNodes(accounts, nodeCount).map(({ address }) => address);
  chain.send(admin, aggregator, 'changeOracles', [[], nodes, nodes, Math.min(2, nodeCount), nodeCount, 0]);
  return aggregator;
}

/** Deploys the proxy that an oracle reads, which has the current aggregator. */
export async function deployProxy(chain, accounts, aggregator) {
  const { EACAggregatorProxy } = await chainlink();
  return chain.deploy(accounts.admin, EACAggregatorProxy, [aggregator.address, NOBODY]);
}

export const oracleNodes = ({ oracle0, oracle1, oracle2 }, count) => [oracle0, oracle1, oracle2].slice(0, count);
export const nodeCountOf = (symbol) => (symbol === 'WETH' ? 3 : 1);
