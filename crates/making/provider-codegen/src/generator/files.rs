//! The files of a finished client: types, builders of what is sent, builders of operations, and the client.

use quote::format_ident;
use syn::{Attribute, File, Ident, Item, ItemMod, UseTree, Visibility, parse_quote};

use super::finish::{Finished, Printer, TypeBuilders};
use super::macros;

/// A file of generated code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Path from the crate's `src/generated`.
    pub path: &'static str,
    /// Rust.
    pub content: String,
}

/// A client as one file, in which what needs an HTTP stack is there with the feature `client` only.
pub fn as_one(client: Finished<'_>) -> String {
    let parts = Parts::of(client, 1);
    let mut types = parts.types;
    if let Some(declared) = parts.has_type_builders {
        types.module(declared, &parts.type_builders);
    }
    let mut text = Text::at(0);
    for mut item in parts.items {
        let is_types = matches!(&item, Item::Mod(module) if module.ident == "types");
        if let Some(attributes) = super::finish::attributes_of(&mut item).filter(|_| !is_types) {
            attributes.insert(0, gate());
        }
        match item {
            Item::Mod(module) if is_types => text.module(module, &types),
            Item::Mod(module) if module.ident == "builder" => {
                text.module(module, &parts.requests);
            }
            other => text.item(other),
        }
    }
    text.text
}

/// A client as files by job, each of which begins with `head`.
pub fn by_job(client: Finished<'_>, head: &str) -> Vec<SourceFile> {
    let mut parts = Parts::of(client, 0);
    let mut files = Vec::new();
    let mut write = |path, text: Text| {
        files.push(SourceFile {
            path,
            content: format!("{head}\n{}", text.text),
        });
    };
    if let Some(declared) = parts.has_type_builders {
        write("types/builder.rs", parts.type_builders);
        parts.types.item(Item::Mod(elsewhere(declared)));
    }
    write("types.rs", parts.types);
    write("builder.rs", parts.requests);
    let (mut root, mut client) = (Vec::new(), Vec::new());
    for item in parts.items {
        match item {
            Item::Mod(mut module) => {
                if module.ident == "builder" {
                    module.attrs.insert(0, gate());
                }
                root.push(Item::Mod(elsewhere(module)));
            }
            other => client.push(other),
        }
    }
    let public: Vec<_> = client
        .iter()
        .filter_map(|item| match item {
            Item::Struct(item) => Some(item.ident.clone()),
            Item::Const(item) => Some(item.ident.clone()),
            Item::Fn(item) => Some(item.sig.ident.clone()),
            Item::Use(item) if matches!(item.vis, Visibility::Public(_)) => last_name(&item.tree),
            _ => None,
        })
        .collect();
    client.insert(
        0,
        parse_quote!(
            use super::builder;
        ),
    );
    write("client.rs", Text::of(client));
    let (gate, name) = (gate(), format_ident!("client"));
    root.push(parse_quote!(#gate mod #name;));
    root.push(parse_quote!(#gate pub use #name::{#(#public),*};));
    write("mod.rs", Text::of(root));
    files
}

/// A client in parts, of which the large ones are text.
struct Parts {
    types: Text,
    /// The declaration of the types' module of builders, if anything is sent.
    has_type_builders: Option<ItemMod>,
    type_builders: Text,
    requests: Text,
    /// All else, and the declarations of modules.
    items: Vec<Item>,
}

impl Parts {
    /// The parts of a client, whose modules are `depth` deep in what is outside of them.
    fn of(client: Finished<'_>, depth: usize) -> Self {
        let Finished {
            items,
            requests,
            mut short,
            ..
        } = client;
        let mut parts = Self {
            types: Text::at(depth),
            has_type_builders: None,
            type_builders: Text::at(2 * depth),
            requests: Text::at(depth),
            items: Vec::new(),
        };
        for item in items {
            match item {
                Item::Mod(mut module) => {
                    let content = module.content.as_mut();
                    let content = content.map(|(_, items)| std::mem::take(items));
                    let content = content.unwrap_or_default();
                    let builders = TypeBuilders::of(&content, &requests, &mut short);
                    for item in content {
                        parts.add_type(item, &builders);
                    }
                    parts.items.push(Item::Mod(module));
                }
                other => parts.items.push(other),
            }
        }
        if !requests.is_empty() {
            let printer = Printer::new(&mut short);
            let imports = Printer::imports(&requests);
            for import in imports {
                parts.requests.item(import);
            }
            for request in requests {
                let items = printer.items(request, &mut short);
                for item in items {
                    parts.requests.item(item);
                }
            }
        }
        parts
    }

    fn add_type(&mut self, mut item: Item, builders: &TypeBuilders) {
        let sent = builders.of_item(&item);
        super::finish::clear(&mut item);
        self.types.item(item);
        let Some(builder) = sent else { return };
        if self.has_type_builders.is_none() {
            self.has_type_builders = Some(parse_quote! {
                #[doc = " Makes what is sent, member by member."]
                pub mod builder {}
            });
            let import = parse_quote!(
                use provider_runtime as runtime;
            );
            self.type_builders.item(import);
        }
        for item in builder {
            self.type_builders.item(item);
        }
    }
}

fn last_name(tree: &UseTree) -> Option<Ident> {
    match tree {
        UseTree::Path(path) => last_name(&path.tree),
        UseTree::Name(name) => Some(name.ident.clone()),
        _ => None,
    }
}

/// Items as text, one after the other, with a line between what a reader takes for two things.
#[derive(Default)]
struct Text {
    text: String,
    /// In how many modules they are.
    depth: usize,
    /// Where the last line begins.
    last: usize,
}

impl Text {
    fn at(depth: usize) -> Self {
        Self {
            depth,
            ..Self::default()
        }
    }

    fn of(items: Vec<Item>) -> Self {
        let mut text = Self::at(0);
        for item in items {
            text.item(item);
        }
        text
    }

    fn item(&mut self, mut item: Item) {
        if let Item::Macro(call) = &item {
            for line in macros::lines(call, 4 * self.depth) {
                self.line(&line);
            }
            return;
        }
        let mut around = 0;
        for level in 0..self.depth {
            let mut module: ItemMod = parse_quote!(
                mod around {}
            );
            module.content = Some((Default::default(), vec![item]));
            item = Item::Mod(module);
            around += 4 * level + "}\n".len();
        }
        let printed = prettyplease::unparse(&File {
            shebang: None,
            frontmatter: None,
            attrs: Vec::new(),
            items: vec![item],
        });
        // The last lines close the modules around it: `}`, or `    }` and `}`.
        let end = printed.len() - around.min(printed.len());
        for line in printed[..end].lines().skip(self.depth) {
            self.line(line);
        }
    }

    /// A module of which `content` is printed.
    fn module(&mut self, mut declared: ItemMod, content: &Self) {
        declared.content = Some(Default::default());
        self.item(Item::Mod(declared));
        if content.text.is_empty() {
            return;
        }
        if self.text.ends_with("{}\n") {
            self.text.truncate(self.text.len() - "}\n".len());
            self.text.push('\n');
        }
        self.text.push_str(&content.text);
        self.last = self.text.len();
        let end = format!("{:width$}}}", "", width = 4 * self.depth);
        self.line(&end);
    }

    fn line(&mut self, line: &str) {
        if is_apart(self.text[self.last..].trim_end(), line) {
            self.text.push('\n');
        }
        self.last = self.text.len();
        self.text.push_str(line);
        self.text.push('\n');
    }
}

/// Whether `line` begins something else than what ends with the line `before` it.
fn is_apart(before: &str, line: &str) -> bool {
    // Most lines end nothing.
    if !before.ends_with(['}', ';']) {
        return false;
    }
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

/// A module that is in a file of its own.
fn elsewhere(mut module: ItemMod) -> ItemMod {
    module.content = None;
    module.semi = Some(Default::default());
    module
}

fn gate() -> Attribute {
    parse_quote!(#[cfg(feature = "client")])
}

#[cfg(test)]
mod tests {
    use super::super::finish::tests::finished;
    use super::*;

    #[test]
    fn each_job_has_a_file_and_the_client_needs_a_feature() {
        let files = finished(|_| (), |client| by_job(client, "// Head.\n")).unwrap();
        let content = |path| &files.iter().find(|file| file.path == path).unwrap().content;
        for (path, begins) in [
            (
                "types.rs",
                "// Head.\n\nuse serde::{Deserialize, Serialize};\n",
            ),
            (
                "types/builder.rs",
                "// Head.\n\nuse provider_runtime as runtime;\n",
            ),
            ("builder.rs", "// Head.\n\nuse super::{Client, types};\n"),
            ("client.rs", "// Head.\n\nuse super::builder;\n"),
        ] {
            assert!(content(path).starts_with(begins), "{}", content(path));
        }
        assert!(content("types.rs").ends_with("\npub mod builder;\n"));
        let root = content("mod.rs");
        for line in [
            "pub mod types;\n",
            "#[cfg(feature = \"client\")]\n/// Types for composing operation parameters.\n#[allow(clippy::all)]\npub mod builder;\n",
            "#[cfg(feature = \"client\")]\nmod client;\n",
            "#[cfg(feature = \"client\")]\npub use client::{Client, PROVIDER, Environment, Credentials, credentials_from_env};\n",
        ] {
            assert!(root.contains(line), "{line} in {root}");
        }
    }

    #[test]
    fn in_one_file_all_but_the_types_needs_the_feature() {
        let source = finished(|_| (), as_one).unwrap();
        let gate = "#[cfg(feature = \"client\")]\n";
        for (item, is_gated) in [
            ("/// Client for ", true),
            ("impl provider_runtime::GeneratedClient for Client", true),
            ("/// Types used as operation parameters", false),
        ] {
            assert!(source.contains(item), "{item} in {source}");
            let gated = source.contains(&format!("{gate}{item}"));
            assert_eq!(gated, is_gated, "{item} in {source}");
        }
    }

    #[test]
    fn what_is_printed_item_by_item_is_what_is_printed_as_a_whole() {
        let source = finished(|_| (), as_one).unwrap();
        let whole = prettyplease::unparse(&syn::parse_file(&source).unwrap());
        // But for calls of the run time's macros, which have lines of their own.
        let lines = |text: &str| -> Vec<String> {
            let mut is_call = false;
            let lines = text.lines().filter(|line| {
                let begins = line.trim_start().split_once("!(");
                is_call |= begins.is_some_and(|(path, _)| path.contains("runtime::"));
                let is_shown = !line.is_empty() && !is_call;
                is_call &= !line.ends_with(");");
                is_shown
            });
            lines.map(str::to_owned).collect()
        };
        assert_eq!(lines(&source), lines(&whole));
    }
}
