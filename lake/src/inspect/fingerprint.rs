//! A hash of a lake's content.

use std::fs::File;
use std::io;

use sha2::{Digest, Sha256};

use crate::error::LakeError;
use crate::hash::hex;
use crate::schema::Table;
use crate::store::Store;

impl Store {
    /// SHA-256 of the names and contents of the tables' files, in hex.
    ///
    /// Equal rows written in the same steps produce equal files, so the hash identifies the training
    /// data of a model.
    ///
    /// # Errors
    /// [`LakeError::Io`] if a file cannot be read.
    pub fn fingerprint(&self, tables: &[&'static Table]) -> Result<String, LakeError> {
        let mut hash = Sha256::new();
        for table in tables {
            for entry in self.files(table)? {
                let name = entry.path.strip_prefix(self.root()).unwrap_or(&entry.path);
                hash.update(name.as_os_str().as_encoded_bytes());
                let mut file =
                    File::open(&entry.path).map_err(LakeError::io("read", &entry.path))?;
                let mut content = Sha256::new();
                io::copy(&mut file, &mut HashWriter(&mut content))
                    .map_err(LakeError::io("read", &entry.path))?;
                hash.update(content.finalize());
            }
        }
        Ok(hex(hash.finalize()))
    }
}

/// A writer that updates a hash.
struct HashWriter<'a>(&'a mut Sha256);

impl io::Write for HashWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
