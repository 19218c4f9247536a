//! What the market says: rules at the start, rates every hour, prices when the oracle tells them.

use plimsoll_lake::tables::{MarketAsset, OraclePrice, ReserveIndex, ReserveParameter, parameter};

use super::super::asset::{ASSET, EMODE, EMODE_MEMBERS, EMODE_TERMS, PROTOCOL_FEE};
use super::super::clock::HOUR;
use super::super::environment::OracleUpdate;
use super::super::names::{Name, address};
use super::{Place, Scribe, block};
use plimsoll_lake::hex;
use plimsoll_lake::Rows;

/// The unit of indexes on a chain.
const RAY: f64 = 1e27;

impl Scribe<'_> {
    pub(super) fn market_rows(&self, tick: usize, place: &mut Place, rows: &mut Rows) {
        if tick == 0 {
            self.rules(place, rows);
        }
        if tick.is_multiple_of(HOUR) && tick < self.history.path.until() {
            self.rates(tick, place, rows);
        }
        rows.oracle_prices.extend(self.told_at(tick).map(|update| self.price(update, *place)));
    }

    /// The market's assets.
    pub(in super::super) fn assets(&self) -> Vec<MarketAsset> {
        let asset = |place: usize| MarketAsset {
            chain: self.name.chain.clone(),
            protocol: self.name.protocol.clone(),
            market: self.name.market.clone(),
            asset: ASSET[place].symbol.to_owned(),
            address: Some(hex(address(self.simulation.seed, Name::Token(place)))),
            decimals: ASSET[place].decimals,
            price_source: self.name.price_source(),
            price_asset: ASSET[place].symbol.to_owned(),
            oracle_delay_s: 0,
        };
        (0..ASSET.len()).map(asset).collect()
    }

    fn told_at(&self, tick: usize) -> impl Iterator<Item = &OracleUpdate> {
        let updates = self.history.path.updates.as_deref().unwrap_or_default();
        let first = updates.partition_point(|update| update.tick < tick);
        updates[first..].iter().take_while(move |update| update.tick == tick)
    }

    fn price(&self, update: &OracleUpdate, place: Place) -> OraclePrice {
        let (source, asset) = (self.name.price_source(), ASSET[update.asset].symbol);
        let spot = OraclePrice::spot(&source, asset, place.time, update.price);
        OraclePrice { block: Some(block(update.tick)), ..spot }
    }

    fn rules(&self, place: &mut Place, rows: &mut Rows) {
        for asset in &ASSET {
            let terms = [asset.max_ltv, asset.liquidation_threshold, asset.liquidation_bonus];
            self.terms(asset.symbol, terms, place, rows);
            let fee = ("liquidation_protocol_fee", PROTOCOL_FEE);
            rows.reserve_parameters.push(self.parameter(place.next(), asset.symbol, fee));
        }
        let (max_ltv, threshold, bonus) = EMODE_TERMS;
        self.terms(&format!("emode-{EMODE}"), [max_ltv, threshold, bonus], place, rows);
        for member in EMODE_MEMBERS {
            let belongs = format!("emode_{EMODE}_collateral");
            let row = self.parameter(place.next(), ASSET[member].symbol, (&belongs, 1.0));
            rows.reserve_parameters.push(row);
        }
    }

    fn terms(&self, asset: &str, terms: [f64; 3], place: &mut Place, rows: &mut Rows) {
        let names =
            [parameter::MAX_LTV, parameter::LIQUIDATION_THRESHOLD, parameter::LIQUIDATION_BONUS];
        let place = place.next();
        let told = names.into_iter().zip(terms).map(|told| self.parameter(place, asset, told));
        rows.reserve_parameters.extend(told);
    }

    fn parameter(&self, place: Place, asset: &str, told: (&str, f64)) -> ReserveParameter {
        ReserveParameter {
            chain: self.name.chain.clone(),
            protocol: self.name.protocol.clone(),
            market: self.name.market.clone(),
            block: place.block,
            log_index: place.log_index,
            tx: None,
            time: place.time,
            asset: asset.to_owned(),
            parameter: told.0.to_owned(),
            value: told.1,
        }
    }

    fn rates(&self, tick: usize, place: &mut Place, rows: &mut Rows) {
        let hour = self.history.path.hour(tick + 1);
        let lent = hour.reserves.iter().zip(&ASSET).filter(|(_, asset)| asset.loan.is_some());
        for (reserve, asset) in lent {
            let place = place.next();
            rows.reserve_indexes.push(ReserveIndex {
                chain: self.name.chain.clone(),
                protocol: self.name.protocol.clone(),
                market: self.name.market.clone(),
                block: place.block,
                log_index: place.log_index,
                time: place.time,
                asset: asset.symbol.to_owned(),
                liquidity_index: (reserve.supply_index * RAY) as i128,
                borrow_index: (reserve.borrow_index * RAY) as i128,
                liquidity_rate: reserve.supply_rate,
                borrow_rate: reserve.borrow_rate,
            });
        }
    }
}
