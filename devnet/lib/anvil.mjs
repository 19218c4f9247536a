import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MNEMONIC } from './accounts.mjs';
import { Rpc } from './rpc.mjs';

export const CHAIN_ID = 31337;
/** 2024-01-01T00:00:00Z. */
export const GENESIS_TIME_S = 1704067200;

const START_TIMEOUT_MS = 15_000;

/** Starts an archive node that mines on request only. */
export async function startAnvil({ port, accountCount }) {
  const guard = spawn(
    process.execPath,
    [fileURLToPath(new URL('guard.mjs', import.meta.url)), binary(), ...options(port, accountCount)],
    // A process group of its own: Ctrl-C must reach the guard through this process only.
    { stdio: ['pipe', 'pipe', 'inherit'], detached: true },
  );
  const exited = new Promise((resolve) => guard.once('exit', resolve));
  const stop = async () => {
    guard.stdin.end();
    await exited;
  };
  try {
    const address = await Promise.race([
      listening(guard),
      exited.then((code) => Promise.reject(new Error(`anvil ended with code ${code}; is port ${port} taken?`))),
    ]);
    const url = `http://${address}`;
    return { url, rpc: new Rpc(url), exited, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function options(port, accountCount) {
  return [
    '--host', '127.0.0.1', '--port', `${port}`, '--chain-id', `${CHAIN_ID}`,
    '--timestamp', `${GENESIS_TIME_S}`, '--mnemonic', MNEMONIC, '--accounts', `${accountCount}`,
    '--balance', '1000000', '--no-mining', '--order', 'fees', '--hardfork', 'cancun',
    '--gas-limit', '1000000000', '--base-fee', '1000000000', '--no-request-size-limit',
    '--max-persisted-states', '1000000', '--transaction-block-keeper', '1000000',
    '--no-console-log', '--color', 'never',
  ];
}

/** The binary that npm installed for this machine, or that of the variable `ANVIL`. */
function binary() {
  if (process.env.ANVIL) return process.env.ANVIL;
  const cpu = process.arch === 'x64' ? 'amd64' : process.arch;
  const require = createRequire(import.meta.url);
  const folder = dirname(require.resolve(`@foundry-rs/anvil-${process.platform}-${cpu}/package.json`));
  return join(folder, 'bin/anvil');
}

/** The address that anvil listens on (it chooses one for port 0), from its output; the rest of the output is discarded. */
function listening(guard) {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`anvil silent for ${START_TIMEOUT_MS} ms`)), START_TIMEOUT_MS);
    let output = '';
    guard.stdout.on('data', (chunk) => {
      if (output === null) return;
      output += chunk;
      const address = output.match(/Listening on (\S+)\n/)?.[1];
      if (!address) return;
      output = null;
      clearTimeout(late);
      resolve(address);
    });
    guard.once('exit', () => clearTimeout(late));
  });
}
