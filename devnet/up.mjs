// Starts a small Ethereum node, deploys the protocols, runs the scenario and stays up.
import { fstatSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { accountCount, openAccounts } from './lib/accounts.mjs';
import { startAnvil } from './lib/anvil.mjs';
import { Chain } from './lib/chain.mjs';
import { deployAll } from './lib/deploy/deploy.mjs';
import { writeFiles } from './lib/files.mjs';
import { verifyScenario } from './lib/verification.mjs';
import { runAave36 } from './lib/scenario/aave36.mjs';
import { SCALES, runScenario } from './lib/scenario/run.mjs';
import { World } from './lib/world.mjs';

const USAGE = 'node up.mjs [--port 8545] [--out out] [--scale small|large] [--aave36] [--exit-when-done] [--detached]';
const PARENT_CHECK_MS = 500;

const { port, out, scale, aave36, exitWhenDone, detached } = readArguments();
const node = await startAnvil({ port, accountCount: accountCount(SCALES[scale].users) });
let ending = false;
stopOnExit();

try {
  const accounts = await openAccounts(node.rpc);
  const chain = new Chain(node.rpc, accounts);
  await chain.resume();
  const deployment = await deployAll(chain, accounts);
  const world = await World.open(chain, accounts, deployment);
  await runScenario(world, scale);
  if (aave36) deployment.aave36 = await runAave36(world);
  const verification = await verifyScenario(world, deployment.aave36);
  await chain.resume();
  const head = { number: chain.block, hash: chain.hash };
  writeFiles(out, { rpc: node.url, scale, ...deployment, head, ...verification });
  console.log(`ready ${node.url} head ${head.number}`);
  if (exitWhenDone) await end(0);
} catch (error) {
  if (!ending) console.error(error);
  await end(1);
}

async function end(code) {
  if (ending) return;
  ending = true;
  node.rpc.close();
  await node.stop();
  process.exit(code);
}

/** Reasons to stop: a signal, a closed pipe on stdin, a dead parent, or a dead node. */
function stopOnExit() {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => end(0));
  node.exited.then(() => {
    if (!ending) console.error('anvil ended');
    return end(1);
  });
  if (detached) return;
  const stdin = fstatSync(0, { throwIfNoEntry: false });
  if (stdin?.isFIFO() || stdin?.isSocket()) process.stdin.on('end', () => end(0)).on('error', () => end(0)).resume();
  const parent = process.ppid;
  setInterval(() => process.ppid === parent || end(0), PARENT_CHECK_MS).unref();
}

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        port: { type: 'string', default: '8545' },
        out: { type: 'string', default: fileURLToPath(new URL('out', import.meta.url)) },
        scale: { type: 'string', default: 'small' },
        aave36: { type: 'boolean', default: false },
        'exit-when-done': { type: 'boolean', default: false },
        detached: { type: 'boolean', default: false },
      },
    });
    const port = Number(values.port);
    if (!Number.isInteger(port) || port < 0 || port > 65535) throw new Error(`not a port: ${values.port}`);
    if (!SCALES[values.scale]) throw new Error(`no scale ${values.scale}; there are ${Object.keys(SCALES).join(', ')}`);
    return { port, out: values.out, scale: values.scale, aave36: values.aave36, exitWhenDone: values['exit-when-done'], detached: values.detached };
  } catch (error) {
    console.error(`${error.message}\nusage: ${USAGE}`);
    process.exit(2);
  }
}
