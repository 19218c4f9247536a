//! Labels of hostile, equal and absent symbols.

use proptest::prelude::*;

use super::*;

const REAL: &str = "0xe7f1725e7734ce288f8367e1bb143e90bb3f0512";
const STRANGER: &str = "0x0000725e7734ce288f8367e1bb143e90bb3f0512";

fn asset(address: &str, symbol: Option<&str>) -> MarketAsset {
    MarketAsset {
        chain: "c".to_owned(),
        protocol: "p".to_owned(),
        market: "m".to_owned(),
        asset: address.to_owned(),
        address: address.starts_with("0x").then(|| address.to_owned()),
        decimals: 18,
        price_source: "s".to_owned(),
        price_asset: address.to_owned(),
        oracle_delay_s: 0,
        symbol: symbol.map(str::to_owned),
        problem: None,
    }
}

#[test]
fn hostile_symbols_become_short_plain_text() {
    for (symbol, expected) in [
        ("USDC", Some("USDC")),
        ("USD\u{20ae}0", Some("USD\u{20ae}0")),
        ("a\nb\tc", Some("a b c")),
        ("<script>alert(1)</script>", Some("scriptalert(1)script")),
        ("\u{202e}CDSU", Some("CDSU")),
        ("\"'`|", None),
        (" \u{200b}\u{feff} ", None),
        ("", None),
        ("A\u{336}\u{336}B\0", Some("AB")),
    ] {
        assert_eq!(clean_symbol(symbol).as_deref(), expected, "{symbol:?}");
    }
    let long = clean_symbol(&"x".repeat(10_240)).expect("a symbol");
    assert_eq!((long.chars().count(), long.chars().last()), (32, Some('…')));
}

#[test]
fn equal_symbols_have_their_addresses() {
    let labels = asset_labels(&[
        asset(STRANGER, Some("USDC")),
        asset(REAL, Some("USDC")),
        asset("0x1111111111111111111111111111111111111111", Some("WETH")),
    ]);
    assert_eq!(labels, ["USDC (0x0000…0512)", "USDC (0xe7f1…0512)", "WETH"]);
}

#[test]
fn a_symbol_that_could_deceive_has_its_address() {
    let labels = asset_labels(&[
        asset(REAL, Some("USD\u{421}")),
        asset(STRANGER, Some(REAL)),
        asset("0x1111111111111111111111111111111111111111", None),
    ]);
    let stranger = format!("{REAL} (0x0000…0512)");
    assert_eq!(labels, ["USD\u{421} (0xe7f1…0512)", stranger.as_str(), "0x1111…1111"]);
}

#[test]
fn an_asset_without_address_keeps_its_symbol() {
    assert_eq!(asset_labels(&[asset("ETH", None), asset("DAI", None)]), ["ETH", "DAI"]);
}

proptest! {
    #[test]
    fn labels_differ_from_each_other(
        symbols in proptest::collection::vec(proptest::option::of("[A-C\u{421}]{1,2}"), 1..8),
    ) {
        let address = |index: usize| format!("0xe7f1{index:036x}");
        let assets: Vec<_> = symbols
            .iter()
            .enumerate()
            .map(|(index, symbol)| asset(&address(index << 20), symbol.as_deref()))
            .collect();
        let mut labels = asset_labels(&assets);
        labels.sort();
        labels.dedup();
        prop_assert_eq!(labels.len(), assets.len());
    }

    #[test]
    fn a_clean_symbol_is_clean(symbol in any::<String>()) {
        if let Some(clean) = clean_symbol(&symbol) {
            prop_assert!(clean.chars().count() <= MAX_SYMBOL_CHARS);
            prop_assert!(!clean.chars().any(|c| c.is_control() || SPECIAL.contains(c)));
            prop_assert_eq!(clean_symbol(&clean), Some(clean));
        }
    }
}
