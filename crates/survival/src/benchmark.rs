//! A benchmark on a public table: trains, forecasts, writes and scores every fold.

pub(crate) mod curve_writer;
pub(crate) mod scores;
pub(crate) mod splits;

use std::path::PathBuf;

use curve_writer::CurveWriter;
use scores::{SurvivalOutcomes, SurvivalScores};
use splits::read_splits;

use crate::data::csv::read_table;
use crate::error::SurvivalError;
use crate::learner::{SurvivalModel, SurvivalOptions};

/// What to forecast, and where to write it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Benchmark {
    /// A CSV file of features with the columns `duration` and `event`.
    pub table: PathBuf,
    /// A CSV file with the columns `role_f0`, `role_f1`, ...: `train`, `val` or `test`.
    pub splits: PathBuf,
    /// The Parquet file to write.
    pub out: PathBuf,
    /// How to learn.
    pub options: SurvivalOptions,
}

impl Benchmark {
    /// Learns each fold's `train` and `val` rows, forecasts its `test` rows and writes their curves
    /// in long form, as `row, fold, time, survival`, and `cif_1, cif_2, ...` where there are several
    /// causes; hands each fold's number and scores to `watch`, and returns the scores.
    ///
    /// # Errors
    /// [`SurvivalError`] naming the file and the place that is at fault.
    pub fn run(
        &self,
        mut watch: impl FnMut(u32, &SurvivalScores),
    ) -> Result<Vec<SurvivalScores>, SurvivalError> {
        let table = read_table(&self.table)?;
        let folds = read_splits(&self.splits, table.row_count())?;
        let mut file = CurveWriter::create(&self.out, table.cause_count())?;
        let mut all = Vec::new();
        for fold in &folds {
            let model = SurvivalModel::fit(&table, &fold.train, &self.options);
            let model = model.map_err(|fault| self.with_fold(fold.number, fault))?;
            let curves = model.forecast(&table, &fold.test)?;
            file.write(fold.number, &fold.test, &curves)?;
            let (test, learnt) = (
                SurvivalOutcomes::select(&table, &fold.test),
                SurvivalOutcomes::select(&table, &fold.train),
            );
            let scores = SurvivalScores::new(&curves, &test, &learnt);
            watch(fold.number, &scores);
            all.push(scores);
        }
        file.finish()?;
        Ok(all)
    }

    /// Names the fold that has too few rows; other faults speak for themselves.
    fn with_fold(&self, number: u32, fault: SurvivalError) -> SurvivalError {
        match fault {
            SurvivalError::TooFewRows { .. } => SurvivalError::InvalidFile {
                path: self.splits.clone(),
                problem: format!("column role_f{number}: {fault}"),
            },
            other => other,
        }
    }
}
