//! A benchmark on a public table: trains, forecasts, writes and scores every fold.

pub(crate) mod cause_scores;
pub(crate) mod curve_writer;
pub(crate) mod log_loss;
pub(crate) mod mean;
pub(crate) mod outcomes;
pub(crate) mod report;
pub(crate) mod scores;
pub(crate) mod splits;

use std::path::PathBuf;

use curve_writer::CurveWriter;
use outcomes::SurvivalOutcomes;
use report::{BenchmarkReport, FoldScores};
use scores::{SurvivalScores, refused_scores};
use splits::read_splits;

use crate::data::csv::read_table;
use crate::error::SurvivalError;
use crate::learner::{SurvivalModel, SurvivalOptions};

/// The files and options of a benchmark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Benchmark {
    /// A CSV file of features with the columns `duration` and `event`, and `entry` if rows entered late.
    pub table: PathBuf,
    /// A CSV file with the columns `role_f0`, `role_f1`, ...: `train`, `val` or `test`.
    pub splits: PathBuf,
    /// The Parquet file to write.
    pub out: PathBuf,
    /// Options of the learner.
    pub options: SurvivalOptions,
}

impl Benchmark {
    /// Fits each fold's `train` and `val` rows, forecasts its `test` rows and writes their curves
    /// in long form, as `row, fold, time, survival`, and `cif_1, cif_2, ...` where there are several
    /// causes. Calls `on_fold` with each fold's number and scores as they come.
    ///
    /// # Errors
    /// [`SurvivalError`] with the file and the cell or column that is invalid.
    pub fn run(
        &self,
        mut on_fold: impl FnMut(u32, &SurvivalScores),
    ) -> Result<BenchmarkReport, SurvivalError> {
        let table = read_table(&self.table)?;
        let folds = read_splits(&self.splits, table.row_count())?;
        let mut file = CurveWriter::create(&self.out, table.cause_count())?;
        let mut all: Vec<FoldScores> = Vec::new();
        for fold in &folds {
            let model = SurvivalModel::fit(&table, &fold.train, &self.options);
            let model = model.map_err(|error| self.with_fold(fold.number, error))?;
            let curves = model.forecast(&table, &fold.test)?;
            file.write(fold.number, &fold.test, &curves)?;
            let (test, train) = (
                SurvivalOutcomes::select(&table, &fold.test),
                SurvivalOutcomes::select(&table, &fold.train),
            );
            let scores = SurvivalScores::new(&curves, &test, &train);
            on_fold(fold.number, &scores);
            all.push(FoldScores { fold: fold.number, scores });
        }
        file.finish()?;
        let scores: Vec<SurvivalScores> = all.iter().map(|fold| fold.scores.clone()).collect();
        Ok(BenchmarkReport {
            mean: SurvivalScores::mean(&scores),
            refused: refused_scores(table.entries.is_some()).to_vec(),
            folds: all,
        })
    }

    /// Adds the fold to an error about too few rows.
    fn with_fold(&self, number: u32, error: SurvivalError) -> SurvivalError {
        match error {
            SurvivalError::TooFewRows { .. } => SurvivalError::InvalidFile {
                path: self.splits.clone(),
                problem: format!("column role_f{number}: {error}"),
            },
            other => other,
        }
    }
}
