//! A span of landmarks of a lake.

use chrono::{DateTime, Utc};
use clap::Args;
use plimsoll_features::Observations;
use plimsoll_lake::Store;

use super::lake::LakeArgs;
use super::time::parse_time;

/// Landmarks of a lake.
#[derive(Debug, Args)]
pub(crate) struct LandmarkArgs {
    #[command(flatten)]
    lake: LakeArgs,
    /// First landmark.
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub(crate) from: Option<DateTime<Utc>>,
    /// Landmarks are before this time.
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub(crate) to: Option<DateTime<Utc>>,
}

impl LandmarkArgs {
    /// Opens the lake.
    pub(crate) fn open_lake(&self) -> anyhow::Result<Store> {
        self.lake.open()
    }

    /// Reads all observations of the lake, also those outside the span.
    pub(crate) fn read_observations(&self) -> anyhow::Result<Observations> {
        Ok(Observations::read(&self.open_lake()?)?)
    }

    /// Whether a Unix second is in the span.
    pub(crate) fn contains(&self, time_s: i64) -> bool {
        self.from.is_none_or(|from| from.timestamp() <= time_s)
            && self.to.is_none_or(|to| time_s < to.timestamp())
    }
}
