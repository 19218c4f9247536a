//! Price impact curves of trade size, fitted to quotes.

mod curve;
mod fit;

pub use curve::ImpactCurve;
pub use fit::ImpactQuote;
