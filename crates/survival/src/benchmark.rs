//! A public benchmark: every fold learnt, forecast, written and scored.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int32Array, Int64Array, RecordBatch};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;

use super::curves::SurvivalCurves;
use super::read::read_table;
use super::scores::{SurvivalOutcomes, SurvivalScores};
use super::splits::read_splits;
use super::table::SurvivalTable;
use super::{SurvivalError, SurvivalModel, SurvivalOptions};

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
            let (test, learnt) =
                (select_outcomes(&table, &fold.test), select_outcomes(&table, &fold.train));
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

fn select_outcomes(table: &SurvivalTable, rows: &[usize]) -> SurvivalOutcomes {
    SurvivalOutcomes {
        durations: rows.iter().map(|&row| table.durations[row]).collect(),
        causes: rows.iter().map(|&row| table.causes[row]).collect(),
    }
}

/// Rows written at once.
const ROWS_PER_BATCH: usize = 1_000;

/// A file of curves that gets its name once it is whole.
struct CurveWriter {
    path: PathBuf,
    partial_path: PathBuf,
    writer: Option<ArrowWriter<File>>,
    /// Causes that get a column.
    causes: usize,
}

impl CurveWriter {
    fn create(path: &Path, causes: u8) -> Result<Self, SurvivalError> {
        let aside = path.with_extension("partial");
        // At once, so that a path that cannot be written is known before hours of learning.
        drop(File::create(&aside).map_err(SurvivalError::io("create", &aside))?);
        let causes = if causes > 1 { usize::from(causes) } else { 0 };
        Ok(Self { path: path.to_owned(), partial_path: aside, writer: None, causes })
    }

    fn write(
        &mut self,
        fold: u32,
        rows: &[usize],
        curves: &SurvivalCurves,
    ) -> Result<(), SurvivalError> {
        for from in (0..rows.len()).step_by(ROWS_PER_BATCH) {
            let to = rows.len().min(from + ROWS_PER_BATCH);
            let batch = self.batch(fold, &rows[from..to], curves, from);
            let batch = batch.map_err(|source| self.parquet_error(source.into()))?;
            if self.writer.is_none() {
                let file = File::create(&self.partial_path);
                let file = file.map_err(SurvivalError::io("create", &self.partial_path))?;
                let writer = ArrowWriter::try_new(file, batch.schema(), Some(writer_properties()));
                self.writer = Some(writer.map_err(|source| self.parquet_error(source))?);
            }
            let writer = self.writer.as_mut().expect("it was made above");
            writer.write(&batch).map_err(|source| SurvivalError::Parquet {
                path: self.partial_path.clone(),
                source,
            })?;
        }
        Ok(())
    }

    fn parquet_error(&self, source: ParquetError) -> SurvivalError {
        SurvivalError::Parquet { path: self.partial_path.clone(), source }
    }

    /// The curves of `rows`, of which the first is row `from` of `curves`.
    fn batch(
        &self,
        fold: u32,
        rows: &[usize],
        curves: &SurvivalCurves,
        from: usize,
    ) -> Result<RecordBatch, arrow::error::ArrowError> {
        let times = curves.times.len();
        let row_of = |&row: &usize| i64::try_from(row).expect("rows stay below 2^63");
        let row = rows.iter().flat_map(|row| std::iter::repeat_n(row_of(row), times));
        let fold = i32::try_from(fold).unwrap_or(i32::MAX);
        let time = (0..rows.len()).flat_map(|_| curves.times.iter().copied());
        let values = |of: &ndarray::Array2<f64>| -> ArrayRef {
            let part = of.slice(ndarray::s![from..from + rows.len(), ..]);
            Arc::new(Float64Array::from_iter_values(part.iter().copied()))
        };
        let mut columns: Vec<(String, ArrayRef)> = vec![
            ("row".to_owned(), Arc::new(Int64Array::from_iter_values(row))),
            ("fold".to_owned(), Arc::new(Int32Array::from(vec![fold; rows.len() * times]))),
            ("time".to_owned(), Arc::new(Float64Array::from_iter_values(time))),
            ("survival".to_owned(), values(&curves.survival)),
        ];
        let causes = curves.incidence.iter().take(self.causes).zip(1..);
        columns.extend(causes.map(|(curve, cause)| (format!("cif_{cause}"), values(curve))));
        RecordBatch::try_from_iter(columns)
    }

    fn finish(mut self) -> Result<(), SurvivalError> {
        let Some(writer) = self.writer.take() else {
            let fault = "no fold has a row to forecast, so there is nothing to write".to_owned();
            return Err(SurvivalError::InvalidFile { path: self.path, problem: fault });
        };
        let file = writer.into_inner().map_err(|source| self.parquet_error(source))?;
        file.sync_all().map_err(SurvivalError::io("write", &self.partial_path))?;
        fs::rename(&self.partial_path, &self.path)
            .map_err(SurvivalError::io("rename", &self.partial_path))
    }
}

fn writer_properties() -> WriterProperties {
    WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_created_by(concat!("plimsoll ", env!("CARGO_PKG_VERSION")).to_owned())
        .build()
}
