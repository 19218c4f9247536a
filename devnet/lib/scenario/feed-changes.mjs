import { submit } from '../actions/feeds.mjs';
import { deployAggregator, deployProxy } from '../deploy/feeds.mjs';

const SWAPPED = 'WBTC';
const REPLACED = 'DAI';
/** Answers of an aggregator that no proxy uses are wrong by this factor, so that using them is detected. */
const UNUSED_ANSWER_FACTOR = 1.03;

/**
 * Changes of the feeds. The proxy of one asset moves to a new aggregator, which answered before it
 * was confirmed, while the old one continues to answer; the whole proxy of another is replaced.
 */
export class FeedChanges {
  constructor(world) {
    this.world = world;
    this.unusedAggregators = [];
  }

  /** The new aggregator starts to answer; no proxy uses it yet. */
  async prepareSwap() {
    const { world } = this;
    this.next = await deployAggregator(world.chain, world.accounts, { symbol: SWAPPED, link: world.tokens.LINK.address, nodeCount: 1 });
    await world.chain.mine({ strict: true });
    this.unusedAggregators = [this.next];
  }

  async proposeSwap() {
    const { world } = this;
    world.chain.send(world.accounts.admin, this.feed(SWAPPED).proxy, 'proposeAggregator', [this.next.address]);
    await world.chain.mine({ strict: true });
  }

  async confirmSwap() {
    const { world } = this;
    const { proxy, aggregator: old } = this.feed(SWAPPED);
    world.chain.send(world.accounts.admin, proxy, 'confirmAggregator', [this.next.address]);
    const fromBlock = await world.chain.mine({ strict: true });
    const { sources } = world.deployment.aave.reserves.find(({ symbol }) => symbol === SWAPPED);
    sources.at(-1).aggregators.push({ address: this.next.address, fromBlock });
    await world.refreshFeeds();
    this.unusedAggregators = [old];
  }

  /** The oracle changes to another proxy; the old proxy's aggregator continues too. */
  async replaceProxy({ pricesUsd }) {
    const { world } = this;
    const { chain, accounts } = world;
    const old = this.feed(REPLACED).aggregator;
    const aggregator = await deployAggregator(chain, accounts, { symbol: REPLACED, link: world.tokens.LINK.address, nodeCount: 1 });
    const proxy = await deployProxy(chain, accounts, aggregator);
    submit(world, null, aggregator, { round: 1n, priceUsd: pricesUsd[REPLACED], nodeCount: 1 });
    const answersFrom = await chain.mine({ strict: true });
    chain.send(accounts.admin, world.oracle, 'setAssetSources', [[world.tokens[REPLACED].address], [proxy.address]]);
    const fromBlock = await chain.mine({ strict: true });
    const { sources } = world.deployment.aave.reserves.find(({ symbol }) => symbol === REPLACED);
    sources.push({ proxy: proxy.address, fromBlock, aggregators: [{ address: aggregator.address, fromBlock: answersFrom }] });
    await world.refreshFeeds();
    this.unusedAggregators.push(old);
  }

  /** Answers that must not count: of aggregators that are not behind a proxy of the oracle. */
  async answerUnused(random, pricesUsd) {
    if (this.unusedAggregators.length === 0) return;
    const rounds = await this.world.chain.calls(this.unusedAggregators.map((aggregator) => [aggregator, 'latestRound']));
    const descriptions = await this.world.chain.calls(this.unusedAggregators.map((aggregator) => [aggregator, 'description']));
    for (const [i, aggregator] of this.unusedAggregators.entries()) {
      const symbol = descriptions[i].split(' ')[0];
      if (random.chance(0.25)) submit(this.world, random, aggregator, { round: rounds[i] + 1n, priceUsd: pricesUsd[symbol] * UNUSED_ANSWER_FACTOR, nodeCount: 1 });
    }
  }

  stopUnused() {
    this.unusedAggregators = [];
  }

  feed(symbol) {
    return this.world.feeds.find((feed) => feed.symbol === symbol);
  }
}
