// A process of its own for one compilation: old compilers install process-wide handlers.
// argv: the compiler's package, folders to look imports up in. stdin: standard JSON input.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [compiler, ...roots] = process.argv.slice(2);
const solc = createRequire(import.meta.url)(compiler);

function readImport(path) {
  const found = roots.map((root) => join(root, path)).find(existsSync);
  return found ? { contents: readFileSync(found, 'utf8') } : { error: `not found: ${path}` };
}

const output = solc.compile(readFileSync(0, 'utf8'), { import: readImport });
process.stdout.write(output);
