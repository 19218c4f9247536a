//! Minimal updates of frozen and other reserves.

use super::*;
use crate::proposal::steward::fixtures::{parameters, reserve};

#[test]
fn unchanged_field_is_not_set() {
    let reserve = reserve(parameters(8_000, 8_250, 500));
    let update = reserve.minimal_update(parameters(8_000, 8_200, 500)).unwrap();
    assert_eq!(
        update.changes().collect::<Vec<_>>(),
        [(CollateralField::LiquidationThreshold, 8_200)]
    );
    assert_eq!(reserve.minimal_update(reserve.stored), None);
}

#[test]
fn pending_ltv_is_set_with_every_other_change() {
    let mut frozen = reserve(parameters(0, 8_250, 500));
    (frozen.is_frozen, frozen.pending_ltv_bps) = (true, Some(8_000));
    let target = parameters(8_000, 8_200, 500);
    let update = frozen.minimal_update(target).unwrap();
    assert_eq!(update.max_ltv_bps, Some(8_000));
    assert_eq!(frozen.after_update(&update).pending_ltv_bps, Some(8_000));
    assert_eq!(frozen.after_update(&update).stored, parameters(0, 8_200, 500));

    let lost = CollateralUpdate { max_ltv_bps: None, ..update };
    assert_eq!(frozen.after_update(&lost).pending_ltv_bps, Some(0));
    assert_eq!(frozen.minimal_update(parameters(8_000, 8_250, 500)), None);
}

#[test]
fn releases_up_to_3_0_have_no_pending_ltv() {
    let mut frozen = reserve(parameters(8_000, 8_250, 500));
    (frozen.is_frozen, frozen.pending_ltv_bps) = (true, None);
    let update = frozen.minimal_update(parameters(8_000, 8_200, 500)).unwrap();
    assert_eq!(update.max_ltv_bps, None);
    assert_eq!(frozen.after_update(&update).stored, parameters(8_000, 8_200, 500));
}
