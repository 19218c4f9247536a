//! Subscriptions.

pub(crate) mod measure;
pub(crate) mod rule;
pub(crate) mod watch_target;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::alerts::subscription::rule::{NewRule, Rule};
use crate::alerts::subscription::watch_target::WatchTarget;
use crate::alerts::webhook::egress::EgressPolicy;
use crate::alerts::webhook::secret::Secret;
use crate::field_error::FieldError;

/// Maximum number of rules of one subscription.
pub(crate) const MAX_RULES: usize = 16;

/// A subscription as requested.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, expecting = "an object with `watch`, `url` and `rules`")]
#[schema(example = json!({
    "watch": "ethereum/maker/eth-b/15967",
    "url": "https://example.com/hooks/plimsoll",
    "rules": [
        {"measure": "probability_24h", "fire": 0.05, "clear": 0.01},
        {"measure": "health_factor", "fire": 1.1, "clear": 1.2, "cool_down_hours": 12}
    ]
}))]
pub struct NewSubscription {
    /// An account id, or an address, which means all accounts of that address.
    #[schema(max_length = 256)]
    pub watch: String,
    /// The endpoint, which must accept Standard Webhooks 1.0.
    #[schema(max_length = 2048)]
    pub url: String,
    /// The rules.
    #[schema(min_items = 1, max_items = 16)]
    pub rules: Vec<NewRule>,
    /// The signing secret: `whsec_` and 24 to 64 bytes in base64; generated if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

/// A validated subscription request.
#[derive(Debug, Clone, PartialEq)]
pub struct ValidSubscription {
    /// The target.
    pub target: WatchTarget,
    /// The endpoint.
    pub url: String,
    /// The rules.
    pub rules: Vec<Rule>,
    /// The signing secret.
    pub secret: Secret,
}

/// A subscription, without its secrets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "id": "sub_9f2c64b1d0a7e35812c4",
    "watch": "ethereum/maker/eth-b/15967",
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
    /// An account id, or an address.
    pub watch: String,
    /// The endpoint.
    pub url: String,
    /// The rules.
    pub rules: Vec<Rule>,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// Number of signing secrets.
    pub secrets: usize,
    /// Why it is disabled; null if it is not.
    #[schema(required)]
    pub disabled: Option<String>,
}

/// A new subscription, or one with a new secret: the only response that contains the secret.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SubscriptionSecret {
    /// The subscription.
    pub subscription: Subscription,
    /// The signing secret; it is returned only here.
    #[schema(example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    pub secret: String,
}

impl NewSubscription {
    /// Validates a request.
    ///
    /// # Errors
    /// All errors in it.
    pub fn validate(&self, egress: &EgressPolicy) -> Result<ValidSubscription, Vec<FieldError>> {
        let mut errors = Vec::new();
        let watched = WatchTarget::parse(&self.watch);
        let watched = watched.map_err(|detail| errors.push(FieldError::new("watch", detail))).ok();
        let url = egress.check(&self.url);
        let url = url.map_err(|error| errors.push(FieldError::new("url", error))).ok();
        if !(1..=MAX_RULES).contains(&self.rules.len()) {
            let limit =
                format!("there are {}: a subscription has 1 to {MAX_RULES}", self.rules.len());
            errors.push(FieldError::new("rules", limit));
        }
        let rules = self.rules.iter().take(MAX_RULES).enumerate();
        let rules =
            rules.map(|(i, rule)| rule.validate_at(&format!("rules[{i}]"), &mut errors)).collect();
        let secret = self.secret.as_deref().map_or_else(|| Ok(Secret::generate()), Secret::parse);
        let secret = secret.map_err(|error| errors.push(FieldError::new("secret", error))).ok();
        match (watched, url, secret) {
            (Some(watched), Some(url), Some(secret)) if errors.is_empty() => {
                Ok(ValidSubscription { target: watched, url: url.into(), rules, secret })
            }
            _ => Err(errors),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alerts::subscription::measure::Measure;

    #[test]
    fn every_field_error_has_its_pointer() {
        let new = NewSubscription {
            watch: "maker".to_owned(),
            url: "http://10.0.0.1/".to_owned(),
            rules: vec![NewRule::new(Measure::OneDay, 2.0)],
            secret: Some("whsec_AAAA".to_owned()),
        };
        let errors = new.validate(&EgressPolicy::default()).expect_err("it is refused");
        let pointers: Vec<&str> = errors.iter().map(|error| error.pointer.as_str()).collect();
        assert_eq!(pointers, ["#/watch", "#/url", "#/rules/0/fire", "#/secret"]);
        let none = NewSubscription { rules: Vec::new(), ..new };
        let errors = none.validate(&EgressPolicy::default()).expect_err("it is refused");
        assert_eq!(errors[2].detail, "rules: there are 0: a subscription has 1 to 16");
    }
}
