//! Writing curves in long form as Parquet.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int32Array, Int64Array, RecordBatch};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;

use crate::curves::SurvivalCurves;
use crate::error::SurvivalError;

/// Rows of one record batch.
const ROWS_PER_BATCH: usize = 1_000;

/// Writes to a temporary file, which is renamed when it is complete.
pub(crate) struct CurveWriter {
    path: PathBuf,
    partial_path: PathBuf,
    writer: Option<ArrowWriter<File>>,
    /// Causes with a column.
    causes: usize,
}

impl CurveWriter {
    pub(crate) fn create(path: &Path, causes: u8) -> Result<Self, SurvivalError> {
        let partial_path = path.with_extension("partial");
        // Created now, so that an invalid path is reported before hours of training.
        drop(File::create(&partial_path).map_err(SurvivalError::io("create", &partial_path))?);
        let causes = if causes > 1 { usize::from(causes) } else { 0 };
        Ok(Self { path: path.to_owned(), partial_path, writer: None, causes })
    }

    pub(crate) fn write(
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
            let writer = self.writer.as_mut().expect("it was created above");
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

    /// The curves of `rows`; the first of them is row `from` of `curves`.
    fn batch(
        &self,
        fold: u32,
        rows: &[usize],
        curves: &SurvivalCurves,
        from: usize,
    ) -> Result<RecordBatch, arrow::error::ArrowError> {
        let times = curves.times.len();
        let row_of = |&row: &usize| i64::try_from(row).expect("there are fewer than 2^63 rows");
        let row = rows.iter().flat_map(|row| std::iter::repeat_n(row_of(row), times));
        let fold = i32::try_from(fold).unwrap_or(i32::MAX);
        let time = (0..rows.len()).flat_map(|_| curves.times.iter().copied());
        let values = |matrix: &ndarray::Array2<f64>| -> ArrayRef {
            let part = matrix.slice(ndarray::s![from..from + rows.len(), ..]);
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

    pub(crate) fn finish(mut self) -> Result<(), SurvivalError> {
        let Some(writer) = self.writer.take() else {
            let problem = "no fold has a row to forecast, so there is nothing to write".to_owned();
            return Err(SurvivalError::InvalidFile { path: self.path, problem });
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
