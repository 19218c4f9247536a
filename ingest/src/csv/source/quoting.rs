//! Quotes and line breaks of rows, as RFC 4180 has them.

/// Whether every quoted cell of a row is closed before a delimiter or the end, and no other cell
/// contains a quote (RFC 4180).
pub(super) fn is_well_quoted(row: &[u8], delimiter: u8) -> bool {
    let mut rest = row;
    while let Some((&first, after)) = rest.split_first() {
        let cell_end = if first == b'"' {
            let Some(close) = closing_quote(after) else { return false };
            1 + close + 1
        } else {
            let ends = |byte: &u8| *byte == delimiter || is_line_end(byte);
            let end = rest.iter().position(ends).unwrap_or(rest.len());
            if rest[..end].contains(&b'"') {
                return false;
            }
            end
        };
        match rest.get(cell_end) {
            None => return true,
            Some(&byte) if byte == delimiter => rest = &rest[cell_end + 1..],
            // A line break outside quotes ends the row.
            Some(byte) if is_line_end(byte) => return rest[cell_end..].iter().all(is_line_end),
            Some(_) => return false,
        }
    }
    true
}

/// The position of the quote that closes a cell; two quotes are one quote of the text.
fn closing_quote(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        at += text[at..].iter().position(|byte| *byte == b'"')?;
        if text.get(at + 1) != Some(&b'"') {
            return Some(at);
        }
        at += 2;
    }
}

pub(super) const fn is_line_end(byte: &u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_well_quoted_if_each_quote_is_closed_before_a_delimiter() {
        for row in ["1,2", "\"a\nb\",c\n", "x,\"a \"\"b\"\"\"\r\n", "\"\",\"\"", "a,", ""] {
            assert!(is_well_quoted(row.as_bytes(), b','), "{row:?}");
        }
        for row in ["\"a", "1,\"2\n3,\"4", "a\"b,c", "\"a\"b", "\"a\";b", "1,2\n3,4"] {
            assert!(!is_well_quoted(row.as_bytes(), b','), "{row:?}");
        }
    }
}
