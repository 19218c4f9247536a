//! A token as rows name it.

/// A token's name and unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    /// Its symbol, made unlike those before it.
    pub(crate) symbol: String,
    /// Decimal digits between the smallest unit and a token.
    pub(crate) decimals: u32,
}
