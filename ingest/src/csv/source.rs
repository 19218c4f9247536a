//! The files of an export.

pub(crate) mod csv_file;
pub(crate) mod folder;
pub(crate) mod plan;
