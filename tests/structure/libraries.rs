//! A `lib.rs` declares modules and re-exports, and defines nothing.

use syn::Item;

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
