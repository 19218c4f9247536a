import { getCreate2Address, keccak256, AbiCoder } from 'ethers';
import { uniswap } from '../artifacts.mjs';
import { Contract } from '../contract.mjs';
import { poolPrice, sqrtPriceX96 } from '../uniswap-math.mjs';

const POOLS = [
  { pair: ['WETH', 'USDC'], fee: 500, tickSpacing: 10 },
  { pair: ['WBTC', 'WETH'], fee: 3000, tickSpacing: 60 },
];

/** Deploys factory, periphery and pools, each pool opened at the assets' first prices. */
export function deployUniswap(chain, { admin }, tokens, assets) {
  const factory = chain.deploy(admin, uniswap('UniswapV3Factory'));
  const weth = tokens.WETH.address;
  const periphery = (name, ...more) => chain.deploy(admin, uniswap(name), [factory.address, weth, ...more]);
  const quoterV2 = periphery('QuoterV2');
  const router = periphery('SwapRouter');
  // The descriptor only renders images.
  const positions = periphery('NonfungiblePositionManager', admin.address);
  const tickLens = chain.deploy(admin, uniswap('TickLens'));
  const pools = POOLS.map(({ pair, fee, tickSpacing }) => {
    const [asset0, asset1] = pair
      .map((symbol) => assets.find((asset) => asset.symbol === symbol))
      .sort((a, b) => (tokens[a.symbol].address.toLowerCase() < tokens[b.symbol].address.toLowerCase() ? -1 : 1));
    const token0 = tokens[asset0.symbol].address;
    const token1 = tokens[asset1.symbol].address;
    const price = poolPrice(asset0, asset1, asset0.priceUsd, asset1.priceUsd);
    chain.send(admin, factory, 'createPool', [token0, token1, fee]);
    const pool = new Contract(uniswap('UniswapV3Pool').abi, poolAddress(factory, token0, token1, fee));
    chain.send(admin, pool, 'initialize', [sqrtPriceX96(price)]);
    return { address: pool.address, token0, token1, symbol0: asset0.symbol, symbol1: asset1.symbol, fee, tickSpacing };
  });
  return { periphery: { factory, quoterV2, router, positions, tickLens }, pools };
}

function poolAddress(factory, token0, token1, fee) {
  const salt = keccak256(AbiCoder.defaultAbiCoder().encode(['address', 'address', 'uint24'], [token0, token1, fee]));
  return getCreate2Address(factory.address, salt, keccak256(uniswap('UniswapV3Pool').bytecode));
}
