//! Errors of alerts.

use std::path::PathBuf;

use crate::field_error::FieldError;

/// An error of storing, evaluating or sending alerts.
#[derive(Debug, thiserror::Error)]
pub enum AlertError {
    /// A request is invalid.
    #[error("{}", join_details(.0))]
    InvalidRequest(Vec<FieldError>),
    /// No subscription has this id.
    #[error("no subscription {0:?}")]
    UnknownSubscription(String),
    /// The database was written by a newer version of the program.
    #[error("{path}: its schema is {found}, and this program supports {known}", path = path.display())]
    NewerSchema {
        /// The file.
        path: PathBuf,
        /// The schema version of the file.
        found: u32,
        /// The latest supported version.
        known: u32,
    },
    /// Another process delivers from this database.
    #[error("{} is served by another process", .0.display())]
    Locked(PathBuf),
    /// The lock file beside the database cannot be locked.
    #[error("cannot lock {path}", path = path.display())]
    Lock {
        /// The lock file.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// The database file cannot be opened.
    #[error("cannot open {path}", path = path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// The database failed.
    #[error("the alerts' database failed")]
    Database(#[from] rusqlite::Error),
    /// Stored JSON cannot be parsed.
    #[error("the alerts' database contains invalid JSON")]
    StoredJson(#[from] serde_json::Error),
    /// A stored secret is invalid.
    #[error("the alerts' database contains an invalid secret")]
    StoredSecret(#[from] crate::alerts::webhook::secret::SecretError),
    /// The HTTP client cannot be built.
    #[error("the HTTP client cannot be built")]
    HttpClient(#[source] reqwest::Error),
    /// The model failed.
    #[error("the model failed")]
    Model(#[from] plimsoll_model::ModelError),
}

fn join_details(errors: &[FieldError]) -> String {
    errors.iter().map(|error| error.detail.as_str()).collect::<Vec<_>>().join("; ")
}
