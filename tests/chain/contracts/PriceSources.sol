// SPDX-License-Identifier: MIT
pragma solidity ^0.8.0;

interface ISource {
  function latestAnswer() external view returns (int256);
}

/// As Chainlink's DualAggregator for its secondary reader: a primary answer counts once the secondary
/// round follows, which logs `SecondaryRoundIdUpdated` alone, or once the cutoff time has passed.
contract DualAggregator {
  event AnswerUpdated(int256 indexed current, uint256 indexed roundId, uint256 updatedAt);
  event SecondaryRoundIdUpdated(uint32 indexed secondaryRoundId);

  uint256 public constant CUTOFF_S = 60;
  mapping(uint32 => int256) internal answers;
  mapping(uint32 => uint256) internal times;
  uint32 internal latestRound;
  uint32 internal secondaryRound;

  function transmit(int256 answer) external {
    latestRound++;
    answers[latestRound] = answer;
    times[latestRound] = block.timestamp;
    emit AnswerUpdated(answer, latestRound, block.timestamp);
  }

  function transmitSecondary() external {
    secondaryRound = latestRound;
    emit SecondaryRoundIdUpdated(latestRound);
  }

  function latestAnswer() external view returns (int256) {
    for (uint32 round = latestRound; round > secondaryRound; round--) {
      if (times[round] + CUTOFF_S < block.timestamp) return answers[round];
    }
    return answers[secondaryRound];
  }
}

/// As `EACAggregatorProxy`.
contract FeedProxy {
  address public aggregator;
  uint16 public constant phaseId = 1;

  constructor(address aggregator_) {
    aggregator = aggregator_;
  }

  function phaseAggregators(uint16) external view returns (address) {
    return aggregator;
  }

  function latestAnswer() external view returns (int256) {
    return ISource(aggregator).latestAnswer();
  }
}

/// As Aave's price cap adapters: a cap that grows with time.
contract CappedAdapter {
  event PriceCapUpdated(int256 priceCap);

  address public ASSET_TO_USD_AGGREGATOR;
  int256 internal cap;
  uint256 internal setAt;
  int256 internal constant GROWTH_PER_S = 100;

  constructor(address aggregator, int256 cap_) {
    ASSET_TO_USD_AGGREGATOR = aggregator;
    (cap, setAt) = (cap_, block.timestamp);
  }

  function setPriceCap(int256 cap_) external {
    (cap, setAt) = (cap_, block.timestamp);
    emit PriceCapUpdated(cap_);
  }

  function latestAnswer() external view returns (int256) {
    int256 answer = ISource(ASSET_TO_USD_AGGREGATOR).latestAnswer();
    int256 most = cap + GROWTH_PER_S * int256(block.timestamp - setAt);
    return answer > most ? most : answer;
  }
}

/// A ratio that changes without a log.
contract RatioProvider {
  int256 public ratio = 1e18;

  function setRatio(int256 ratio_) external {
    ratio = ratio_;
  }
}

/// As Aave's adapters of staked tokens.
contract RatioAdapter {
  address public BASE_TO_USD_AGGREGATOR;
  address public RATIO_PROVIDER;

  constructor(address aggregator, address provider) {
    (BASE_TO_USD_AGGREGATOR, RATIO_PROVIDER) = (aggregator, provider);
  }

  function latestAnswer() external view returns (int256) {
    int256 ratio = RatioProvider(RATIO_PROVIDER).ratio();
    return ISource(BASE_TO_USD_AGGREGATOR).latestAnswer() * ratio / 1e18;
  }
}

contract BrokenSource {
  function latestAnswer() external pure returns (int256) {
    revert('broken');
  }
}
