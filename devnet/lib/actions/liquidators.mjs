import { MaxUint256 } from 'ethers';

/** Liquidates unhealthy Aave accounts; some are missed until the next pass. */
export async function actLiquidators(world, random, { diligence = 0.85 } = {}) {
  const unhealthy = (await world.readAccounts(world.borrowers, { tokens: false })).filter(({ health }) => health < 1);
  if (unhealthy.length === 0) return 0;
  const prices = await world.pricesUsd();
  let sent = 0;
  for (const account of await world.readAccounts(unhealthy.map(({ user }) => user))) {
    if (!random.chance(diligence)) continue;
    const debt = largest(world, account.owed, prices);
    const collateral = largest(world, account.supplied, prices, account.isCollateral);
    if (!debt || !collateral) continue;
    const amount = random.chance(0.75) ? MaxUint256 : (account.owed[debt] * BigInt(random.int(20, 45))) / 100n;
    const receiveAToken = random.chance(0.25);
    const liquidator = receiveAToken ? world.accounts.aTokenLiquidator : world.accounts.liquidator;
    world.chain.send(liquidator, world.pool, 'liquidationCall', [
      world.reserveOf[collateral].token.address, world.reserveOf[debt].token.address,
      account.user.address, amount, receiveAToken,
    ]);
    sent += 1;
  }
  return sent;
}

function largest(world, amounts, prices, allowed = () => true) {
  return Object.keys(amounts)
    .filter((symbol) => amounts[symbol] > 0n && allowed(symbol))
    .sort((a, b) => world.usd(b, amounts[b], prices) - world.usd(a, amounts[a], prices))[0];
}
