//! The rows of one entry's files, read or refused, without touching disk or lake.

use std::collections::{HashMap, HashSet};

use arrow::array::RecordBatch;
use csv::ByteRecord;
use plimsoll_lake::tables::Row;

use crate::cells::{Cells, parse_whole};
use crate::document::{Document, Line};
use crate::error::IngestError;
use crate::fault::{Fault, Reason};
use crate::fields::{BindError, Fields, Slot};
use crate::mapping::{Entry, Mapping, Source};
use crate::target::Target;

/// The column by which rows are numbered where an export carries no log index.
const BLOCK: &str = "block";

/// A row's place among all documents of a run.
#[derive(Debug, Clone)]
pub(crate) struct Origin {
    pub(crate) document: usize,
    pub(crate) line: Line,
}

/// A row that is kept out of its table.
#[derive(Debug, Clone)]
pub(crate) struct Refused {
    pub(crate) origin: Origin,
    pub(crate) table: &'static str,
    pub(crate) fault: Fault,
}

/// What an entry's files hold.
pub(crate) struct Decoded {
    pub(crate) batch: RecordBatch,
    /// Where each row of the batch comes from.
    pub(crate) origins: Vec<Origin>,
    pub(crate) refused: Vec<Refused>,
    /// Rows read, with each header that was itself refused.
    pub(crate) read: u64,
}

/// Binds a table's fields, and how its rows are numbered.
pub(crate) fn bind<T: Target>(fields: &mut Fields<'_>) -> Result<(T, Option<Counter>), BindError> {
    let target = T::bind(fields)?;
    let counter = Counter::bind(fields)?;
    Ok((target, counter))
}

/// Reads the rows of an entry's documents, which stand from `first` on among all of the run.
pub(crate) fn decode<T: Target>(
    mapping: &Mapping,
    entry: &Entry,
    documents: &[Document],
    first: usize,
) -> Result<Decoded, IngestError> {
    let mut sheet = Sheet::<T>::new(mapping, entry);
    for (number, document) in (first..).zip(documents) {
        sheet.read(document, number)?;
    }
    sheet.finish()
}

struct Sheet<'a, T: Target> {
    mapping: &'a Mapping,
    entry: &'a Entry,
    rows: Vec<T::Row>,
    origins: Vec<Origin>,
    refused: Vec<Refused>,
    read: u64,
    ordinals: Ordinals,
}

impl<'a, T: Target> Sheet<'a, T> {
    fn new(mapping: &'a Mapping, entry: &'a Entry) -> Self {
        let (rows, origins, refused) = (Vec::new(), Vec::new(), Vec::new());
        Self { mapping, entry, rows, origins, refused, read: 0, ordinals: Ordinals::default() }
    }

    fn read(&mut self, document: &Document, number: usize) -> Result<(), IngestError> {
        let mut rows = document.rows();
        let (header_line, header) = match rows.advance() {
            Some((line, record)) => (Some(line), names(record)),
            None => (None, Vec::new()),
        };
        let market = self.mapping.market.as_ref();
        let mut fields = Fields::new(self.entry, market, &header, &document.captures);
        let (target, counter) = bind::<T>(&mut fields)
            .map_err(|error| error.in_file(self.mapping, self.entry, &document.name))?;
        if let (Some(line), Some(fault)) = (header_line, self.unknown_columns(&header)) {
            self.read += 1;
            self.refuse(Origin { document: number, line }, fault);
        }
        while let Some((line, record)) = rows.advance() {
            self.read += 1;
            let ordinal = counter.as_ref().and_then(|counter| self.ordinals.next(counter, record));
            let cells = Cells { record, ordinal };
            let outcome =
                sound(document, &line, record, header.len()).and_then(|()| target.decode(cells));
            let origin = Origin { document: number, line };
            match outcome {
                Ok(row) => {
                    self.rows.push(row);
                    self.origins.push(origin);
                }
                Err(fault) => self.refuse(origin, fault),
            }
        }
        Ok(())
    }

    fn unknown_columns(&self, header: &[String]) -> Option<Fault> {
        let mapped: HashSet<&str> = self.entry.fields.values().filter_map(Source::column).collect();
        let known = |name: &str| mapped.contains(name) || self.entry.ignored_columns.contains(name);
        let unknown = header.iter().filter(|name| !known(name)).map(|name| format!("`{name}`"));
        let unknown = unknown.collect::<Vec<_>>().join(", ");
        let detail = format!("unknown columns {unknown}: map them or list them under `ignore`");
        (!unknown.is_empty()).then(|| Fault::new(Reason::Columns, detail))
    }

    fn refuse(&mut self, origin: Origin, fault: Fault) {
        self.refused.push(Refused { origin, table: self.entry.partition.table().name, fault });
    }

    fn finish(mut self) -> Result<Decoded, IngestError> {
        let mut faults: HashMap<usize, Fault> =
            T::screen(self.entry, &self.rows).into_iter().collect();
        if !faults.is_empty() {
            let (rows, origins) =
                (std::mem::take(&mut self.rows), std::mem::take(&mut self.origins));
            for (number, (row, origin)) in rows.into_iter().zip(origins).enumerate() {
                match faults.remove(&number) {
                    Some(fault) => self.refuse(origin, fault),
                    None => {
                        self.rows.push(row);
                        self.origins.push(origin);
                    }
                }
            }
        }
        let batch = T::Row::to_batch(&self.rows)?;
        Ok(Decoded { batch, origins: self.origins, refused: self.refused, read: self.read })
    }
}

fn names(header: &ByteRecord) -> Vec<String> {
    header.iter().map(|name| String::from_utf8_lossy(name).into_owned()).collect()
}

/// Checks a row before its cells are looked at.
fn sound(
    document: &Document,
    line: &Line,
    record: &ByteRecord,
    columns: usize,
) -> Result<(), Fault> {
    if line.broken {
        return Err(Fault::new(Reason::Fields, "a quote is opened and not closed on its line"));
    }
    if record.len() != columns {
        let detail = format!("{} fields where the header has {columns}", record.len());
        return Err(Fault::new(Reason::Fields, detail));
    }
    let utf8 = document.is_utf8(line);
    if utf8 { Ok(()) } else { Err(Fault::new(Reason::Encoding, "bytes that are not UTF-8")) }
}

/// How the rows of a file are numbered within their blocks.
pub(crate) struct Counter {
    from: u32,
    block_column: usize,
}

impl Counter {
    fn bind(fields: &mut Fields<'_>) -> Result<Option<Self>, BindError> {
        let from = fields.entry().fields.values().find_map(|source| match source {
            Source::Ordinal(from) => Some(*from),
            _ => None,
        });
        let Some(from) = from else { return Ok(None) };
        match fields.text(BLOCK)? {
            Slot::Column(column) => Ok(Some(Self { from, block_column: column.index })),
            _ => {
                Err(BindError::mapping("log_index", "`ordinal_from` needs `block` to be a column"))
            }
        }
    }
}

/// How many rows of each block were seen, across an entry's files.
#[derive(Default)]
struct Ordinals {
    seen: HashMap<u64, u32>,
}

impl Ordinals {
    /// The number of the next row of its block; `None` if the row names no block.
    ///
    /// A row that is refused later is counted too, so that the rows behind it keep their numbers
    /// once the export is mended.
    fn next(&mut self, counter: &Counter, record: &ByteRecord) -> Option<u32> {
        let block = parse_whole(str::from_utf8(record.get(counter.block_column)?).ok()?)?;
        let seen = self.seen.entry(block).or_default();
        let ordinal = counter.from.saturating_add(*seen);
        *seen += 1;
        Some(ordinal)
    }
}
