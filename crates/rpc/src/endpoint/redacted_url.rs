//! An endpoint's URL without secrets, for messages.

use url::Url;

/// The shortest part of a URL that is treated as a secret.
const MIN_SECRET_CHARS: usize = 6;

/// The longest part of a server's message that is shown, characters.
const MAX_MESSAGE_CHARS: usize = 400;

/// An endpoint's URL without its secrets.
#[derive(Debug, Clone)]
pub(crate) struct RedactedUrl {
    text: String,
    secrets: Vec<String>,
}

impl RedactedUrl {
    /// Keeps scheme and host; the rest may contain keys.
    pub(crate) fn new(url: &Url) -> Self {
        let host = url.host_str().unwrap_or_default();
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        let bare = url.path().len() <= 1 && url.query().is_none() && url.username().is_empty();
        let redacted = if bare { "" } else { "/…" };
        Self { text: format!("{}://{host}{port}{redacted}", url.scheme()), secrets: secrets(url) }
    }

    /// Adds a number, to distinguish it from another endpoint with the same name.
    pub(crate) fn with_number(mut self, number: usize) -> Self {
        self.text = format!("{} ({number})", self.text);
        self
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// The start of a server's message, without the URL's secrets.
    pub(crate) fn redact(&self, text: &str) -> String {
        let hidden = self
            .secrets
            .iter()
            .fold(text.to_owned(), |text, secret| text.replace(secret.as_str(), "…"));
        let mut start: String = hidden.chars().take(MAX_MESSAGE_CHARS).collect();
        if start.len() < hidden.len() {
            start.push('…');
        }
        start
    }
}

fn secrets(url: &Url) -> Vec<String> {
    let path = url.path_segments().into_iter().flatten().map(str::to_owned);
    let query = url.query_pairs().map(|(_, value)| value.into_owned());
    let user = [url.username(), url.password().unwrap_or_default()].map(str::to_owned);
    let mut secrets: Vec<String> =
        path.chain(query).chain(user).filter(|part| part.len() >= MIN_SECRET_CHARS).collect();
    // A secret that contains another one is redacted first, or its remains would be shown.
    secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    secrets
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(url: &str) -> RedactedUrl {
        RedactedUrl::new(&Url::parse(url).unwrap())
    }

    #[test]
    fn redacted_url_is_scheme_and_host() {
        assert_eq!(
            name("https://eth.example.org/v2/s3cr3tkey").as_str(),
            "https://eth.example.org/…"
        );
        assert_eq!(
            name("https://eth.example.org/?key=s3cr3t").as_str(),
            "https://eth.example.org/…"
        );
        assert_eq!(name("https://me:s3cr3t@example.org").as_str(), "https://example.org/…");
        assert_eq!(name("http://localhost:8545").as_str(), "http://localhost:8545");
    }

    #[test]
    fn secrets_are_redacted_from_messages() {
        let name = name("https://me:passw0rd@example.org/v2/s3cr3tkey?token=t0k3n1");
        let text = name.redact("no app /v2/s3cr3tkey for t0k3n1 and passw0rd");
        assert_eq!(text, "no app /v2/… for … and …");
    }

    #[test]
    fn long_messages_are_truncated() {
        assert_eq!(
            name("http://a").redact(&"é".repeat(500)).chars().count(),
            MAX_MESSAGE_CHARS + 1
        );
    }
}
