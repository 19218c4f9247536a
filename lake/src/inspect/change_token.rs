//! Change detection from file metadata.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::UNIX_EPOCH;

use crate::error::LakeError;
use crate::schema::Table;
use crate::store::Store;

impl Store {
    /// A hash of the names, lengths and modification times of the tables' files.
    ///
    /// Comparable only within one version of the program.
    ///
    /// # Errors
    /// [`LakeError::Io`] if a folder cannot be read.
    pub fn change_token(&self, tables: &[&'static Table]) -> Result<u64, LakeError> {
        let mut hasher = DefaultHasher::new();
        for table in tables {
            for entry in self.files(table)? {
                entry.path.hash(&mut hasher);
                // A file that a writer has just replaced also changes the token.
                let known = fs::metadata(&entry.path).ok();
                let changed = known.as_ref().and_then(|known| known.modified().ok());
                let changed = changed.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
                (known.map(|known| known.len()), changed).hash(&mut hasher);
            }
        }
        Ok(hasher.finish())
    }
}

#[cfg(test)]
mod tests {
    use crate::tables::{OraclePrice, Row};
    use crate::{CoveredRange, Partition, Store};

    #[test]
    fn change_token_changes_only_with_the_files() {
        let dir = tempfile::tempdir().expect("a folder");
        let store = Store::create(dir.path()).expect("a lake");
        let tables = [&OraclePrice::TABLE];
        let stamp = || store.change_token(&tables).expect("it reads");
        let put = |time: &str| {
            let time = time.parse().expect("a time");
            let price = OraclePrice::spot("feed", "ETH", time, 2_725.1);
            let partition = Partition::new(&OraclePrice::TABLE, &["feed"]).expect("a partition");
            let batch = OraclePrice::to_batch(&[price]).expect("a batch");
            let range = CoveredRange::times(time, time).expect("a range");
            store.merge(&partition, range, &batch).expect("it is written");
        };
        let empty = stamp();
        put("2022-04-30T23:00:00Z");
        let first = stamp();
        assert_eq!(first, stamp());
        put("2022-05-01T00:00:00Z");
        let second = stamp();
        assert!(empty != first && first != second && empty != second);
    }
}
