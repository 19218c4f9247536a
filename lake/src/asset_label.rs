//! Labels of assets: a token's own symbol is any text, so it names no asset by itself.

use crate::tables::MarketAsset;

/// Characters of a label's symbol, at most.
const MAX_SYMBOL_CHARS: usize = 32;
/// Characters with a meaning in HTML, Markdown, TOML, shells or file names.
const SPECIAL: &str = "\"'`<>&|\\*#$;{}[]/";

/// A token's symbol as a label: without characters that control text or have a meaning in a document,
/// at most 32 characters; `None` if nothing remains.
///
/// Letters of other alphabets remain; [`asset_labels`] adds the address to them.
#[must_use]
pub fn clean_symbol(symbol: &str) -> Option<String> {
    let visible = symbol.chars().filter(|c| !is_format_character(*c) && !SPECIAL.contains(*c));
    let spaced: String = visible.map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
    let text = spaced.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    if text.chars().count() > MAX_SYMBOL_CHARS {
        let start: String = text.chars().take(MAX_SYMBOL_CHARS - 1).collect();
        return Some(format!("{start}…"));
    }
    (!text.is_empty()).then_some(text)
}

/// Whether a character is not drawn, or changes how others are drawn: control characters, marks that
/// join others (they stack without a limit), directions and joiners, tags, and private ones.
fn is_format_character(c: char) -> bool {
    let ranges = [
        ('\u{ad}', '\u{ad}'),
        ('\u{300}', '\u{36f}'),
        ('\u{61c}', '\u{61c}'),
        ('\u{115f}', '\u{1160}'),
        ('\u{180b}', '\u{180f}'),
        ('\u{200b}', '\u{200f}'),
        ('\u{2028}', '\u{202e}'),
        ('\u{2060}', '\u{206f}'),
        ('\u{20d0}', '\u{20ff}'),
        ('\u{3164}', '\u{3164}'),
        ('\u{e000}', '\u{f8ff}'),
        ('\u{fe00}', '\u{fe0f}'),
        ('\u{fe20}', '\u{fe2f}'),
        ('\u{feff}', '\u{feff}'),
        ('\u{ffa0}', '\u{ffa0}'),
        ('\u{fff0}', '\u{ffff}'),
        ('\u{e0000}', '\u{10ffff}'),
    ];
    // A tab or a line break is white space, which becomes one space.
    (c.is_control() && !c.is_whitespace())
        || ranges.iter().any(|(first, last)| (*first..=*last).contains(&c))
}

/// An address in the middle of a text: its first six and last four characters.
#[must_use]
pub fn short_address(address: &str) -> String {
    let letters: Vec<char> = address.chars().collect();
    if letters.len() <= 12 {
        return address.to_owned();
    }
    let (start, end) = (&letters[..6], &letters[letters.len() - 4..]);
    format!("{}…{}", start.iter().collect::<String>(), end.iter().collect::<String>())
}

/// A label of each asset, different from all others: the symbol where it is plain and no other asset
/// has it, and otherwise the symbol with the address, such as `USDC (0xe7f1…0512)`.
#[must_use]
pub fn asset_labels(assets: &[MarketAsset]) -> Vec<String> {
    let symbols: Vec<Option<&str>> = assets.iter().map(plain_symbol).collect();
    let is_unique = |symbol: &str| {
        let same = |other: &&MarketAsset| other.symbol().eq_ignore_ascii_case(symbol);
        let is_id = assets.iter().any(|other| other.asset == symbol && other.symbol() != symbol);
        assets.iter().filter(same).count() == 1 && !is_id
    };
    let label = |(asset, symbol): (&MarketAsset, &Option<&str>)| match symbol {
        Some(symbol) if is_unique(symbol) => (*symbol).to_owned(),
        _ => addressed(asset, &short_address(asset.token())),
    };
    let mut labels: Vec<String> = assets.iter().zip(&symbols).map(label).collect();
    // Addresses with equal ends are made on purpose.
    for index in 0..labels.len() {
        if labels.iter().filter(|label| **label == labels[index]).count() > 1 {
            labels[index] = addressed(&assets[index], assets[index].token());
        }
    }
    labels
}

/// The symbol, unless letters of other alphabets or an address's form could deceive a reader; an asset
/// without an address has been named by the operator.
fn plain_symbol(asset: &MarketAsset) -> Option<&str> {
    let symbol = asset.symbol();
    let deceives = |symbol: &str| {
        symbol.chars().any(|c| c.is_alphabetic() && !c.is_ascii())
            || symbol.contains(['(', ')', '…'])
            || symbol.starts_with("0x")
            || symbol.starts_with("emode-")
    };
    (asset.address.is_none() || !deceives(symbol)).then_some(symbol)
}

fn addressed(asset: &MarketAsset, address: &str) -> String {
    let symbol = asset.symbol();
    if symbol == asset.token() { address.to_owned() } else { format!("{symbol} ({address})") }
}

#[cfg(test)]
mod tests;
