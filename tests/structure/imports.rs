//! What one file imports, re-exports and defines.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{ItemMod, ItemUse, Macro, UseTree};

/// Names from the crate's root down.
pub(crate) type ModulePath = Vec<String>;

/// A file's imports by absolute path, and the names that it gives to others.
#[derive(Debug, Default)]
pub(crate) struct Imports {
    /// Absolute paths that the file names, in `use` items, in expressions and in macros.
    pub(crate) paths: BTreeSet<ModulePath>,
    /// Names that `use` brings into the file, with what they stand for.
    pub(crate) names: BTreeMap<String, ModulePath>,
    /// Modules of which `use` takes everything.
    pub(crate) globs: Vec<ModulePath>,
    /// Items that the file defines.
    pub(crate) defined: BTreeSet<String>,
    /// Files nested in this one that it declares.
    pub(crate) declared: BTreeSet<String>,
}

/// Reads a file; `modules` are all files of its crate.
pub(crate) fn read_imports(
    module: &ModulePath,
    source: &str,
    modules: &BTreeSet<ModulePath>,
) -> Imports {
    let file =
        syn::parse_file(source).unwrap_or_else(|error| panic!("{}: {error}", module.join("::")));
    let imports = Imports::default();
    let mut reader = Reader { file: module, at: module.clone(), modules, imports };
    reader.visit_file(&file);
    reader.imports
}

struct Reader<'a> {
    file: &'a ModulePath,
    /// The module that is being read: the file's, or an inline module in it.
    at: ModulePath,
    modules: &'a BTreeSet<ModulePath>,
    imports: Imports,
}

impl Reader<'_> {
    /// A path as written, from the crate's root; `None` if it leads to another crate.
    fn absolute(&self, path: &[String]) -> Option<ModulePath> {
        let first = path.first()?;
        let supers = path.iter().take_while(|name| *name == "super").count();
        match first.as_str() {
            "crate" => Some(path[1..].to_vec()),
            "self" => Some([&self.at, &path[1..]].concat()),
            "super" => {
                let kept = self.at.len().checked_sub(supers)?;
                Some([&self.at[..kept], &path[supers..]].concat())
            }
            _ => {
                let nested = [self.at.as_slice(), &path[..1]].concat();
                self.modules.contains(&nested).then(|| [self.at.as_slice(), path].concat())
            }
        }
    }

    fn add_use(&mut self, tree: &UseTree, prefix: &mut ModulePath) {
        match tree {
            UseTree::Path(path) => {
                prefix.push(path.ident.to_string());
                self.add_use(&path.tree, prefix);
                prefix.pop();
            }
            UseTree::Name(name) if name.ident == "self" => {
                let name = prefix.last().cloned().unwrap_or_default();
                self.add_name(prefix, name);
            }
            UseTree::Name(name) => {
                let name = name.ident.to_string();
                self.add_name(&[prefix.as_slice(), std::slice::from_ref(&name)].concat(), name);
            }
            UseTree::Rename(rename) => {
                let path = [prefix.as_slice(), &[rename.ident.to_string()]].concat();
                self.add_name(&path, rename.rename.to_string());
            }
            UseTree::Glob(_) => {
                if let Some(module) = self.absolute(prefix) {
                    self.imports.paths.insert(module.clone());
                    if self.at == *self.file {
                        self.imports.globs.push(module);
                    }
                }
            }
            UseTree::Group(group) => {
                group.items.iter().for_each(|tree| self.add_use(tree, prefix));
            }
        }
    }

    fn add_name(&mut self, path: &[String], name: String) {
        if let Some(path) = self.absolute(path) {
            self.imports.paths.insert(path.clone());
            if self.at == *self.file {
                self.imports.names.insert(name, path);
            }
        }
    }

    /// Paths in the tokens of a macro, which are not parsed.
    fn add_tokens(&mut self, tokens: TokenStream) {
        let mut path: ModulePath = Vec::new();
        let mut colons = 0;
        for token in tokens {
            match token {
                TokenTree::Punct(punct) if punct.as_char() == ':' => colons += 1,
                TokenTree::Ident(ident) => {
                    if colons != 2 {
                        self.add_path(&std::mem::take(&mut path));
                    }
                    colons = 0;
                    path.push(ident.to_string());
                }
                TokenTree::Group(group) => {
                    self.add_path(&std::mem::take(&mut path));
                    colons = 0;
                    self.add_tokens(group.stream());
                }
                _ => {
                    self.add_path(&std::mem::take(&mut path));
                    colons = 0;
                }
            }
        }
        self.add_path(&path);
    }

    fn add_path(&mut self, path: &[String]) {
        if path.len() > 1 {
            self.imports.paths.extend(self.absolute(path));
        }
    }

    fn define(&mut self, name: &syn::Ident) {
        if self.at == *self.file {
            self.imports.defined.insert(name.to_string());
        }
    }
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        use syn::Item;
        match item {
            Item::Const(item) => self.define(&item.ident),
            Item::Enum(item) => self.define(&item.ident),
            Item::Fn(item) => self.define(&item.sig.ident),
            Item::Static(item) => self.define(&item.ident),
            Item::Struct(item) => self.define(&item.ident),
            Item::Trait(item) => self.define(&item.ident),
            Item::Type(item) => self.define(&item.ident),
            Item::Macro(item) => item.ident.iter().for_each(|name| self.define(name)),
            _ => {}
        }
        visit::visit_item(self, item);
    }

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        if item.content.is_some() {
            self.at.push(item.ident.to_string());
            visit::visit_item_mod(self, item);
            self.at.pop();
        } else {
            self.imports.declared.insert(item.ident.to_string());
        }
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        self.add_use(&item.tree, &mut Vec::new());
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let names: Vec<String> = path.segments.iter().map(|s| s.ident.to_string()).collect();
        self.add_path(&names);
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, item: &'ast Macro) {
        self.add_tokens(item.tokens.clone());
        visit::visit_macro(self, item);
    }
}
