//! The survival learner on small tables, from the file to the curves.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::Path;

use arrow::array::{Array, Float64Array, RecordBatch};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use plimsoll_survival::{
    Benchmark, BenchmarkReport, Covariate, CovariateValues, SurvivalError, SurvivalModel,
    SurvivalOptions, SurvivalTable,
};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const ROWS: usize = 240;

/// Missing values, a constant, a duplicate, categories, booleans, a zero duration, ties and two causes.
fn write_table(folder: &Path) {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let mut table = String::from("age,constant,double,colour,smoker,gaps,duration,event\n");
    let mut splits = String::from("row,fold,role_f0,role_f1\n");
    for row in 0..ROWS {
        let age: f64 = rng.random_range(20.0..80.0);
        let colour = ["red", "green", "blue", ""][rng.random_range(0..4)];
        let smoker = ["True", "False"][rng.random_range(0..2)];
        let gaps = ["NA", "", "NaN", "1.5", "2.5", "7"][rng.random_range(0..6)];
        let duration = (rng.random_range(0.0..600.0) / age).floor();
        let event = rng.random_range(0..3);
        writeln!(table, "{age},7,{age},{colour},{smoker},{gaps},{duration},{event}")
            .expect("a string takes it");
        let role = |fold: usize| match (row + fold) % 4 {
            0 | 1 => "train",
            2 => "val",
            _ => "test",
        };
        writeln!(splits, "{row},{},{},{}", row % 2, role(0), role(2)).expect("a string takes it");
    }
    fs::write(folder.join("table.csv"), table).expect("a writable folder");
    fs::write(folder.join("splits.csv"), splits).expect("a writable folder");
}

fn run(folder: &Path, out: &str, threads: usize) -> Result<BenchmarkReport, SurvivalError> {
    let benchmark = Benchmark {
        table: folder.join("table.csv"),
        splits: folder.join("splits.csv"),
        out: folder.join(out),
        options: SurvivalOptions { seed: 5 },
    };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
    pool.install(|| benchmark.run(|_, _| {}))
}

fn read(path: &Path) -> Vec<RecordBatch> {
    let reader =
        ParquetRecordBatchReaderBuilder::try_new(File::open(path).expect("a Parquet file"))
            .expect("a Parquet file");
    reader.build().expect("rows").map(|batch| batch.expect("rows")).collect()
}

fn column<'a>(batch: &'a RecordBatch, name: &str) -> &'a [f64] {
    let column = batch.column_by_name(name).unwrap_or_else(|| panic!("a column {name}"));
    column.as_any().downcast_ref::<Float64Array>().expect("a column of floats").values()
}

#[test]
fn curves_of_an_untidy_table_are_valid_and_independent_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    write_table(folder.path());
    let scores = run(folder.path(), "one.parquet", 1).unwrap();
    assert_eq!(scores, run(folder.path(), "two.parquet", 2).unwrap());
    let bytes = |name: &str| fs::read(folder.path().join(name)).unwrap();
    assert!(bytes("one.parquet") == bytes("two.parquet"), "bits depend on threads");
    assert!(scores.refused.is_empty());
    for cause in scores.folds.iter().flat_map(|fold| &fold.scores.by_cause) {
        assert!(cause.antolini_c.is_some() && cause.ibs.is_some_and(|ibs| ibs < 0.3));
        assert_eq!(cause.at_times.len(), 3);
        assert!(cause.at_times.iter().all(|at| at.auc.is_some()));
        let expected = |n: usize| cause.at_times[n].observed_over_expected.unwrap();
        assert!((0..3).all(|n| (0.3..3.0).contains(&expected(n))), "{cause}");
    }

    let mut rows = 0;
    for batch in read(&folder.path().join("one.parquet")) {
        let [time, survival] = ["time", "survival"].map(|name| column(&batch, name));
        let [first, second] = ["cif_1", "cif_2"].map(|name| column(&batch, name));
        for n in 0..batch.num_rows() {
            assert!((survival[n] + first[n] + second[n] - 1.0).abs() < 1e-9);
            if n > 0 && time[n] > time[n - 1] {
                assert!(survival[n] <= survival[n - 1]);
                assert!(first[n] >= first[n - 1] && second[n] >= second[n - 1]);
            }
        }
        rows += batch.num_rows();
    }
    assert_eq!(rows, 2 * ROWS / 4 * 200, "every test row has 200 times");
}

#[test]
fn an_error_keeps_the_earlier_output() {
    let folder = tempfile::tempdir().unwrap();
    write_table(folder.path());
    let (table, out) = (folder.path().join("table.csv"), folder.path().join("curves.parquet"));
    fs::write(&out, "earlier output").unwrap();
    let text = fs::read_to_string(&table).unwrap();
    fs::write(&table, text.trim_end().rsplit_once(',').unwrap().0.to_owned() + ",x\n").unwrap();
    let error = run(folder.path(), "curves.parquet", 1).unwrap_err().to_string();
    assert!(error.contains("table.csv: row 239, column event: \"x\""), "{error}");
    assert_eq!(fs::read_to_string(&out).unwrap(), "earlier output");
}

/// Two Weibull causes, of which the first depends on the only feature.
struct WeibullCauses {
    table: SurvivalTable,
}

impl WeibullCauses {
    fn cumulative(x: f64, t: f64) -> [f64; 2] {
        [(0.8 * x).exp() * (t / 10.0).powf(1.5), (t / 12.0).powf(1.5)]
    }

    /// With equal shapes each cause's share of the loss of survival is constant.
    fn curves(x: f64, t: f64) -> [f64; 2] {
        let [first, second] = Self::cumulative(x, t);
        let survival = (-first - second).exp();
        [survival, (1.0 - survival) * first / (first + second)]
    }

    fn simulate(rows: usize) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(2);
        let xs: Vec<f64> = (0..rows).map(|_| rng.random_range(-1.5..1.5)).collect();
        let (mut durations, mut causes) = (Vec::new(), Vec::new());
        for &x in &xs {
            let mut wait = || -rng.random_range(f64::EPSILON..1.0_f64).ln();
            let first = 10.0 * (wait() / (0.8 * x).exp()).powf(1.0 / 1.5);
            let second = 12.0 * wait().powf(1.0 / 1.5);
            let censored = 4.0 + 12.0 * wait();
            let duration = first.min(second).min(censored);
            durations.push(duration);
            causes.push(if duration == censored { 0 } else { 1 + u8::from(duration == second) });
        }
        let values = CovariateValues::Numeric(xs);
        let features = vec![Covariate { name: "x".to_owned(), values }];
        Self { table: SurvivalTable { covariates: features, durations, causes, entries: None } }
    }
}

#[test]
fn two_weibull_causes_are_recovered() {
    let WeibullCauses { table } = WeibullCauses::simulate(1_000);
    let (train, test): (Vec<usize>, Vec<usize>) = (0..1_000).partition(|&row| row >= 100);
    let model = SurvivalModel::fit(&table, &train, &SurvivalOptions::default()).unwrap();
    let curves = model.forecast(&table, &test).unwrap();
    let CovariateValues::Numeric(xs) = &table.covariates[0].values else { panic!("numbers") };
    for t in [2.0, 5.0, 9.0] {
        let errors = test.iter().enumerate().map(|(index, &row)| {
            let [survival, first] = WeibullCauses::curves(xs[row], t);
            let survival_error = (curves.survival_at(index, t) - survival).abs();
            survival_error.max((curves.incidence_at(index, 1, t) - first).abs())
        });
        let mean = errors.sum::<f64>() / test.len() as f64;
        assert!(mean < 0.06, "{mean} at {t}");
    }
}

/// Exponential rows that are only seen if they last until their entry.
fn delayed_rows(rows: usize) -> SurvivalTable {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let (mut xs, mut durations, mut entries) = (Vec::new(), Vec::new(), Vec::new());
    while xs.len() < rows {
        let (x, entry) = (f64::from(rng.random_range(0..2)), rng.random_range(0.0..8.0_f64));
        let duration = -rng.random_range(f64::EPSILON..1.0_f64).ln() / RATES[x as usize];
        if duration > entry {
            xs.push(x);
            durations.push(duration.min(12.0));
            entries.push(entry);
        }
    }
    let causes = durations.iter().map(|&duration| u8::from(duration < 12.0)).collect();
    let values = CovariateValues::Numeric(xs);
    let covariates = vec![Covariate { name: "x".to_owned(), values }];
    SurvivalTable { covariates, durations, causes, entries: Some(entries) }
}

const RATES: [f64; 2] = [0.1, 0.25];

/// The mean absolute error of survival at 2, 5 and 8.
fn survival_error(table: &SurvivalTable) -> f64 {
    let rows: Vec<usize> = (0..table.row_count()).collect();
    let model = SurvivalModel::fit(table, &rows[50..], &SurvivalOptions::default());
    let model = model.expect("there are enough rows");
    let curves = model.forecast(table, &rows[..50]).expect("the same covariates");
    let CovariateValues::Numeric(xs) = &table.covariates[0].values else { panic!("numbers") };
    let error = |row: usize, t: f64| {
        (curves.survival_at(row, t) - (-RATES[xs[row] as usize] * t).exp()).abs()
    };
    (0..50).map(|row| [2.0, 5.0, 8.0].map(|t| error(row, t)).iter().sum::<f64>() / 150.0).sum()
}

#[test]
fn delayed_entry_is_accounted_for() {
    let with = delayed_rows(500);
    let without = SurvivalTable { entries: None, ..with.clone() };
    let (with, without) = (survival_error(&with), survival_error(&without));
    assert!(with < 0.06, "{with}");
    assert!(without > 0.12, "rows that lasted to their entry last longer: {without}");
}

#[test]
fn scores_that_cannot_handle_delayed_entry_are_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    write_table(folder.path());
    let path = folder.path().join("table.csv");
    let text = fs::read_to_string(&path).unwrap();
    let mut lines = text.lines();
    let mut delayed = format!("entry,{}\n", lines.next().unwrap());
    for line in lines {
        let duration: f64 = line.rsplit(',').nth(1).unwrap().parse().unwrap();
        // A row without duration would have no time under observation.
        let line = line.replace(",0,0", ",1,0").replace(",0,1", ",1,1").replace(",0,2", ",1,2");
        writeln!(delayed, "{},{line}", duration / 4.0).unwrap();
    }
    fs::write(&path, delayed).unwrap();
    let report = run(folder.path(), "delayed.parquet", 2).unwrap();
    let refused: Vec<&str> = report.refused.iter().map(|refused| refused.score).collect();
    assert_eq!(refused, ["harrell_c", "ibs", "by_cause.ibs", "by_cause.at_times"]);
    let scores = &report.mean;
    assert_eq!((scores.harrell_c, scores.ibs, scores.by_cause[0].ibs), (None, None, None));
    assert!(scores.antolini_c.is_some() && scores.d_calibration_p.is_some());
    assert!(scores.rcll.is_some_and(f64::is_finite));
}

#[test]
fn without_events_survival_is_one_and_too_few_rows_are_an_error() {
    let mut table = WeibullCauses::simulate(60).table;
    table.causes.fill(0);
    let rows: Vec<usize> = (0..60).collect();
    let model = SurvivalModel::fit(&table, &rows, &SurvivalOptions::default()).unwrap();
    let curves = model.forecast(&table, &[0]).unwrap();
    assert!(curves.survival_at(0, table.durations[0]) > 1.0 - 1e-9);
    let error = SurvivalModel::fit(&table, &rows[..19], &SurvivalOptions::default()).unwrap_err();
    assert_eq!(error.to_string(), "19 rows are too few to fit a model: at least 20 are needed");
}
