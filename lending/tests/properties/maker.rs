//! Properties of Maker's auctions.

use plimsoll_lending::maker::{Abacus, AuctionError, Clipper, Dog, Sale, Vault};
use proptest::collection::vec;
use proptest::prelude::*;
use ruint::aliases::U256;

use crate::arbitrary::fixed_seed;

fn wad(value: f64) -> U256 {
    U256::from(value * 1e18)
}

fn ray(value: f64) -> U256 {
    U256::from((value * 1e15) as u128) * U256::from(10).pow(U256::from(12))
}

fn rad(value: f64) -> U256 {
    wad(value) * U256::from(10).pow(U256::from(27))
}

fn abacus() -> impl Strategy<Value = Abacus> {
    prop_oneof![
        (600..50_000_u64).prop_map(|tau_s| Abacus::Linear { tau_s }),
        (1..300_u64, 0.9..0.9999_f64)
            .prop_map(|(step_s, cut)| Abacus::Stairstep { step_s, cut_ray: ray(cut) }),
        (0.9990..0.999_99_f64).prop_map(|cut| Abacus::Exponential { cut_ray: ray(cut) }),
    ]
}

prop_compose! {
    fn clipper()(
        buf in 1.0..1.5_f64,
        tail_s in 600..20_000_u64,
        cusp in 0.0..0.9_f64,
        dust in 0.0..40_000.0_f64,
        calc in abacus(),
    ) -> Clipper {
        let chost_rad = Clipper::chost(rad(dust), wad(1.13)).unwrap();
        let (chip_wad, tip_rad) = (wad(0.001), rad(300.0));
        Clipper { buf_ray: ray(buf), tail_s, cusp_ray: ray(cusp), chip_wad, tip_rad, chost_rad, calc }
    }
}

prop_compose! {
    fn sale()(tab in 100.0..1e7_f64, lot in 0.01..1e4_f64, top in 0.5..5e3_f64) -> Sale {
        Sale { tab_rad: rad(tab), lot_wad: wad(lot), tic_s: 1_000_000, top_ray: ray(top) }
    }
}

prop_compose! {
    fn dog()(
        rate in 1.0..1.5_f64,
        spot in 10.0..5e3_f64,
        dust in 0.0..4e4_f64,
        available in (1.0..1e6_f64, 1.0..1e6_f64),
    ) -> Dog {
        let hole = 1e7;
        Dog {
            rate_ray: ray(rate),
            spot_ray: ray(spot),
            dust_rad: rad(dust),
            chop_wad: wad(1.13),
            all_hole_rad: rad(hole),
            all_dirt_rad: rad(hole - available.0),
            hole_rad: rad(hole),
            dirt_rad: rad(hole - available.1),
        }
    }
}

proptest! {
    #![proptest_config(fixed_seed())]

    #[test]
    fn a_price_never_rises(calc in abacus(), from in 0..20_000_u64, more in 0..20_000_u64) {
        let top = ray(2_000.0);
        let (early, late) = (calc.price(top, from).unwrap(), calc.price(top, from + more).unwrap());
        prop_assert!(late <= early && early <= top);
    }

    #[test]
    fn seconds_to_price_is_the_first_such_second(clipper in clipper(), sale in sale(), share in 0.01..1.2_f64) {
        let target = U256::from(f64::from(sale.top_ray) * share);
        let asks_more = |s: u64| clipper.calc.price(sale.top_ray, s).unwrap() > target;
        match clipper.seconds_to_price(&sale, target).unwrap() {
            Some(second) => {
                prop_assert!(!asks_more(second) && (second == 0 || asks_more(second - 1)));
                prop_assert!(!clipper.status(&sale, sale.tic_s + second).unwrap().needs_redo);
            }
            None => for second in (0..clipper.tail_s).step_by(60) {
                let redone = clipper.status(&sale, sale.tic_s + second).unwrap().needs_redo;
                prop_assert!(asks_more(second) || redone);
            },
        }
    }

    #[test]
    fn purchases_conserve_lot_and_tab_and_leave_no_dust(
        clipper in clipper(),
        sale in sale(),
        amounts in vec(0.0..0.7_f64, 1..6),
    ) {
        let (mut running, mut paid, mut sold) = (sale, U256::ZERO, U256::ZERO);
        for (place, share) in amounts.into_iter().enumerate() {
            let amount = U256::from(f64::from(sale.lot_wad) * share);
            let now_s = sale.tic_s + 60 * place as u64;
            let take = match clipper.take(&running, amount, U256::MAX, now_s) {
                Err(AuctionError::NoPartialPurchase { .. } | AuctionError::NeedsReset) => continue,
                take => take.unwrap(),
            };
            (paid, sold) = (paid + take.owe_rad, sold + take.slice_wad);
            prop_assert!(take.slice_wad * take.price_ray <= take.owe_rad);
            match take.left {
                Some(left) => {
                    prop_assert!(left.tab_rad >= clipper.chost_rad.min(sale.tab_rad));
                    running = left;
                }
                None => {
                    prop_assert_eq!(sold + take.returned_wad, sale.lot_wad);
                    prop_assert_eq!(paid + take.unraised_rad(), sale.tab_rad);
                    return Ok(());
                }
            }
        }
        prop_assert_eq!(running.tab_rad + paid, sale.tab_rad);
        prop_assert_eq!(running.lot_wad + sold, sale.lot_wad);
    }

    #[test]
    fn bark_leaves_no_dust_and_exceeds_its_room_by_less_than_dust(
        dog in dog(),
        ink in 1.0..1e3_f64,
        depth in 1.0001..1.5_f64,
    ) {
        let debt = ink * f64::from(dog.spot_ray) / f64::from(dog.rate_ray) * depth;
        let vault = Vault { ink_wad: wad(ink), art_wad: wad(debt) };
        let Ok(bark) = dog.bark(&vault) else { return Ok(()) };
        let left = vault.art_wad - bark.art_wad;
        let dust_left = left * dog.rate_ray;
        prop_assert!(left.is_zero() || dust_left >= dog.dust_rad && bark.due_rad >= dog.dust_rad);
        let available = (dog.hole_rad - dog.dirt_rad).min(dog.all_hole_rad - dog.all_dirt_rad);
        let excess = bark.tab_rad.saturating_sub(available);
        prop_assert!(excess <= Clipper::chost(dog.dust_rad, dog.chop_wad).unwrap());
        let share = f64::from(bark.art_wad) / f64::from(vault.art_wad);
        prop_assert!((f64::from(bark.ink_wad) / f64::from(vault.ink_wad) - share).abs() < 1e-12);
    }
}
