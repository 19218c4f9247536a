//! Tests of auctions.

use super::*;
use crate::fixed_point::maker::{RAY, WAD};
use crate::maker::fixtures::{dai, eth_b, kick};

#[test]
fn kick_starts_at_the_buffered_price_and_pays_the_keeper() {
    assert_eq!(kick().sale.top_ray, uint(3_900) * RAY);
    assert_eq!(kick().incentive_rad, dai(413));
    let price = Clipper::feed_price(uint(3_000) * WAD, RAY);
    assert_eq!(price, Ok(uint(3_000) * RAY));
    let none = eth_b().kick(dai(1), U256::ZERO, RAY, 0);
    assert_eq!(none, Err(AuctionError::Zero { quantity: "lot" }));
}

#[test]
fn auction_needs_redo_after_tail_or_below_cusp() {
    let needs_redo = |clipper: Clipper, elapsed_s: u64| {
        clipper.status(&kick().sale, 1_000 + elapsed_s).unwrap().needs_redo
    };
    // .99^91 is above .4, .99^92 below.
    assert!(!needs_redo(eth_b(), 91 * 60 + 59) && needs_redo(eth_b(), 92 * 60));
    let patient = Clipper { cusp_ray: U256::ZERO, ..eth_b() };
    assert!(!needs_redo(patient, 8_400) && needs_redo(patient, 8_401));
    assert_eq!(eth_b().status(&kick().sale, 999), Err(ArithmeticError::Underflow));
}

#[test]
fn redo_takes_the_current_price_and_pays_only_above_chost() {
    let (clipper, sale) = (eth_b(), kick().sale);
    let early = clipper.redo(&sale, uint(2_000) * RAY, 1_060);
    assert_eq!(early, Err(AuctionError::CannotReset));
    let redone = clipper.redo(&sale, uint(2_000) * RAY, 9_500).unwrap();
    let expected = Sale { top_ray: uint(2_600) * RAY, tic_s: 9_500, ..sale };
    assert_eq!((redone.sale, redone.incentive_rad), (expected, dai(413)));
    let worthless = clipper.redo(&sale, uint(2) * RAY, 9_500).unwrap();
    assert_eq!(worthless.incentive_rad, U256::ZERO);
}

#[test]
fn market_price_is_reached_after_26_steps() {
    let market = uint(3_004) * RAY;
    assert_eq!(eth_b().seconds_to_price(&kick().sale, market), Ok(Some(26 * 60)));
    assert_eq!(eth_b().seconds_to_price(&kick().sale, uint(4_000) * RAY), Ok(Some(0)));
    // Below .4 of the starting price the auction must be restarted.
    assert_eq!(eth_b().seconds_to_price(&kick().sale, uint(1_500) * RAY), Ok(None));
}
