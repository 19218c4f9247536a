//! Folds of a walk-forward backtest: each is trained at its start and evaluated until the next
//! start.

use chrono::{DateTime, Datelike, Months, NaiveDate, NaiveTime, Utc};
use plimsoll_features::{LIQUIDATED, Observations};

use super::plan::{BacktestPlan, FoldSchedule};
use crate::error::ModelError;
use crate::train::options::{MIN_LIQUIDATED, MIN_ROWS, MINIMUM_DATA};
use crate::units::SECONDS_PER_DAY;

/// One fold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BacktestFold {
    /// End of the training data, exclusive.
    pub(crate) until: DateTime<Utc>,
    /// First evaluated landmark.
    pub(crate) from: DateTime<Utc>,
    /// End of the evaluated landmarks, exclusive.
    pub(crate) to: DateTime<Utc>,
}

/// The training data available at each time, as counts.
struct TrainableHistory {
    landmarks_s: Vec<i64>,
    /// Times of the liquidations that follow landmarks.
    liquidations_s: Vec<i64>,
    /// Landmarks of the grid, which can be evaluated.
    evaluable_s: Vec<i64>,
}

/// The folds of a plan, without those that have no landmark.
///
/// # Errors
/// [`ModelError::FoldTooEarly`] if the first requested fold cannot be trained, with the first month
/// that can, [`ModelError::NoLandmarks`] if no landmark remains to evaluate.
pub(crate) fn plan_folds(
    observations: &Observations,
    plan: &BacktestPlan,
) -> Result<Vec<BacktestFold>, ModelError> {
    let history = TrainableHistory::new(observations);
    let end = DateTime::from_timestamp(history.last_s() + 1, 0).unwrap_or_default();
    let end = plan.span.to.map_or(end, |to| to.min(end));
    let starts = match &plan.folds {
        FoldSchedule::At(times) => times.clone(),
        FoldSchedule::Monthly => history.period_starts(plan.span.from, end, 1),
        FoldSchedule::Quarterly => history.period_starts(plan.span.from, end, 3),
    };
    let ends = starts.iter().skip(1).copied().chain([end]);
    let all = starts.iter().zip(ends).map(|(&until, to)| BacktestFold {
        until,
        from: plan.span.from.map_or(until, |from| from.max(until)),
        to: to.min(end),
    });
    let folds: Vec<BacktestFold> =
        all.filter(|fold_start| history.has_landmarks(fold_start)).collect();
    match folds.first() {
        Some(first) if history.is_sufficient(first.until) => Ok(folds),
        Some(first) => Err(history.too_early(first.until)),
        None => {
            let from = starts.first().copied().or(plan.span.from);
            Err(history.no_folds(from, end))
        }
    }
}

impl TrainableHistory {
    fn new(observations: &Observations) -> Self {
        let rows = 0..observations.len();
        let event_s = |row: usize| {
            let outcome = &observations.outcome[row];
            let seconds = (outcome.duration_days * SECONDS_PER_DAY).round() as i64;
            (outcome.event == LIQUIDATED).then_some(observations.time_s[row] + seconds)
        };
        let on_grid = |row: &usize| observations.on_grid[*row];
        let sorted = |mut times: Vec<i64>| {
            times.sort_unstable();
            times
        };
        Self {
            landmarks_s: sorted(observations.time_s.clone()),
            liquidations_s: sorted(rows.clone().filter_map(event_s).collect()),
            evaluable_s: sorted(rows.filter(on_grid).map(|row| observations.time_s[row]).collect()),
        }
    }

    fn first_s(&self) -> i64 {
        self.landmarks_s.first().copied().unwrap_or(0)
    }

    fn last_s(&self) -> i64 {
        self.landmarks_s.last().copied().unwrap_or(0)
    }

    /// Number of training rows, and of those followed by a liquidation.
    ///
    /// A liquidation known at a time has its landmark before it.
    fn training_counts(&self, until: DateTime<Utc>) -> (usize, usize) {
        let until_s = until.timestamp();
        let rows = self.landmarks_s.partition_point(|time_s| *time_s < until_s);
        (rows, self.liquidations_s.partition_point(|time_s| *time_s <= until_s))
    }

    fn is_sufficient(&self, until: DateTime<Utc>) -> bool {
        let (rows, liquidated) = self.training_counts(until);
        rows >= MIN_ROWS && liquidated >= MIN_LIQUIDATED
    }

    fn has_landmarks(&self, fold_start: &BacktestFold) -> bool {
        let before = |time: DateTime<Utc>| {
            self.evaluable_s.partition_point(|time_s| *time_s < time.timestamp())
        };
        before(fold_start.from) < before(fold_start.to)
    }

    /// Starts of periods of `months`: without `from`, those that can be trained; with it, the first
    /// starts there.
    fn period_starts(
        &self,
        from: Option<DateTime<Utc>>,
        end: DateTime<Utc>,
        months: u32,
    ) -> Vec<DateTime<Utc>> {
        let first = DateTime::from_timestamp(self.first_s(), 0).unwrap_or_default();
        let starts = calendar_starts(from.map_or(first, |from| from.max(first)), months);
        let within = starts.take_while(|start| *start < end);
        match from {
            Some(from) => within.map(|start| start.max(from)).collect(),
            None => within.skip_while(|start| !self.is_sufficient(*start)).collect(),
        }
    }

    fn too_early(&self, fold_start: DateTime<Utc>) -> ModelError {
        let (rows, liquidated) = self.training_counts(fold_start);
        let last = DateTime::from_timestamp(self.last_s(), 0).unwrap_or_default();
        let earliest = calendar_starts(fold_start, 1)
            .take_while(|month| *month <= last)
            .find(|month| *month > fold_start && self.is_sufficient(*month));
        let earliest = earliest
            .map_or("no later month has enough data either".to_owned(), |month| {
                format!("the first month with enough data starts on {}", month.format("%F"))
            });
        let fold_start = fold_start.to_rfc3339();
        ModelError::FoldTooEarly { fold_start, rows, liquidated, required: MINIMUM_DATA, earliest }
    }

    fn no_folds(&self, from: Option<DateTime<Utc>>, end: DateTime<Utc>) -> ModelError {
        match from {
            // No start was requested and no period can be trained.
            None => self.too_early(end),
            Some(from) => ModelError::NoLandmarks { from: from.to_rfc3339(), to: end.to_rfc3339() },
        }
    }
}

/// Starts of periods of calendar months, from the period that contains `from`.
fn calendar_starts(from: DateTime<Utc>, months: u32) -> impl Iterator<Item = DateTime<Utc>> {
    let date = from.date_naive();
    let month = date.month0() / months * months + 1;
    let first = NaiveDate::from_ymd_opt(date.year(), month, 1).unwrap_or(date);
    (0..)
        .map_while(move |n: u32| first.checked_add_months(Months::new(n.checked_mul(months)?)))
        .map(|date| date.and_time(NaiveTime::MIN).and_utc())
}

#[cfg(test)]
mod tests {
    use plimsoll_features::Outcome;

    use super::*;
    use crate::evaluation::time_range::TimeRange;
    use crate::units::DAY_S;

    fn time(text: &str) -> DateTime<Utc> {
        format!("{text}T00:00:00Z").parse().unwrap()
    }

    /// Fifty accounts per day from 2021-01-01 for 200 days; one in fifty is liquidated ten days
    /// later.
    fn observations() -> Observations {
        let first_s = time("2021-01-01").timestamp();
        let mut observations = Observations::default();
        for row in 0..10_000_i64 {
            let day = row % 200;
            observations.time_s.push(first_s + day * DAY_S);
            observations.on_grid.push(true);
            let event = u8::from(row / 200 == 0);
            let follow_up_days = (200 - day) as f64;
            let duration_days = if event == LIQUIDATED { 10.0 } else { follow_up_days };
            observations.outcome.push(Outcome { duration_days, event, follow_up_days });
        }
        observations
    }

    fn plan(folds: FoldSchedule, from: Option<&str>) -> BacktestPlan {
        let span = TimeRange { from: from.map(time), to: None };
        BacktestPlan { folds, span, ..BacktestPlan::default() }
    }

    fn fold_starts(plan: &BacktestPlan) -> Vec<DateTime<Utc>> {
        plan_folds(&observations(), plan)
            .unwrap()
            .iter()
            .map(|fold_start| fold_start.until)
            .collect()
    }

    #[test]
    fn months_start_with_the_first_trainable_one() {
        let months = ["2021-02-01", "2021-03-01", "2021-04-01", "2021-05-01", "2021-06-01"];
        let months: Vec<_> = months.into_iter().chain(["2021-07-01"]).map(time).collect();
        assert_eq!(fold_starts(&plan(FoldSchedule::Monthly, None)), months);
        assert_eq!(
            fold_starts(&plan(FoldSchedule::Quarterly, None)),
            [time("2021-04-01"), time("2021-07-01")]
        );
    }

    #[test]
    fn a_fold_ends_at_the_next_and_the_last_at_the_final_landmark() {
        let dates = ["2021-03-01", "2021-05-15"].map(time).to_vec();
        let folds =
            plan_folds(&observations(), &plan(FoldSchedule::At(dates.clone()), None)).unwrap();
        assert_eq!(folds[0], BacktestFold { until: dates[0], from: dates[0], to: dates[1] });
        assert_eq!((folds.len(), folds[1].to > time("2021-07-19")), (2, true));
    }

    #[test]
    fn the_first_fold_starts_at_the_requested_time() {
        let folds = fold_starts(&plan(FoldSchedule::Monthly, Some("2021-05-10")));
        assert_eq!(folds, ["2021-05-10", "2021-06-01", "2021-07-01"].map(time));
    }

    #[test]
    fn landmarks_before_the_requested_start_are_not_evaluated() {
        let folds = FoldSchedule::At(vec![time("2021-03-01"), time("2021-04-01")]);
        let folds = plan_folds(&observations(), &plan(folds, Some("2021-04-20"))).unwrap();
        let only = (folds.len(), folds[0].until, folds[0].from);
        assert_eq!(only, (1, time("2021-04-01"), time("2021-04-20")));
    }

    #[test]
    fn a_fold_with_too_little_history_is_refused_and_the_first_trainable_month_named() {
        for folds in [FoldSchedule::Monthly, FoldSchedule::At(vec![time("2021-01-12")])] {
            let refused =
                plan_folds(&observations(), &plan(folds, Some("2021-01-12"))).unwrap_err();
            let line = refused.to_string();
            assert!(line.contains("2021-01-12") && line.contains("2021-02-01"), "{line}");
        }
    }

    #[test]
    fn a_plan_without_landmarks_is_refused() {
        let refused = plan_folds(&observations(), &plan(FoldSchedule::Monthly, Some("2022-01-01")));
        assert!(matches!(refused, Err(ModelError::NoLandmarks { .. })), "{refused:?}");
    }
}
