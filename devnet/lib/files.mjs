import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Writes `deployment.json` and the market files a reader of the chain starts from. */
export function writeFiles(folder, deployment) {
  mkdirSync(folder, { recursive: true });
  const { aave, aave36, morpho, uniswap, chainId } = deployment;
  const pools = uniswap.pools.map(({ address }) => `"${address}"`).join(', ');
  write(folder, 'aave-v3.toml', `name = "devnet"
chain_id = ${chainId}
protocol = "aave-v3"
addresses_provider = "${aave.addressesProvider}"
from_block = ${aave.fromBlock}
uniswap_v3_pools = [${pools}]
`);
  write(folder, 'morpho-blue.toml', `name = "devnet"
chain_id = ${chainId}
protocol = "morpho-blue"
morpho = "${morpho.address}"
from_block = ${morpho.fromBlock}
`);
  if (aave36) {
    write(folder, 'aave-v3-36.toml', `name = "devnet36"
chain_id = ${chainId}
protocol = "aave-v3"
addresses_provider = "${aave36.addressesProvider}"
from_block = ${aave36.fromBlock}
`);
  }
  const plain = (_, value) => (typeof value === 'bigint' ? value.toString() : value);
  write(folder, 'deployment.json', `${JSON.stringify(deployment, plain, 2)}\n`);
}

export const readDeployment = (folder) => JSON.parse(readFileSync(join(folder, 'deployment.json'), 'utf8'));

function write(folder, name, text) {
  const partial = join(folder, `.${name}.partial`);
  writeFileSync(partial, text);
  renameSync(partial, join(folder, name));
}
