//! Which columns a table's features become: words to indicators, the useless left out.

use std::collections::BTreeMap;

use super::table::{Feature, Table, Values};

/// Words of a feature that get a column each, the most frequent first.
const MOST_WORDS: usize = 16;
/// A word met in fewer rows says nothing.
const FEWEST_ROWS: usize = 5;

/// One column and where it comes from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Source {
    feature: usize,
    column: Column,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Column {
    /// The number itself, NaN where unknown.
    Number,
    /// Whether it is this word; none is the unknown one.
    IsWord(Option<u32>),
    /// Whether a number is unknown.
    IsUnknown,
}

impl Source {
    /// Whether the column tells that a number is unknown, which a tree sees from the number.
    pub(crate) fn is_unknown(self) -> bool {
        self.column == Column::IsUnknown
    }

    /// The column's value in a row.
    pub(crate) fn value(self, table: &Table, row: usize) -> f64 {
        let verdict = |yes: bool| f64::from(u8::from(yes));
        match (&table.features[self.feature].values, self.column) {
            (Values::Numbers(numbers), Column::Number) => numbers[row],
            (Values::Numbers(numbers), _) => verdict(numbers[row].is_nan()),
            (Values::Words { places, .. }, Column::IsWord(word)) => verdict(places[row] == word),
            (Values::Words { .. }, _) => f64::NAN,
        }
    }
}

/// The columns that tell rows apart, each told by no other.
pub(crate) fn sources(table: &Table, rows: &[usize]) -> Vec<Source> {
    let features = table.features.iter().enumerate();
    let all = features.flat_map(|(feature, values)| {
        let columns = columns(values, rows).into_iter();
        columns.map(move |column| Source { feature, column })
    });
    let mut kept: Vec<(Source, Vec<u64>)> = Vec::new();
    for source in all {
        let bits: Vec<u64> = rows.iter().map(|&row| source.value(table, row).to_bits()).collect();
        let constant = bits.iter().all(|&value| value == bits[0]);
        if !constant && kept.iter().all(|(_, other)| *other != bits) {
            kept.push((source, bits));
        }
    }
    kept.into_iter().map(|(source, _)| source).collect()
}

fn columns(feature: &Feature, rows: &[usize]) -> Vec<Column> {
    match &feature.values {
        Values::Numbers(numbers) => {
            let known = |&&row: &&usize| !numbers[row].is_nan();
            let some = rows.iter().find(known).map(|&row| numbers[row]);
            // Constant where it is known: only whether it is known can tell anything.
            let constant = rows.iter().filter(known).all(|&row| Some(numbers[row]) == some);
            if constant { vec![Column::IsUnknown] } else { vec![Column::Number, Column::IsUnknown] }
        }
        Values::Words { places, .. } => {
            let mut counts: BTreeMap<Option<u32>, usize> = BTreeMap::new();
            rows.iter().for_each(|&row| *counts.entry(places[row]).or_default() += 1);
            let mut words: Vec<(Option<u32>, usize)> =
                counts.into_iter().filter(|&(_, count)| count >= FEWEST_ROWS).collect();
            words.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
            words.truncate(MOST_WORDS);
            if words.len() == 2 {
                words.pop();
            }
            words.into_iter().map(|(word, _)| Column::IsWord(word)).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feature(numbers: &[f64]) -> Feature {
        let values = [numbers, numbers, numbers].concat();
        Feature { name: String::new(), values: Values::Numbers(values) }
    }

    fn words(places: &[Option<u32>]) -> Feature {
        let places = [places, places, places].concat();
        Feature { name: String::new(), values: Values::Words { words: Vec::new(), places } }
    }

    fn kept(features: Vec<Feature>) -> Vec<Source> {
        let table = Table { features, durations: vec![1.0; 6], causes: vec![0; 6] };
        sources(&table, &[0, 1, 2, 3, 4, 5])
    }

    #[test]
    fn constant_and_double_columns_are_left_out() {
        let source = |feature| Source { feature, column: Column::Number };
        let features = vec![feature(&[7.0, 7.0]), feature(&[1.0, 2.0]), feature(&[1.0, 2.0])];
        assert_eq!(kept(features), [source(1)]);
    }

    #[test]
    fn what_is_unknown_is_told_once() {
        let unknown = |feature| Source { feature, column: Column::IsUnknown };
        let number = Source { feature: 0, column: Column::Number };
        let features = vec![
            feature(&[1.0, 3.0, f64::NAN]),
            feature(&[2.0, 2.0, f64::NAN]),
            feature(&[f64::NAN, f64::NAN]),
            feature(&[5.0, f64::NAN]),
        ];
        assert_eq!(kept(features), [number, unknown(0), unknown(3)]);
    }

    #[test]
    fn two_words_are_one_column_and_rare_ones_none() {
        let places: Vec<Option<u32>> = (0..6).map(|row| Some(row % 2)).collect();
        let rows: Vec<usize> = (0..18).collect();
        let table = Table {
            features: vec![
                words(&places),
                words(&[None, Some(1), Some(2), Some(3), Some(4), None]),
            ],
            durations: vec![1.0; 18],
            causes: vec![0; 18],
        };
        let word = |feature, place| Source { feature, column: Column::IsWord(place) };
        assert_eq!(sources(&table, &rows), [word(0, Some(0)), word(1, None)]);
    }
}
