//! A table of covariates, durations and causes.

/// A table of covariates, durations and causes of the end.
#[derive(Debug, Clone, PartialEq)]
pub struct SurvivalTable {
    /// The covariates.
    pub covariates: Vec<Covariate>,
    /// Time until the end of each row or its censoring, in any unit, at least 0.
    pub durations: Vec<f64>,
    /// The cause of the end of each row, from 1; 0 if it was censored.
    pub causes: Vec<u8>,
    /// The time from which each row was under observation, at least 0 and below its duration, if rows
    /// entered late (left truncation); `None` if all were observed from 0 on.
    pub entries: Option<Vec<f64>>,
}

/// One column of covariates.
#[derive(Debug, Clone, PartialEq)]
pub struct Covariate {
    /// The column's name.
    pub name: String,
    /// Its values.
    pub values: CovariateValues,
}

/// The values of a covariate.
#[derive(Debug, Clone, PartialEq)]
pub enum CovariateValues {
    /// Numbers; NaN where missing.
    Numeric(Vec<f64>),
    /// Categories as codes; `None` where missing.
    Categorical {
        /// The categories, ascending.
        levels: Vec<String>,
        /// Each row's index in `levels`.
        codes: Vec<Option<u32>>,
    },
}

impl SurvivalTable {
    /// Number of rows.
    #[must_use]
    pub const fn row_count(&self) -> usize {
        self.durations.len()
    }

    /// The time from which a row was under observation.
    #[must_use]
    pub fn entry(&self, row: usize) -> f64 {
        self.entries.as_ref().map_or(0.0, |entries| entries[row])
    }

    /// Number of causes: the largest in the table, at least 1.
    #[must_use]
    pub fn cause_count(&self) -> u8 {
        self.causes.iter().copied().max().unwrap_or(0).max(1)
    }
}
