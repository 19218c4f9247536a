//! Files that other programs have written.

use ::parquet::arrow::ArrowWriter;
use arrow::array::{Date32Array, Float32Array, StringArray};
use arrow::compute::cast;
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
    for unit in
        [TimeUnit::Second, TimeUnit::Millisecond, TimeUnit::Microsecond, TimeUnit::Nanosecond]
    {
        let naive = |column: &ArrayRef| {
            let instants = cast(column, &DataType::Timestamp(unit, Some("UTC".into()))).unwrap();
            let instants = cast(&instants, &DataType::Int64).unwrap();
            Some(cast(&instants, &DataType::Timestamp(unit, None)).unwrap())
        };
        assert_eq!(read_with_changed_column("time", naive).unwrap(), forecasts(), "{unit:?}");
    }
    let keys = Box::new(DataType::Int32);
    let dictionary = DataType::Dictionary(keys, Box::new(DataType::Utf8));
    for other in [dictionary, DataType::Binary, DataType::LargeBinary, DataType::Utf8View] {
        let other_type = |column: &ArrayRef| Some(cast(column, &other).unwrap());
        let read = read_with_changed_column("account", other_type);
        assert_eq!(read.unwrap(), forecasts(), "{other}");
    }
    for number in [DataType::Int32, DataType::UInt8, DataType::Int64, DataType::Decimal128(20, 4)] {
        let zeros = |column: &ArrayRef| {
            let zeros = Float32Array::from(vec![0.0; column.len()]);
            Some(cast(&zeros, &number).unwrap())
        };
        let read = read_with_changed_column("p_closed_1h", zeros).unwrap();
        assert_eq!(read, forecasts(), "{number}");
    }
    assert_eq!(read_with_changed_column("account", large).unwrap(), forecasts());
    assert_eq!(read_with_changed_column("health_factor", |_| None).unwrap(), forecasts());
}

#[test]
fn error_names_the_mismatched_column() {
    let text = |_: &ArrayRef| Some(Arc::new(StringArray::from(vec!["a", "b"])) as ArrayRef);
    let date = |column: &ArrayRef| {
        Some(Arc::new(Date32Array::from(vec![19_000; column.len()])) as ArrayRef)
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
    assert_error_contains(read_with_changed_column("time", date), "time of forecasts should be");
    assert_error_contains(read_with_changed_column("time", date), "is Date32");
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
