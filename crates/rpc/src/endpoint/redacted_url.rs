//! What an endpoint is called where strangers may read.

use url::Url;

/// The shortest part of a URL that may be a key.
const MIN_SECRET_CHARS: usize = 6;

/// The longest text of a server that is passed on, characters.
const MAX_MESSAGE_CHARS: usize = 400;

/// An endpoint's name without what its URL keeps secret.
#[derive(Debug, Clone)]
pub(crate) struct RedactedUrl {
    text: String,
    secrets: Vec<String>,
}

impl RedactedUrl {
    /// Names the endpoint at a URL by its scheme and host; keys live in the rest.
    pub(crate) fn new(url: &Url) -> Self {
        let host = url.host_str().unwrap_or_default();
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        let bare = url.path().len() <= 1 && url.query().is_none() && url.username().is_empty();
        let rest = if bare { "" } else { "/…" };
        Self { text: format!("{}://{host}{port}{rest}", url.scheme()), secrets: secrets(url) }
    }

    /// Tells it from another endpoint of the same name.
    pub(crate) fn with_number(mut self, number: usize) -> Self {
        self.text = format!("{} ({number})", self.text);
        self
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// The start of a server's text, without the secrets that it may repeat.
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
    // A key that holds another one is hidden first, or its remains would show.
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
