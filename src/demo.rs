//! `plimsoll demo`.

mod step_runner;
mod summary;
mod warnings;

use std::net::SocketAddr;
use std::path::PathBuf;

use chrono::{DateTime, Days, Utc};
use clap::{Args, value_parser};
use plimsoll_features::{
    FeatureError, LandmarkInterval, ObservationPlan, Observations, list_markets, observe,
};
use plimsoll_govern::Proposal;
use plimsoll_lake::tables::{Forecast, Observation, Row};
use plimsoll_lake::{Store, read_parquet, write_parquet};
use plimsoll_model::{Evaluation, Model, TimeRange, TrainOptions, evaluate, forecast_rows, train};
use plimsoll_report::BacktestExcerpt;
use plimsoll_serve::SentAlert;
use plimsoll_simulator::{Scenario, Simulation, simulate};

use crate::backtest;
use crate::propose::DraftArgs;
use crate::serve::{FollowArgs, Serve};
use crate::truth::{HORIZON_DAYS, SimulatedTruth, TruthComparison, TruthPlan};
use step_runner::StepRunner;
use summary::Summary;

/// How many steps there are.
const STEP_COUNT: usize = 9;
/// Owners of so many accounts, those most at risk, ask to be warned.
const WARNED_ACCOUNTS: usize = 10;
/// Seed and days of the market that is shown.
const SEED: u64 = 1;
const HISTORY_DAYS: u32 = 365;
/// How far apart the landmarks of its observations are.
const LANDMARK_INTERVAL: &str = "12h";
/// Days of history that the model learns from; it is judged on the rest.
const TRAINING_DAYS: u64 = 245;
/// The truth is told of the judged months, of so many accounts at each landmark.
const TRUTH_EVERY_DAYS: u32 = 20;
const TRUTH_ACCOUNTS: usize = 60;

/// Show it all on a simulated market: no node, no key and no data are needed.
///
/// Simulates a market for a year, builds features, trains on the first eight months, judges the
/// model on the rest and against the true probabilities, forecasts every open account, and serves
/// the risk page. A second run reuses what is there. In the folder: `lake`, `model`, `report`,
/// `truth.parquet`, `forecasts.parquet`.
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Folder for everything; made if absent.
    #[arg(long, value_name = "DIR", default_value = "demo")]
    dir: PathBuf,
    /// Address and port to listen on.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Borrowers that ever come.
    #[arg(long, value_name = "N", default_value_t = 3_000)]
    accounts: u32,
    /// Futures that tell the truth, at each landmark.
    #[arg(long, value_name = "N", default_value_t = 800, value_parser = value_parser!(u64).range(1..))]
    branches: u64,
    /// Stop before serving.
    #[arg(long)]
    once: bool,
}

impl Demo {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let store = Store::create(self.dir.join("lake"))?;
        let mut steps = StepRunner::new(STEP_COUNT);
        steps.run("simulate", |bar| {
            let summary = simulate(&self.simulation(), &store, bar)?;
            self.simulation().verify_digest(&store)?;
            Ok(summary.to_string().lines().collect::<Vec<_>>().join("; "))
        })?;
        let observations = self.observe(&store, &mut steps)?;
        let model = self.train(&store, &observations, &mut steps)?;
        let evaluation = evaluate_model(&model, &observations, &mut steps)?;
        self.report(&store, &model, &observations, &mut steps)?;
        let judgement = self.compare_with_truth(&model, &observations, &mut steps)?;
        let forecasts = self.forecast(&model, &observations, &mut steps)?;
        let proposal = self.propose(&store, &mut steps)?;
        let warnings = self.send_warnings(&store, &forecasts, &mut steps)?;
        print!(
            "{}",
            Summary {
                demo: &self,
                evaluation,
                comparison: judgement,
                forecasts,
                proposal,
                warnings
            }
        );
        if self.once {
            return Ok(());
        }
        let (lake, model) = (self.dir.join("lake"), self.dir.join("model"));
        let (report, proposals) = (Some(self.dir.join("report")), vec![self.dir.join("proposal")]);
        let following = FollowArgs::with_alerts(self.dir.join("alerts.db"), warnings::HOST);
        Serve { lake, model, listen: self.listen, report, proposals, follow: following }.run()
    }

    const fn simulation(&self) -> Simulation {
        Simulation {
            seed: SEED,
            accounts: self.accounts,
            days: HISTORY_DAYS,
            scenario: Scenario::Mixed,
        }
    }

    fn truth_plan(&self) -> TruthPlan {
        TruthPlan {
            from: training_end(),
            to: DateTime::<Utc>::MAX_UTC,
            every_days: TRUTH_EVERY_DAYS,
            accounts: TRUTH_ACCOUNTS,
            branches: self.branches,
            futures: 0,
            horizon_days: HORIZON_DAYS,
        }
    }

    fn observe(&self, store: &Store, steps: &mut StepRunner) -> anyhow::Result<Observations> {
        steps.run_with_output("features", |_| {
            let held = Observations::read(store);
            let (observations, what) = match held {
                Ok(observations) => (observations, "there already"),
                // None yet, or made for other features by another version.
                Err(FeatureError::NoObservations | FeatureError::MissingColumn { .. }) => {
                    let every: LandmarkInterval = LANDMARK_INTERVAL.parse()?;
                    let id = list_markets(store)?.swap_remove(0);
                    observe(store, &id, &ObservationPlan { interval: every, until: None })?
                        .write(store, &id)?;
                    (Observations::read(store)?, "what was known of every open account")
                }
                Err(error) => return Err(error.into()),
            };
            let (rows, accounts) = (observations.len(), observations.account_ids.len());
            let told = format!("{rows} landmarks of {accounts} accounts: {what}");
            Ok((observations, told))
        })
    }

    fn train(
        &self,
        store: &Store,
        observations: &Observations,
        steps: &mut StepRunner,
    ) -> anyhow::Result<Model> {
        steps.run_with_output("train", |bar| {
            let (folder, until) = (self.dir.join("model"), training_end());
            let fingerprint = store.fingerprint(&[const { &Observation::TABLE }])?;
            let held = Model::load(&folder).ok().filter(|model| {
                let manifest = model.manifest();
                manifest.data_fingerprint == fingerprint && manifest.training.until == until
            });
            if let Some(model) = held {
                return Ok((model, "there already".to_owned()));
            }
            let watch = |progress: plimsoll_model::Progress| {
                bar.set_length(progress.total as u64);
                bar.set_position(progress.done as u64);
            };
            let mut model = train(observations, until, &TrainOptions::default(), watch)?;
            model.save(&folder, &fingerprint)?;
            let training = &model.manifest().training;
            let (rows, liquidated) = (training.rows, training.liquidated);
            let day = until.format("%F");
            let told =
                format!("on {rows} landmarks before {day}, {liquidated} with a liquidation ahead");
            Ok((model, told))
        })
    }

    fn report(
        &self,
        store: &Store,
        model: &Model,
        observations: &Observations,
        steps: &mut StepRunner,
    ) -> anyhow::Result<()> {
        steps.run("report", |_| {
            let dir = self.dir.join("report");
            let fingerprint = store.fingerprint(&[const { &Observation::TABLE }])?;
            let held =
                BacktestExcerpt::read(&dir).is_ok_and(|held| held.data_fingerprint == fingerprint);
            if !held {
                backtest::write_report(store, observations, model, &dir)?;
            }
            let what = if held { "there already" } else { "calibration, warnings, crash windows" };
            Ok(format!("{}: {what}", dir.join("index.html").display()))
        })
    }

    fn compare_with_truth(
        &self,
        model: &Model,
        observations: &Observations,
        steps: &mut StepRunner,
    ) -> anyhow::Result<TruthComparison> {
        steps.run_with_output("truth", |bar| {
            let file = self.dir.join("truth.parquet");
            let (known, what) = match read_parquet(&file) {
                Ok(truth) => (SimulatedTruth::from_forecasts(truth), "there already".to_owned()),
                Err(error) if error.is_not_found() => {
                    let mut known =
                        SimulatedTruth::simulate(&self.simulation(), &self.truth_plan(), bar)?;
                    known.retain_observed(observations)?;
                    write_parquet(&file, known.forecasts())?;
                    (known, format!("{} futures of each", self.branches))
                }
                Err(error) => return Err(error.into()),
            };
            let judgement = known.compare(Some((model, observations)))?;
            let told = format!("{} accounts at landmarks: {what}", judgement.rows);
            Ok((judgement, told))
        })
    }

    fn forecast(
        &self,
        model: &Model,
        observations: &Observations,
        steps: &mut StepRunner,
    ) -> anyhow::Result<Vec<Forecast>> {
        steps.run_with_output("forecast", |_| {
            let last = (0..observations.len())
                .filter(|&row| observations.on_grid[row])
                .map(|row| observations.time_s[row])
                .max();
            let now = observations
                .filter(|row| observations.on_grid[row] && Some(observations.time_s[row]) == last);
            let forecasts = forecast_rows(model, &now)?;
            let file = self.dir.join("forecasts.parquet");
            write_parquet(&file, &forecasts)?;
            let told = format!("{} open accounts: {}", forecasts.len(), file.display());
            Ok((forecasts, told))
        })
    }

    fn propose(&self, store: &Store, steps: &mut StepRunner) -> anyhow::Result<Proposal> {
        steps.run_with_output("propose", |_| {
            let market = list_markets(store)?.swap_remove(0).prefix();
            let (lake, model) = (self.dir.join("lake"), self.dir.join("model"));
            let out = self.dir.join("proposal");
            let proposal = DraftArgs::for_lake_market(lake, model, market, out.clone()).draft()?;
            let changed = proposal.collaterals.iter().filter(|told| !told.no_change).count();
            let (all, page) = (proposal.collaterals.len(), out.join("proposal.md"));
            let told = format!("{changed} of {all} collaterals to be changed: {}", page.display());
            Ok((proposal, told))
        })
    }

    fn send_warnings(
        &self,
        store: &Store,
        forecasts: &[Forecast],
        steps: &mut StepRunner,
    ) -> anyhow::Result<Vec<SentAlert>> {
        steps.run_with_output("warn", |_| {
            let file = self.dir.join("alerts.db");
            let riskiest = sorted_by_risk(forecasts).into_iter().take(WARNED_ACCOUNTS);
            let accounts: Vec<&str> = riskiest.map(|forecast| forecast.account.as_str()).collect();
            let model = Model::load(&self.dir.join("model"))?;
            let sent = warnings::send_warnings(&file, store, model, &accounts)?;
            let told = format!("{} of {} owners: {}", sent.len(), accounts.len(), file.display());
            Ok((sent, told))
        })
    }
}

/// Those most likely to be liquidated within a day first.
fn sorted_by_risk(forecasts: &[Forecast]) -> Vec<&Forecast> {
    let mut forecasts: Vec<&Forecast> = forecasts.iter().collect();
    forecasts.sort_by(|a, b| b.p_liquidated_24h.total_cmp(&a.p_liquidated_24h));
    forecasts
}

fn evaluate_model(
    model: &Model,
    observations: &Observations,
    steps: &mut StepRunner,
) -> anyhow::Result<Evaluation> {
    steps.run_with_output("evaluate", |_| {
        let evaluation = evaluate(model, observations, &TimeRange::default())?;
        let told = format!("on {} landmarks that it had not seen", evaluation.rows);
        Ok((evaluation, told))
    })
}

fn training_end() -> DateTime<Utc> {
    Simulation::START + Days::new(TRAINING_DAYS)
}
