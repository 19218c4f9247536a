//! Markets that cannot be read, so that all others go on without them.

use std::error::Error;
use std::fmt;

use crate::market::MarketId;

/// A market that was left out, with the reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOutMarket {
    /// The market.
    pub market: MarketId,
    /// What failed, with the file, asset or value at fault, without the market's name.
    pub reason: String,
}

impl LeftOutMarket {
    /// A market and the error of reading it, with all its causes.
    pub fn new(market: MarketId, error: &(dyn Error + 'static)) -> Self {
        let mut causes = vec![error.to_string()];
        let mut cause = error.source();
        while let Some(next) = cause {
            let text = next.to_string();
            // Some errors contain the text of their cause.
            if !causes.iter().any(|known| known.contains(&text)) {
                causes.push(text);
            }
            cause = next.source();
        }
        let reason = causes.join(": ");
        // An error of a market begins with its name.
        let own = reason.strip_prefix(&format!("market {}: ", market.name()));
        let reason = own.map(str::to_owned).unwrap_or(reason);
        Self { market, reason }
    }
}

impl fmt::Display for LeftOutMarket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.market.name(), self.reason)
    }
}

/// Reads each market; those that fail are left out.
///
/// # Errors
/// The first error if every market fails.
pub fn read_each_market<T, E: Error + 'static>(
    markets: Vec<MarketId>,
    mut read: impl FnMut(&MarketId) -> Result<T, E>,
) -> Result<(Vec<T>, Vec<LeftOutMarket>), E> {
    let (mut found, mut left_out, mut first) = (Vec::new(), Vec::new(), None);
    for market in markets {
        match read(&market) {
            Ok(value) => found.push(value),
            Err(error) => {
                left_out.push(LeftOutMarket::new(market, &error));
                first.get_or_insert(error);
            }
        }
    }
    match first {
        Some(error) if found.is_empty() => Err(error),
        _ => Ok((found, left_out)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::FeatureError;

    fn market(name: &str) -> MarketId {
        MarketId { chain: "c".to_owned(), protocol: "p".to_owned(), market: name.to_owned() }
    }

    fn read(id: &MarketId) -> Result<String, FeatureError> {
        if id.market == "bad" {
            return Err(FeatureError::NoPrice {
                market: id.name(),
                asset: "X".to_owned(),
                price_source: "s".to_owned(),
            });
        }
        Ok(id.name())
    }

    #[test]
    fn a_market_that_fails_is_left_out_and_named() {
        let markets = vec![market("a"), market("bad"), market("b")];
        let (found, left_out) = read_each_market(markets, read).expect("two are read");
        assert_eq!(found, ["c/p/a", "c/p/b"]);
        let expected = "c/p/bad: no price of X from source s: ingest it before features";
        assert_eq!(left_out.iter().map(ToString::to_string).collect::<Vec<_>>(), [expected]);
    }

    #[test]
    fn if_every_market_fails_the_first_error_remains() {
        let error = read_each_market(vec![market("bad"), market("bad")], read);
        assert!(error.expect_err("none is read").to_string().contains("c/p/bad"));
    }
}
