//! Tokens and Morpho Blue markets of strangers: anybody may create them.

use alloy_primitives::{Address, Bytes, U256, keccak256};
use alloy_sol_types::{SolCall, SolValue, sol};
use serde_json::{Value, json};

use super::devnet::Devnet;
use super::solc::{Compiled, compile};

sol! {
    struct MarketParams {
        address loanToken;
        address collateralToken;
        address oracle;
        address irm;
        uint256 lltv;
    }

    function createMarket(MarketParams memory marketParams) external;
    function supply(MarketParams memory marketParams, uint256 assets, uint256 shares, address onBehalf, bytes memory data) external returns (uint256, uint256);
}

/// The tokens' sources; each is a contract with the name of its [`Stranger`].
const SOURCES: &str = include_str!("strangers.sol");

/// A token of a stranger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stranger {
    /// It has the symbol of another token.
    Namesake,
    /// Its symbol has line breaks and HTML.
    Markup,
    /// Its symbol has ten thousand letters.
    Long,
    /// Its symbol is a word of 32 bytes.
    Word,
    /// Its symbol reverses the direction of text.
    RightToLeft,
    /// `symbol()` reverts.
    Nameless,
    /// It has no `decimals()`.
    WithoutDecimals,
}

impl Stranger {
    /// Those with unusual answers.
    pub(crate) const HOSTILE: [Self; 6] = [
        Self::Markup,
        Self::Long,
        Self::Word,
        Self::RightToLeft,
        Self::Nameless,
        Self::WithoutDecimals,
    ];

    /// The symbol that a lake should have, given the token's id.
    pub(crate) fn label(self, id: &str) -> String {
        match self {
            Self::Namesake => "USDC".to_owned(),
            Self::Markup => "scriptalert(1)script USDC".to_owned(),
            Self::Long => format!("{}…", "A".repeat(31)),
            Self::Word => "MKR".to_owned(),
            Self::RightToLeft => "CDSU".to_owned(),
            Self::Nameless => id.to_owned(),
            Self::WithoutDecimals => "NONE".to_owned(),
        }
    }
}

/// Creates tokens and markets on a dev-net of the caller's own.
pub(crate) struct Strangers<'a> {
    devnet: &'a Devnet,
    compiled: Compiled,
}

impl<'a> Strangers<'a> {
    pub(crate) fn new(devnet: &'a Devnet) -> Self {
        Self { devnet, compiled: compile(&[("strangers.sol", SOURCES)]) }
    }

    /// Deploys a token.
    pub(crate) fn deploy(&self, stranger: Stranger) -> Address {
        let code = self.compiled.code("strangers.sol", &format!("{stranger:?}"));
        let receipt = self.send(None, &code);
        receipt["contractAddress"].as_str().unwrap().parse().unwrap()
    }

    /// Puts a token at an address.
    pub(crate) fn place(&self, stranger: Stranger, address: Address) {
        let deployed = self.deploy(stranger);
        let code = self.devnet.node.request("eth_getCode", json!([deployed, "latest"]));
        self.devnet.node.request("anvil_setCode", json!([address, code]));
    }

    /// Creates a market; returns its id.
    pub(crate) fn create_market(
        &self,
        loan: Address,
        collateral: Address,
        oracle: Address,
    ) -> String {
        let market_params = self.market_params(loan, collateral, oracle);
        let id = keccak256(market_params.abi_encode());
        let call = createMarketCall { marketParams: market_params };
        self.send_to_morpho(&call);
        format!("{id:#x}")
    }

    /// Lends to a market whose loan token takes any transfer.
    pub(crate) fn supply(&self, loan: Address, collateral: Address, oracle: Address) {
        let market_params = self.market_params(loan, collateral, oracle);
        self.send_to_morpho(&supplyCall {
            marketParams: market_params,
            assets: U256::from(1_000_000),
            shares: U256::ZERO,
            onBehalf: self.devnet.address("/roles/admin"),
            data: Bytes::new(),
        });
    }

    fn market_params(&self, loan: Address, collateral: Address, oracle: Address) -> MarketParams {
        let first = &self.devnet.deployment["morpho"]["markets"][0];
        MarketParams {
            loanToken: loan,
            collateralToken: collateral,
            oracle,
            irm: self.devnet.address("/morpho/markets/0/irm"),
            lltv: first["lltv"].as_str().unwrap().parse().unwrap(),
        }
    }

    fn send_to_morpho<C: SolCall>(&self, call: &C) {
        self.send(Some(self.devnet.address("/morpho/address")), &call.abi_encode().into());
    }

    /// Mines a transaction that must succeed; returns its receipt.
    fn send(&self, to: Option<Address>, data: &Bytes) -> Value {
        let node = &self.devnet.node;
        let from = self.devnet.address("/roles/admin");
        let transaction = json!({ "from": from, "to": to, "data": data, "gas": "0x989680" });
        let hash = node.request("eth_sendTransaction", json!([transaction]));
        node.request("evm_mine", json!([]));
        let receipts = std::iter::repeat_with(|| {
            std::thread::sleep(std::time::Duration::from_millis(5));
            node.request("eth_getTransactionReceipt", json!([hash]))
        });
        let receipt = receipts.take(400).find(|receipt| !receipt.is_null()).unwrap();
        assert_eq!(receipt["status"], "0x1", "{receipt}");
        receipt
    }
}
