// SPDX-License-Identifier: MIT
pragma solidity ^0.8.0;

interface IPool {
    function getUserAccountData(address user)
        external
        view
        returns (uint256, uint256, uint256, uint256, uint256, uint256);
    function getUserEMode(address user) external view returns (uint256);
    function getUserConfiguration(address user) external view returns (uint256);
}

interface IToken {
    function balanceOf(address owner) external view returns (uint256);
}

/// Many questions in one call, and what the scenario asks about accounts of an Aave pool.
contract Lens {
    struct Account {
        uint256 collateralBase;
        uint256 debtBase;
        uint256 availableBase;
        uint256 healthFactor;
        uint256 eMode;
        uint256 configuration;
        uint256[] supplied;
        uint256[] owed;
        uint256[] wallet;
    }

    struct Request {
        address target;
        bytes data;
    }

    function many(Request[] calldata requests) external view returns (bytes[] memory answers) {
        answers = new bytes[](requests.length);
        for (uint256 i = 0; i < requests.length; i++) {
            (bool answered, bytes memory answer) = requests[i].target.staticcall(requests[i].data);
            require(answered, "a read failed");
            answers[i] = answer;
        }
    }

    function accounts(
        IPool pool,
        address[] calldata users,
        IToken[] calldata aTokens,
        IToken[] calldata debtTokens,
        IToken[] calldata tokens
    ) external view returns (Account[] memory found) {
        found = new Account[](users.length);
        for (uint256 i = 0; i < users.length; i++) {
            Account memory account = found[i];
            (account.collateralBase, account.debtBase, account.availableBase,,, account.healthFactor) =
                pool.getUserAccountData(users[i]);
            account.eMode = pool.getUserEMode(users[i]);
            account.configuration = pool.getUserConfiguration(users[i]);
            account.supplied = balances(aTokens, users[i]);
            account.owed = balances(debtTokens, users[i]);
            account.wallet = balances(tokens, users[i]);
        }
    }

    function balances(IToken[] calldata tokens, address owner) private view returns (uint256[] memory found) {
        found = new uint256[](tokens.length);
        for (uint256 i = 0; i < tokens.length; i++) {
            found[i] = tokens[i].balanceOf(owner);
        }
    }
}
