//! Parquet files outside a lake, which other programs may have written.

use std::fs::File;
use std::path::Path;

use arrow::array::{ArrayRef, RecordBatch, RecordBatchReader, new_null_array};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Schema};
use parquet::arrow::arrow_reader::{ArrowReaderOptions, ParquetRecordBatchReaderBuilder};

use super::{checksum, parquet_file};
use crate::error::LakeError;
use crate::schema::{Column, Row, Table};

/// Writes rows to one Parquet file outside a lake, atomically.
///
/// # Errors
/// [`LakeError`] if the file cannot be written.
pub fn write_parquet<R: Row>(path: &Path, rows: &[R]) -> Result<(), LakeError> {
    parquet_file::write(path, &R::TABLE, &R::to_batch(rows)?)
}

/// Reads the rows of one Parquet file outside a lake.
///
/// Additional columns are ignored, and nullable columns may be missing. Single-precision floats
/// and times in units other than microseconds are cast.
///
/// # Errors
/// [`LakeError::Io`] or [`LakeError::Parquet`] if the file cannot be read,
/// [`LakeError::ColumnMismatch`] if a required column is missing, has another type or contains nulls.
pub fn read_parquet<R: Row>(path: &Path) -> Result<Vec<R>, LakeError> {
    let reader = open_parquet(path)?.build().map_err(LakeError::parquet(path))?;
    let schema = reader.schema();
    for column in (R::TABLE.columns)() {
        check_type(&column, &schema)
            .map_err(|found| column_mismatch(path, &R::TABLE, &column, found))?;
    }
    let mut rows = Vec::new();
    for batch in reader {
        let batch = batch.map_err(|error| LakeError::parquet(path)(error.into()))?;
        rows.extend(R::from_batch(&cast_to_table(path, &R::TABLE, &batch)?)?);
    }
    Ok(rows)
}

/// The names of the columns of one Parquet file outside a lake, in file order.
///
/// # Errors
/// [`LakeError::Io`] or [`LakeError::Parquet`] if the file cannot be read.
pub fn parquet_columns(path: &Path) -> Result<Vec<String>, LakeError> {
    Ok(column_names(open_parquet(path)?.schema()))
}

fn open_parquet(path: &Path) -> Result<ParquetRecordBatchReaderBuilder<File>, LakeError> {
    let mut file = File::open(path).map_err(LakeError::io("read", path))?;
    checksum::verify(&mut file, path)?;
    // An embedded Arrow schema would distinguish string types that are equivalent here.
    let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
    ParquetRecordBatchReaderBuilder::try_new_with_options(file, options)
        .map_err(LakeError::parquet(path))
}

fn column_names(schema: &Schema) -> Vec<String> {
    schema.fields().iter().map(|field| field.name().clone()).collect()
}

fn column_mismatch(path: &Path, table: &Table, column: &Column, found: String) -> LakeError {
    let expected = column.data_type.to_string();
    LakeError::ColumnMismatch {
        path: path.into(),
        table: table.name,
        column: column.name,
        expected,
        found,
    }
}

/// Checks that a file's column can be cast to its type in the table; the error is what was found.
fn check_type(column: &Column, file: &Schema) -> Result<(), String> {
    let Ok(found) = file.field_with_name(column.name).map(Field::data_type) else {
        let missing = || format!("missing; the file has {}", column_names(file).join(", "));
        return if column.nullable { Ok(()) } else { Err(missing()) };
    };
    let fits = match (&column.data_type, found) {
        (DataType::Float64, DataType::Float32) => true,
        (DataType::Timestamp(_, zone), DataType::Timestamp(_, found)) => zone == found,
        (expected, found) => expected == found,
    };
    if fits { Ok(()) } else { Err(found.to_string()) }
}

/// Selects the table's columns and casts them to its types.
fn cast_to_table(
    path: &Path,
    table: &Table,
    batch: &RecordBatch,
) -> Result<RecordBatch, LakeError> {
    let array = |column: &Column| -> Result<ArrayRef, LakeError> {
        let Some(array) = batch.column_by_name(column.name) else {
            return Ok(new_null_array(&column.data_type, batch.num_rows()));
        };
        let array = cast(array, &column.data_type)?;
        match array.null_count() {
            nulls if nulls > 0 && !column.nullable => {
                Err(column_mismatch(path, table, column, format!("null in {nulls} rows")))
            }
            _ => Ok(array),
        }
    };
    let columns = (table.columns)().iter().map(array).collect::<Result<_, _>>()?;
    Ok(RecordBatch::try_new(table.schema(), columns)?)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use ::parquet::arrow::ArrowWriter;
    use arrow::array::{Array, AsArray, Float32Array, StringArray};
    use arrow::datatypes::{Float64Type, TimeUnit};
    use chrono::DateTime;

    use super::*;
    use crate::tables::{Forecast, PeerForecast};

    fn forecasts() -> Vec<Forecast> {
        let curve: [f64; Forecast::EDGES] = std::array::from_fn(|k| k as f64 / 64.0);
        let forecast = |name: &str| {
            Forecast::new(name.to_owned(), DateTime::UNIX_EPOCH, curve, curve.map(|p| p / 2.0))
        };
        vec![forecast("maker/eth-b/1"), forecast("maker/eth-b/2")]
    }

    /// Reads a file of forecasts with one column replaced by `change`, or removed.
    fn read_with_changed_column(
        name: &str,
        change: impl Fn(&ArrayRef) -> Option<ArrayRef>,
    ) -> Result<Vec<Forecast>, LakeError> {
        let batch = Forecast::to_batch(&forecasts()).unwrap();
        let schema = batch.schema();
        let columns = schema.fields().iter().zip(batch.columns()).filter_map(|(f, c)| {
            let column = if f.name() == name { change(c)? } else { Arc::clone(c) };
            Some((Field::new(f.name(), column.data_type().clone(), true), column))
        });
        let (fields, columns): (Vec<_>, Vec<_>) = columns.collect();
        let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("forecasts.parquet");
        let mut writer =
            ArrowWriter::try_new(File::create(&path).unwrap(), batch.schema(), None).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
        read_parquet(&path)
    }

    #[test]
    fn written_rows_are_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("forecasts.parquet");
        write_parquet(&path, &forecasts()).unwrap();
        assert_eq!(read_parquet::<Forecast>(&path).unwrap(), forecasts());
    }

    #[test]
    fn other_float_time_and_string_types_are_cast() {
        let single = |column: &ArrayRef| Some(cast(column, &DataType::Float32).unwrap());
        let nanos = DataType::Timestamp(TimeUnit::Nanosecond, Some("UTC".into()));
        let nanos = |column: &ArrayRef| Some(cast(column, &nanos).unwrap());
        let large = |column: &ArrayRef| Some(cast(column, &DataType::LargeUtf8).unwrap());
        assert_eq!(read_with_changed_column("p_closed_2h", single).unwrap(), forecasts());
        assert_eq!(read_with_changed_column("time", nanos).unwrap(), forecasts());
        assert_eq!(read_with_changed_column("account", large).unwrap(), forecasts());
        assert_eq!(read_with_changed_column("health_factor", |_| None).unwrap(), forecasts());
    }

    #[test]
    fn error_names_the_mismatched_column() {
        let text = |_: &ArrayRef| Some(Arc::new(StringArray::from(vec!["a", "b"])) as ArrayRef);
        let naive = |column: &ArrayRef| {
            Some(cast(column, &DataType::Timestamp(TimeUnit::Microsecond, None)).unwrap())
        };
        let holed = |column: &ArrayRef| {
            let first = column.as_primitive::<Float64Type>().value(0) as f32;
            Some(Arc::new(Float32Array::from(vec![Some(first), None])) as ArrayRef)
        };
        let assert_error_contains = |read: Result<Vec<Forecast>, LakeError>, text: &str| {
            let error = read.unwrap_err().to_string();
            assert!(error.contains("forecasts.parquet") && error.contains(text), "{error}");
        };
        assert_error_contains(
            read_with_changed_column("p_liquidated_5d", |_| None),
            "p_liquidated_5d of forecasts should be",
        );
        assert_error_contains(read_with_changed_column("p_liquidated_5d", |_| None), "is missing");
        assert_error_contains(
            read_with_changed_column("p_closed_5d", text),
            "p_closed_5d of forecasts should be Float64",
        );
        assert_error_contains(read_with_changed_column("time", naive), "is Timestamp(\u{b5}s)");
        assert_error_contains(read_with_changed_column("p_closed_5d", holed), "is null in 1 rows");
    }

    #[test]
    fn error_names_the_unreadable_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("forecasts.parquet");
        let absent = read_parquet::<Forecast>(&path).unwrap_err();
        assert!(absent.is_not_found() && absent.to_string().contains("forecasts.parquet"));
        std::fs::write(&path, "not Parquet").unwrap();
        let foreign = read_parquet::<Forecast>(&path).unwrap_err().to_string();
        assert!(foreign.contains("forecasts.parquet is not a valid Parquet file"), "{foreign}");
    }

    #[test]
    fn a_peer_may_lack_horizons_and_not_the_account() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("peer.parquet");
        write_parquet(&path, &forecasts()).unwrap();
        let peers: Vec<PeerForecast> = read_parquet(&path).unwrap();
        assert_eq!(peers[0].p_liquidated_24h, Some(5.0 / 64.0));
        let names = parquet_columns(&path).unwrap();
        assert_eq!(&names[..2], ["account", "time"]);
        let error = read_parquet::<crate::tables::SimulatedMarket>(&path).unwrap_err().to_string();
        assert!(error.contains("missing; the file has account, time, health_factor"), "{error}");
    }

    #[test]
    fn files_of_every_usual_compression_are_read() {
        use ::parquet::basic::{BrotliLevel, Compression, GzipLevel};
        use ::parquet::file::properties::WriterProperties;

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("forecasts.parquet");
        for compression in [
            Compression::SNAPPY,
            Compression::GZIP(GzipLevel::default()),
            Compression::LZ4_RAW,
            Compression::BROTLI(BrotliLevel::default()),
        ] {
            let batch = Forecast::to_batch(&forecasts()).unwrap();
            let properties = WriterProperties::builder().set_compression(compression).build();
            let file = File::create(&path).unwrap();
            let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties)).unwrap();
            writer.write(&batch).unwrap();
            writer.close().unwrap();
            assert_eq!(read_parquet::<Forecast>(&path).unwrap(), forecasts(), "{compression:?}");
        }
    }
}
