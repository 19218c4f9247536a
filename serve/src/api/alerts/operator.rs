//! Authentication of the operator.

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;

use crate::alerts::service::AlertService;
use crate::api::problem::Problem;
use crate::api::problem::kind::ProblemKind;
use crate::state::app_state::AppState;

/// The alert service, for a request with the operator's token.
#[derive(Debug)]
pub(crate) struct Operator(pub(crate) AlertService);

impl FromRequestParts<AppState> for Operator {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let disabled =
            || Problem::new(ProblemKind::AlertsDisabled, "start it with `serve --alerts FILE`");
        let alerts = state.alerts().ok_or_else(disabled)?;
        let header = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let bearer = header.and_then(|value| value.split_once(' '));
        let token = bearer.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
        match alerts.token_matches(token.map_or("", |(_, token)| token.trim())) {
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
