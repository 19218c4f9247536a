//! Files are declared; a `lib.rs` declares modules and re-exports, and defines nothing.

use syn::Item;

use crate::crate_files::CrateFiles;

#[test]
fn every_file_is_declared_by_its_parent() {
    for folder in crate::crates() {
        let undeclared = CrateFiles::read(&folder.join("src")).undeclared();
        assert!(undeclared.is_empty(), "{}: {}", folder.display(), undeclared.join(", "));
    }
}

#[test]
fn lib_files_define_nothing() {
    for folder in crate::crates() {
        let path = folder.join("src/lib.rs");
        let Ok(source) = std::fs::read_to_string(&path) else { continue };
        for item in syn::parse_file(&source).expect("valid Rust").items {
            let declares = matches!(&item, Item::Use(_) | Item::ExternCrate(_))
                || matches!(&item, Item::Mod(module) if module.content.is_none());
            assert!(declares, "{} defines an item", path.display());
        }
    }
}
