//! Rows as inputs of nets and trees.

use ndarray::{Array2, ArrayView1, Axis, concatenate};

use crate::data::table::SurvivalTable;
use crate::encoding::columns::{EncodedColumn, informative_columns};
use plimsoll_tabm::QuantileTransformer;

/// Pieces of the piecewise-linear encoding of one column.
const PIECES: usize = 8;
/// Pieces of all columns together, about: the cost of a net's first layer grows with its inputs.
const MAX_PIECES: usize = 160;

/// Encodes rows with statistics of the training rows.
#[derive(Debug, Clone)]
pub(crate) struct TableEncoder {
    columns: Vec<EncodedColumn>,
    /// Mean and standard deviation of each column's known values.
    moments: Vec<(f64, f64)>,
    scaler: QuantileTransformer,
    /// The edges of each column's pieces; none for a column with two levels.
    edges: Vec<Vec<f32>>,
}

/// Encoded rows.
#[derive(Debug, Clone)]
pub(crate) struct EncodedRows {
    /// Numbers as normal scores of their ranks, indicators standardised.
    pub(crate) rank_scores: Array2<f32>,
    /// The same, followed by the piecewise-linear encoding of each number.
    pub(crate) piecewise: Array2<f32>,
    /// Standardised columns, NaN where missing.
    pub(crate) raw: Array2<f32>,
}

impl TableEncoder {
    /// Fits the statistics to some rows of a table.
    pub(crate) fn fit(table: &SurvivalTable, rows: &[usize]) -> Self {
        let sources = informative_columns(table, rows);
        let moments = sources.iter().map(|&source| moments(table, rows, source)).collect();
        let mut encoder = Self {
            columns: sources,
            moments,
            scaler: QuantileTransformer::empty(),
            edges: Vec::new(),
        };
        let standard = encoder.standardize(table, rows);
        encoder.scaler = QuantileTransformer::fit(standard.view());
        let pieces = (MAX_PIECES / standard.ncols().max(1)).clamp(2, PIECES);
        let columns = standard.columns().into_iter();
        encoder.edges = columns.map(|column| edges(column, pieces)).collect();
        encoder
    }

    /// Columns less their mean, in standard deviations.
    fn standardize(&self, table: &SurvivalTable, rows: &[usize]) -> Array2<f32> {
        Array2::from_shape_fn((rows.len(), self.columns.len()), |(index, column)| {
            let (mean, deviation) = self.moments[column];
            ((self.columns[column].value(table, rows[index]) - mean) / deviation) as f32
        })
    }

    /// Encodes some rows of a table.
    pub(crate) fn encode(&self, table: &SurvivalTable, rows: &[usize]) -> EncodedRows {
        if self.columns.is_empty() {
            // Nothing distinguishes rows; one column of zeros keeps every shape valid.
            let zeros = Array2::zeros((rows.len(), 1));
            return EncodedRows {
                rank_scores: zeros.clone(),
                piecewise: zeros.clone(),
                raw: zeros,
            };
        }
        let standard = self.standardize(table, rows);
        let mut plain = self.scaler.transform(standard.view());
        for (column, edges) in self.edges.iter().enumerate() {
            if edges.is_empty() {
                plain.column_mut(column).assign(&standard.column(column));
            }
        }
        let pieces = self.piecewise_linear(&standard);
        let known: Vec<usize> = (0..self.columns.len())
            .filter(|&column| !self.columns[column].is_missing_indicator())
            .collect();
        EncodedRows {
            piecewise: concatenate(Axis(1), &[plain.view(), pieces.view()])
                .expect("both have all rows"),
            rank_scores: plain,
            raw: standard.select(Axis(1), &known),
        }
    }

    /// Piecewise-linear encoding (Gorishniy et al. 2022, arXiv 2203.05556, equation 1), centred.
    fn piecewise_linear(&self, standard: &Array2<f32>) -> Array2<f32> {
        let pieces: Vec<(usize, f32, f32)> = self
            .edges
            .iter()
            .enumerate()
            .flat_map(|(column, edges)| edges.windows(2).map(move |e| (column, e[0], e[1])))
            .collect();
        Array2::from_shape_fn((standard.nrows(), pieces.len()), |(row, piece)| {
            let (column, from, to) = pieces[piece];
            let value = standard[[row, column]];
            // A missing value is the median here and is marked in its own column.
            let edges = &self.edges[column];
            let value = if value.is_nan() { edges[edges.len() / 2] } else { value };
            ((value - from) / (to - from)).clamp(0.0, 1.0) - 0.5
        })
    }
}

fn moments(table: &SurvivalTable, rows: &[usize], source: EncodedColumn) -> (f64, f64) {
    let known = || rows.iter().map(|&row| source.value(table, row)).filter(|v| !v.is_nan());
    let count = known().count().max(1) as f64;
    let mean = known().sum::<f64>() / count;
    let variance = known().map(|value| (value - mean).powi(2)).sum::<f64>() / count;
    (mean, variance.sqrt().max(f64::MIN_POSITIVE))
}

/// Edges with similar numbers of known values between them; none for a column with two levels.
fn edges(column: ArrayView1<'_, f32>, pieces: usize) -> Vec<f32> {
    let mut known: Vec<f32> = column.iter().copied().filter(|value| !value.is_nan()).collect();
    known.sort_by(f32::total_cmp);
    let mut levels = known.clone();
    levels.dedup();
    if levels.len() <= 2 && known.len() == column.len() {
        return Vec::new();
    }
    let mut edges: Vec<f32> = (0..=pieces).map(|k| known[k * (known.len() - 1) / pieces]).collect();
    edges.dedup();
    edges
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::table::{Covariate, CovariateValues};

    fn table() -> SurvivalTable {
        let numbers = |values: Vec<f64>| Covariate {
            name: String::new(),
            values: CovariateValues::Numeric(values),
        };
        let rows = 160;
        let wide = (0..rows).map(|row| 1e9 + f64::from(row)).collect();
        let binary = (0..rows).map(|row| f64::from(row % 2)).collect();
        let gaps =
            (0..rows).map(|row| if row % 4 == 0 { f64::NAN } else { f64::from(row) }).collect();
        SurvivalTable {
            covariates: vec![numbers(wide), numbers(binary), numbers(gaps)],
            durations: vec![1.0; 160],
            causes: vec![0; 160],
            entries: None,
        }
    }

    #[test]
    fn columns_are_centred_and_trees_get_missing_values() {
        let (table, rows) = (table(), Vec::from_iter(0..160));
        let encoded = TableEncoder::fit(&table, &rows).encode(&table, &rows);
        assert_eq!(encoded.rank_scores.ncols(), 4);
        assert_eq!(encoded.piecewise.ncols(), 4 + 2 * PIECES);
        assert_eq!(encoded.raw.ncols(), 3);
        assert!(encoded.piecewise.iter().all(|value| value.is_finite()));
        assert!(encoded.rank_scores.column(0).sum().abs() < 1.0);
        assert_eq!(encoded.rank_scores[[0, 1]], -1.0);
        assert!(encoded.raw[[0, 2]].is_nan() && !encoded.raw[[1, 2]].is_nan());
        assert!(
            encoded.raw[[1, 0]] > encoded.raw[[0, 0]],
            "values with a large offset keep their order"
        );
    }

    #[test]
    fn pieces_rise_with_the_value_and_sum_to_its_rank() {
        let (table, rows) = (table(), Vec::from_iter(0..160));
        let encoded = TableEncoder::fit(&table, &rows).encode(&table, &rows);
        let sums: Vec<f32> = encoded
            .piecewise
            .rows()
            .into_iter()
            .map(|row| row.iter().skip(4).take(PIECES).sum())
            .collect();
        assert!(sums.is_sorted() && sums[0] == -4.0 && sums[159] == 4.0);
    }

    #[test]
    fn a_table_without_covariates_is_one_zero_column() {
        let table = SurvivalTable { covariates: Vec::new(), ..table() };
        let encoded = TableEncoder::fit(&table, &[0, 1, 2]).encode(&table, &[4, 5]);
        assert_eq!(encoded.piecewise, Array2::<f32>::zeros((2, 1)));
    }
}
