          {asset: ${asset}, ltv: '${ltv}', liqThreshold: '${liq_threshold}', liqBonus: '${liq_bonus}', ${debt_ceiling}liqProtocolFee: ''},
