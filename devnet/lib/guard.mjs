// Runs the node and, when the parent ends, stops it before ending itself: the parent has the other end of
// stdin, so even a parent killed with SIGKILL leaves no node and no state files.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [binary, ...options] = process.argv.slice(2);
const cache = mkdtempSync(join(tmpdir(), 'plimsoll-devnet-'));
const node = spawn(binary, [...options, '--cache-path', cache], { stdio: ['ignore', 'inherit', 'inherit'] });

const stop = () => node.kill('SIGKILL');
node.on('exit', (code) => {
  rmSync(cache, { recursive: true, force: true });
  process.exit(code ?? 0);
});
node.on('error', (error) => {
  console.error(`cannot start ${binary}: ${error.message}`);
  rmSync(cache, { recursive: true, force: true });
  process.exit(1);
});
process.stdin.on('end', stop).on('error', stop).resume();
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, stop);
