import { getCreateAddress } from 'ethers';
import { Contract, initCode } from './contract.mjs';

const BLOCK_TIME_S = 12;
const GAS_LIMIT = hex(20_000_000);
const FIRST_FEE_WEI = 5_000_000_000;
const BATCH_SIZE = 250;

/** A chain that grows block by block, each from the transactions queued for it. */
export class Chain {
  constructor(rpc, accounts) {
    this.rpc = rpc;
    this.signers = [...Object.values(accounts).flat()];
    this.queue = [];
    this.block = 0;
    this.timeS = 0;
  }

  /** Reads head and nonces from the node: at the start, and after a rollback. */
  async resume() {
    const head = await this.rpc.request('eth_getBlockByNumber', ['latest', false]);
    const nonces = await this.rpc.batch(
      this.signers.map(({ address }) => ['eth_getTransactionCount', [address, 'latest']]),
    );
    this.signers.forEach((signer, i) => (signer.nonce = Number(nonces[i])));
    this.block = Number(head.number);
    this.timeS = Number(head.timestamp);
    this.hash = head.hash;
    this.queue = [];
  }

  /** Queues a call for the next block. */
  send(signer, contract, name, args = []) {
    this.push(signer, contract.address, contract.encode(name, args), name);
  }

  /** Queues a deployment and returns its future address. */
  deploy(signer, artifact, args = [], libraries = {}) {
    const address = getCreateAddress({ from: signer.address, nonce: signer.nonce });
    this.push(signer, null, initCode(artifact, args, libraries), 'constructor');
    return new Contract(artifact.abi, address);
  }

  push(signer, to, data, label) {
    // The node orders a block by fee; a fee that falls by one wei each keeps the order of sending.
    const fee = hex(FIRST_FEE_WEI - this.queue.length);
    const transaction = { from: signer.address, nonce: hex(signer.nonce++), data, gas: GAS_LIMIT, maxFeePerGas: fee, maxPriorityFeePerGas: fee };
    if (to) transaction.to = to;
    this.queue.push({ transaction, label });
  }

  /** Mines the queue, `seconds` after the last block. `strict`: no transaction may fail. */
  async mine({ seconds = BLOCK_TIME_S, strict = false } = {}) {
    const queue = this.queue;
    this.queue = [];
    for (let i = 0; i < queue.length; i += BATCH_SIZE) {
      const sends = queue.slice(i, i + BATCH_SIZE).map(({ transaction }) => ['eth_sendTransaction', [transaction]]);
      await this.rpc.batch(sends);
    }
    this.timeS += seconds;
    await this.rpc.request('evm_mine', [hex(this.timeS)]);
    this.block += 1;
    if (strict) await this.mustHaveSucceeded(queue);
    return this.block;
  }

  async mustHaveSucceeded(queue) {
    const receipts = await this.rpc.request('eth_getBlockReceipts', [hex(this.block)]);
    if (receipts.length !== queue.length) {
      throw new Error(`block ${this.block} holds ${receipts.length} of ${queue.length} transactions`);
    }
    for (const [i, { status }] of receipts.entries()) {
      if (status === '0x1') continue;
      const { input: data, from, to } = await this.rpc.request('eth_getTransactionByHash', [receipts[i].transactionHash]);
      const before = hex(this.block - 1);
      const reason = await this.rpc.request('eth_call', [{ from, to, data }, before]).catch((error) => `${error.message} ${error.data ?? ''}`);
      throw new Error(`block ${this.block}: ${queue[i].label} failed: ${reason}`);
    }
  }

  /** Rolls back the last `depth` blocks. */
  async rollback(depth) {
    await this.rpc.request('anvil_rollback', [depth]);
    await this.resume();
  }

  async call(contract, name, args = [], block = 'latest') {
    const request = { to: contract.address, data: contract.encode(name, args) };
    return contract.decode(name, await this.rpc.request('eth_call', [request, block]));
  }

  /** Many reads, `[contract, name, args]` each, in one call to the lens. */
  async calls(reads) {
    const requests = reads.map(([contract, name, args = []]) => [contract.address, contract.encode(name, args)]);
    const answers = await this.call(this.lens, 'many', [requests]);
    return answers.map((bytes, i) => reads[i][0].decode(reads[i][1], bytes));
  }
}

function hex(number) {
  return `0x${number.toString(16)}`;
}
