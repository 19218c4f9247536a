//! Why alerts cannot be kept, made or sent.

use std::path::PathBuf;

use crate::FieldError;

/// A failure around alerts.
#[derive(Debug, thiserror::Error)]
pub enum AlertError {
    /// What a caller asks for is refused.
    #[error("{}", join_details(.0))]
    InvalidRequest(Vec<FieldError>),
    /// No subscription has this id.
    #[error("no subscription {0:?}")]
    UnknownSubscription(String),
    /// The database was written by a later version of the program.
    #[error("{path}: its schema is {found}, and this program knows {known}", path = path.display())]
    NewerSchema {
        /// The file.
        path: PathBuf,
        /// The file's schema.
        found: u32,
        /// The latest that is known.
        known: u32,
    },
    /// Another process delivers from this database.
    #[error("{} is served by another process", .0.display())]
    Locked(PathBuf),
    /// The lock beside the database failed.
    #[error("cannot lock {path}", path = path.display())]
    Lock {
        /// The lock's file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The database's file cannot be made.
    #[error("cannot open {path}", path = path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The database failed.
    #[error("the alerts' database failed")]
    Database(#[from] rusqlite::Error),
    /// What the database holds does not read.
    #[error("the alerts' database holds what does not read")]
    StoredJson(#[from] serde_json::Error),
    /// The database holds what is no secret.
    #[error("the alerts' database holds no secret")]
    StoredSecret(#[from] super::secret::SecretError),
    /// The HTTP client cannot be built.
    #[error("no HTTP client can be built")]
    HttpClient(#[source] reqwest::Error),
    /// The model failed.
    #[error("the model failed")]
    Model(#[from] plimsoll_model::ModelError),
}

fn join_details(faults: &[FieldError]) -> String {
    faults.iter().map(|fault| fault.detail.as_str()).collect::<Vec<_>>().join("; ")
}
