//! Horizons that a caller asks for.

use percent_encoding::percent_decode_str;

use crate::api::problem::Problem;
use crate::api::problem::kind::ProblemKind;
use crate::limits::{MAX_HORIZON_HOURS, MAX_HORIZONS, truncate};

/// The name of the parameter and of the field.
pub(crate) const HORIZON_HOURS: &str = "horizon_hours";

/// Why a horizon is not valid.
pub(crate) fn horizon_error(hours: f64) -> Option<String> {
    let limits =
        || format!("a horizon is above 0 and at most {MAX_HORIZON_HOURS} hours (365 days)");
    match hours {
        hours if hours.is_nan() => Some(format!("it is not a number: {}", limits())),
        hours if hours <= 0.0 => Some(format!("{hours} is not positive: {}", limits())),
        hours if hours > MAX_HORIZON_HOURS => Some(format!("{hours} is too far: {}", limits())),
        _ => None,
    }
}

/// Why there are too many horizons.
pub(crate) fn count_error(count: usize) -> Option<String> {
    (count > MAX_HORIZONS).then(|| format!("{count} horizons are more than {MAX_HORIZONS}"))
}

/// The values of `horizon_hours` in a query, which may be repeated and separated by commas, in order.
///
/// # Errors
/// A problem with status 400 that names the first invalid value.
pub(crate) fn from_query(query: Option<&str>) -> Result<Vec<f64>, Problem> {
    let mut horizons = Vec::new();
    for pair in query.unwrap_or_default().split('&') {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        if name != HORIZON_HOURS {
            continue;
        }
        let value = percent_decode_str(value).decode_utf8_lossy();
        for text in value.split(',') {
            horizons.push(parse(text.trim()).map_err(|reason| bad_request(&reason))?);
        }
    }
    match count_error(horizons.len()) {
        Some(reason) => Err(bad_request(&reason)),
        None => Ok(horizons),
    }
}

fn parse(text: &str) -> Result<f64, String> {
    let parsed: Result<f64, _> = text.parse();
    let hours = parsed.map_err(|_| {
        format!("{:?} is not a number of hours, such as {HORIZON_HOURS}=36", truncate(text))
    })?;
    horizon_error(hours).map_or(Ok(hours), Err)
}

fn bad_request(reason: &str) -> Problem {
    Problem::new(ProblemKind::BadRequest, format!("{HORIZON_HOURS}: {reason}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_may_be_repeated_and_separated_by_commas() {
        let parsed = from_query(Some("horizon_hours=36,100&page=1&horizon_hours=0.5%2C8760"));
        assert_eq!(parsed.expect("valid"), [36.0, 100.0, 0.5, 8_760.0]);
        assert!(from_query(None).expect("valid").is_empty());
        assert!(from_query(Some("page=2")).expect("valid").is_empty());
    }

    #[test]
    fn invalid_horizon_is_named_with_its_limit() {
        for (query, reason) in [
            ("horizon_hours=0", "0 is not positive"),
            ("horizon_hours=24,-3", "-3 is not positive"),
            ("horizon_hours=8761", "8761 is too far: a horizon is above 0 and at most 8760 hours"),
            ("horizon_hours=inf", "inf is too far"),
            ("horizon_hours=nan", "not a number"),
            ("horizon_hours=", "\"\" is not a number of hours, such as horizon_hours=36"),
            ("horizon_hours", "is not a number of hours"),
            ("horizon_hours=1%20day", "\"1 day\""),
        ] {
            let problem = from_query(Some(query)).expect_err("it is invalid");
            assert_eq!(problem.status, 400);
            assert!(problem.detail.contains(reason), "{query}: {}", problem.detail);
        }
        let many = format!("horizon_hours={}", ["1"; MAX_HORIZONS + 1].join(","));
        assert!(from_query(Some(&many)).is_err());
    }
}
