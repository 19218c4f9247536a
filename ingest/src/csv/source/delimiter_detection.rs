//! Detection of a file's delimiter from its header.

use std::collections::HashSet;

use super::csv_file::CsvFile;
use crate::csv::mapping::Delimiter;

impl CsvFile {
    /// The delimiter with which the header has most of the columns `wanted`.
    pub(crate) fn detect_delimiter(&self, wanted: &HashSet<&str>) -> Delimiter {
        let known = |delimiter: Delimiter| {
            let mut rows = self.rows(delimiter);
            let names = rows.next_row().map(|(_, header)| {
                let is_wanted = |name: &&[u8]| {
                    let name = name.trim_ascii();
                    wanted.iter().any(|wanted| name.eq_ignore_ascii_case(wanted.as_bytes()))
                };
                header.iter().filter(is_wanted).count()
            });
            names.unwrap_or_default()
        };
        let better = |best: Delimiter, next: Delimiter| {
            if known(next) > known(best) { next } else { best }
        };
        Delimiter::ALL.into_iter().fold(Delimiter::Comma, better)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::csv::mapping::Captures;

    #[test]
    fn the_delimiter_is_the_one_that_separates_the_wanted_columns() {
        let wanted = HashSet::from(["time", "price, USD"]);
        for (header, expected) in [
            ("time,x,\"price, USD\"\n", Delimiter::Comma),
            ("time;x;price, USD\n", Delimiter::Semicolon),
            ("time\tx\tprice, USD\n", Delimiter::Tab),
            ("time|x|price, USD\n", Delimiter::Bar),
            ("", Delimiter::Comma),
        ] {
            let file = CsvFile::new(String::new(), Captures::new(), header.as_bytes().to_vec());
            assert_eq!(file.detect_delimiter(&wanted), expected, "{header}");
        }
    }
}
