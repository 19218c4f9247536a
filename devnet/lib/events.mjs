import { Interface } from 'ethers';
import { aave, aave36, chainlink, morpho, uniswap } from './artifacts.mjs';

const BLOCKS_PER_QUERY = 100;
const AAVE = ['Pool', 'PoolConfigurator', 'PoolAddressesProvider', 'ACLManager', 'AaveOracle', 'AToken', 'VariableDebtToken', 'DefaultReserveInterestRateStrategy'];

/** Every event that a deployed contract may log: `topic0 -> {name: 'Aave.Supply', fragment, iface}`. */
export async function eventTable() {
  const { FluxAggregator, EACAggregatorProxy } = await chainlink();
  const { EventsLib } = await morpho();
  return tableOf([
    ['Aave', AAVE.map(aave)],
    // Library events of this compiler are in their library's interface only.
    ['Aave', ['BorrowLogic', 'SupplyLogic', 'LiquidationLogic', 'EModeLogic', 'PoolLogic', 'BridgeLogic', 'FlashLoanLogic', 'ConfiguratorLogic'].map(aave)],
    ['Chainlink', [FluxAggregator, EACAggregatorProxy]],
    ['Uniswap', ['UniswapV3Factory', 'UniswapV3Pool', 'NonfungiblePositionManager'].map(uniswap)],
    ['Morpho', [EventsLib]],
  ]);
}

/** The same for the contracts of the second market: `topic0 -> {name: 'Aave36.Supply', ...}`. */
export const eventTable36 = async () => tableOf([['Aave36', Object.values(await aave36())]]);

function tableOf(houses) {
  const table = new Map();
  for (const [house, artifacts] of houses) {
    for (const { abi } of artifacts) {
      const iface = new Interface(abi);
      iface.forEachEvent((event) => {
        if (!table.has(event.topicHash)) table.set(event.topicHash, { name: `${house}.${event.name}`, iface });
      });
    }
  }
  return table;
}

/** All logs up to a block, `visit(log)` each. */
export async function forEachLog(rpc, head, visit) {
  for (let from = 0; from <= head; from += BLOCKS_PER_QUERY) {
    const to = Math.min(head, from + BLOCKS_PER_QUERY - 1);
    const logs = await rpc.request('eth_getLogs', [{ fromBlock: `0x${from.toString(16)}`, toBlock: `0x${to.toString(16)}` }]);
    logs.forEach(visit);
  }
}
