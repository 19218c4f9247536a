//! Reading a table from a CSV file with the columns `duration`, `event` and perhaps `entry`.

use std::collections::BTreeMap;
use std::path::Path;

use crate::data::table::{Covariate, CovariateValues, SurvivalTable};
use crate::error::SurvivalError;

const DURATION: &str = "duration";
const EVENT: &str = "event";
/// Delayed entry; the column may be absent.
const ENTRY: &str = "entry";
/// Texts of a missing value, in lower case.
const MISSING_VALUES: [&str; 11] =
    ["", "na", "nan", "n/a", "<na>", "nat", "null", "none", "missing", "?", "."];
/// A column is numeric if at least this share of its known values are numbers; other values in it
/// are then errors.
const MIN_NUMERIC_SHARE: f64 = 0.9;
/// The largest supported cause.
const MAX_CAUSE: u8 = 16;

/// A CSV file as text, by column.
pub(crate) struct CsvTable {
    pub(crate) names: Vec<String>,
    pub(crate) columns: Vec<Vec<String>>,
    pub(crate) row_count: usize,
}

impl CsvTable {
    /// Reads a file whose first line has the names of the columns, each once.
    pub(crate) fn read(path: &Path) -> Result<Self, SurvivalError> {
        let csv = |source: csv::Error| {
            if source.is_io_error() {
                SurvivalError::io("read", path)(source.into())
            } else {
                SurvivalError::Csv { path: path.to_owned(), source }
            }
        };
        let mut reader =
            csv::ReaderBuilder::new().trim(csv::Trim::All).from_path(path).map_err(csv)?;
        let header = reader.headers().map_err(csv)?;
        let names: Vec<String> =
            header.iter().map(|name| name.trim_start_matches('\u{feff}').to_owned()).collect();
        if let Some(duplicate) = (1..names.len()).find(|&n| names[..n].contains(&names[n])) {
            let problem = format!("the column {:?} occurs twice", names[duplicate]);
            return Err(SurvivalError::InvalidFile { path: path.to_owned(), problem });
        }
        let mut text = Self { columns: vec![Vec::new(); names.len()], names, row_count: 0 };
        for record in reader.records() {
            let record = record.map_err(csv)?;
            text.columns.iter_mut().zip(&record).for_each(|(column, v)| column.push(v.to_owned()));
            text.row_count += 1;
        }
        Ok(text)
    }

    /// The column with a name.
    pub(crate) fn column(&self, name: &str, path: &Path) -> Result<&[String], SurvivalError> {
        let index = self.names.iter().position(|n| n == name);
        let problem = || format!("there is no column {name:?}, only {}", self.names.join(", "));
        index
            .map(|index| self.columns[index].as_slice())
            .ok_or_else(|| SurvivalError::InvalidFile { path: path.to_owned(), problem: problem() })
    }
}

/// Reads a table: every column but `duration`, `event` and `entry` is a covariate.
///
/// A column `entry` has the time from which each row was under observation (left truncation).
///
/// # Errors
/// [`SurvivalError`] with the row and the column that cannot be parsed.
pub fn read_table(path: &Path) -> Result<SurvivalTable, SurvivalError> {
    let text = CsvTable::read(path)?;
    let column = |name| text.column(name, path).map(|values| CsvColumn { path, name, values });
    let durations = column(DURATION)?.parse(parse_duration)?;
    let causes = column(EVENT)?.parse(parse_cause)?;
    let has_entry = text.names.iter().any(|name| name == ENTRY);
    let entries = if has_entry { parse_entries(&column(ENTRY)?, &durations)? } else { None };
    let covariates = text.names.iter().zip(&text.columns);
    let covariates =
        covariates.filter(|(name, _)| ![DURATION, EVENT, ENTRY].contains(&name.as_str()));
    let covariates =
        covariates.map(|(name, values)| CsvColumn { path, name, values }.to_covariate());
    Ok(SurvivalTable {
        covariates: covariates.collect::<Result<_, _>>()?,
        durations,
        causes,
        entries,
    })
}

/// One column of a file.
pub(crate) struct CsvColumn<'a> {
    pub(crate) path: &'a Path,
    pub(crate) name: &'a str,
    pub(crate) values: &'a [String],
}

impl CsvColumn<'_> {
    /// Every value, or the first that cannot be parsed.
    pub(crate) fn parse<T>(
        &self,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Vec<T>, SurvivalError> {
        let values = self.values.iter().enumerate();
        values
            .map(|(row, value)| parse(value).map_err(|problem| self.cell_error(row, problem)))
            .collect()
    }

    fn cell_error(&self, row: usize, problem: String) -> SurvivalError {
        SurvivalError::InvalidCell {
            path: self.path.to_owned(),
            row,
            column: self.name.to_owned(),
            value: self.values[row].clone(),
            problem,
        }
    }

    fn to_covariate(&self) -> Result<Covariate, SurvivalError> {
        let known = || self.values.iter().enumerate().filter(|(_, value)| !is_missing(value));
        let numeric = known().filter(|(_, value)| value.parse::<f64>().is_ok()).count();
        let share = numeric as f64 / known().count().max(1) as f64;
        let values = if known().next().is_none() || share >= MIN_NUMERIC_SHARE {
            CovariateValues::Numeric(self.parse(parse_number)?)
        } else {
            self.to_categorical()
        };
        Ok(Covariate { name: self.name.to_owned(), values })
    }

    fn to_categorical(&self) -> CovariateValues {
        let known = self.values.iter().filter(|value| !is_missing(value));
        let mut codes: BTreeMap<&str, u32> = known.map(|level| (level.as_str(), 0)).collect();
        codes.values_mut().zip(0..).for_each(|(code, n)| *code = n);
        CovariateValues::Categorical {
            levels: codes.keys().map(|&level| level.to_owned()).collect(),
            codes: self.values.iter().map(|level| codes.get(level.as_str()).copied()).collect(),
        }
    }
}

fn is_missing(value: &str) -> bool {
    MISSING_VALUES.contains(&value.to_lowercase().as_str())
}

fn parse_number(value: &str) -> Result<f64, String> {
    if is_missing(value) {
        return Ok(f64::NAN);
    }
    match value.parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(number),
        Ok(_) => Err("is not finite".to_owned()),
        Err(_) => Err(format!(
            "is not a number, and at least {:.0} % of its column are",
            100.0 * MIN_NUMERIC_SHARE
        )),
    }
}

fn parse_duration(value: &str) -> Result<f64, String> {
    match value.parse::<f64>() {
        Ok(duration) if duration.is_finite() && duration >= 0.0 => Ok(duration),
        Ok(_) => Err("is not a duration: it must be finite and at least 0".to_owned()),
        Err(_) => Err("is not a duration: it must be a number".to_owned()),
    }
}

/// Entry times, each below its row's duration; `None` if all are 0.
fn parse_entries(
    column: &CsvColumn<'_>,
    durations: &[f64],
) -> Result<Option<Vec<f64>>, SurvivalError> {
    const NEXT_STEP: &str = "rename the column if it is a covariate";
    let number = |value: &str| value.parse::<f64>().ok().filter(|entry| entry.is_finite());
    let entries = column.parse(|value| {
        number(value).filter(|&entry| entry >= 0.0).ok_or_else(|| {
            format!("is not an entry time: it must be a number, finite and at least 0; {NEXT_STEP}")
        })
    })?;
    let mut rows = entries.iter().zip(durations).enumerate();
    match rows.find(|(_, (entry, duration))| entry >= duration) {
        Some((row, (_, duration))) => Err(column.cell_error(
            row,
            format!(
                "is not an entry time: it must be below the row's duration {duration}; {NEXT_STEP}"
            ),
        )),
        None => Ok(entries.iter().any(|&entry| entry > 0.0).then_some(entries)),
    }
}

fn parse_cause(value: &str) -> Result<u8, String> {
    let cause = match value.to_lowercase().as_str() {
        "true" => Some(1.0),
        "false" => Some(0.0),
        _ => value.parse::<f64>().ok(),
    };
    let is_cause =
        |cause: &f64| cause.fract() == 0.0 && (0.0..=f64::from(MAX_CAUSE)).contains(cause);
    cause
        .filter(is_cause)
        .map(|cause| cause as u8)
        .ok_or_else(|| format!("is not an event: it must be 0 or a cause from 1 to {MAX_CAUSE}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<SurvivalTable, SurvivalError> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        read_table(file.path())
    }

    fn error_of(text: &str) -> String {
        read(text).unwrap_err().to_string()
    }

    #[test]
    fn numbers_categories_and_missing_values_are_distinguished() {
        let table =
            read("a,b,c,duration,event\n1,x,NA,2.5,0\n,y,,0,2\nnan,NA,NaN,1e2,1\n").unwrap();
        assert_eq!(table.durations, [2.5, 0.0, 100.0]);
        assert_eq!((table.causes.as_slice(), table.cause_count()), (&[0, 2, 1][..], 2));
        let CovariateValues::Numeric(a) = &table.covariates[0].values else { panic!("numbers") };
        assert!(a[0] == 1.0 && a[1].is_nan() && a[2].is_nan());
        let levels = vec!["x".to_owned(), "y".to_owned()];
        let codes = vec![Some(0), Some(1), None];
        assert_eq!(table.covariates[1].values, CovariateValues::Categorical { levels, codes });
        assert!(matches!(table.covariates[2].values, CovariateValues::Numeric(_)));
    }

    #[test]
    fn an_error_names_its_row_its_column_and_the_limit() {
        let text = error_of("a,duration,event\n1,2,0\n1,-3,0\n");
        assert!(text.ends_with(
            "row 1, column duration: \"-3\" is not a duration: it must be finite and at least 0"
        ));
        assert!(error_of("a,duration,event\n1,2,17\n").ends_with("a cause from 1 to 16"));
        assert!(error_of("a,duration,event\n1,2,0.5\n").contains("column event: \"0.5\""));
        assert!(error_of("a,duration,event\n1,,0\n").contains("row 0, column duration: \"\""));
        assert!(
            error_of("a,duration,event\ninf,1,0\n").contains("column a: \"inf\" is not finite")
        );
        let mut mixed = "a,duration,event\n".to_owned() + &"1,2,0\n".repeat(20);
        mixed.push_str("1.2.3,2,0\n");
        assert!(error_of(&mixed).contains("row 20, column a: \"1.2.3\" is not a number"));
    }

    #[test]
    fn an_entry_column_is_delayed_entry_and_no_covariate() {
        let table = read("entry,a,duration,event\n0,1,2,0\n1.5,2,3,1\n").unwrap();
        assert_eq!(table.entries, Some(vec![0.0, 1.5]));
        assert_eq!((table.covariates.len(), table.entry(1)), (1, 1.5));
        let table = read("entry,a,duration,event\n0,1,2,0\n0,2,3,1\n").unwrap();
        assert_eq!((table.entries.as_ref(), table.covariates.len()), (None, 1));
    }

    #[test]
    fn an_invalid_entry_names_its_row_and_value() {
        let error = |entry: &str| error_of(&format!("entry,duration,event\n0,2,0\n{entry},5,1\n"));
        for (entry, problem) in [
            ("5", "must be below the row's duration 5"),
            ("7", "must be below the row's duration 5"),
            ("-1", "must be a number, finite and at least 0"),
            ("NaN", "must be a number, finite and at least 0"),
            ("inf", "must be a number, finite and at least 0"),
            ("", "must be a number, finite and at least 0"),
        ] {
            let text = error(entry);
            assert!(text.contains(&format!("row 1, column entry: \"{entry}\"")), "{text}");
            assert!(text.contains(problem) && text.contains("rename the column"), "{text}");
        }
    }

    #[test]
    fn a_missing_or_duplicate_column_and_a_ragged_row_are_errors() {
        assert!(error_of("a,event\n1,0\n").contains("no column \"duration\", only a, event"));
        assert!(error_of("a,a,duration,event\n1,1,1,0\n").contains("\"a\" occurs twice"));
        assert!(error_of("a,duration,event\n1,1\n").contains("is not a valid CSV table"));
    }
}
