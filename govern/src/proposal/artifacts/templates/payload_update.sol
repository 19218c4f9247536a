    collateralUpdate[${index}] = IAaveV3ConfigEngine.CollateralUpdate({
      asset: ${asset},
      ltv: ${ltv},
      liqThreshold: ${liq_threshold},
      liqBonus: ${liq_bonus},
${debt_ceiling}      liqProtocolFee: EngineFlags.KEEP_CURRENT
    });
