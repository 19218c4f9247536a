//! Paths of pages, with names percent-encoded.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Characters that are percent-encoded in a path; slashes in names are kept.
const ESCAPED: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'/');

/// Path of an account's page.
pub(crate) fn account(id: &str) -> String {
    format!("/accounts/{}", encode_path(id))
}

/// Path of an account in the JSON API.
pub(crate) fn account_json(id: &str) -> String {
    format!("/v1/accounts/{}", encode_path(id))
}

/// Path of a market's page.
pub(crate) fn market(name: &str) -> String {
    format!("/markets/{}", encode_path(name))
}

/// Path of a page of a market's accounts, counted from 1.
pub(crate) fn accounts(market: &str, page: usize) -> String {
    let path = format!("{}/accounts", self::market(market));
    if page > 1 { format!("{path}?page={page}") } else { path }
}

fn encode_path(name: &str) -> String {
    utf8_percent_encode(name, ESCAPED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_escaped_in_paths() {
        assert_eq!(account("maker/eth-b/1"), "/accounts/maker/eth-b/1");
        assert_eq!(account("a/b/\"><script>?#%"), "/accounts/a/b/%22%3E%3Cscript%3E%3F%23%25");
        assert_eq!(accounts("a/b c", 2), "/markets/a/b%20c/accounts?page=2");
    }
}
