//! What the market says: rules at the start, rates every hour, prices when the oracle tells them.

use plimsoll_lake::tables::{MarketAsset, OraclePrice, ReserveIndex, ReserveParameter, parameter};

use super::super::asset::{
    ASSET_CONFIGS, EMODE, EMODE_MEMBERS, EMODE_RISK_PARAMETERS, LIQUIDATION_PROTOCOL_FEE,
};
use super::super::clock::TICKS_PER_HOUR;
use super::super::environment::OracleUpdate;
use super::super::names::{AddressKind, address};
use super::{LogCursor, RowBuilder, block_number};
use plimsoll_lake::DecodedRows;
use plimsoll_lake::format_address;

/// The unit of indexes on a chain.
const RAY: f64 = 1e27;

impl RowBuilder<'_> {
    pub(super) fn market_rows(&self, tick: usize, place: &mut LogCursor, rows: &mut DecodedRows) {
        if tick == 0 {
            self.parameter_rows(place, rows);
        }
        if tick.is_multiple_of(TICKS_PER_HOUR) && tick < self.history.path.end_tick() {
            self.index_rows(tick, place, rows);
        }
        rows.oracle_prices.extend(
            self.oracle_updates_at(tick).map(|update| self.oracle_price_row(update, *place)),
        );
    }

    /// The market's assets.
    pub(in super::super) fn market_assets(&self) -> Vec<MarketAsset> {
        let asset = |place: usize| MarketAsset {
            chain: self.market.chain.clone(),
            protocol: self.market.protocol.clone(),
            market: self.market.market.clone(),
            asset: ASSET_CONFIGS[place].symbol.to_owned(),
            address: Some(format_address(address(self.simulation.seed, AddressKind::Token(place)))),
            decimals: ASSET_CONFIGS[place].decimals,
            price_source: self.market.price_source(),
            price_asset: ASSET_CONFIGS[place].symbol.to_owned(),
            oracle_delay_s: 0,
        };
        (0..ASSET_CONFIGS.len()).map(asset).collect()
    }

    fn oracle_updates_at(&self, tick: usize) -> impl Iterator<Item = &OracleUpdate> {
        let updates = self.history.path.oracle_updates.as_deref().unwrap_or_default();
        let first = updates.partition_point(|update| update.tick < tick);
        updates[first..].iter().take_while(move |update| update.tick == tick)
    }

    fn oracle_price_row(&self, update: &OracleUpdate, place: LogCursor) -> OraclePrice {
        let (source, asset) = (self.market.price_source(), ASSET_CONFIGS[update.asset].symbol);
        let spot = OraclePrice::spot(&source, asset, place.time, update.price);
        OraclePrice { block: Some(block_number(update.tick)), ..spot }
    }

    fn parameter_rows(&self, place: &mut LogCursor, rows: &mut DecodedRows) {
        for asset in &ASSET_CONFIGS {
            let terms = [asset.max_ltv, asset.liquidation_threshold, asset.liquidation_bonus];
            self.risk_parameter_rows(asset.symbol, terms, place, rows);
            let fee = ("liquidation_protocol_fee", LIQUIDATION_PROTOCOL_FEE);
            rows.reserve_parameters.push(self.parameter_row(place.next_log(), asset.symbol, fee));
        }
        let (max_ltv, threshold, bonus) = EMODE_RISK_PARAMETERS;
        self.risk_parameter_rows(
            &format!("emode-{EMODE}"),
            [max_ltv, threshold, bonus],
            place,
            rows,
        );
        for member in EMODE_MEMBERS {
            let belongs = format!("emode_{EMODE}_collateral");
            let row =
                self.parameter_row(place.next_log(), ASSET_CONFIGS[member].symbol, (&belongs, 1.0));
            rows.reserve_parameters.push(row);
        }
    }

    fn risk_parameter_rows(
        &self,
        asset: &str,
        terms: [f64; 3],
        place: &mut LogCursor,
        rows: &mut DecodedRows,
    ) {
        let names =
            [parameter::MAX_LTV, parameter::LIQUIDATION_THRESHOLD, parameter::LIQUIDATION_BONUS];
        let place = place.next_log();
        let told = names.into_iter().zip(terms).map(|told| self.parameter_row(place, asset, told));
        rows.reserve_parameters.extend(told);
    }

    fn parameter_row(&self, place: LogCursor, asset: &str, told: (&str, f64)) -> ReserveParameter {
        ReserveParameter {
            chain: self.market.chain.clone(),
            protocol: self.market.protocol.clone(),
            market: self.market.market.clone(),
            block: place.block,
            log_index: place.log_index,
            tx: None,
            time: place.time,
            asset: asset.to_owned(),
            parameter: told.0.to_owned(),
            value: told.1,
        }
    }

    fn index_rows(&self, tick: usize, place: &mut LogCursor, rows: &mut DecodedRows) {
        let hour = self.history.path.hour_at(tick + 1);
        let lent = hour
            .reserves
            .iter()
            .zip(&ASSET_CONFIGS)
            .filter(|(_, asset)| asset.rate_model.is_some());
        for (reserve, asset) in lent {
            let place = place.next_log();
            rows.reserve_indexes.push(ReserveIndex {
                chain: self.market.chain.clone(),
                protocol: self.market.protocol.clone(),
                market: self.market.market.clone(),
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
