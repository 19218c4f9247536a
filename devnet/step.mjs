// Adds some blocks to a running chain, from any state.
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openAccounts } from './lib/accounts.mjs';
import { Chain } from './lib/chain.mjs';
import { readDeployment } from './lib/files.mjs';
import { Random } from './lib/random.mjs';
import { Rpc } from './lib/rpc.mjs';
import { fillBlock, liquidate } from './lib/scenario/hour.mjs';
import { nextPrices } from './lib/scenario/prices.mjs';
import { World } from './lib/world.mjs';

const USAGE = 'node step.mjs --rpc URL [--out out] [--blocks 20] [--seed 1]';
const SLOT_S = 12;
const CROWD = 3;

const { rpc: url, out, blocks, seed } = readArguments();
const rpc = new Rpc(url);
try {
  const accounts = await openAccounts(rpc);
  const chain = new Chain(rpc, accounts);
  await chain.resume();
  const random = new Random(Math.imul(seed, 0x9e3779b1) ^ chain.block);
  const world = await World.open(chain, accounts, readDeployment(out));
  await world.refreshFeeds();
  let pricesUsd = await world.pricesUsd();
  for (let i = 0; i < blocks; i++) {
    pricesUsd = nextPrices(random, pricesUsd);
    await liquidate(world, random);
    await fillBlock(world, random, { pricesUsd, crowd: CROWD });
    await chain.mine({ seconds: SLOT_S });
  }
  await chain.resume();
  console.log(`head ${chain.block} ${chain.hash}`);
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  rpc.close();
}

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        rpc: { type: 'string' },
        out: { type: 'string', default: fileURLToPath(new URL('out', import.meta.url)) },
        blocks: { type: 'string', default: '20' },
        seed: { type: 'string', default: '1' },
      },
    });
    if (!values.rpc) throw new Error('--rpc is missing');
    const [blocks, seed] = [Number(values.blocks), Number(values.seed)];
    if (!Number.isInteger(blocks) || blocks < 1) throw new Error(`not a number of blocks: ${values.blocks}`);
    if (!Number.isInteger(seed)) throw new Error(`not a seed: ${values.seed}`);
    return { ...values, blocks, seed };
  } catch (error) {
    console.error(`${error.message}\nusage: ${USAGE}`);
    process.exit(2);
  }
}
