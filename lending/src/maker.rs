//! Maker's Liquidations 2.0 in the integers of its contracts: amounts in wad, prices and factors in
//! ray, debts in rad (18, 27 and 45 decimals). Source: `makerdao/dss` 1.2 and later.

mod abacus;
mod clipper;
mod dog;
mod error;
#[cfg(test)]
mod fixtures;
mod sale;
mod take;

pub use abacus::Abacus;
pub use clipper::{Clipper, Kick, Status};
pub use dog::{Bark, Dog, Vault};
pub use error::AuctionError;
pub use sale::Sale;
pub use take::Take;
