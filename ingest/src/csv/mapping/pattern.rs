//! File name patterns of a mapping and their captures.

use std::collections::BTreeMap;

use serde::Deserialize;

const GZ_EXTENSION: &str = ".gz";

/// Values captured from a file's name, by field.
pub(crate) type Captures = BTreeMap<String, String>;

/// A file name in which `{field}` matches any text, such as `{asset}_USDT_1h.csv`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct FileNamePattern {
    text: String,
    prefix: String,
    /// Each capture's field, and the text that follows it.
    captures: Vec<(String, String)>,
}

impl FileNamePattern {
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    pub(crate) fn captured_fields(&self) -> impl Iterator<Item = &str> {
        self.captures.iter().map(|(field, _)| field.as_str())
    }

    /// The captures from a file name, with or without `.gz`; `None` if the name does not match.
    pub(crate) fn match_name(&self, file_name: &str) -> Option<Captures> {
        let stem = file_name.strip_suffix(GZ_EXTENSION).unwrap_or(file_name);
        let mut rest = stem.strip_prefix(self.prefix.as_str())?;
        let mut captures = Captures::new();
        for (i, (field, end)) in self.captures.iter().enumerate() {
            let last = i + 1 == self.captures.len();
            let value = if last {
                rest.strip_suffix(end.as_str())?
            } else {
                &rest[..rest.find(end.as_str())?]
            };
            rest = &rest[value.len() + end.len()..];
            if value.is_empty() {
                return None;
            }
            captures.insert(field.clone(), value.to_owned());
        }
        rest.is_empty().then_some(captures)
    }
}

impl TryFrom<String> for FileNamePattern {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let stem = text.strip_suffix(GZ_EXTENSION).unwrap_or(&text);
        let mut pieces = stem.split('{');
        let head = pieces.next().unwrap_or_default().to_owned();
        let mut captures: Vec<(String, String)> = Vec::new();
        for piece in pieces {
            let (field, end) = piece
                .split_once('}')
                .ok_or_else(|| format!("{text:?} has a `{{` without a `}}`"))?;
            if captures.last().is_some_and(|(_, end)| end.is_empty()) {
                return Err(format!("{text:?} has two captures with nothing between them"));
            }
            captures.push((field.to_owned(), end.to_owned()));
        }
        if stem.is_empty() || stem.contains('/') {
            return Err(format!("{text:?} is not a file name; folders are searched recursively"));
        }
        Ok(Self { prefix: head, captures, text })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, name: &str) -> Option<Vec<(String, String)>> {
        let pattern = FileNamePattern::try_from(pattern.to_owned()).expect("a pattern");
        Some(pattern.match_name(name)?.into_iter().collect())
    }

    fn captured(pairs: &[(&str, &str)]) -> Option<Vec<(String, String)>> {
        Some(pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect())
    }

    #[test]
    fn a_plain_name_matches_itself_zipped_or_not() {
        assert_eq!(matches("deposits.csv", "deposits.csv"), captured(&[]));
        assert_eq!(matches("deposits.csv", "deposits.csv.gz"), captured(&[]));
        assert_eq!(matches("deposits.csv.gz", "deposits.csv"), captured(&[]));
        assert_eq!(matches("deposits.csv", "my_deposits.csv"), None);
        assert_eq!(matches("deposits.csv", "deposits.csv.bak"), None);
    }

    #[test]
    fn captures_are_read_from_the_name() {
        assert_eq!(
            matches("{asset}_USDT_1h.csv", "ETH_USDT_1h.csv.gz"),
            captured(&[("asset", "ETH")])
        );
        assert_eq!(matches("{asset}_USDT_1h.csv", "aave_v2_assets_1h.csv.gz"), None);
        assert_eq!(matches("{asset}_USDT_1h.csv", "_USDT_1h.csv"), None);
        assert_eq!(
            matches("x-{source}-{asset}.csv", "x-coinbase-ETH.csv"),
            captured(&[("asset", "ETH"), ("source", "coinbase")])
        );
    }

    #[test]
    fn an_ambiguous_pattern_is_rejected() {
        for text in ["", "{a}{b}.csv", "{a.csv", "x/deposits.csv"] {
            assert!(FileNamePattern::try_from(text.to_owned()).is_err(), "{text}");
        }
    }
}
