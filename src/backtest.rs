//! `plimsoll backtest`.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use clap::{Args, value_parser};
use plimsoll_features::Observations;
use plimsoll_lake::Store;
use plimsoll_lake::tables::{Observation, Row};
use plimsoll_model::{
    Ablation, BacktestPlan, BlockBootstrap, FoldSchedule, Model, TimeRange, TrainOptions,
    WalkForward, evaluate_fixed, score_ablation, score_backtest, walk_forward,
};
use plimsoll_report::{BacktestReport, ReportFolder};

use crate::args::{LandmarkArgs, parse_time};
use crate::progress;

/// Train and evaluate repeatedly as time advances, each time on data that the model had not seen.
///
/// For each fold a model is trained on what was known at its start, and forecasts the landmarks of
/// the grid up to the next. All forecasts are scored together by the metrics of `plimsoll evaluate`,
/// with intervals, beside the same baselines, in crash windows, and as warnings. Months without
/// enough training data are skipped. Nothing known after --to is used.
///
/// Intervals are 95 %, from a bootstrap of whole blocks of time, as long as the horizon and no
/// shorter than --block-days; the report also has intervals from a bootstrap of whole accounts.
/// Antolini's and Uno's concordance and D-calibration have no intervals.
///
/// An alarm is raised at a landmark whose probability of liquidation within 24 hours reaches a
/// threshold while no alarm of the account is active. It is active for 72 hours or until a
/// liquidation, which makes it true; its lead time is the time between. Liquidations of one account
/// within 24 hours of each other count as one. First passage and the health factor alone get
/// thresholds that raise no more false alarms than the model.
#[derive(Debug, Args)]
pub(crate) struct Backtest {
    #[command(flatten)]
    landmarks: LandmarkArgs,
    /// When to retrain: monthly, quarterly, or once:TIME.
    #[arg(long, value_name = "WHEN", default_value = "monthly", value_parser = parse_folds)]
    folds: FoldSchedule,
    /// Instead of --folds: a separate backtest for each time, trained once and evaluated to the end,
    /// with a report in the folder of its date.
    #[arg(long, value_name = "TIME,..", value_delimiter = ',', value_parser = parse_time, conflicts_with = "folds")]
    cuts: Vec<DateTime<Utc>>,
    /// Probabilities within 24 hours at which alarms are raised.
    #[arg(long, value_name = "P,..", value_delimiter = ',', value_parser = parse_probability, default_value = "0.001,0.003,0.01,0.02,0.05,0.1")]
    thresholds: Vec<f64>,
    /// Maximum number of crash windows: weeks around the days with the largest shares of liquidations.
    #[arg(long, value_name = "N", default_value_t = 8)]
    windows: usize,
    /// Number of bootstrap replicates for intervals; 0 for none.
    #[arg(long, value_name = "N", default_value_t = 400)]
    replicates: usize,
    /// Minimum number of days in a block of time.
    #[arg(long, value_name = "DAYS", default_value_t = 7, value_parser = value_parser!(u32).range(1..))]
    block_days: u32,
    /// Seed of all random numbers.
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// Also train each fold without each part of the model, to measure what the part contributes.
    #[arg(long)]
    ablations: bool,
    /// Folder for the report: index.html, MODEL_CARD.md, backtest.json and forecasts.parquet. Created
    /// if absent; an existing report is replaced once the new one is complete.
    #[arg(long, value_name = "DIR")]
    report: Option<PathBuf>,
    /// Print JSON; with --cuts a list.
    #[arg(long)]
    json: bool,
}

impl Backtest {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let planned: Vec<(BacktestPlan, Option<ReportFolder>)> =
            self.plans().into_iter().collect::<anyhow::Result<_>>()?;
        let store = self.landmarks.open_lake()?;
        let observations = Observations::read(&store)?;
        let mut reports = Vec::new();
        for (plan, folder) in planned {
            let report = self.run_plan(&store, &observations, &plan, folder)?;
            if !self.json {
                println!("{}", report.terminal_summary());
            }
            reports.push(report);
        }
        match (self.json, self.cuts.is_empty(), &reports[..]) {
            (true, true, [report]) => println!("{}", serde_json::to_string_pretty(report)?),
            (true, ..) => println!("{}", serde_json::to_string_pretty(&reports)?),
            _ => {}
        }
        Ok(())
    }

    /// The backtests to run, each with the folder of its report.
    fn plans(&self) -> Vec<anyhow::Result<(BacktestPlan, Option<ReportFolder>)>> {
        let mut thresholds = self.thresholds.clone();
        thresholds.sort_unstable_by(f64::total_cmp);
        let plan = |folds: FoldSchedule| BacktestPlan {
            folds,
            span: TimeRange { from: self.landmarks.from, to: self.landmarks.to },
            train: TrainOptions { seed: self.seed, ..TrainOptions::default() },
            thresholds: thresholds.clone(),
            max_crash_windows: self.windows,
            resampling: BlockBootstrap {
                replicates: self.replicates,
                block_days: self.block_days,
                seed: self.seed,
            },
        };
        if self.cuts.is_empty() {
            let folder = self.report.as_deref().map(ReportFolder::open).transpose();
            return vec![
                folder.map(|folder| (plan(self.folds.clone()), folder)).map_err(Into::into),
            ];
        }
        let for_cut = |cut: &DateTime<Utc>| {
            let dated = |dir: &PathBuf| ReportFolder::open(&dir.join(cut.format("%F").to_string()));
            let folder = self.report.as_ref().map(dated).transpose()?;
            Ok((plan(FoldSchedule::At(vec![*cut])), folder))
        };
        self.cuts.iter().map(for_cut).collect()
    }

    fn run_plan(
        &self,
        store: &Store,
        observations: &Observations,
        plan: &BacktestPlan,
        folder: Option<ReportFolder>,
    ) -> anyhow::Result<BacktestReport> {
        let walk = run_walk_forward(observations, plan)?;
        let parts = if self.ablations { &Ablation::ALL[..] } else { &[] };
        let without = |&part: &Ablation| {
            let train = TrainOptions { ablation: Some(part), ..plan.train };
            let other = run_walk_forward(observations, &BacktestPlan { train, ..plan.clone() })?;
            Ok(score_ablation(&walk, (part, &other), plan))
        };
        let ablations = parts.iter().map(without).collect::<anyhow::Result<_>>()?;
        let spinner = progress::spinner("backtest");
        spinner.set_message("scoring");
        let fingerprint = store.fingerprint(&[&Observation::TABLE])?;
        let report = BacktestReport::new(
            reproduce_command(plan),
            fingerprint,
            score_backtest(&walk, plan),
            ablations,
        );
        if let Some(folder) = folder {
            folder.write(&report, &walk.forecast_rows())?;
        }
        spinner.finish_and_clear();
        Ok(report)
    }
}

/// Evaluates a model on the data after its training, and writes a report.
///
/// # Errors
/// The errors of a backtest that trains the same model.
pub(crate) fn write_report(
    store: &Store,
    observations: &Observations,
    model: &Model,
    dir: &Path,
) -> anyhow::Result<WalkForward> {
    let folder = ReportFolder::open(dir)?;
    let folds = FoldSchedule::At(vec![model.manifest().training.until]);
    let plan = BacktestPlan { folds, ..BacktestPlan::default() };
    let walk = evaluate_fixed(observations, &plan, model)?;
    let fingerprint = store.fingerprint(&[&Observation::TABLE])?;
    let report = BacktestReport::new(
        reproduce_command(&plan),
        fingerprint,
        score_backtest(&walk, &plan),
        Vec::new(),
    );
    folder.write(&report, &walk.forecast_rows())?;
    Ok(walk)
}

/// The command that reproduces the backtest.
fn reproduce_command(plan: &BacktestPlan) -> String {
    let time = |time: &DateTime<Utc>| time.format("%FT%TZ").to_string();
    let folds = match &plan.folds {
        FoldSchedule::Monthly => "monthly".to_owned(),
        FoldSchedule::Quarterly => "quarterly".to_owned(),
        FoldSchedule::At(times) => {
            format!("once:{}", times.iter().map(time).collect::<Vec<_>>().join(","))
        }
    };
    let span = [("--from", plan.span.from), ("--to", plan.span.to)];
    let span = span.iter().filter_map(|(name, at)| Some(format!(" {name} {}", time(at.as_ref()?))));
    let thresholds: Vec<String> = plan.thresholds.iter().map(f64::to_string).collect();
    format!(
        "plimsoll backtest --lake LAKE --folds {folds}{} --thresholds {} --windows {} \
         --replicates {} --block-days {} --seed {}",
        span.collect::<String>(),
        thresholds.join(","),
        plan.max_crash_windows,
        plan.resampling.replicates,
        plan.resampling.block_days,
        plan.train.seed
    )
}

/// Runs a walk-forward evaluation with a progress bar.
fn run_walk_forward(
    observations: &Observations,
    plan: &BacktestPlan,
) -> anyhow::Result<WalkForward> {
    let bar = progress::bar("backtest", 0);
    let without = plan.train.ablation.map(|part| format!(" without {part}")).unwrap_or_default();
    let walk = walk_forward(observations, plan, |step| {
        let total = step.training.total as u64;
        bar.set_length(step.folds as u64 * total);
        bar.set_position(step.fold as u64 * total + step.training.done as u64);
        bar.set_message(format!("trained until {}{without}", step.until.format("%F")));
    })?;
    bar.finish_and_clear();
    Ok(walk)
}

fn parse_folds(text: &str) -> Result<FoldSchedule, String> {
    match (text, text.strip_prefix("once:")) {
        ("monthly", _) => Ok(FoldSchedule::Monthly),
        ("quarterly", _) => Ok(FoldSchedule::Quarterly),
        (_, Some(time)) => parse_time(time).map(|time| FoldSchedule::At(vec![time])),
        _ => Err("use monthly, quarterly or once:2021-09-01".to_owned()),
    }
}

fn parse_probability(text: &str) -> Result<f64, String> {
    let within = |p: &f64| *p > 0.0 && *p <= 1.0;
    let probability = text.parse().ok().filter(within);
    probability.ok_or_else(|| "use a probability above 0, at most 1".to_owned())
}
