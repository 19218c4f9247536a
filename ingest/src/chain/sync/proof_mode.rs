//! How much of a history is verified by headers.

use std::fmt;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::str::FromStr;

use plimsoll_lake::tables::proof;
use plimsoll_rpc::{Audit, Proof};
use serde::Serialize;

/// How a market's history is verified, apart from its last blocks, which a reorg may still remove:
/// those are always verified by every header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ProofMode {
    /// By the header of every block.
    Full,
    /// By the headers of random blocks, and random requests to a second endpoint.
    #[default]
    Sampled,
    /// Not by headers.
    Logs,
}

impl ProofMode {
    /// All modes.
    pub(super) const ALL: [Self; 3] = [Self::Full, Self::Sampled, Self::Logs];

    /// The mode of each name.
    const NAMES: [(&str, Self); 3] =
        [("full", Self::Full), (proof::SAMPLED, Self::Sampled), (proof::LOGS, Self::Logs)];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        let named = Self::NAMES.into_iter().find(|(_, mode)| *mode == self);
        named.map_or("", |(name, _)| name)
    }

    /// The proof of blocks that are final.
    pub(super) const fn of_final_blocks(self, audit: Audit) -> Proof {
        match self {
            Self::Full => Proof::Full,
            Self::Sampled => Proof::Sampled(audit),
            Self::Logs => Proof::Logs,
        }
    }
}

/// An audit of one block of `every_blocks`, whose choice no endpoint can foresee.
pub(super) fn unforeseeable_audit(every_blocks: u64) -> Audit {
    // The keys of a new hasher come from the operating system's random numbers.
    Audit { every_blocks, seed: RandomState::new().build_hasher().finish() }
}

impl FromStr for ProofMode {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let found = Self::NAMES.into_iter().find(|(known, _)| *known == name);
        found.map(|(_, mode)| mode).ok_or_else(|| "use `full`, `sampled` or `logs`".to_owned())
    }
}

impl fmt::Display for ProofMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
