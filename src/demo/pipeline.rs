//! The steps of the demonstration: each reuses the files of an earlier run.

use std::path::{Path, PathBuf};

use plimsoll_features::{
    FeatureError, LandmarkInterval, ObservationPlan, Observations, list_markets, observe,
};
use plimsoll_govern::Proposal;
use plimsoll_lake::tables::{Forecast, Observation, Row};
use plimsoll_lake::{Store, read_parquet, write_parquet};
use plimsoll_model::{Evaluation, Model, TimeRange, TrainOptions, evaluate, forecast_rows, train};
use plimsoll_report::BacktestExcerpt;
use plimsoll_serve::SentAlert;
use plimsoll_simulator::simulate;

use super::results::{Results, sorted_by_risk};
use super::simulation::{simulation, training_end, truth_plan};
use super::step_runner::StepRunner;
use super::warnings;
use crate::backtest;
use crate::propose::DraftArgs;
use crate::truth::{SimulatedTruth, TruthComparison};

/// Number of steps.
const STEP_COUNT: usize = 9;
/// Interval between the landmarks of the observations.
const LANDMARK_INTERVAL: &str = "12h";
/// Accounts whose owners subscribe to warnings: those most at risk.
const WARNED_ACCOUNTS: usize = 10;

/// Runs the steps in a folder.
pub(super) struct Pipeline {
    dir: PathBuf,
    accounts: u32,
    branches: u64,
    store: Store,
    steps: StepRunner,
}

impl Pipeline {
    /// Simulates so many borrowers, and so many futures for each true probability.
    pub(super) fn new(dir: &Path, accounts: u32, branches: u64) -> anyhow::Result<Self> {
        let store = Store::create(dir.join("lake"))?;
        let steps = StepRunner::new(STEP_COUNT);
        Ok(Self { dir: dir.to_owned(), accounts, branches, store, steps })
    }

    /// Runs all steps.
    pub(super) fn run(&mut self) -> anyhow::Result<Results> {
        self.simulate()?;
        let observations = self.observe()?;
        let model = self.train(&observations)?;
        let evaluation = self.evaluate(&model, &observations)?;
        self.report(&model, &observations)?;
        let comparison = self.compare_with_truth(&model, &observations)?;
        let forecasts = self.forecast(&model, &observations)?;
        let proposal = self.propose()?;
        let warnings = self.send_warnings(&forecasts)?;
        Ok(Results { evaluation, comparison, forecasts, proposal, warnings })
    }

    fn simulate(&mut self) -> anyhow::Result<()> {
        let Self { accounts, store, steps, .. } = self;
        steps.run("simulate", |bar| {
            let simulation = simulation(*accounts);
            let summary = simulate(&simulation, store, bar)?;
            simulation.verify_digest(store)?;
            Ok(summary.to_string().lines().collect::<Vec<_>>().join("; "))
        })
    }

    fn evaluate(
        &mut self,
        model: &Model,
        observations: &Observations,
    ) -> anyhow::Result<Evaluation> {
        self.steps.run_with_output("evaluate", |_| {
            let evaluation = evaluate(model, observations, &TimeRange::default())?;
            let text = format!("on {} landmarks after the training span", evaluation.rows);
            Ok((evaluation, text))
        })
    }

    fn observe(&mut self) -> anyhow::Result<Observations> {
        let Self { store, steps, .. } = self;
        steps.run_with_output("features", |_| {
            let stored = Observations::read(store);
            let (observations, what) = match stored {
                Ok(observations) => (observations, "there already"),
                // None yet, or computed by a version with other features.
                Err(FeatureError::NoObservations | FeatureError::MissingColumn { .. }) => {
                    let every: LandmarkInterval = LANDMARK_INTERVAL.parse()?;
                    let id = list_markets(store)?.swap_remove(0);
                    observe(store, &id, &ObservationPlan { interval: every, until: None })?
                        .write(store, &id)?;
                    (Observations::read(store)?, "features of every open account")
                }
                Err(error) => return Err(error.into()),
            };
            let (rows, accounts) = (observations.len(), observations.account_ids.len());
            let text = format!("{rows} landmarks of {accounts} accounts: {what}");
            Ok((observations, text))
        })
    }

    fn train(&mut self, observations: &Observations) -> anyhow::Result<Model> {
        let Self { dir, store, steps, .. } = self;
        steps.run_with_output("train", |bar| {
            let (folder, until) = (dir.join("model"), training_end());
            let fingerprint = store.fingerprint(&[const { &Observation::TABLE }])?;
            let stored = Model::load(&folder).ok().filter(|model| {
                let manifest = model.manifest();
                manifest.data_fingerprint == fingerprint && manifest.training.until == until
            });
            if let Some(model) = stored {
                return Ok((model, "there already".to_owned()));
            }
            let on_progress = |progress: plimsoll_model::Progress| {
                bar.set_length(progress.total as u64);
                bar.set_position(progress.done as u64);
            };
            let mut model = train(observations, until, &TrainOptions::default(), on_progress)?;
            model.save(&folder, &fingerprint)?;
            let training = &model.manifest().training;
            let (rows, liquidated) = (training.rows, training.liquidated);
            let day = until.format("%F");
            let text =
                format!("on {rows} landmarks before {day}, {liquidated} with a liquidation ahead");
            Ok((model, text))
        })
    }

    fn report(&mut self, model: &Model, observations: &Observations) -> anyhow::Result<()> {
        let Self { dir, store, steps, .. } = self;
        steps.run("report", |_| {
            let dir = dir.join("report");
            let fingerprint = store.fingerprint(&[const { &Observation::TABLE }])?;
            let exists = BacktestExcerpt::read(&dir)
                .is_ok_and(|report| report.data_fingerprint == fingerprint);
            if !exists {
                backtest::write_report(store, observations, model, &dir)?;
            }
            let what =
                if exists { "there already" } else { "calibration, warnings, crash windows" };
            Ok(format!("{}: {what}", dir.join("index.html").display()))
        })
    }

    fn compare_with_truth(
        &mut self,
        model: &Model,
        observations: &Observations,
    ) -> anyhow::Result<TruthComparison> {
        let Self { dir, branches, accounts, steps, .. } = self;
        steps.run_with_output("truth", |bar| {
            let file = dir.join("truth.parquet");
            let (truth, what) = match read_parquet(&file) {
                Ok(forecasts) => {
                    (SimulatedTruth::from_forecasts(forecasts), "there already".to_owned())
                }
                Err(error) if error.is_not_found() => {
                    let mut truth = SimulatedTruth::simulate(
                        &simulation(*accounts),
                        &truth_plan(*branches),
                        bar,
                    )?;
                    truth.retain_observed(observations)?;
                    write_parquet(&file, truth.forecasts())?;
                    (truth, format!("{branches} futures of each"))
                }
                Err(error) => return Err(error.into()),
            };
            let comparison = truth.compare(Some((model, observations)))?;
            let text = format!("{} accounts at landmarks: {what}", comparison.rows);
            Ok((comparison, text))
        })
    }

    fn forecast(
        &mut self,
        model: &Model,
        observations: &Observations,
    ) -> anyhow::Result<Vec<Forecast>> {
        let Self { dir, steps, .. } = self;
        steps.run_with_output("forecast", |_| {
            let last = (0..observations.len())
                .filter(|&row| observations.on_grid[row])
                .map(|row| observations.time_s[row])
                .max();
            let now = observations
                .filter(|row| observations.on_grid[row] && Some(observations.time_s[row]) == last);
            let forecasts = forecast_rows(model, &now)?;
            let file = dir.join("forecasts.parquet");
            write_parquet(&file, &forecasts)?;
            let text = format!("{} open accounts: {}", forecasts.len(), file.display());
            Ok((forecasts, text))
        })
    }

    fn propose(&mut self) -> anyhow::Result<Proposal> {
        let Self { dir, store, steps, .. } = self;
        steps.run_with_output("propose", |_| {
            let market = list_markets(store)?.swap_remove(0).name();
            let (lake, model) = (dir.join("lake"), dir.join("model"));
            let out = dir.join("proposal");
            let proposal = DraftArgs::for_lake_market(lake, model, market, out.clone()).draft()?;
            let changed =
                proposal.collaterals.iter().filter(|collateral| !collateral.no_change).count();
            let (all, page) = (proposal.collaterals.len(), out.join("proposal.md"));
            let text = format!("{changed} of {all} collaterals to be changed: {}", page.display());
            Ok((proposal, text))
        })
    }

    fn send_warnings(&mut self, forecasts: &[Forecast]) -> anyhow::Result<Vec<SentAlert>> {
        let Self { dir, store, steps, .. } = self;
        steps.run_with_output("warn", |_| {
            let file = dir.join("alerts.db");
            let riskiest = sorted_by_risk(forecasts).into_iter().take(WARNED_ACCOUNTS);
            let accounts: Vec<&str> = riskiest.map(|forecast| forecast.account.as_str()).collect();
            let model = Model::load(&dir.join("model"))?;
            let sent = warnings::send_warnings(&file, store, model, &accounts)?;
            let text = format!("{} of {} owners: {}", sent.len(), accounts.len(), file.display());
            Ok((sent, text))
        })
    }
}
