import { eventTable, eventTable36, forEachLog } from './events.mjs';

/** Events that the scenario must contain, as listed in the README. */
const REQUIRED = [
  'Aave.Supply', 'Aave.Withdraw', 'Aave.Borrow', 'Aave.Repay', 'Aave.LiquidationCall', 'Aave.FlashLoan',
  'Aave.ReserveUsedAsCollateralEnabled', 'Aave.ReserveUsedAsCollateralDisabled', 'Aave.UserEModeSet',
  'Aave.BalanceTransfer', 'Aave.Mint', 'Aave.Burn', 'Aave.MintedToTreasury', 'Aave.ReserveDataUpdated',
  'Aave.ReserveInitialized', 'Aave.CollateralConfigurationChanged', 'Aave.SupplyCapChanged',
  'Aave.BorrowCapChanged', 'Aave.ReserveFactorChanged', 'Aave.ReserveFrozen', 'Aave.EModeCategoryAdded',
  'Aave.EModeAssetCategoryChanged', 'Aave.LiquidationProtocolFeeChanged', 'Aave.ReserveBorrowing',
  'Aave.ReserveInterestRateStrategyChanged', 'Aave.AssetSourceUpdated',
  'Chainlink.AnswerUpdated', 'Uniswap.Initialize', 'Uniswap.Mint', 'Uniswap.Burn', 'Uniswap.Collect', 'Uniswap.Swap',
  'Morpho.CreateMarket', 'Morpho.Supply', 'Morpho.Withdraw', 'Morpho.SupplyCollateral', 'Morpho.WithdrawCollateral',
  'Morpho.Borrow', 'Morpho.Repay', 'Morpho.Liquidate', 'Morpho.AccrueInterest', 'Morpho.SetFee', 'Morpho.SetAuthorization',
];

/** The same for the second market. */
const REQUIRED_36 = [
  'Supply', 'Withdraw', 'Borrow', 'Repay', 'LiquidationCall', 'DeficitCreated', 'DeficitCovered', 'Mint', 'Burn',
  'BalanceTransfer', 'MintedToTreasury', 'UserEModeSet', 'ReserveUsedAsCollateralEnabled', 'ReserveUsedAsCollateralDisabled',
  'ReserveInitialized', 'EModeCategoryAdded', 'AssetCollateralInEModeChanged', 'AssetBorrowableInEModeChanged',
  'AssetLtvzeroInEModeChanged', 'ReserveFrozen', 'PendingLtvChanged', 'SupplyCapChanged', 'BorrowCapChanged',
  'ReserveFactorChanged', 'ReserveDataUpdated', 'BorrowAllowanceDelegated', 'PositionManagerApproved',
].map((event) => `Aave36.${event}`);

/**
 * Reads the whole chain back and counts its events; throws if a required one is missing.
 * `aave36` is the second market's entry of `deployment.json`, if there is one.
 */
export async function verifyScenario(world, aave36) {
  const { chain } = world;
  const table = await eventTable();
  const table36 = aave36 && (await eventTable36());
  const ours36 = addressesOf(aave36);
  const logCounts = {};
  const facts = {
    liquidationsOfHalf: 0, liquidationsOfAll: 0, liquidationsForATokens: 0, liquidationsForTokens: 0,
    repaidWithATokens: 0, aTokensToOneself: 0, answersTwiceInABlock: 0, morphoBadDebts: 0,
  };
  const liquidations = [];
  const answersOfBlock = new Set();
  await forEachLog(chain.rpc, chain.block, (log) => {
    const { name, iface } = (ours36.has(log.address) ? table36 : table).get(log.topics[0]) ?? { name: 'unknown' };
    logCounts[name] = (logCounts[name] ?? 0) + 1;
    const args = () => iface.parseLog(log).args;
    if (name === 'Aave.LiquidationCall') liquidations.push({ block: Number(log.blockNumber), ...args().toObject() });
    if (name === 'Aave.Repay' && args().useATokens) facts.repaidWithATokens += 1;
    if (name === 'Aave.BalanceTransfer' && log.topics[1] === log.topics[2]) facts.aTokensToOneself += 1;
    if (name === 'Morpho.Liquidate' && args().badDebtAssets > 0n) facts.morphoBadDebts += 1;
    if (name === 'Chainlink.AnswerUpdated') {
      const key = `${log.blockNumber} ${log.address}`;
      if (answersOfBlock.has(key)) facts.answersTwiceInABlock += 1;
      answersOfBlock.add(key);
    }
  });
  await checkLiquidations(world, liquidations, facts);
  facts.accountsWithBadDebt = (await world.readAccounts(world.borrowers, { tokens: false }))
    .filter(({ debtUsd, collateralUsd }) => debtUsd > 0 && collateralUsd === 0).length;
  const missing = [...[...REQUIRED, ...(aave36 ? REQUIRED_36 : [])].filter((name) => !logCounts[name]), ...Object.keys(facts).filter((name) => facts[name] === 0)];
  if (missing.length > 0) throw new Error(`the scenario lacks: ${missing.join(', ')}`);
  return { logCounts: sorted(logCounts), facts };
}

/** The contracts of the second market that log, in lower case as logs name them. */
function addressesOf(aave36) {
  if (!aave36) return new Set();
  const { addressesProvider, aclManager, pool, configurator, oracle, rateStrategy, reserves } = aave36;
  const tokens = reserves.flatMap(({ aToken, variableDebtToken }) => [aToken, variableDebtToken]);
  const all = [addressesProvider, aclManager, pool, configurator, oracle, rateStrategy, ...tokens];
  return new Set(all.map((address) => address.toLowerCase()));
}

/** Half or all of the debt in the block before. */
async function checkLiquidations(world, liquidations, facts) {
  const { chain, reserves } = world;
  for (const { block, debtAsset, user, debtToCover, receiveAToken } of liquidations) {
    facts[receiveAToken ? 'liquidationsForATokens' : 'liquidationsForTokens'] += 1;
    const { debtToken } = reserves.find(({ token }) => token.address === debtAsset);
    const owed = await chain.call(debtToken, 'balanceOf', [user], `0x${(block - 1).toString(16)}`);
    const share = Number(debtToCover) / Number(owed);
    if (share > 0.999) facts.liquidationsOfAll += 1;
    else if (share > 0.499 && share < 0.501) facts.liquidationsOfHalf += 1;
  }
}

const sorted = (counts) => Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));
