//! Who wants to be warned of what, and where.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::egress::EgressPolicy;
use super::rule::{NewRule, Rule};
use super::secret::Secret;
use super::watch_target::WatchTarget;
use crate::FieldError;

/// Most rules of one subscription.
pub const MAX_RULES: usize = 16;

/// A subscription as a caller asks for it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, expecting = "an object with `watch`, `url` and `rules`")]
#[schema(example = json!({
    "watch": "maker/eth-b/15967",
    "url": "https://example.com/hooks/plimsoll",
    "rules": [
        {"measure": "probability_24h", "fire": 0.05, "clear": 0.01},
        {"measure": "health_factor", "fire": 1.1, "clear": 1.2, "cool_down_hours": 12}
    ]
}))]
pub struct NewSubscription {
    /// An account's id, or an address, which stands for every account of it.
    #[schema(max_length = 256)]
    pub watch: String,
    /// Where messages go: an endpoint of Standard Webhooks 1.0.
    #[schema(max_length = 2048)]
    pub url: String,
    /// When to warn.
    #[schema(min_items = 1, max_items = 16)]
    pub rules: Vec<NewRule>,
    /// What messages are signed with: `whsec_` and 24 to 64 bytes in base64; made if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

/// What a caller asks for, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct ValidSubscription {
    /// What is watched.
    pub target: WatchTarget,
    /// Where messages go.
    pub url: String,
    /// When to warn.
    pub rules: Vec<Rule>,
    /// What they are signed with.
    pub secret: Secret,
}

/// A subscription, without its secrets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "id": "sub_9f2c64b1d0a7e35812c4",
    "watch": "maker/eth-b/15967",
    "url": "https://example.com/hooks/plimsoll",
    "rules": [{
        "measure": "probability_24h", "fire": 0.05, "clear": 0.01, "cool_down_hours": 6.0,
        "remind_hours": null
    }],
    "created_at": "2022-04-30T23:00:00Z",
    "secrets": 1,
    "disabled": null
}))]
pub struct Subscription {
    /// Its id.
    pub id: String,
    /// An account's id, or an address.
    pub watch: String,
    /// Where messages go.
    pub url: String,
    /// When to warn.
    pub rules: Vec<Rule>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// How many secrets messages are signed with.
    pub secrets: usize,
    /// Why nothing is sent any more; null while it is.
    #[schema(required)]
    pub disabled: Option<String>,
}

/// A new subscription, or one with a new secret: the only time that the secret is told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SubscriptionSecret {
    /// The subscription.
    pub subscription: Subscription,
    /// What messages are signed with; told this once.
    #[schema(example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    pub secret: String,
}

impl NewSubscription {
    /// Holds a request against the limits.
    ///
    /// # Errors
    /// All of its faults.
    pub fn validate(&self, egress: &EgressPolicy) -> Result<ValidSubscription, Vec<FieldError>> {
        let mut faults = Vec::new();
        let watched = WatchTarget::parse(&self.watch);
        let watched = watched.map_err(|detail| faults.push(FieldError::new("watch", detail))).ok();
        let url = egress.check(&self.url);
        let url = url.map_err(|error| faults.push(FieldError::new("url", error))).ok();
        if !(1..=MAX_RULES).contains(&self.rules.len()) {
            let limit =
                format!("there are {}: a subscription has 1 to {MAX_RULES}", self.rules.len());
            faults.push(FieldError::new("rules", limit));
        }
        let rules = self.rules.iter().take(MAX_RULES).enumerate();
        let rules =
            rules.map(|(i, rule)| rule.validate_at(&format!("rules[{i}]"), &mut faults)).collect();
        let secret = self.secret.as_deref().map_or_else(|| Ok(Secret::generate()), Secret::parse);
        let secret = secret.map_err(|error| faults.push(FieldError::new("secret", error))).ok();
        match (watched, url, secret) {
            (Some(watched), Some(url), Some(secret)) if faults.is_empty() => {
                Ok(ValidSubscription { target: watched, url: url.into(), rules, secret })
            }
            _ => Err(faults),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::measure::Measure;
    use super::*;

    #[test]
    fn every_field_error_has_its_pointer() {
        let asked = NewSubscription {
            watch: "maker".to_owned(),
            url: "http://10.0.0.1/".to_owned(),
            rules: vec![NewRule::new(Measure::OneDay, 2.0)],
            secret: Some("whsec_AAAA".to_owned()),
        };
        let faults = asked.validate(&EgressPolicy::default()).expect_err("it is refused");
        let places: Vec<&str> = faults.iter().map(|fault| fault.pointer.as_str()).collect();
        assert_eq!(places, ["#/watch", "#/url", "#/rules/0/fire", "#/secret"]);
        let none = NewSubscription { rules: Vec::new(), ..asked };
        let faults = none.validate(&EgressPolicy::default()).expect_err("it is refused");
        assert_eq!(faults[2].detail, "rules: there are 0: a subscription has 1 to 16");
    }
}
