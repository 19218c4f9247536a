import { actBorrowers } from '../actions/borrowers.mjs';
import { postPrices } from '../actions/feeds.mjs';
import { actLiquidators } from '../actions/liquidators.mjs';
import { actMorpho, liquidateMorpho, postMorphoPrices } from '../actions/morpho.mjs';
import { arbitrage, provide, trade } from '../actions/swaps.mjs';

const HOUR_S = 3600;
const SLOT_S = 12;

/**
 * One hour: a block of prices, loans and swaps, and a block of liquidations
 * twelve seconds later if there are any.
 */
export async function simulateHour(world, random, { pricesUsd, crowd }) {
  await fillBlock(world, random, { pricesUsd, crowd });
  await world.chain.mine({ seconds: HOUR_S + SLOT_S * random.int(-20, 20) });
  if (!worthALook(world, random, pricesUsd)) return;
  if ((await liquidate(world, random)) > 0) await world.chain.mine({ seconds: SLOT_S });
}

/** Queues the transactions of an ordinary block. */
export async function fillBlock(world, random, { pricesUsd, crowd }) {
  await postPrices(world, random, pricesUsd);
  if (moved(world.morphoPrices, pricesUsd, 0.01) || random.chance(0.2)) {
    postMorphoPrices(world, pricesUsd);
    world.morphoPrices = pricesUsd;
  }
  await arbitrage(world, pricesUsd);
  trade(world, random, pricesUsd, random.int(0, 3));
  if (random.chance(0.15)) await provide(world, random, pricesUsd);
  await actBorrowers(world, random, pricesUsd, crowd);
  if (random.chance(0.5)) await actMorpho(world, random, random.int(1, 3));
}

export async function liquidate(world, random) {
  return (await actLiquidators(world, random)) + (await liquidateMorpho(world, random));
}

/** Only a changed price, or interest over time, makes loans unhealthy. */
function worthALook(world, random, pricesUsd) {
  if (!moved(world.pricesLiquidatorsSaw, pricesUsd, 0.008) && !random.chance(0.1)) return false;
  world.pricesLiquidatorsSaw = pricesUsd;
  return true;
}

const moved = (before, now, share) =>
  !before || Object.keys(before).some((symbol) => Math.abs(now[symbol] / before[symbol] - 1) > share);
