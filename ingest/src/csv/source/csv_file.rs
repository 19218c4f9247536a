//! One CSV file in memory and its rows with their line numbers.

use std::borrow::Cow;
use std::io::Cursor;
use std::ops::Range;

use ::csv::{ByteRecord, Position, Reader, ReaderBuilder};

use super::quoting::{is_line_end, is_well_quoted};
use crate::csv::mapping::{Captures, Delimiter};

const BOM: &[u8] = b"\xef\xbb\xbf";

/// A file that was read completely.
#[derive(Debug)]
pub(crate) struct CsvFile {
    /// Path relative to the source folder, with `/` as separator.
    pub(crate) name: String,
    /// Values captured from its name.
    pub(crate) captures: Captures,
    bytes: Vec<u8>,
}

/// The location of a row in its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// The line number, counted from 1 at the header.
    pub(crate) number: u64,
    /// Whether a quote is opened on the line and not closed.
    pub(crate) has_open_quote: bool,
    /// Its bytes, without the line terminator.
    byte_range: Range<usize>,
}

impl CsvFile {
    pub(crate) fn new(name: String, captures: Captures, mut bytes: Vec<u8>) -> Self {
        if bytes.starts_with(BOM) {
            bytes.drain(..BOM.len());
        }
        Self { name, captures, bytes }
    }

    /// The raw text of a row; invalid UTF-8 is replaced by U+FFFD.
    pub(crate) fn raw(&self, line: &Line) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.bytes[line.byte_range.clone()])
    }

    /// Whether a row is valid UTF-8, including unmapped columns.
    pub(crate) fn is_utf8(&self, line: &Line) -> bool {
        str::from_utf8(&self.bytes[line.byte_range.clone()]).is_ok()
    }

    pub(crate) fn rows(&self, delimiter: Delimiter) -> RowReader<'_> {
        let mut builder = ReaderBuilder::new();
        let builder = builder.has_headers(false).flexible(true).delimiter(delimiter.byte());
        RowReader {
            bytes: &self.bytes,
            reader: builder.from_reader(Cursor::new(&self.bytes[..])),
            delimiter: delimiter.byte(),
            columns: None,
            record: ByteRecord::new(),
            newlines: 0,
            counted_to: 0,
        }
    }
}

/// Iterates over the rows of a file, header first, skipping empty lines.
pub(crate) struct RowReader<'a> {
    bytes: &'a [u8],
    reader: Reader<Cursor<&'a [u8]>>,
    record: ByteRecord,
    delimiter: u8,
    /// Cells of the header.
    columns: Option<usize>,
    newlines: u64,
    counted_to: usize,
}

impl RowReader<'_> {
    /// Advances to the next row; returns its line and its cells.
    ///
    /// A row of several lines has quoted cells that contain line breaks, and as many cells as the
    /// header. A quote that is opened and not closed so invalidates its own line and not the rest of
    /// the file. Of the cells of such a line only those before the quote are correct.
    pub(crate) fn next_row(&mut self) -> Option<(Line, &ByteRecord)> {
        let more = self.reader.read_byte_record(&mut self.record);
        if !more.expect("reading from memory cannot fail") {
            return None;
        }
        let began = self.record.position().expect("a record that was read has a position").byte();
        let start = self.skip_line_ends(to_offset(began));
        let end = to_offset(self.reader.position().byte());
        let is_multiline = self.record.as_slice().iter().any(is_line_end);
        let is_whole = is_multiline && self.is_well_quoted(start, end);
        let content = &self.bytes[start..end];
        let length = if is_whole {
            content.len() - content.iter().rev().take_while(|byte| is_line_end(byte)).count()
        } else {
            content.iter().take_while(|byte| !is_line_end(byte)).count()
        };
        let broken = is_multiline && !is_whole;
        if broken {
            self.seek_to(start + length);
        }
        self.columns.get_or_insert(self.record.len());
        let line = Line {
            number: self.line_number_at(start),
            has_open_quote: broken,
            byte_range: start..start + length,
        };
        Some((line, &self.record))
    }

    /// Whether a row of several lines follows RFC 4180 and has as many cells as the header.
    fn is_well_quoted(&self, start: usize, end: usize) -> bool {
        let columns = self.columns.unwrap_or(self.record.len());
        self.record.len() == columns && is_well_quoted(&self.bytes[start..end], self.delimiter)
    }

    fn skip_line_ends(&self, from: usize) -> usize {
        let ends = self.bytes[from..].iter().take_while(|byte| is_line_end(byte));
        from + ends.count()
    }

    fn line_number_at(&mut self, start: usize) -> u64 {
        let passed = &self.bytes[self.counted_to..start];
        self.newlines += passed.iter().filter(|&&byte| byte == b'\n').count() as u64;
        self.counted_to = start;
        self.newlines + 1
    }

    fn seek_to(&mut self, offset: usize) {
        let mut position = Position::new();
        position.set_byte(offset as u64);
        self.reader.seek(position).expect("seeking in memory cannot fail");
    }
}

fn to_offset(byte: u64) -> usize {
    usize::try_from(byte).expect("an offset into memory")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &[u8]) -> Vec<(u64, String, usize)> {
        let document = CsvFile::new("x.csv".to_owned(), Captures::new(), text.to_vec());
        let mut rows = document.rows(Delimiter::Comma);
        let mut found = Vec::new();
        while let Some((line, record)) = rows.next_row() {
            found.push((line.number, document.raw(&line).into_owned(), record.len()));
        }
        found
    }

    fn lines(expected: &[(u64, &str, usize)]) -> Vec<(u64, String, usize)> {
        expected.iter().map(|&(number, raw, cells)| (number, raw.to_owned(), cells)).collect()
    }

    #[test]
    fn lines_are_counted_from_the_header_whatever_ends_them() {
        let expected = lines(&[(1, "a,b", 2), (2, "1,2", 2), (3, "3,4", 2)]);
        assert_eq!(read(b"a,b\n1,2\n3,4\n"), expected);
        assert_eq!(read(b"a,b\r\n1,2\r\n3,4"), expected);
    }

    #[test]
    fn empty_lines_are_skipped_but_counted() {
        assert_eq!(
            read(b"a,b\n\n1,2\r\n\r\n\n3,4\n\n"),
            lines(&[(1, "a,b", 2), (3, "1,2", 2), (6, "3,4", 2)])
        );
        assert_eq!(read(b""), []);
    }

    #[test]
    fn a_byte_order_mark_is_not_part_of_the_header() {
        assert_eq!(read(b"\xef\xbb\xbfa,b\n"), lines(&[(1, "a,b", 2)]));
    }

    #[test]
    fn quotes_stay_in_the_raw_row() {
        assert_eq!(
            read(b"a,b\n\"1,5\",\"set \"\"2\"\"\"\n"),
            lines(&[(1, "a,b", 2), (2, "\"1,5\",\"set \"\"2\"\"\"", 2)])
        );
    }

    #[test]
    fn trailing_spaces_stay_in_the_raw_row() {
        assert_eq!(read(b"a,b\n1,2 \n"), lines(&[(1, "a,b", 2), (2, "1,2 ", 2)]));
    }

    #[test]
    fn a_stray_quote_invalidates_its_own_line_only() {
        let broken = |text: &[u8]| {
            let document = CsvFile::new(String::new(), Captures::new(), text.to_vec());
            let mut rows = document.rows(Delimiter::Comma);
            let broken: Vec<bool> =
                std::iter::from_fn(|| rows.next_row().map(|(line, _)| line.has_open_quote))
                    .collect();
            broken
        };
        let text = b"a,b\n1,\"2\n3,4\n5,6\n";
        let expected = lines(&[(1, "a,b", 2), (2, "1,\"2", 2), (3, "3,4", 2), (4, "5,6", 2)]);
        assert_eq!((read(text), broken(text)), (expected, vec![false, true, false, false]));
        assert_eq!(broken(b"a,b\r\n1,\"2\r\n"), [false, true]);
    }

    #[test]
    fn a_quoted_cell_may_contain_line_breaks() {
        let text = b"a,b\n1,\"two\nlines, \"\"quoted\"\"\"\r\n3,4\n\"x\n\ny\",5\n6,7\n";
        let expected = [
            (1, "a,b", 2),
            (2, "1,\"two\nlines, \"\"quoted\"\"\"", 2),
            (4, "3,4", 2),
            (5, "\"x\n\ny\",5", 2),
            (8, "6,7", 2),
        ];
        assert_eq!(read(text), lines(&expected));
    }

    #[test]
    fn two_stray_quotes_invalidate_their_own_lines_only() {
        let text = b"a,b\n1,\"2\n3,\"4\n5,6\n";
        let expected = [(1, "a,b", 2), (2, "1,\"2", 2), (3, "3,\"4", 2), (4, "5,6", 2)];
        assert_eq!(read(text), lines(&expected));
    }

    #[test]
    fn invalid_utf8_is_detected() {
        let document = CsvFile::new("x.csv".to_owned(), Captures::new(), b"a\n\xff\n".to_vec());
        let mut rows = document.rows(Delimiter::Comma);
        let utf8: Vec<bool> =
            std::iter::from_fn(|| rows.next_row().map(|(line, _)| document.is_utf8(&line)))
                .collect();
        assert_eq!(utf8, [true, false]);
    }

    proptest! {
        #[test]
        fn quoted_cells_of_any_text_are_read_back(cells in prop::collection::vec(prop::collection::vec("[a-z,;\"\r\n]{0,8}", 2..=2), 1..6)) {
            let quote = |cell: &String| format!("\"{}\"", cell.replace('"', "\"\""));
            let row = |row: &Vec<String>| row.iter().map(quote).collect::<Vec<_>>().join(",") + "\n";
            let text = "a,b\n".to_owned() + &cells.iter().map(row).collect::<String>();
            let file = CsvFile::new(String::new(), Captures::new(), text.into_bytes());
            let mut rows = file.rows(Delimiter::Comma);
            rows.next_row();
            let mut found = Vec::new();
            while let Some((_, record)) = rows.next_row() {
                let text = |cell: &[u8]| String::from_utf8_lossy(cell).into_owned();
                found.push(record.iter().map(text).collect::<Vec<_>>());
            }
            prop_assert_eq!(found, cells);
        }

        #[test]
        fn every_byte_outside_line_ends_is_in_one_row(text in prop::collection::vec(prop::sample::select(b"a1,\"\r\n \xff".to_vec()), 0..60)) {
            let kept = text.iter().filter(|byte| !is_line_end(byte)).count();
            let document = CsvFile::new(String::new(), Captures::new(), text.clone());
            let mut rows = document.rows(Delimiter::Comma);
            let mut found = 0;
            while let Some((line, _)) = rows.next_row() {
                found += document.bytes[line.byte_range.clone()].iter().filter(|byte| !is_line_end(byte)).count();
            }
            prop_assert_eq!(found, kept);
        }
    }
}
