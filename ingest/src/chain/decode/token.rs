//! A token in rows.

/// A token's symbol and unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    /// Its symbol, distinct from those before it.
    pub(crate) symbol: String,
    /// Decimal digits between the smallest unit and a token.
    pub(crate) decimals: u32,
}
