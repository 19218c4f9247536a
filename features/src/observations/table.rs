//! Observations as columns in memory, and their storage in the lake.

use std::borrow::Cow;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Float32Array, RecordBatch};
use arrow::datatypes::{Field, Float32Type, Schema};
use chrono::{DateTime, Utc};
use ndarray::{Array2, ArrayView1};
use plimsoll_lake::tables::{Observation, Row};
use plimsoll_lake::{Filter, Partition, Store, with_chain};

use super::labels::{Crossing, Outcome, OwnerActionCount, OwnerActionCounts};
use crate::error::FeatureError;
use crate::groups::{FEATURES, feature_count};
use crate::left_out::read_each_market;
use crate::market::HourlyPrices;
use crate::market::id::MarketId;
use crate::market::price_history::read_price_histories;
use crate::time::DAY_S;

/// Observations in order of account and time; every column has one entry a row.
#[derive(Debug, Clone)]
pub struct Observations {
    /// Account ids, each once, in order.
    pub account_ids: Vec<String>,
    /// Each row's index in `account_ids`.
    pub account_index: Vec<u32>,
    /// Landmarks, seconds.
    pub time_s: Vec<i64>,
    /// Whether the landmark is on the grid.
    pub on_grid: Vec<bool>,
    /// Health factors.
    pub health_factor: Vec<f64>,
    /// Debts, USD.
    pub debt_usd: Vec<f64>,
    /// Collaterals, USD.
    pub collateral_usd: Vec<f64>,
    /// Outcomes.
    pub outcome: Vec<Outcome>,
    /// What the owner did after the landmark; empty in rows that are not from a lake.
    pub owner_actions: Vec<OwnerActionCounts>,
    /// When the health factor fell below 1; empty in rows that are not from a lake.
    pub crossing: Vec<Crossing>,
    /// Features, rows by [`FEATURES`].
    pub features: Array2<f32>,
    /// Hourly prices of every asset in the lake, up to its end; empty if the rows were not read from
    /// a lake.
    pub price_histories: Arc<Vec<HourlyPrices>>,
}

impl Default for Observations {
    fn default() -> Self {
        Self {
            account_ids: Vec::new(),
            account_index: Vec::new(),
            time_s: Vec::new(),
            on_grid: Vec::new(),
            health_factor: Vec::new(),
            debt_usd: Vec::new(),
            collateral_usd: Vec::new(),
            outcome: Vec::new(),
            owner_actions: Vec::new(),
            crossing: Vec::new(),
            features: Array2::zeros((0, feature_count())),
            price_histories: Arc::default(),
        }
    }
}

impl Observations {
    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.time_s.len()
    }

    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.time_s.is_empty()
    }

    /// The end of the follow-up: the latest of all markets.
    #[must_use]
    pub fn known_until(&self) -> DateTime<Utc> {
        let known = |row: usize| {
            self.time_s[row] + (self.outcome[row].follow_up_days * DAY_S).round() as i64
        };
        let until_s = (0..self.len()).map(known).max().unwrap_or(0);
        DateTime::from_timestamp(until_s, 0).unwrap_or_default()
    }

    /// One row's features, in the order of [`FEATURES`].
    #[must_use]
    pub fn feature_row(&self, row: usize) -> ArrayView1<'_, f32> {
        self.features.row(row)
    }

    /// The rows that satisfy a condition, in order; account indices do not change.
    #[must_use]
    pub fn filter(&self, keep: impl Fn(usize) -> bool) -> Self {
        let rows: Vec<usize> = (0..self.len()).filter(|&row| keep(row)).collect();
        fn pick<T: Copy>(rows: &[usize], column: &[T]) -> Vec<T> {
            rows.iter().filter_map(|&row| column.get(row).copied()).collect()
        }
        Self {
            account_ids: self.account_ids.clone(),
            account_index: pick(&rows, &self.account_index),
            time_s: pick(&rows, &self.time_s),
            on_grid: pick(&rows, &self.on_grid),
            health_factor: pick(&rows, &self.health_factor),
            debt_usd: pick(&rows, &self.debt_usd),
            collateral_usd: pick(&rows, &self.collateral_usd),
            outcome: pick(&rows, &self.outcome),
            owner_actions: pick(&rows, &self.owner_actions),
            crossing: pick(&rows, &self.crossing),
            features: self.features.select(ndarray::Axis(0), &rows),
            price_histories: Arc::clone(&self.price_histories),
        }
    }

    /// Writes the observations of one market, replacing earlier ones.
    ///
    /// # Errors
    /// The errors of the lake.
    pub fn write(&self, store: &Store, id: &MarketId) -> Result<(), FeatureError> {
        let partition =
            Partition::new(&Observation::TABLE, &[&id.chain, &id.protocol, &id.market])?;
        Ok(store.replace(&partition, &self.to_batch()?)?)
    }

    /// Reads every market's observations; a market whose observations cannot be read is left out and
    /// logged.
    ///
    /// # Errors
    /// [`FeatureError::NoObservations`] if there are none, and if no market's can be read:
    /// [`FeatureError::MissingColumn`] if they were computed with other features, or the lake's own
    /// errors.
    pub fn read(store: &Store) -> Result<Self, FeatureError> {
        let files = store.files(&Observation::TABLE)?;
        let removed = store.partitions_with_removed_files(&Observation::TABLE)?;
        let partitions = files.iter().map(|file| &file.partition).chain(&removed);
        let mut markets: Vec<_> = partitions.map(MarketId::from_partition).collect();
        markets.sort();
        markets.dedup();
        let (read, left_out) =
            read_each_market(markets.clone(), |market| read_market(store, market))?;
        for market in &left_out {
            tracing::warn!("observations are left out, {market}");
        }
        markets.retain(|market| left_out.iter().all(|left_out| left_out.market != *market));
        let mut all = Self::default();
        let mut values = Vec::new();
        for (rows, features) in read {
            all.append_rows(&rows);
            values.extend(features);
        }
        if all.is_empty() {
            return Err(FeatureError::NoObservations);
        }
        all.features = Array2::from_shape_vec((all.len(), feature_count()), values)
            .expect("each observation has one row of features");
        all.price_histories = Arc::new(read_price_histories(store, &markets)?);
        Ok(all)
    }

    fn append_rows(&mut self, rows: &[Observation]) {
        for row in rows {
            self.push_account(&row.account);
            self.time_s.push(row.time.timestamp());
            self.on_grid.push(row.on_grid);
            self.health_factor.push(row.health_factor);
            self.debt_usd.push(row.debt_usd);
            self.collateral_usd.push(row.collateral_usd);
            self.push_labels(row);
        }
    }

    fn push_labels(&mut self, row: &Observation) {
        let event = u8::try_from(row.event).unwrap_or(u8::MAX);
        let Observation { duration_days, follow_up_days, .. } = *row;
        self.outcome.push(Outcome { duration_days, event, follow_up_days });
        let actions = |count, log_health| OwnerActionCount { count, log_health };
        self.owner_actions.push(OwnerActionCounts {
            exposure_hours: row.exposure_hours,
            repaid: actions(row.repayments, row.repaid_log_health),
            added: actions(row.additions, row.added_log_health),
            borrowed: actions(row.borrows, row.borrowed_log_health),
            withdrawn: actions(row.withdrawals, row.withdrawn_log_health),
        });
        let (actual_days, present_days) = (row.crossed_days, row.crossed_present_days);
        self.crossing.push(Crossing { actual_days, present_days });
    }

    /// Appends a row of an account; rows are in order of account, so a new id is a new account.
    pub(crate) fn push_account(&mut self, account: &str) {
        if self.account_ids.last().is_none_or(|last| last != account) {
            self.account_ids.push(account.to_owned());
        }
        self.account_index
            .push(u32::try_from(self.account_ids.len() - 1).expect("fewer than 2^32 accounts"));
    }

    fn to_batch(&self) -> Result<RecordBatch, FeatureError> {
        let rows: Vec<Observation> = (0..self.len()).map(|row| self.to_row(row)).collect();
        let base = Observation::to_batch(&rows)?;
        let mut fields: Vec<Field> =
            base.schema().fields().iter().map(|f| f.as_ref().clone()).collect();
        let mut columns = base.columns().to_vec();
        for (i, feature) in FEATURES.iter().flat_map(|group| group.iter()).enumerate() {
            let column: Float32Array = self.features.column(i).iter().copied().collect();
            fields.push(Field::new(feature.name, column.data_type().clone(), false));
            columns.push(Arc::new(column) as ArrayRef);
        }
        Ok(RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)?)
    }

    fn to_row(&self, row: usize) -> Observation {
        let Outcome { duration_days, event, follow_up_days } = self.outcome[row];
        let actions = &self.owner_actions[row];
        let OwnerActionCounts { exposure_hours, repaid, added, borrowed, withdrawn } = actions;
        Observation {
            account: self.account_ids[self.account_index[row] as usize].clone(),
            time: DateTime::from_timestamp(self.time_s[row], 0)
                .expect("landmarks are between events"),
            on_grid: self.on_grid[row],
            health_factor: self.health_factor[row],
            debt_usd: self.debt_usd[row],
            collateral_usd: self.collateral_usd[row],
            duration_days,
            event: u32::from(event),
            follow_up_days,
            exposure_hours: *exposure_hours,
            repayments: repaid.count,
            repaid_log_health: repaid.log_health,
            additions: added.count,
            added_log_health: added.log_health,
            borrows: borrowed.count,
            borrowed_log_health: borrowed.log_health,
            withdrawals: withdrawn.count,
            withdrawn_log_health: withdrawn.log_health,
            crossed_days: self.crossing[row].actual_days,
            crossed_present_days: self.crossing[row].present_days,
        }
    }
}

/// The rows of one market and their features; ids of older lakes get their chain.
fn read_market(
    store: &Store,
    market: &MarketId,
) -> Result<(Vec<Observation>, Vec<f32>), FeatureError> {
    let (mut rows, mut values) = (Vec::new(), Vec::new());
    for batch in store.read(&Observation::TABLE, &market.filter(Filter::default()))? {
        rows.extend(Observation::from_batch(&batch)?);
        append_features(&batch, &mut values)?;
    }
    for row in &mut rows {
        if let Cow::Owned(full) = with_chain(market.parts(), &row.account) {
            row.account = full;
        }
    }
    Ok((rows, values))
}

/// Appends a batch's features row by row.
fn append_features(batch: &RecordBatch, values: &mut Vec<f32>) -> Result<(), FeatureError> {
    let column = |name: &str| {
        let column = batch.column_by_name(name).and_then(|c| c.as_primitive_opt::<Float32Type>());
        column.ok_or_else(|| FeatureError::MissingColumn { column: name.to_owned() })
    };
    let names = FEATURES.iter().flat_map(|group| group.iter()).map(|feature| feature.name);
    let columns = names.map(column).collect::<Result<Vec<_>, _>>()?;
    values.reserve(batch.num_rows() * columns.len());
    for row in 0..batch.num_rows() {
        values.extend(columns.iter().map(|column| column.value(row)));
    }
    Ok(())
}
