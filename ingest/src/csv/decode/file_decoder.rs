//! Decoding of the files of one `[[files]]` entry into rows and faults, without disk or lake
//! access.

use std::collections::{HashMap, HashSet};

use ::csv::ByteRecord;
use arrow::array::RecordBatch;
use plimsoll_lake::tables::Row;

use super::amount_check::{AmountCheck, ExcessAmount};
use super::decimal_mark::DecimalMark;
use super::field_binder::{BindError, FieldBinder};
use super::ordinals::{OrdinalCounter, OrdinalRule};
use super::row_cells::RowCells;
use super::tables::TableDecoder;
use crate::csv::error::IngestError;
use crate::csv::mapping::{Delimiter, FieldSource, FileMapping, Mapping};
use crate::csv::row_fault::{QuarantineReason, RowFault};
use crate::csv::source::csv_file::{CsvFile, Line};

/// The position of a row among all files of a run.
#[derive(Debug, Clone)]
pub(crate) struct RowOrigin {
    pub(crate) file: usize,
    pub(crate) line: Line,
}

/// A row that is excluded from its table.
#[derive(Debug, Clone)]
pub(crate) struct RejectedRow {
    pub(crate) origin: RowOrigin,
    pub(crate) table: &'static str,
    pub(crate) fault: RowFault,
}

/// The decoded content of the files of one `[[files]]` entry.
pub(crate) struct DecodedFiles {
    pub(crate) batch: RecordBatch,
    /// The origin of each row of the batch.
    pub(crate) origins: Vec<RowOrigin>,
    pub(crate) rejected: Vec<RejectedRow>,
    /// Rows read, including each rejected header.
    pub(crate) rows_read: u64,
}

/// Binds a table's fields and the numbering of its rows.
pub(crate) fn bind<T: TableDecoder>(
    fields: &mut FieldBinder<'_>,
) -> Result<(T, Option<OrdinalRule>), BindError> {
    let table_decoder = T::bind(fields)?;
    let ordinal_rule = OrdinalRule::bind(fields)?;
    Ok((table_decoder, ordinal_rule))
}

/// Decodes the rows of an entry's files; `first` is the index of the first file within the run.
pub(crate) fn decode<T: TableDecoder>(
    mapping: &Mapping,
    file_mapping: &FileMapping,
    files: &[CsvFile],
    first: usize,
) -> Result<DecodedFiles, IngestError> {
    let mut decoder = FileDecoder::<T>::new(mapping, file_mapping);
    for (number, file) in (first..).zip(files) {
        decoder.read(file, number)?;
    }
    decoder.finish()
}

struct FileDecoder<'a, T: TableDecoder> {
    mapping: &'a Mapping,
    file_mapping: &'a FileMapping,
    rows: Vec<T::Row>,
    origins: Vec<RowOrigin>,
    rejected: Vec<RejectedRow>,
    rows_read: u64,
    ordinals: OrdinalCounter,
}

impl<'a, T: TableDecoder> FileDecoder<'a, T> {
    fn new(mapping: &'a Mapping, file_mapping: &'a FileMapping) -> Self {
        let (rows, origins, rejected) = (Vec::new(), Vec::new(), Vec::new());
        Self {
            mapping,
            file_mapping,
            rows,
            origins,
            rejected,
            rows_read: 0,
            ordinals: OrdinalCounter::default(),
        }
    }

    fn read(&mut self, file: &CsvFile, number: usize) -> Result<(), IngestError> {
        let delimiter = self.file_mapping.delimiter;
        let delimiter = delimiter.unwrap_or_else(|| file.detect_delimiter(&self.mapped_columns()));
        let mut rows = file.rows(delimiter);
        let (header_line, header) = match rows.next_row() {
            Some((line, record)) => (Some(line), self.column_names(record)),
            None => (None, Vec::new()),
        };
        let market = self.mapping.market.as_ref();
        let mut fields = FieldBinder::new(self.file_mapping, market, &header, &file.captures);
        let (table_decoder, ordinal_rule) = bind::<T>(&mut fields).map_err(|error| {
            error.into_ingest_error(self.mapping, self.file_mapping, &file.name)
        })?;
        if let (Some(line), Some(fault)) = (header_line, self.unknown_columns(&header)) {
            self.rows_read += 1;
            self.reject(RowOrigin { file: number, line }, fault);
        }
        let decimal = self.decimal_mark(file, delimiter, fields.number_columns());
        let (amounts, mut first_excess) = (AmountCheck::default(), None);
        while let Some((line, record)) = rows.next_row() {
            self.rows_read += 1;
            let ordinal = ordinal_rule
                .as_ref()
                .and_then(|ordinal_rule| self.ordinals.next_ordinal(ordinal_rule, record));
            let cells = RowCells { record, ordinal, decimal, amounts: &amounts };
            let outcome = check_row(file, &line, record, header.len())
                .and_then(|()| table_decoder.decode(cells));
            if first_excess.is_none() && amounts.has_excess() {
                first_excess = Some(line.number);
            }
            let origin = RowOrigin { file: number, line };
            match outcome {
                Ok(row) => {
                    self.rows.push(row);
                    self.origins.push(origin);
                }
                Err(fault) => self.reject(origin, fault),
            }
        }
        refuse_raw_amounts(&amounts, file, first_excess)
    }

    /// The header's names, each in the case in which the mapping has it.
    ///
    /// Databases and query engines write the names of one column in different cases.
    fn column_names(&self, header: &ByteRecord) -> Vec<String> {
        let name = |cell: &[u8]| String::from_utf8_lossy(cell).trim().to_owned();
        let mut names: Vec<String> = header.iter().map(name).collect();
        let known = self.mapped_columns().into_iter();
        for known in known.chain(self.file_mapping.ignored_columns.iter().map(String::as_str)) {
            let alike = |name: &&mut String| name.eq_ignore_ascii_case(known);
            if !names.iter().any(|name| name == known)
                && let Some(name) = names.iter_mut().find(alike)
            {
                known.clone_into(name);
            }
        }
        names
    }

    fn mapped_columns(&self) -> HashSet<&str> {
        self.file_mapping.fields.values().filter_map(FieldSource::column_name).collect()
    }

    /// The decimal mark of a file: a comma where the delimiter is `;` and a number has one.
    fn decimal_mark(
        &self,
        file: &CsvFile,
        delimiter: Delimiter,
        number_columns: &[usize],
    ) -> DecimalMark {
        if let Some(decimal) = self.file_mapping.decimal {
            return decimal;
        }
        if delimiter != Delimiter::Semicolon {
            return DecimalMark::Point;
        }
        let mut rows = file.rows(delimiter);
        rows.next_row();
        while let Some((_, record)) = rows.next_row() {
            let mut cells = number_columns.iter().filter_map(|&column| record.get(column));
            let has_comma = |cell: &[u8]| {
                str::from_utf8(cell)
                    .is_ok_and(|text| text.contains(',') && DecimalMark::is_comma_number(text))
            };
            if cells.any(has_comma) {
                return DecimalMark::Comma;
            }
        }
        DecimalMark::Point
    }

    fn unknown_columns(&self, header: &[String]) -> Option<RowFault> {
        let mapped = self.mapped_columns();
        let known =
            |name: &str| mapped.contains(name) || self.file_mapping.ignored_columns.contains(name);
        let unknown = header.iter().filter(|name| !known(name)).map(|name| format!("`{name}`"));
        let unknown = unknown.collect::<Vec<_>>().join(", ");
        let detail = format!("unknown columns {unknown}: map them or list them under `ignore`");
        (!unknown.is_empty()).then(|| RowFault::new(QuarantineReason::Columns, detail))
    }

    fn reject(&mut self, origin: RowOrigin, fault: RowFault) {
        self.rejected.push(RejectedRow {
            origin,
            table: self.file_mapping.partition.table().name,
            fault,
        });
    }

    fn finish(mut self) -> Result<DecodedFiles, IngestError> {
        let mut faults: HashMap<usize, RowFault> =
            T::implausible_rows(self.file_mapping, &self.rows).into_iter().collect();
        if !faults.is_empty() {
            let (rows, origins) =
                (std::mem::take(&mut self.rows), std::mem::take(&mut self.origins));
            for (number, (row, origin)) in rows.into_iter().zip(origins).enumerate() {
                match faults.remove(&number) {
                    Some(fault) => self.reject(origin, fault),
                    None => {
                        self.rows.push(row);
                        self.origins.push(origin);
                    }
                }
            }
        }
        let batch = T::Row::to_batch(&self.rows)?;
        Ok(DecodedFiles {
            batch,
            origins: self.origins,
            rejected: self.rejected,
            rows_read: self.rows_read,
        })
    }
}

/// An error if the amounts of a file are not in tokens, as its mapping has it.
fn refuse_raw_amounts(
    amounts: &AmountCheck,
    file: &CsvFile,
    line: Option<u64>,
) -> Result<(), IngestError> {
    let Some((ExcessAmount { column, value, asset }, line)) = amounts.raw_amounts().zip(line)
    else {
        return Ok(());
    };
    Err(IngestError::RawAmounts { file: file.name.clone(), line, column, value, asset })
}

/// Checks a row before its cells are parsed.
fn check_row(
    file: &CsvFile,
    line: &Line,
    record: &ByteRecord,
    columns: usize,
) -> Result<(), RowFault> {
    if line.has_open_quote {
        return Err(RowFault::new(
            QuarantineReason::Fields,
            "a quote is opened and not closed on its line",
        ));
    }
    if record.len() != columns {
        let detail = format!("{} fields where the header has {columns}", record.len());
        return Err(RowFault::new(QuarantineReason::Fields, detail));
    }
    let utf8 = file.is_utf8(line);
    if utf8 {
        Ok(())
    } else {
        Err(RowFault::new(QuarantineReason::Encoding, "bytes that are not UTF-8"))
    }
}
