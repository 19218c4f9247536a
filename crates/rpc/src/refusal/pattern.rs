//! Texts with placeholders for numbers.

use regex::{Captures, Regex};

/// A number such as `500`, `10,000`, `5_000` or `2k`.
const NUMBER: &str = r"(?P<NAME>[0-9]+(?:[,_.][0-9]{3})*k?)(?-u:\b)";

/// A block number, decimal or hexadecimal.
const BLOCK: &str = r"(?P<NAME>0x[0-9a-f]+|[0-9]+)";

/// A text with placeholders.
#[derive(Debug, Clone)]
pub(super) struct Pattern(Regex);

/// The numbers of a message at the placeholders of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Numbers {
    pub(super) blocks: Option<u64>,
    pub(super) items: Option<u64>,
    /// The number of blocks from `{from}` to `{to}`.
    pub(super) range: Option<u64>,
}

impl Pattern {
    /// # Errors
    /// The unknown placeholder, or one that occurs twice.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut expression = String::new();
        let lower = text.to_lowercase();
        let mut parts = lower.split('{');
        expression.push_str(&regex::escape(parts.next().unwrap_or_default()));
        for part in parts {
            let (name, rest) = part.split_once('}').ok_or("a `{` without `}`")?;
            expression.push_str(&match name {
                "any" => ".*?".to_owned(),
                "number" => NUMBER.replace("?P<NAME>", "?:"),
                "blocks" | "items" => NUMBER.replace("NAME", name),
                "from" | "to" => BLOCK.replace("NAME", name),
                other => return Err(format!("`{{{other}}}` is no placeholder")),
            });
            expression.push_str(&regex::escape(rest));
        }
        let start = if lower.starts_with('{') { r"(?s)(?-u:\b)" } else { "(?s)" };
        let regex = Regex::new(&format!("{start}{expression}"));
        regex.map(Self).map_err(|_| "a placeholder occurs twice".to_owned())
    }

    /// The numbers of a message in lower case; `None` if it does not contain the text.
    pub(super) fn find(&self, message: &str) -> Option<Numbers> {
        let found = self.0.captures(message)?;
        let number = |name| found.name(name).and_then(|found| parse_number(found.as_str()));
        Some(Numbers { blocks: number("blocks"), items: number("items"), range: range(&found) })
    }
}

fn range(found: &Captures<'_>) -> Option<u64> {
    let block = |name| parse_block(found.name(name)?.as_str());
    block("to")?.checked_sub(block("from")?).map(|more| more.saturating_add(1))
}

fn parse_block(text: &str) -> Option<u64> {
    match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}

/// A positive number, with separators of thousands and `k`.
fn parse_number(text: &str) -> Option<u64> {
    let (digits, thousands) = match text.strip_suffix('k') {
        Some(digits) => (digits, 1000),
        None => (text, 1),
    };
    let number: u64 = digits.replace([',', '_', '.'], "").parse().ok()?;
    number.checked_mul(thousands).filter(|number| *number > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{prop_assert_eq, proptest};

    fn find(pattern: &str, message: &str) -> Option<Numbers> {
        Pattern::parse(pattern).unwrap().find(message)
    }

    #[test]
    fn numbers_are_read_as_they_are_written() {
        for (text, number) in
            [("500", 500), ("10,000", 10_000), ("5_000", 5000), ("10.000", 10_000), ("2k", 2000)]
        {
            let found = find("at most {blocks}", &format!("at most {text} blocks."));
            assert_eq!(found.unwrap().blocks, Some(number), "{text}");
        }
        assert_eq!(find("up to {blocks}", "up to 700.").unwrap().blocks, Some(700));
        assert_eq!(find("up to {blocks}", "up to 0").unwrap().blocks, None);
        assert_eq!(find("{blocks} blocks", "only x64 blocks"), None);
    }

    #[test]
    fn anything_may_be_between() {
        assert_eq!(
            find("range{any}limit {items}", "range of 9 over limit 7").unwrap().items,
            Some(7)
        );
        assert_eq!(find("a.b", "axb"), None, "a point is a point");
    }

    #[test]
    fn placeholder_that_is_unknown_is_an_error() {
        assert!(Pattern::parse("{blocs}").unwrap_err().contains("{blocs}"));
        assert!(Pattern::parse("{blocks").is_err());
        assert!(Pattern::parse("{blocks} {blocks}").is_err());
    }

    proptest! {
        #[test]
        fn range_has_the_blocks_from_its_first_to_its_last(from in 0u64..1 << 60, more in 0u64..1 << 60) {
            let text = format!("[{from:#x}, {:#x}]", from + more);
            prop_assert_eq!(find("[{from}, {to}]", &text).unwrap().range, Some(more + 1));
        }

        #[test]
        fn no_message_panics(message in ".{0,80}") {
            find("{number} of {from}-{to}{any}{blocks} {items}", &message);
        }
    }
}
