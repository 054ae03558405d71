//! The files of a finished client: types, builders of what is sent, builders of operations, and the client.

use quote::format_ident;
use syn::{Attribute, File, Ident, Item, ItemMod, UseTree, Visibility, parse_quote};

/// A file of generated code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Path from the crate's `src/generated`.
    pub path: &'static str,
    /// Rust.
    pub content: String,
}

/// A client as one file, in which what needs an HTTP stack is there with the feature `client` only.
pub fn as_one(mut file: File) -> String {
    for item in &mut file.items {
        let is_types = matches!(item, Item::Mod(module) if module.ident == "types");
        if let Some(attributes) = super::finish::attributes_of(item).filter(|_| !is_types) {
            attributes.insert(0, gate());
        }
    }
    printed(&file)
}

/// A client as files by job, each of which begins with `head`.
pub fn by_job(file: File, head: &str) -> Vec<SourceFile> {
    let (mut root, mut client) = (Vec::new(), Vec::new());
    let mut files = Vec::new();
    let mut write = |path, items: Vec<Item>| {
        let file = File {
            shebang: None,
            frontmatter: None,
            attrs: Vec::new(),
            items,
        };
        files.push(SourceFile {
            path,
            content: format!("{head}\n{}", printed(&file)),
        });
    };
    for item in file.items {
        match item {
            Item::Mod(module) if module.ident == "types" => {
                let (declared, mut items) = apart(module);
                for item in &mut items {
                    if let Item::Mod(module) = item
                        && module.ident == "builder"
                    {
                        let (declared, items) = apart(module.clone());
                        write("types/builder.rs", items);
                        *module = declared;
                    }
                }
                write("types.rs", items);
                root.push(Item::Mod(declared));
            }
            Item::Mod(module) if module.ident == "builder" => {
                let (mut declared, items) = apart(module);
                declared.attrs.insert(0, gate());
                write("builder.rs", items);
                root.push(Item::Mod(declared));
            }
            other => client.push(other),
        }
    }
    let public: Vec<_> = client
        .iter()
        .filter_map(|item| match item {
            Item::Struct(item) => Some(item.ident.clone()),
            Item::Const(item) => Some(item.ident.clone()),
            Item::Use(item) if matches!(item.vis, Visibility::Public(_)) => last_name(&item.tree),
            _ => None,
        })
        .collect();
    if root
        .iter()
        .any(|item| matches!(item, Item::Mod(module) if module.ident == "builder"))
    {
        client.insert(
            0,
            parse_quote!(
                use super::builder;
            ),
        );
    }
    write("client.rs", client);
    let (gate, name) = (gate(), format_ident!("client"));
    root.push(parse_quote!(#gate mod #name;));
    root.push(parse_quote!(#gate pub use #name::{#(#public),*};));
    write("mod.rs", root);
    files
}

fn last_name(tree: &UseTree) -> Option<Ident> {
    match tree {
        UseTree::Path(path) => last_name(&path.tree),
        UseTree::Name(name) => Some(name.ident.clone()),
        _ => None,
    }
}

/// A file as text, with a line between what a reader takes for two things.
fn printed(file: &File) -> String {
    let text = prettyplease::unparse(file);
    let mut spaced = String::with_capacity(text.len() + text.len() / 32);
    let mut before = "";
    for line in text.lines() {
        if is_apart(before, line) {
            spaced.push('\n');
        }
        spaced.push_str(line);
        spaced.push('\n');
        before = line;
    }
    spaced
}

/// Whether `line` begins something else than what ends with the line `before` it.
fn is_apart(before: &str, line: &str) -> bool {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let begun = line.trim_start();
    // What the run time makes of a type belongs to it.
    if indent(before) != indent(line) || begun.starts_with("provider_runtime::") {
        return false;
    }
    let ends = before.trim_start() == "}" || (indent(before) == 0 && before.ends_with(';'));
    let begins = [
        "///", "#[", "pub ", "fn ", "impl", "const ", "mod ", "async ",
    ];
    let is_list = before.starts_with("use ") && line.starts_with("use ");
    ends && !is_list && begins.iter().any(|word| begun.starts_with(word))
}

/// The declaration of a module, and its items.
fn apart(mut module: ItemMod) -> (ItemMod, Vec<Item>) {
    let items = module.content.take().map(|(_, items)| items);
    module.semi = Some(Default::default());
    (module, items.unwrap_or_default())
}

fn gate() -> Attribute {
    parse_quote!(#[cfg(feature = "client")])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client() -> File {
        parse_quote! {
            use provider_runtime::ClientInfo;
            pub mod types {
                pub struct A;
                pub mod builder { pub struct A; }
            }
            pub struct Client;
            pub mod builder { pub struct Get; }
            pub const PROVIDER: u8 = 0;
        }
    }

    #[test]
    fn each_job_has_a_file_and_the_client_needs_a_feature() {
        let files = by_job(client(), "// Head.\n");
        let content = |path| &files.iter().find(|file| file.path == path).unwrap().content;
        assert_eq!(
            content("types.rs"),
            "// Head.\n\npub struct A;\n\npub mod builder;\n"
        );
        assert_eq!(content("types/builder.rs"), "// Head.\n\npub struct A;\n");
        assert_eq!(content("builder.rs"), "// Head.\n\npub struct Get;\n");
        assert!(content("client.rs").contains("use super::builder;"));
        let root = content("mod.rs");
        for line in [
            "pub mod types;\n",
            "#[cfg(feature = \"client\")]\npub mod builder;\n",
            "#[cfg(feature = \"client\")]\nmod client;\n",
            "#[cfg(feature = \"client\")]\npub use client::{Client, PROVIDER};\n",
        ] {
            assert!(root.contains(line), "{root}");
        }
    }

    #[test]
    fn in_one_file_all_but_the_types_needs_the_feature() {
        let source = as_one(client());
        assert_eq!(
            source.matches("#[cfg(feature = \"client\")]").count(),
            4,
            "{source}"
        );
    }
}
