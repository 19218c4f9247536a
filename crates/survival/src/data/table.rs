//! Rows that lasted for a while and then ended, or were lost from sight.

/// A table of features, durations and causes of the end.
#[derive(Debug, Clone, PartialEq)]
pub struct SurvivalTable {
    /// The features.
    pub covariates: Vec<Covariate>,
    /// How long each row was seen; in any unit, from 0.
    pub durations: Vec<f64>,
    /// What ended each row: 0 if it was censored.
    pub causes: Vec<u8>,
}

/// One column.
#[derive(Debug, Clone, PartialEq)]
pub struct Covariate {
    /// The column's name.
    pub name: String,
    /// What stands in it.
    pub values: CovariateValues,
}

/// What stands in a column.
#[derive(Debug, Clone, PartialEq)]
pub enum CovariateValues {
    /// Numbers; NaN where unknown.
    Numeric(Vec<f64>),
    /// Words, as places in a sorted list; none where unknown.
    Categorical {
        /// The words, ascending.
        levels: Vec<String>,
        /// Each row's place among them.
        codes: Vec<Option<u32>>,
    },
}

impl SurvivalTable {
    /// How many rows there are.
    #[must_use]
    pub const fn row_count(&self) -> usize {
        self.durations.len()
    }

    /// How many causes there are: the greatest that ended a row, at least 1.
    #[must_use]
    pub fn cause_count(&self) -> u8 {
        self.causes.iter().copied().max().unwrap_or(0).max(1)
    }
}
