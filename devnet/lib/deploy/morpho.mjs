import { AbiCoder, keccak256 } from 'ethers';
import { morpho } from '../artifacts.mjs';

const WAD = 10n ** 18n;
const FEE_WAD = WAD / 10n;

export const MORPHO_MARKETS = [
  { loan: 'USDC', collateral: 'wstETH', lltv: 0.86 },
  { loan: 'USDC', collateral: 'WBTC', lltv: 0.86 },
  { loan: 'WETH', collateral: 'wstETH', lltv: 0.945 },
];

const PARAMS = ['address', 'address', 'address', 'address', 'uint256'];

/** The value of one smallest unit of collateral in the loan's, scaled by 1e36. */
export function oraclePrice(collateral, loan, collateralUsd, loanUsd) {
  const ratio = BigInt(Math.round((collateralUsd / loanUsd) * 1e12));
  return ratio * 10n ** BigInt(24 + loan.decimals - collateral.decimals);
}

/** Deploys Morpho Blue with its markets; each market has an oracle of its own. */
export async function deployMorpho(chain, { admin, treasury }, tokens, assets) {
  const { Morpho, IrmMock, OracleMock } = await morpho();
  const contract = chain.deploy(admin, Morpho, [admin.address]);
  const irm = chain.deploy(admin, IrmMock);
  const send = (name, ...args) => chain.send(admin, contract, name, args);
  send('enableIrm', irm.address);
  send('setFeeRecipient', treasury.address);
  for (const lltv of new Set(MORPHO_MARKETS.map((market) => market.lltv))) {
    send('enableLltv', BigInt(lltv * 1000) * (WAD / 1000n));
  }
  const markets = MORPHO_MARKETS.map(({ loan, collateral, lltv }) => {
    const oracle = chain.deploy(admin, OracleMock);
    const [loanAsset, collateralAsset] = [loan, collateral].map((symbol) => assets.find((asset) => asset.symbol === symbol));
    chain.send(admin, oracle, 'setPrice', [
      oraclePrice(collateralAsset, loanAsset, collateralAsset.priceUsd, loanAsset.priceUsd),
    ]);
    const market = {
      loanToken: tokens[loan].address,
      collateralToken: tokens[collateral].address,
      oracle: oracle.address,
      irm: irm.address,
      lltv: BigInt(lltv * 1000) * (WAD / 1000n),
    };
    send('createMarket', market);
    return { ...market, id: marketId(market), loan, collateral };
  });
  send('setFee', markets[0], FEE_WAD);
  return { contract, markets };
}

const marketId = ({ loanToken, collateralToken, oracle, irm, lltv }) =>
  keccak256(AbiCoder.defaultAbiCoder().encode(PARAMS, [loanToken, collateralToken, oracle, irm, lltv]));
