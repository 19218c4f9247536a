import { addLadders, seedPools } from '../actions/swaps.mjs';
import { fillWallets, seedLiquidity } from '../actions/setup.mjs';
import { Random } from '../random.mjs';
import * as scripted from './scripted-actions.mjs';
import { FeedChanges } from './feed-changes.mjs';
import * as governance from './governance.mjs';
import { fillBlock, simulateHour } from './hour.mjs';
import { CRASH_AT, pricePath } from './prices.mjs';

/** The sizes of the scenario. `crowd`: users acting each hour. */
export const SCALES = {
  small: { users: 40, days: 21, crowd: 3 },
  large: { users: 200, days: 42, crowd: 5 },
};

const SEED = 0x504c494d;

const CROWD_OF_LOST_BLOCKS = 4;

/** When, as a share of the scenario, a reorg happens, and how many blocks it removes. */
const REORGS = [[0.12, 2], [0.35, 5], [0.52, 3], [0.78, 8]];

/** Runs the whole scenario; `world.deployment` grows with every deployment. */
export async function runScenario(world, scale) {
  const { days, crowd } = SCALES[scale];
  const random = new Random(SEED);
  const hours = days * 24;
  const path = pricePath(random, hours);
  await fillWallets(world, random);
  await seedLiquidity(world);
  await seedPools(world, path[0]);
  await addLadders(world, { pricesUsd: path[0] });
  await world.refreshFeeds();

  const feeds = new FeedChanges(world);
  const acts = schedule(world, feeds).map(([at, act]) => [Math.round(at * hours), act]);
  const reorgs = new Map(REORGS.map(([at, depth]) => [Math.round(at * hours), depth]));
  for (let hour = 1; hour <= hours; hour++) {
    for (const [due, act] of acts) if (due === hour) await act({ pricesUsd: path[hour] });
    if (reorgs.has(hour)) await reorg(world, random, { depth: reorgs.get(hour), pricesUsd: path[hour] });
    await feeds.answerUnused(random, path[hour]);
    await simulateHour(world, random, { pricesUsd: path[hour], crowd });
  }
}

/** One-time events, with their time as a share of the scenario. The last sixth has none. */
function schedule(world, feeds) {
  const by = (act) => (now) => act(world, now);
  return [
    [0.03, by(scripted.walkThroughLoans)],
    [0.05, by(scripted.walkThroughEMode)],
    [0.08, by(governance.tuneCapsAndFees)],
    [0.18, by(governance.listLateReserve)],
    [0.18, by(scripted.moveWholeBalance)],
    [0.2, () => feeds.prepareSwap()],
    [0.22, by(scripted.flashLoan)],
    [0.24, () => feeds.proposeSwap()],
    [0.26, () => feeds.confirmSwap()],
    [0.28, by(governance.mintToTreasury)],
    [0.31, (now) => feeds.replaceProxy(now)],
    [0.38, by(governance.freeze)],
    [0.41, by(governance.unfreeze)],
    [CRASH_AT, by(scripted.borrowToLimit)],
    [0.57, by(governance.tightenCollateral)],
    [0.6, () => feeds.stopUnused()],
    [0.62, by(governance.changeEMode)],
    [0.65, by(governance.changeRates)],
    [0.7, by(governance.pauseBorrowing)],
    [0.74, by(governance.resumeBorrowing)],
    [0.8, by(governance.mintToTreasury)],
    [0.82, by(addLadders)],
  ];
}

/** Mines a few blocks, rolls them back, and continues from before them. */
async function reorg(world, random, { depth, pricesUsd }) {
  const { chain, morphoPrices } = world;
  for (let i = 0; i < depth; i++) {
    await fillBlock(world, random, { pricesUsd, crowd: CROWD_OF_LOST_BLOCKS });
    await chain.mine();
  }
  await chain.rollback(depth);
  world.morphoPrices = morphoPrices;
}
