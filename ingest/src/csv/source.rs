//! The files of an export.

pub(crate) mod csv_file;
mod delimiter_detection;
pub(crate) mod folder;
pub(crate) mod plan;
mod quoting;
