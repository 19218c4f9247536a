//! The known texts of refusals, from the shipped file and from the user's.

use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use serde::Deserialize;

use super::kind::{LogLimit, Refusal};
use super::pattern::Pattern;

/// The shipped texts; the file documents its form.
const SHIPPED: &str = include_str!("../../refusals.toml");

static SHIPPED_TEXTS: LazyLock<Arc<[KnownText]>> = LazyLock::new(|| {
    let parsed = parse(Path::new("refusals.toml"), SHIPPED);
    parsed.expect("a test reads the shipped file").into()
});

/// The known texts of refusals, in the order in which they are compared.
#[derive(Debug, Clone)]
pub struct RefusalTexts {
    /// The user's, which precede the shipped ones.
    own: Arc<[KnownText]>,
    shipped: Arc<[KnownText]>,
}

/// A file of texts that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RefusalTextsError {
    /// The file cannot be read.
    #[error("{path} cannot be read")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// The file has another form than `crates/rpc/refusals.toml`.
    #[error("{path}: {problem}; crates/rpc/refusals.toml shows the form")]
    Invalid {
        /// The file.
        path: PathBuf,
        /// The problem.
        problem: String,
    },
}

#[derive(Debug, Clone)]
struct KnownText {
    pattern: Pattern,
    meaning: Meaning,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RefusalFile {
    refusals: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    text: String,
    means: Meaning,
    #[serde(default)]
    #[cfg_attr(not(test), expect(dead_code, reason = "only tests check the examples"))]
    example: Option<String>,
    #[serde(default)]
    #[cfg_attr(not(test), expect(dead_code, reason = "only tests check the examples"))]
    learns: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Meaning {
    Wait,
    Behind,
    Never,
    TooManyBlocks,
    UseRange,
    TooManyLogs,
    TooManyItems,
}

impl Default for RefusalTexts {
    fn default() -> Self {
        Self { own: Arc::new([]), shipped: Arc::clone(&SHIPPED_TEXTS) }
    }
}

impl RefusalTexts {
    /// The shipped texts, after those of a file of the same form.
    ///
    /// # Errors
    /// [`RefusalTextsError`] if the file cannot be read or has another form.
    pub fn read(path: &Path) -> Result<Self, RefusalTextsError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| RefusalTextsError::Unreadable { path: path.to_owned(), source })?;
        Ok(Self { own: parse(path, &text)?.into(), ..Self::default() })
    }

    /// The meaning of the first text that a message contains.
    pub(super) fn find(&self, message: &str) -> Option<Refusal> {
        let message = message.to_lowercase();
        self.own.iter().chain(self.shipped.iter()).find_map(|known| known.find(&message))
    }
}

impl KnownText {
    fn find(&self, message: &str) -> Option<Refusal> {
        let numbers = self.pattern.find(message)?;
        let items = numbers.items.and_then(|items| usize::try_from(items).ok());
        Some(match self.meaning {
            Meaning::Wait => Refusal::Wait,
            Meaning::Behind => Refusal::Behind,
            Meaning::Never => Refusal::Never,
            Meaning::TooManyBlocks => {
                Refusal::Limit(numbers.blocks.map_or(LogLimit::TooWide, LogLimit::Blocks))
            }
            Meaning::UseRange => Refusal::Limit(
                numbers.range.map_or(LogLimit::TooManyLogs, LogLimit::SuggestedRange),
            ),
            Meaning::TooManyLogs => Refusal::Limit(LogLimit::TooManyLogs),
            Meaning::TooManyItems => Refusal::TooManyItems(items),
        })
    }
}

fn parse(path: &Path, text: &str) -> Result<Vec<KnownText>, RefusalTextsError> {
    let invalid = |problem| RefusalTextsError::Invalid { path: path.to_owned(), problem };
    let file: RefusalFile =
        toml::from_str(text).map_err(|error| invalid(error.to_string().trim_end().to_owned()))?;
    let known = |entry: &Entry| {
        if entry.text.trim().is_empty() {
            return Err(invalid("an empty `text` would match every message".to_owned()));
        }
        let pattern = Pattern::parse(&entry.text);
        let pattern = pattern.map_err(|problem| invalid(format!("`{}`: {problem}", entry.text)))?;
        Ok(KnownText { pattern, meaning: entry.means })
    };
    file.refusals.iter().map(known).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_example_has_the_meaning_and_the_number_of_its_text() {
        let file: RefusalFile = toml::from_str(SHIPPED).unwrap();
        let texts = RefusalTexts::default();
        for (entry, known) in file.refusals.iter().zip(SHIPPED_TEXTS.iter()) {
            let example = entry.example.as_ref().expect("an example");
            let own = known.find(&example.to_lowercase());
            assert_eq!(texts.find(example), own, "{example}");
            let learned = match own.expect("its own text") {
                Refusal::Limit(LogLimit::Blocks(n) | LogLimit::SuggestedRange(n)) => Some(n),
                Refusal::TooManyItems(items) => items.map(|items| items as u64),
                _ => None,
            };
            assert_eq!(learned, entry.learns, "{example}");
        }
        assert!(file.refusals.len() > 100);
    }

    #[test]
    fn texts_of_a_user_come_first() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("own.toml");
        let text = r#"refusals = [{ text = "range {blocks} or so", means = "too-many-blocks" }]"#;
        std::fs::write(&path, text).unwrap();
        let texts = RefusalTexts::read(&path).unwrap();
        let found = texts.find("Block range is too large: RANGE 77 or so");
        assert_eq!(found, Some(Refusal::Limit(LogLimit::Blocks(77))));
        assert_eq!(texts.find("rate limit"), Some(Refusal::Wait));
    }

    #[test]
    fn error_of_a_file_names_the_file_and_the_culprit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("own.toml");
        for (text, culprit) in [
            (r#"refusals = [{ text = "a {blokks}", means = "wait" }]"#, "{blokks}"),
            (r#"refusals = [{ text = "a", means = "retry" }]"#, "retry"),
            (r#"refusals = [{ text = " ", means = "wait" }]"#, "empty"),
            (r#"refusal = []"#, "refusal"),
        ] {
            std::fs::write(&path, text).unwrap();
            let error = RefusalTexts::read(&path).unwrap_err().to_string();
            assert!(error.contains("own.toml") && error.contains(culprit), "{error}");
        }
        let absent = RefusalTexts::read(Path::new("/nowhere/own.toml")).unwrap_err();
        assert!(absent.to_string().contains("/nowhere/own.toml"));
    }
}
