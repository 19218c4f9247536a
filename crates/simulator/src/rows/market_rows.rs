//! Rows of the market: risk parameters at the start, rates every hour, prices at oracle answers.

use plimsoll_lake::tables::{MarketAsset, OraclePrice, ReserveIndex, ReserveParameter, parameter};
use plimsoll_lake::{DecodedRows, format_address};

use super::addresses::{AddressKind, address};
use super::builder::RowBuilder;
use super::log_cursor::{LogCursor, block_number};
use crate::asset::{
    ASSET_CONFIGS, AssetIndex, EMODE, EMODE_MEMBERS, EMODE_RISK_PARAMETERS,
    LIQUIDATION_PROTOCOL_FEE,
};
use crate::clock::TICKS_PER_HOUR;
use crate::environment::OracleAnswer;

/// Unit of on-chain interest indexes.
const RAY: f64 = 1e27;

impl RowBuilder<'_> {
    pub(super) fn market_rows(&self, tick: usize, cursor: &mut LogCursor, rows: &mut DecodedRows) {
        if tick == 0 {
            self.parameter_rows(cursor, rows);
        }
        if tick.is_multiple_of(TICKS_PER_HOUR) && tick < self.history.path.end_tick() {
            self.index_rows(tick, cursor, rows);
        }
        rows.oracle_prices.extend(
            self.oracle_answers_at(tick).map(|answer| self.oracle_price_row(answer, *cursor)),
        );
    }

    /// The market's assets.
    pub(crate) fn market_assets(&self) -> Vec<MarketAsset> {
        let row = |asset: AssetIndex| MarketAsset {
            chain: self.market.chain.clone(),
            protocol: self.market.protocol.clone(),
            market: self.market.market.clone(),
            asset: ASSET_CONFIGS[asset].symbol.to_owned(),
            address: Some(format_address(address(self.simulation.seed, AddressKind::Token(asset)))),
            decimals: ASSET_CONFIGS[asset].decimals,
            price_source: self.market.price_source(),
            price_asset: ASSET_CONFIGS[asset].symbol.to_owned(),
            oracle_delay_s: 0,
            symbol: None,
            problem: None,
        };
        (0..ASSET_CONFIGS.len()).map(row).collect()
    }

    fn oracle_answers_at(&self, tick: usize) -> impl Iterator<Item = &OracleAnswer> {
        let answers = self.history.path.oracle_answers.as_deref().unwrap_or_default();
        let first = answers.partition_point(|answer| answer.tick < tick);
        answers[first..].iter().take_while(move |answer| answer.tick == tick)
    }

    fn oracle_price_row(&self, answer: &OracleAnswer, cursor: LogCursor) -> OraclePrice {
        let (source, asset) = (self.market.price_source(), ASSET_CONFIGS[answer.asset].symbol);
        let spot = OraclePrice::spot(&source, asset, cursor.time, answer.price);
        OraclePrice { block: Some(block_number(answer.tick)), ..spot }
    }

    fn parameter_rows(&self, cursor: &mut LogCursor, rows: &mut DecodedRows) {
        for asset in &ASSET_CONFIGS {
            let terms = [asset.max_ltv, asset.liquidation_threshold, asset.liquidation_bonus];
            self.risk_parameter_rows(asset.symbol, terms, cursor, rows);
            let fee = ("liquidation_protocol_fee", LIQUIDATION_PROTOCOL_FEE);
            rows.reserve_parameters.push(self.parameter_row(cursor.next_log(), asset.symbol, fee));
        }
        let (max_ltv, threshold, bonus) = EMODE_RISK_PARAMETERS;
        self.risk_parameter_rows(
            &format!("emode-{EMODE}"),
            [max_ltv, threshold, bonus],
            cursor,
            rows,
        );
        for member in EMODE_MEMBERS {
            let membership = format!("emode_{EMODE}_collateral");
            let row = self.parameter_row(
                cursor.next_log(),
                ASSET_CONFIGS[member].symbol,
                (&membership, 1.0),
            );
            rows.reserve_parameters.push(row);
        }
    }

    fn risk_parameter_rows(
        &self,
        asset: &str,
        terms: [f64; 3],
        cursor: &mut LogCursor,
        rows: &mut DecodedRows,
    ) {
        let names =
            [parameter::MAX_LTV, parameter::LIQUIDATION_THRESHOLD, parameter::LIQUIDATION_BONUS];
        let cursor = cursor.next_log();
        let parameters = names.into_iter().zip(terms);
        let parameter_rows =
            parameters.map(|parameter| self.parameter_row(cursor, asset, parameter));
        rows.reserve_parameters.extend(parameter_rows);
    }

    fn parameter_row(
        &self,
        cursor: LogCursor,
        asset: &str,
        parameter: (&str, f64),
    ) -> ReserveParameter {
        ReserveParameter {
            chain: self.market.chain.clone(),
            protocol: self.market.protocol.clone(),
            market: self.market.market.clone(),
            block: cursor.block,
            log_index: cursor.log_index,
            tx: None,
            time: cursor.time,
            asset: asset.to_owned(),
            parameter: parameter.0.to_owned(),
            value: parameter.1,
        }
    }

    fn index_rows(&self, tick: usize, cursor: &mut LogCursor, rows: &mut DecodedRows) {
        let hour = self.history.path.hour_at(tick + 1);
        let borrowable = hour
            .reserves
            .iter()
            .zip(&ASSET_CONFIGS)
            .filter(|(_, asset)| asset.rate_model.is_some());
        for (reserve, asset) in borrowable {
            let cursor = cursor.next_log();
            rows.reserve_indexes.push(ReserveIndex {
                chain: self.market.chain.clone(),
                protocol: self.market.protocol.clone(),
                market: self.market.market.clone(),
                block: cursor.block,
                log_index: cursor.log_index,
                time: cursor.time,
                asset: asset.symbol.to_owned(),
                liquidity_index: (reserve.supply_index * RAY) as i128,
                borrow_index: (reserve.borrow_index * RAY) as i128,
                liquidity_rate: reserve.supply_rate,
                borrow_rate: reserve.borrow_rate,
            });
        }
    }
}
