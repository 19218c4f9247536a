//! Real liquidations of ETH-B vaults, sold in Dutch auctions from May 2021 on.
//!
//! The export contains the liquidated vaults and the auction parameters, but neither the proceeds
//! of the auctions nor their price decrease; 1 % per minute is assumed.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::NaiveDateTime;
use plimsoll_lending::maker::{Abacus, Bark, Clipper, Dog, Vault};
use ruint::aliases::U256;

use super::{reference_data, rows};

const HOUR_S: i64 = 3_600;
/// Ratio of the median of Maker's feeds to the exchange price of the candles, at its lowest.
const FEED_TO_MARKET: f64 = 0.99;

/// Values of each parameter with the Unix seconds they were set at, in order.
type Parameters = BTreeMap<String, Vec<(i64, f64)>>;
/// Opening and closing price of each hour, by its first second.
type Candles = BTreeMap<i64, (f64, f64)>;

/// One liquidation of the export.
struct LiquidationRecord {
    time_s: i64,
    art: f64,
    ink: f64,
    due: f64,
}

struct History {
    parameters: Parameters,
    candles: Candles,
}

fn seconds(text: &str) -> i64 {
    let text = text.replace('T', " ").replace('Z', "");
    NaiveDateTime::parse_from_str(&text, "%Y-%m-%d %H:%M:%S").unwrap().and_utc().timestamp()
}

fn history(data: &Path) -> History {
    let mut parameters = Parameters::new();
    let columns = ["TIMESTAMP", "PARAMETER", "TO_VALUE"];
    let records = rows(&data.join("maker_eth_b/parameter_changes.csv"), columns);
    for [time, name, value] in records {
        let value = value.parse().unwrap();
        parameters.entry(name).or_default().push((seconds(&time), value));
    }
    // The buffer was set twice: 1 when the auctions were set up, then 1.3.
    let buf = parameters.get_mut("CLIPPER.buf").unwrap();
    buf.retain(|(_, value)| *value > 1.0);
    let candles = rows(&data.join("prices/ETH_USDT_1h.csv.gz"), ["open_time", "open", "close"]);
    let candle = |[time, open, close]: [String; 3]| {
        (seconds(&time), (open.parse().unwrap(), close.parse().unwrap()))
    };
    History { parameters, candles: candles.into_iter().map(candle).collect() }
}

fn liquidations(data: &Path, from_s: i64) -> Vec<LiquidationRecord> {
    let columns = [
        "BLOCK_TIMESTAMP",
        "DEBT_TO_COVER_AMOUNT",
        "COLLATERAL_LIQUIDATED_AMOUNT",
        "DAI_REPAYED_AMOUNT",
    ];
    let records = rows(&data.join("maker_eth_b/liquidations.csv"), columns);
    let row = |[time, art, ink, due]: [String; 4]| LiquidationRecord {
        time_s: seconds(&time),
        art: art.parse().unwrap(),
        ink: ink.parse().unwrap(),
        due: due.parse().unwrap(),
    };
    records.into_iter().map(row).filter(|row| row.time_s > from_s).collect()
}

/// A fixed-point amount with the given decimals.
fn fixed_point(value: f64, decimals: usize) -> U256 {
    U256::from(value * 1e12) * U256::from(10).pow(U256::from(decimals - 12))
}

fn wad(value: f64) -> U256 {
    fixed_point(value, 18)
}

fn ray(value: f64) -> U256 {
    fixed_point(value, 27)
}

fn rad(value: f64) -> U256 {
    fixed_point(value, 45)
}

impl History {
    fn parameter(&self, name: &str, time_s: i64) -> f64 {
        let mut set = self.parameters[name].iter().filter(|(set_s, _)| *set_s <= time_s);
        set.next_back().map_or(0.0, |(_, value)| *value)
    }

    fn candle_at(&self, time_s: i64) -> (f64, f64) {
        self.candles[&(time_s - time_s.rem_euclid(HOUR_S))]
    }

    /// The oracle price, which is delayed by one hour.
    fn oracle_price_at(&self, time_s: i64) -> f64 {
        FEED_TO_MARKET * self.candle_at(time_s - HOUR_S).0
    }

    fn bark(&self, row: &LiquidationRecord) -> Bark {
        let parameter = |name: &str| self.parameter(name, row.time_s);
        let hole_rad = rad(parameter("DOG.ilks.hole"));
        let dog = Dog {
            rate_ray: ray(row.due / row.art),
            spot_ray: ray(self.oracle_price_at(row.time_s) / parameter("SPOTTER.ilks.mat")),
            dust_rad: rad(parameter("VAT.ilks.dust")),
            chop_wad: wad(1.0 + parameter("DOG.ilks.chop")),
            all_hole_rad: hole_rad,
            all_dirt_rad: U256::ZERO,
            hole_rad,
            dirt_rad: U256::ZERO,
        };
        let vault = Vault { ink_wad: wad(row.ink), art_wad: wad(row.art) };
        let bark = dog.bark(&vault);
        let bark = bark.unwrap_or_else(|error| panic!("{error} at {}", row.time_s));
        assert_eq!((bark.art_wad, bark.ink_wad), (vault.art_wad, vault.ink_wad));
        bark
    }

    fn clipper(&self, time_s: i64) -> Clipper {
        let parameter = |name: &str| self.parameter(name, time_s);
        let chop_wad = wad(1.0 + parameter("DOG.ilks.chop"));
        Clipper {
            buf_ray: ray(parameter("CLIPPER.buf")),
            tail_s: parameter("CLIPPER.tail") as u64,
            cusp_ray: ray(parameter("CLIPPER.cusp")),
            chip_wad: wad(parameter("CLIPPER.chip")),
            tip_rad: rad(parameter("CLIPPER.tip")),
            chost_rad: Clipper::chost(rad(parameter("VAT.ilks.dust")), chop_wad).unwrap(),
            calc: Abacus::Stairstep { step_s: 60, cut_ray: ray(0.99) },
        }
    }
}

#[test]
fn every_liquidated_vault_was_unsafe_and_sells_within_the_hour() {
    let Some(data) = reference_data() else { return };
    let history = history(&data);
    let begun_s = history.parameters["CLIPPER.tail"][0].0;
    let rows = liquidations(&data, begun_s);
    let (mut minutes, mut covered) = (Vec::new(), 0);
    for row in &rows {
        let bark = history.bark(row);
        assert!((f64::from(bark.due_rad) / 1e45 / row.due - 1.0).abs() < 1e-6);
        let clipper = history.clipper(row.time_s);
        let now_s = u64::try_from(row.time_s).unwrap();
        let feed_price = ray(history.oracle_price_at(row.time_s));
        let kick = clipper.kick(bark.tab_rad, bark.ink_wad, feed_price, now_s).unwrap();
        let (open, close) = history.candle_at(row.time_s);
        let market = ray(open.min(close));
        let seconds = clipper.seconds_to_price(&kick.sale, market).unwrap();
        let seconds = seconds.expect("it sells before it must be restarted");
        let take = clipper.take(&kick.sale, bark.ink_wad, market, now_s + seconds).unwrap();
        let achieved = f64::from(take.price_ray) / f64::from(market);
        assert!((0.99..=1.0).contains(&achieved) && take.left.is_none(), "{achieved}");
        covered += usize::from(take.unraised_rad().is_zero());
        minutes.push(seconds / 60);
    }
    minutes.sort_unstable();
    println!("{} barks, sold after {minutes:?} minutes, {covered} for all of the debt", rows.len());
    assert_eq!(rows.len(), 35);
    assert!(minutes[0] >= 15 && minutes[34] < 60, "{minutes:?}");
    // Only on 19 May 2021 was the price at the end of the hour too far below the oracle price to cover
    // debt and penalty.
    assert_eq!(covered, 34);
}
