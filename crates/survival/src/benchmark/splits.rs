//! The training and test rows of each fold.

use std::path::Path;

use crate::data::csv::{CsvColumn, CsvTable};
use crate::error::SurvivalError;

const ROLE_PREFIX: &str = "role_f";
const ROW_COLUMN: &str = "row";

/// One fold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fold {
    /// The number in the name of its column.
    pub(crate) number: u32,
    /// Training rows.
    pub(crate) train: Vec<usize>,
    /// Test rows.
    pub(crate) test: Vec<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FoldRole {
    Train,
    Test,
}

/// Reads the folds of a table: the columns `role_f0`, `role_f1`, ... with `train`, `val` or `test`.
///
/// A column `row`, if present, has the table's row of each line; without it lines are in the order of
/// the table.
pub(crate) fn read_splits(path: &Path, rows: usize) -> Result<Vec<Fold>, SurvivalError> {
    let text = CsvTable::read(path)?;
    let file_error =
        |problem: String| SurvivalError::InvalidFile { path: path.to_owned(), problem };
    if text.row_count != rows {
        return Err(file_error(format!(
            "there are {} rows, but {rows} in the table",
            text.row_count
        )));
    }
    let order = match text.column(ROW_COLUMN, path) {
        Ok(values) => row_order(&CsvColumn { path, name: ROW_COLUMN, values }, rows)?,
        Err(_) => (0..rows).collect(),
    };
    let mut folds = Vec::new();
    for (name, values) in text.names.iter().zip(&text.columns) {
        let number = name.strip_prefix(ROLE_PREFIX).and_then(|number| number.parse().ok());
        let Some(number) = number else { continue };
        let roles = CsvColumn { path, name, values }.parse(parse_role)?;
        let rows_of = |role: FoldRole| {
            let lines = order.iter().zip(&roles).filter(|(_, row_role)| **row_role == Some(role));
            let mut rows: Vec<usize> = lines.map(|(&row, _)| row).collect();
            rows.sort_unstable();
            rows
        };
        folds.push(Fold { number, train: rows_of(FoldRole::Train), test: rows_of(FoldRole::Test) });
    }
    if folds.is_empty() {
        return Err(file_error("there is no column role_f0, role_f1, ...".to_owned()));
    }
    Ok(folds)
}

/// The rows of the table in the order of the lines, each once.
fn row_order(cells: &CsvColumn<'_>, rows: usize) -> Result<Vec<usize>, SurvivalError> {
    let limit = || format!("is not one of the table's {rows} rows, each once, from 0");
    let rows_in_order = cells
        .parse(|value| value.parse::<usize>().ok().filter(|&row| row < rows).ok_or_else(limit))?;
    let mut used = vec![false; rows];
    for (line, &row) in rows_in_order.iter().enumerate() {
        if std::mem::replace(&mut used[row], true) {
            return Err(SurvivalError::InvalidCell {
                path: cells.path.to_owned(),
                row: line,
                column: ROW_COLUMN.to_owned(),
                value: row.to_string(),
                problem: limit(),
            });
        }
    }
    Ok(rows_in_order)
}

/// A row's role; `None` if it has none in this fold.
fn parse_role(value: &str) -> Result<Option<FoldRole>, String> {
    match value {
        "train" | "val" => Ok(Some(FoldRole::Train)),
        "test" => Ok(Some(FoldRole::Test)),
        "" => Ok(None),
        _ => Err("is not train, val, test or empty".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, rows: usize) -> Result<Vec<Fold>, SurvivalError> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        read_splits(file.path(), rows)
    }

    #[test]
    fn train_and_val_rows_are_both_trained_on() {
        let folds =
            read("row,fold,role_f0,role_f1\n2,1,test,val\n0,0,train,test\n1,0,val,\n", 3).unwrap();
        assert_eq!(folds[0], Fold { number: 0, train: vec![0, 1], test: vec![2] });
        assert_eq!(folds[1], Fold { number: 1, train: vec![2], test: vec![0] });
    }

    #[test]
    fn a_wrong_role_row_or_count_is_an_error() {
        let error_of = |text: &str| read(text, 2).unwrap_err().to_string();
        assert!(
            error_of("row,role_f0\n0,train\n1,tset\n").contains("row 1, column role_f0: \"tset\"")
        );
        assert!(error_of("row,role_f0\n0,train\n0,test\n").contains("row 1, column row: \"0\""));
        assert!(error_of("row,role_f0\n0,train\n2,test\n").contains("one of the table's 2 rows"));
        assert!(
            error_of("row,role_f0\n0,train\n").contains("there are 1 rows, but 2 in the table")
        );
        assert!(error_of("row,fold\n0,1\n1,1\n").contains("no column role_f0"));
    }
}
