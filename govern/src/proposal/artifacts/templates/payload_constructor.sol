
  constructor(IAaveV3ConfigEngine engine) AaveV3Payload(engine) {}

  function getPoolContext() public pure override returns (IAaveV3ConfigEngine.PoolContext memory) {
    return IAaveV3ConfigEngine.PoolContext({networkName: '${pool}', networkAbbreviation: 'V3'});
  }
