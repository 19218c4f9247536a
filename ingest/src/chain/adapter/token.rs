//! ERC-20 tokens: symbols and decimals.

use alloy_primitives::{Address, B256, Bytes, U256};
use alloy_sol_types::{SolCall, sol};
use plimsoll_lake::clean_symbol;
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

/// Most bytes of an answer that are read as a symbol; a label is far shorter.
const MAX_SYMBOL_BYTES: usize = 4_096;
/// More decimals than a double has magnitudes for are no unit.
const MAX_DECIMALS: u8 = 77;

/// Fetches symbols and decimals of tokens; a token that does not answer has none.
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
    let token = |((address, symbol), decimals): ((&Address, &CallOutcome), Option<u8>)| {
        let decimals = decimals.filter(|decimals| *decimals <= MAX_DECIMALS);
        Token::new(*address, decode_symbol(symbol), decimals.map(u32::from))
    };
    Ok(tokens.iter().zip(&symbols).zip(decimals).map(token).collect())
}

/// A cleaned symbol, from a string or, of the oldest tokens, 32 bytes.
fn decode_symbol(outcome: &CallOutcome) -> Option<String> {
    let CallOutcome::Returned(returned) = outcome else { return None };
    if let Some(text) = decode_string(returned) {
        return clean_symbol(&text);
    }
    let word = B256::try_from(returned.as_ref()).ok()?;
    let text = word.as_slice().split(|byte| *byte == 0).next()?;
    clean_symbol(&String::from_utf8_lossy(text))
}

/// The start of an ABI-encoded string: offset, length, bytes.
fn decode_string(returned: &[u8]) -> Option<String> {
    let word =
        |at: usize| usize::try_from(U256::try_from_be_slice(returned.get(at..at + 32)?)?).ok();
    let start = word(0)?.checked_add(32)?;
    let bytes = returned.get(start..)?;
    let bytes = bytes.get(..word(start - 32)?)?;
    Some(String::from_utf8_lossy(&bytes[..bytes.len().min(MAX_SYMBOL_BYTES)]).into_owned())
}

#[cfg(test)]
mod tests {
    use alloy_sol_types::SolValue;

    use super::*;

    fn decode(returned: Vec<u8>) -> Option<String> {
        decode_symbol(&CallOutcome::Returned(returned.into()))
    }

    #[test]
    fn strings_and_words_are_symbols() {
        assert_eq!(decode("USDC".abi_encode()).as_deref(), Some("USDC"));
        let word = B256::right_padding_from(b"MKR");
        assert_eq!(decode(word.to_vec()).as_deref(), Some("MKR"));
    }

    #[test]
    fn hostile_answers_are_no_symbol_or_a_short_one() {
        assert_eq!(decode(Vec::new()), None);
        assert_eq!(decode(vec![0; 32]), None);
        assert_eq!(decode(vec![0xff; 31]), None);
        assert_eq!(decode(vec![0xff; 96]), None, "the offset lies outside the answer");
        assert_eq!(decode("".abi_encode()), None);
        assert_eq!(decode("<b>\nUSDC\u{202e}".abi_encode()).as_deref(), Some("b USDC"));
        let long = decode("A".repeat(10_240).abi_encode()).expect("a symbol");
        assert_eq!(long.chars().count(), 32);
        assert_eq!(decode_symbol(&CallOutcome::Reverted(Default::default())), None);
    }
}
