import { oracleNodes, nodeCountOf } from '../deploy/feeds.mjs';
import { toAnswer } from '../market.mjs';

/** How far a price must move before the nodes submit. Every round is stored in the chain's state. */
const DEVIATION = { WETH: 0.004, USDC: 0.001, DAI: 0.001 };
const DEFAULT_DEVIATION = 0.008;
const HEARTBEAT_CHANCE = 0.03;

/**
 * Lets the oracle nodes submit for every feed whose price moved. Their submissions differ slightly, so
 * a feed of three nodes changes its answer twice in a block.
 */
export async function postPrices(world, random, pricesUsd, { always = false } = {}) {
  const { chain, feeds } = world;
  const answers = await chain.calls(feeds.flatMap(({ aggregator }) => [[aggregator, 'latestAnswer'], [aggregator, 'latestRound']]));
  for (const [i, { symbol, aggregator }] of feeds.entries()) {
    const last = Number(answers[2 * i]);
    const next = Number(toAnswer(pricesUsd[symbol]));
    const moved = Math.abs(next / last - 1) > (DEVIATION[symbol] ?? DEFAULT_DEVIATION);
    if (always || moved || random.chance(HEARTBEAT_CHANCE)) {
      submit(world, random, aggregator, { round: answers[2 * i + 1] + 1n, priceUsd: pricesUsd[symbol], nodeCount: nodeCountOf(symbol) });
    }
  }
}

/** One round of one aggregator, whether or not a proxy uses it. */
export function submit({ chain, accounts }, random, aggregator, { round, priceUsd, nodeCount }) {
  for (const node of oracleNodes(accounts, nodeCount)) {
    const seen = nodeCount === 1 ? priceUsd : priceUsd * (1 + random.between(-3e-4, 3e-4));
    chain.send(node, aggregator, 'submit', [round, toAnswer(seen)]);
  }
}
