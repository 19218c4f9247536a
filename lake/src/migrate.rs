//! Account ids of older lakes, which lack the chain.

use crate::error::LakeError;
use crate::market_key::with_chain;
use crate::schema::{Partition, Row, Table};
use crate::store::{FileEntry, Store};
use crate::tables::{AccountSetting, BalanceChange, Liquidation, PositionEvent};

impl Store {
    /// Gives the account ids of a lake of an older version their chain; returns the number of rewritten
    /// files. Each file is replaced atomically; after an interruption the next call continues. A
    /// partition with a damaged file is left as it is: whoever reads it names the file.
    ///
    /// Observations keep the ids they were computed with: they are derived, and readers add the chain.
    ///
    /// # Errors
    /// [`LakeError`] if a file cannot be read or written.
    pub fn migrate_account_ids(&self) -> Result<usize, LakeError> {
        let mut files = 0;
        files += self.migrate_table(|row: &mut PositionEvent| &mut row.account)?;
        files += self.migrate_table(|row: &mut Liquidation| &mut row.account)?;
        files += self.migrate_table(|row: &mut BalanceChange| &mut row.account)?;
        files += self.migrate_table(|row: &mut AccountSetting| &mut row.account)?;
        Ok(files)
    }

    /// Migrates the partitions whose first file is of an older version; the first file is migrated
    /// last, so that it shows whether the partition was completed.
    fn migrate_table<R: Row + 'static>(
        &self,
        account: impl Fn(&mut R) -> &mut String + Copy,
    ) -> Result<usize, LakeError> {
        let table: &'static Table = const { &R::TABLE };
        let files = self.files(table)?;
        let of_partition = |file: &FileEntry| file.partition.path();
        let mut migrated = 0;
        for partition in files.chunk_by(|a, b| of_partition(a) == of_partition(b)) {
            match self.migrate_partition(partition, account) {
                Err(error) if error.is_bad_file() => {}
                files => migrated += files?,
            }
        }
        Ok(migrated)
    }

    fn migrate_partition<R: Row + 'static>(
        &self,
        files: &[FileEntry],
        account: impl Fn(&mut R) -> &mut String + Copy,
    ) -> Result<usize, LakeError> {
        let mut migrated = 0;
        if self.has_older_ids(&files[0].partition, files, account)? {
            for file in files.iter().rev() {
                migrated += usize::from(self.add_chain_to_accounts(file, account)? > 0);
            }
        }
        Ok(migrated)
    }

    /// Whether the first row of a partition has an id without its chain.
    fn has_older_ids<R: Row + 'static>(
        &self,
        partition: &Partition,
        files: &[FileEntry],
        account: impl Fn(&mut R) -> &mut String,
    ) -> Result<bool, LakeError> {
        let [chain, protocol, market] = partition.values() else { return Ok(false) };
        for file in files {
            let rows = match self.file_rows::<R>(file) {
                Err(error) if error.is_not_found() => continue,
                rows => rows?,
            };
            if let Some(mut first) = rows.into_iter().next() {
                let id = account(&mut first).clone();
                return Ok(with_chain([chain, protocol, market], &id) != id);
            }
        }
        Ok(false)
    }
}
