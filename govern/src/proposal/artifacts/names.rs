//! Names of a proposal and its contract.

use crate::policy::AipPolicy;
use crate::proposal::document::Proposal;

/// Names shared by the files for governance.
pub(super) struct ArtifactNames {
    /// The market in the address book, such as `AaveV3Ethereum`.
    pub(super) pool: String,
    /// The day, such as `20240301`.
    pub(super) date: String,
    /// Name of the payload's contract.
    pub(super) contract: String,
    /// Title of the proposal.
    pub(super) title: String,
}

/// Subject of the contract, in one word.
pub(super) const SHORT_NAME: &str = "CollateralParameters";

impl ArtifactNames {
    pub(super) fn from_proposal(proposal: &Proposal, aip: &AipPolicy) -> Self {
        let name = &proposal.market.name;
        let market = name.rsplit('/').next().unwrap_or_default();
        let book = aip.address_book.clone().unwrap_or_else(|| camel_case(market));
        let is_aave = name.rsplit('/').nth(1) == Some("aave-v3");
        let about = if is_aave { format!("Aave v3 {book}") } else { name.clone() };
        let pool = format!("AaveV3{book}");
        let date = proposal.as_of.time.format("%Y%m%d").to_string();
        Self {
            contract: format!("{pool}_{SHORT_NAME}_{date}"),
            title: format!("Collateral parameters of {about}"),
            pool,
            date,
        }
    }
}

/// `core-2` becomes `Core2`.
fn camel_case(name: &str) -> String {
    let words = name.split(|letter: char| !letter.is_ascii_alphanumeric());
    let capital = |word: &str| {
        let (first, rest) = word.split_at(usize::from(!word.is_empty()));
        first.to_ascii_uppercase() + rest
    };
    words.map(capital).collect()
}

/// Formats basis points as per cent: 850 is `8.5`.
pub(super) fn format_percent(bps: u16) -> String {
    let (whole, hundredths) = (bps / 100, bps % 100);
    match hundredths {
        0 => whole.to_string(),
        hundredths if hundredths % 10 == 0 => format!("{whole}.{}", hundredths / 10),
        hundredths => format!("{whole}.{hundredths:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_identifiers_and_percentages_are_short() {
        assert_eq!(camel_case("aave-v3_core"), "AaveV3Core");
        assert_eq!(
            [850, 8_250, 8_255, 500, 5].map(format_percent),
            ["8.5", "82.5", "82.55", "5", "0.05"]
        );
    }
}
