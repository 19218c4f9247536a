//! Only the operator may ask.

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;

use crate::{Alerts, Problem, ProblemKind, Served};

/// The alerts, for a request that bears the operator's token.
#[derive(Debug)]
pub(crate) struct Admin(pub(crate) Alerts);

impl FromRequestParts<Served> for Admin {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, served: &Served) -> Result<Self, Problem> {
        let off = || Problem::new(ProblemKind::AlertsOff, "start it with `serve --alerts FILE`");
        let alerts = served.alerts().ok_or_else(off)?;
        let header = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let bearer = header.and_then(|value| value.split_once(' '));
        let token = bearer.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
        match alerts.knows(token.map_or("", |(_, token)| token.trim())) {
            Some(true) => Ok(Self(alerts.clone())),
            Some(false) => {
                let detail = "send the operator's token: `Authorization: Bearer TOKEN`";
                Err(Problem::new(ProblemKind::Unauthorized, detail))
            }
            None => {
                let detail = "the server was started without PLIMSOLL_ALERTS_TOKEN; its operator \
                    can use `plimsoll alerts`";
                Err(Problem::new(ProblemKind::Forbidden, detail))
            }
        }
    }
}
