//! An auction of ETH-B for tests.

use ruint::aliases::U256;

use super::abacus::Abacus;
use super::clipper::{Clipper, Kick};
use crate::fixed_point::maker::{RAY, WAD};
use crate::fixed_point::uint;

pub(super) fn dai(amount: u128) -> U256 {
    uint(amount) * WAD * RAY
}

/// Parameters of the first ETH-B auctions in May 2021.
pub(super) fn eth_b() -> Clipper {
    Clipper {
        buf_ray: uint(13) * RAY / uint(10),
        tail_s: 8_400,
        cusp_ray: uint(4) * RAY / uint(10),
        chip_wad: WAD / uint(1_000),
        tip_rad: dai(300),
        chost_rad: Clipper::chost(dai(15_000), uint(113) * WAD / uint(100)).unwrap(),
        calc: Abacus::Stairstep { step_s: 60, cut_ray: uint(99) * RAY / uint(100) },
    }
}

/// 50 ETH at an oracle price of 3,000 DAI for a `tab` of 113,000 DAI, started at second 1,000.
pub(super) fn kick() -> Kick {
    eth_b().kick(dai(113_000), uint(50) * WAD, uint(3_000) * RAY, 1_000).unwrap()
}
