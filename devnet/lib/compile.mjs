import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const HOME = fileURLToPath(new URL('..', import.meta.url));
export const MODULES = join(HOME, 'node_modules');
const CACHE = join(HOME, '.cache');

/**
 * Compiles `files` (paths under one of `roots`) and returns `{contractName: {abi, bytecode,
 * linkReferences}}`. The output is cached in `.cache`, by the hash of the input.
 */
export async function compile({ compiler, roots, files, settings = {} }) {
  const sources = Object.fromEntries(
    files.map((file) => [file, { content: readFileSync(roots.map((root) => join(root, file)).find(existsSync), 'utf8') }]),
  );
  const input = JSON.stringify({
    language: 'Solidity',
    sources,
    settings: {
      optimizer: { enabled: true, runs: 200 },
      ...settings,
      outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object', 'evm.bytecode.linkReferences'] } },
    },
  });
  const cached = join(CACHE, `${createHash('sha256').update(compiler).update(input).digest('hex').slice(0, 24)}.json`);
  if (existsSync(cached)) return JSON.parse(readFileSync(cached, 'utf8'));

  const output = JSON.parse(await runCompiler(compiler, roots, input));
  const errors = (output.errors ?? []).filter((error) => error.severity === 'error');
  if (errors.length > 0) throw new Error(`${compiler}: ${errors[0].formattedMessage}`);
  const contracts = {};
  for (const [file, byName] of Object.entries(output.contracts)) {
    for (const [name, { abi, evm }] of Object.entries(byName)) {
      if (evm.bytecode.object === '' && !files.includes(file)) continue;
      contracts[name] = { abi, bytecode: `0x${evm.bytecode.object}`, linkReferences: evm.bytecode.linkReferences };
    }
  }
  mkdirSync(CACHE, { recursive: true });
  const partial = `${cached}.${process.pid}.partial`;
  writeFileSync(partial, JSON.stringify(contracts));
  renameSync(partial, cached);
  return contracts;
}

function runCompiler(compiler, roots, input) {
  return new Promise((resolve, reject) => {
    const child = execFile(
      process.execPath,
      [join(HOME, 'lib/solc.mjs'), compiler, ...roots],
      { maxBuffer: 1 << 30 },
      (error, stdout) => (error ? reject(error) : resolve(stdout)),
    );
    child.stdin.end(input);
  });
}
