//! The encoded columns of a table: levels as indicators, without constant and duplicate columns.

use std::collections::BTreeMap;

use crate::data::table::{Covariate, CovariateValues, SurvivalTable};

/// Levels of a categorical covariate that have an indicator, the most frequent first.
const MAX_LEVELS: usize = 16;
/// A level in fewer rows has no indicator.
const MIN_LEVEL_ROWS: usize = 5;

/// One encoded column of a covariate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct EncodedColumn {
    covariate: usize,
    kind: ColumnKind,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum ColumnKind {
    /// The number, NaN where missing.
    Number,
    /// Whether the level is this one; `None` is a missing value.
    IsLevel(Option<u32>),
    /// Whether a number is missing.
    IsMissing,
}

impl EncodedColumn {
    /// Whether the column marks missing numbers, which trees handle by themselves.
    pub(crate) fn is_missing_indicator(self) -> bool {
        self.kind == ColumnKind::IsMissing
    }

    /// The column's value in a row.
    pub(crate) fn value(self, table: &SurvivalTable, row: usize) -> f64 {
        let indicator = |yes: bool| f64::from(u8::from(yes));
        match (&table.covariates[self.covariate].values, self.kind) {
            (CovariateValues::Numeric(numbers), ColumnKind::Number) => numbers[row],
            (CovariateValues::Numeric(numbers), _) => indicator(numbers[row].is_nan()),
            (CovariateValues::Categorical { codes, .. }, ColumnKind::IsLevel(level)) => {
                indicator(codes[row] == level)
            }
            (CovariateValues::Categorical { .. }, _) => f64::NAN,
        }
    }
}

/// The columns that are neither constant nor equal to an earlier one.
pub(crate) fn informative_columns(table: &SurvivalTable, rows: &[usize]) -> Vec<EncodedColumn> {
    let features = table.covariates.iter().enumerate();
    let all = features.flat_map(|(feature, values)| {
        let columns = candidate_columns(values, rows).into_iter();
        columns.map(move |column| EncodedColumn { covariate: feature, kind: column })
    });
    let mut kept: Vec<(EncodedColumn, Vec<u64>)> = Vec::new();
    for source in all {
        let bits: Vec<u64> = rows.iter().map(|&row| source.value(table, row).to_bits()).collect();
        let constant = bits.iter().all(|&value| value == bits[0]);
        if !constant && kept.iter().all(|(_, other)| *other != bits) {
            kept.push((source, bits));
        }
    }
    kept.into_iter().map(|(source, _)| source).collect()
}

fn candidate_columns(feature: &Covariate, rows: &[usize]) -> Vec<ColumnKind> {
    match &feature.values {
        CovariateValues::Numeric(numbers) => {
            let known = |&&row: &&usize| !numbers[row].is_nan();
            let some = rows.iter().find(known).map(|&row| numbers[row]);
            // Constant where it is known: only whether it is missing may be informative.
            let constant = rows.iter().filter(known).all(|&row| Some(numbers[row]) == some);
            if constant {
                vec![ColumnKind::IsMissing]
            } else {
                vec![ColumnKind::Number, ColumnKind::IsMissing]
            }
        }
        CovariateValues::Categorical { codes, .. } => {
            let mut counts: BTreeMap<Option<u32>, usize> = BTreeMap::new();
            rows.iter().for_each(|&row| *counts.entry(codes[row]).or_default() += 1);
            let mut levels: Vec<(Option<u32>, usize)> =
                counts.into_iter().filter(|&(_, count)| count >= MIN_LEVEL_ROWS).collect();
            levels.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
            levels.truncate(MAX_LEVELS);
            if levels.len() == 2 {
                levels.pop();
            }
            levels.into_iter().map(|(level, _)| ColumnKind::IsLevel(level)).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feature(numbers: &[f64]) -> Covariate {
        let values = [numbers, numbers, numbers].concat();
        Covariate { name: String::new(), values: CovariateValues::Numeric(values) }
    }

    fn categorical(codes: &[Option<u32>]) -> Covariate {
        let codes = [codes, codes, codes].concat();
        Covariate {
            name: String::new(),
            values: CovariateValues::Categorical { levels: Vec::new(), codes },
        }
    }

    fn kept(features: Vec<Covariate>) -> Vec<EncodedColumn> {
        let table = SurvivalTable {
            covariates: features,
            durations: vec![1.0; 6],
            causes: vec![0; 6],
            entries: None,
        };
        informative_columns(&table, &[0, 1, 2, 3, 4, 5])
    }

    #[test]
    fn constant_and_duplicate_columns_are_dropped() {
        let source = |covariate| EncodedColumn { covariate, kind: ColumnKind::Number };
        let features = vec![feature(&[7.0, 7.0]), feature(&[1.0, 2.0]), feature(&[1.0, 2.0])];
        assert_eq!(kept(features), [source(1)]);
    }

    #[test]
    fn equal_missing_indicators_are_kept_once() {
        let unknown = |covariate| EncodedColumn { covariate, kind: ColumnKind::IsMissing };
        let number = EncodedColumn { covariate: 0, kind: ColumnKind::Number };
        let features = vec![
            feature(&[1.0, 3.0, f64::NAN]),
            feature(&[2.0, 2.0, f64::NAN]),
            feature(&[f64::NAN, f64::NAN]),
            feature(&[5.0, f64::NAN]),
        ];
        assert_eq!(kept(features), [number, unknown(0), unknown(3)]);
    }

    #[test]
    fn two_levels_are_one_column_and_rare_levels_none() {
        let codes: Vec<Option<u32>> = (0..6).map(|row| Some(row % 2)).collect();
        let rows: Vec<usize> = (0..18).collect();
        let table = SurvivalTable {
            covariates: vec![
                categorical(&codes),
                categorical(&[None, Some(1), Some(2), Some(3), Some(4), None]),
            ],
            durations: vec![1.0; 18],
            causes: vec![0; 18],
            entries: None,
        };
        let word = |covariate, code| EncodedColumn { covariate, kind: ColumnKind::IsLevel(code) };
        assert_eq!(informative_columns(&table, &rows), [word(0, Some(0)), word(1, None)]);
    }
}
