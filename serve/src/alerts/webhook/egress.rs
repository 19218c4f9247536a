//! The policy of where messages may be sent.

use std::net::IpAddr;

use url::{Host, Url};

use crate::alerts::webhook::ip_ranges::non_public_range;

/// Maximum length of an endpoint's URL, bytes.
pub(crate) const MAX_URL_BYTES: usize = 2_048;

/// Where messages may be sent: to public addresses over https, and to the exceptions listed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EgressPolicy {
    /// Allow addresses that are not public, and plain http.
    pub allow_private: bool,
    /// Hosts to which plain http is allowed, whatever their address.
    pub plain_http_hosts: Vec<String>,
}

/// Why an endpoint is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EgressError {
    /// The text is not a URL.
    #[error("{text:?} is not a URL")]
    InvalidUrl {
        /// The text, truncated if it is long.
        text: String,
    },
    /// The URL is too long.
    #[error("a URL of {bytes} bytes is refused: it has at most {MAX_URL_BYTES}")]
    TooLong {
        /// Its length.
        bytes: usize,
    },
    /// The scheme is neither https nor http.
    #[error("the scheme {scheme} is refused: use https")]
    Scheme {
        /// The scheme.
        scheme: String,
    },
    /// Plain http to a host that needs https.
    #[error("http to {host} is refused: use https")]
    PlainHttp {
        /// The host.
        host: String,
    },
    /// The URL contains a user name or a password, which would be logged and stored.
    #[error("a URL with a user name or password is refused")]
    Credentials,
    /// The host is a non-public address, or a name that resolves to one.
    #[error("{address} is refused: it is not a public address ({range})")]
    NotPublic {
        /// The address.
        address: String,
        /// The range that contains it.
        range: &'static str,
    },
}

impl EgressPolicy {
    /// The endpoint's URL, if it is allowed as far as the URL itself shows.
    ///
    /// # Errors
    /// [`EgressError`].
    pub fn check(&self, text: &str) -> Result<Url, EgressError> {
        if text.len() > MAX_URL_BYTES {
            return Err(EgressError::TooLong { bytes: text.len() });
        }
        let no_url = || EgressError::InvalidUrl { text: crate::limits::truncate(text) };
        let url = Url::parse(text).map_err(|_| no_url())?;
        let host = url.host().ok_or_else(no_url)?;
        let plain = self.allow_private || self.allows_plain_http(&host.to_string());
        match url.scheme() {
            "https" => {}
            "http" if plain => {}
            "http" => return Err(EgressError::PlainHttp { host: host.to_string() }),
            scheme => return Err(EgressError::Scheme { scheme: scheme.to_owned() }),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(EgressError::Credentials);
        }
        match host {
            Host::Ipv4(address) => self.check_address(&host.to_string(), address.into())?,
            Host::Ipv6(address) => self.check_address(&host.to_string(), address.into())?,
            // The addresses of a name are checked when it is connected to.
            Host::Domain(_) => {}
        }
        Ok(url)
    }

    /// Checks an address that a host resolves to.
    ///
    /// # Errors
    /// [`EgressError::NotPublic`].
    pub fn check_address(&self, host: &str, address: IpAddr) -> Result<(), EgressError> {
        match non_public_range(address) {
            Some(range) if !self.allow_private && !self.allows_plain_http(host) => {
                Err(EgressError::NotPublic { address: address.to_string(), range })
            }
            _ => Ok(()),
        }
    }

    fn allows_plain_http(&self, host: &str) -> bool {
        self.plain_http_hosts.iter().any(|plain| plain.eq_ignore_ascii_case(host))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> String {
        EgressPolicy::default()
            .check(text)
            .map_or_else(|error| error.to_string(), |_| String::new())
    }

    #[test]
    fn only_https_to_public_hosts_is_allowed() {
        for (text, expected) in [
            ("https://example.com/hook?key=1", ""),
            ("https://1.1.1.1:8443/", ""),
            ("https://[2606:4700:4700::1111]/", ""),
            ("http://example.com/", "http to example.com is refused: use https"),
            ("ftp://example.com/", "the scheme ftp is refused: use https"),
            ("file:///etc/passwd", "\"file:///etc/passwd\" is not a URL"),
            ("example.com", "\"example.com\" is not a URL"),
            ("https://", "\"https://\" is not a URL"),
            ("https://me:you@example.com/", "a URL with a user name or password is refused"),
            ("https://10.0.0.1/", "10.0.0.1 is refused: it is not a public address (private)"),
            ("https://[::1]/", "::1 is refused: it is not a public address (not global)"),
        ] {
            assert_eq!(refusal(text), expected, "{text}");
        }
        let long = format!("https://example.com/{}", "x".repeat(MAX_URL_BYTES));
        assert_eq!(refusal(&long), "a URL of 2068 bytes is refused: it has at most 2048");
    }

    #[test]
    fn disguised_address_is_refused() {
        for text in [
            "https://2130706433/",
            "https://0x7f000001/",
            "https://0177.0.0.1/",
            "https://127.1/",
            "https://127.0.0.1./",
            "https://[::ffff:127.0.0.1]/",
            "https://[::ffff:7f00:1]/",
            "https://\u{ff11}\u{ff12}\u{ff17}.0.0.1/",
            "https://169.254.169.254/latest/meta-data",
            "https://[fd00:ec2::254]/",
        ] {
            assert!(refusal(text).contains("not a public address"), "{text}: {}", refusal(text));
        }
    }

    #[test]
    fn only_listed_exceptions_are_allowed() {
        let host = EgressPolicy {
            plain_http_hosts: vec!["hooks.local".to_owned()],
            ..EgressPolicy::default()
        };
        assert!(host.check("http://hooks.local/").is_ok());
        assert!(host.check("http://other.local/").is_err());
        assert!(host.check("https://127.0.0.1/").is_err());
        let private = [127, 0, 0, 1].into();
        assert!(host.check_address("hooks.local", private).is_ok());
        assert!(host.check_address("other.local", private).is_err());
        let open = EgressPolicy { allow_private: true, ..EgressPolicy::default() };
        assert!(open.check("http://127.0.0.1:9/").is_ok());
        assert!(open.check("ftp://127.0.0.1:9/").is_err());
    }
}
