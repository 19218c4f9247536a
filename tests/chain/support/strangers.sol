// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

contract Accepting {
  function transferFrom(address, address, uint256) external pure returns (bool) {
    return true;
  }
}

contract Unit is Accepting {
  function decimals() external pure returns (uint8) {
    return 6;
  }
}

contract Namesake is Unit {
  function symbol() external pure returns (string memory) {
    return "USDC";
  }
}

contract Markup is Unit {
  function symbol() external pure returns (string memory) {
    return "<script>alert(1)</script>\n\tUSDC\x00";
  }
}

contract Long is Unit {
  function symbol() external pure returns (string memory) {
    bytes memory text = new bytes(10240);
    for (uint256 i = 0; i < text.length; i++) text[i] = "A";
    return string(text);
  }
}

contract Word is Unit {
  function symbol() external pure returns (bytes32) {
    return "MKR";
  }
}

contract RightToLeft is Unit {
  function symbol() external pure returns (string memory) {
    return string(bytes(hex"e280ae43445355"));
  }
}

contract Nameless is Unit {
  function symbol() external pure returns (string memory) {
    revert("none");
  }
}

contract WithoutDecimals is Accepting {
  function symbol() external pure returns (string memory) {
    return "NONE";
  }
}
