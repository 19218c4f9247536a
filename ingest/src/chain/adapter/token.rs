//! ERC-20 tokens: symbols and decimals.

use alloy_primitives::{Address, B256, Bytes};
use alloy_sol_types::{SolCall, sol};
use plimsoll_lake::format_address;
use plimsoll_rpc::{BlockTag, CallOutcome, Client};

use crate::chain::decode::token::Token;
use crate::chain::error::ChainError;
use crate::chain::view_calls::call_views;

sol! {
    /// `IERC20Metadata`.
    contract Erc20 {
        function symbol() external view returns (string memory);
        function decimals() external view returns (uint8);
    }
}

/// Fetches symbols and decimals of tokens; the address is appended to a symbol that repeats.
pub(crate) async fn fetch_tokens(
    client: &Client,
    tokens: &[Address],
    at: u64,
) -> Result<Vec<Token>, ChainError> {
    let decimals = tokens.iter().map(|token| (*token, Erc20::decimalsCall {}));
    let input = Bytes::from(Erc20::symbolCall {}.abi_encode());
    let calls: Vec<_> = tokens.iter().map(|token| (*token, input.clone())).collect();
    let symbols = client.call(&calls, BlockTag::Number(at));
    let (decimals, symbols) = tokio::try_join!(call_views(client, decimals, at), symbols)?;
    let mut named: Vec<Token> = Vec::new();
    for ((address, outcome), decimals) in tokens.iter().zip(&symbols).zip(decimals) {
        let symbol = decode_symbol(outcome).filter(|symbol| !symbol.is_empty());
        let taken = |symbol: &String| named.iter().any(|token| token.symbol == *symbol);
        let symbol = match symbol {
            Some(symbol) if !taken(&symbol) => symbol,
            Some(symbol) => format!("{symbol}-{}", format_address(*address)),
            None => format_address(*address),
        };
        named.push(Token { symbol, decimals: decimals.map_or(0, u32::from) });
    }
    Ok(named)
}

/// A symbol, a string or, of the oldest tokens, 32 bytes.
fn decode_symbol(outcome: &CallOutcome) -> Option<String> {
    let CallOutcome::Returned(returned) = outcome else { return None };
    if let Ok(symbol) = Erc20::symbolCall::abi_decode_returns(returned) {
        return Some(symbol);
    }
    let word = B256::try_from(returned.as_ref()).ok()?;
    let text = word.as_slice().split(|byte| *byte == 0).next()?;
    String::from_utf8(text.to_vec()).ok()
}
