//! The tree of modules, as parsed.

use syn::parse::Parser as _;
use syn::punctuated::Punctuated;
use syn::{Item, ItemMod, UseTree, Visibility};

use crate::attributes;
use crate::error::SurfaceError;
use crate::paths;
use crate::sources::Sources;

/// The place of a module in [`Crate::modules`].
pub(crate) type ModuleId = usize;

/// The root module.
pub(crate) const ROOT: ModuleId = 0;

/// A parsed crate.
pub(crate) struct Crate {
    pub(crate) modules: Vec<Module>,
}

pub(crate) struct Module {
    pub(crate) name: String,
    pub(crate) parent: Option<ModuleId>,
    /// Declared `pub` and not hidden.
    pub(crate) public: bool,
    pub(crate) cfgs: Vec<String>,
    pub(crate) children: Vec<ModuleId>,
    pub(crate) imports: Vec<Import>,
    /// Everything else.
    pub(crate) items: Vec<Item>,
}

/// One name, or one `*`, of a `use` declaration, or an `extern crate`.
pub(crate) struct Import {
    pub(crate) path: Vec<String>,
    /// Whether the path begins with the name of a crate.
    pub(crate) of_crate: bool,
    pub(crate) brings: Brings,
    pub(crate) public: bool,
    pub(crate) cfgs: Vec<String>,
}

/// What an import brings into its module.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Brings {
    Name(String),
    All,
}

/// Where the files of a module's children are looked for.
struct Place<'a> {
    file: &'a str,
    directory: String,
    inline: bool,
}

impl Crate {
    pub(crate) fn parse(sources: &Sources) -> Result<Self, SurfaceError> {
        let mut parsed = Self {
            modules: Vec::new(),
        };
        let file = sources.root();
        let source = sources.get(file).ok_or_else(|| SurfaceError::NoRoot {
            root: file.to_owned(),
        })?;
        parsed
            .modules
            .push(Module::new("crate", None, true, Vec::new()));
        let place = Place {
            file,
            directory: paths::directory(file).to_owned(),
            inline: false,
        };
        parsed.add(ROOT, parse_file(file, source)?, &place, sources)?;
        Ok(parsed)
    }

    /// The `#[cfg(…)]` of a module and of those around it.
    pub(crate) fn cfgs_of(&self, module: ModuleId) -> Vec<String> {
        let mut cfgs = Vec::new();
        let mut next = Some(module);
        while let Some(module) = next.and_then(|id| self.modules.get(id)) {
            cfgs.extend(module.cfgs.iter().cloned());
            next = module.parent;
        }
        cfgs
    }

    fn add(
        &mut self,
        id: ModuleId,
        items: Vec<Item>,
        place: &Place<'_>,
        sources: &Sources,
    ) -> Result<(), SurfaceError> {
        for item in items {
            match item {
                Item::Mod(module) if attributes::is_test_only(&module.attrs) => {}
                Item::Mod(module) => self.add_child(id, module, place, sources)?,
                Item::Use(import) if !attributes::is_left_out(&import.attrs) => {
                    let template = Import {
                        path: Vec::new(),
                        of_crate: import.leading_colon.is_some(),
                        brings: Brings::All,
                        public: is_public(&import.vis),
                        cfgs: attributes::cfgs(&import.attrs),
                    };
                    add_imports(&template, &import.tree, &mut self.modules[id].imports);
                }
                Item::ExternCrate(import) if !attributes::is_left_out(&import.attrs) => {
                    let name = import
                        .rename
                        .as_ref()
                        .map_or(&import.ident, |(_, name)| name);
                    let own = import.ident == "self";
                    self.modules[id].imports.push(Import {
                        path: vec![if own {
                            "crate".to_owned()
                        } else {
                            import.ident.to_string()
                        }],
                        of_crate: !own,
                        brings: Brings::Name(name.to_string()),
                        public: is_public(&import.vis),
                        cfgs: attributes::cfgs(&import.attrs),
                    });
                }
                Item::Macro(found) => {
                    derive(&found, &mut self.modules[id].items);
                    self.modules[id].items.extend(implemented(found));
                }
                item => self.modules[id].items.push(item),
            }
        }
        Ok(())
    }

    fn add_child(
        &mut self,
        parent: ModuleId,
        module: ItemMod,
        place: &Place<'_>,
        sources: &Sources,
    ) -> Result<(), SurfaceError> {
        let name = module.ident.to_string();
        let id = self.modules.len();
        let cfgs = attributes::cfgs(&module.attrs);
        let public = is_public(&module.vis) && !attributes::is_hidden(&module.attrs);
        self.modules
            .push(Module::new(&name, Some(parent), public, cfgs));
        self.modules[parent].children.push(id);
        let file_name = name.trim_start_matches("r#");

        if let Some((_, items)) = module.content {
            let directory = paths::join(&place.directory, file_name);
            let within = Place {
                file: place.file,
                directory,
                inline: true,
            };
            return self.add(id, items, &within, sources);
        }
        let base = if place.inline {
            &place.directory
        } else {
            paths::directory(place.file)
        };
        let candidates = match attributes::path_of_module(&module.attrs) {
            Some(path) => vec![paths::join(base, &path)],
            None => vec![
                paths::join(&place.directory, &format!("{file_name}.rs")),
                paths::join(&place.directory, &format!("{file_name}/mod.rs")),
            ],
        };
        let found = candidates
            .iter()
            .find_map(|path| Some((path, sources.get(path)?)));
        let Some((file, source)) = found else {
            return Err(SurfaceError::NoModuleFile {
                path: place.file.to_owned(),
                module: name,
                tried: candidates,
            });
        };
        // A file that was found by `name.rs` has its children in `name/`.
        let directory = if candidates.len() > 1 && !file.ends_with("/mod.rs") {
            file.trim_end_matches(".rs").to_owned()
        } else {
            paths::directory(file).to_owned()
        };
        let within = Place {
            file,
            directory,
            inline: false,
        };
        self.add(id, parse_file(file, source)?, &within, sources)
    }
}

impl Module {
    fn new(name: &str, parent: Option<ModuleId>, public: bool, cfgs: Vec<String>) -> Self {
        Self {
            name: name.to_owned(),
            parent,
            public,
            cfgs,
            children: Vec::new(),
            imports: Vec::new(),
            items: Vec::new(),
        }
    }
}

/// Whether something is `pub` without restriction.
pub(crate) fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

/// Lets a type have what a macro of the run time makes for it in place of serde's derives.
fn derive(found: &syn::ItemMacro, items: &mut [Item]) {
    let called = found.mac.path.segments.last();
    let is_such = called.is_some_and(|called| {
        ["by_status", "object", "words"]
            .iter()
            .any(|name| called.ident == name)
    });
    let name = found.mac.tokens.clone().into_iter().next();
    let (true, Some(proc_macro2::TokenTree::Ident(name))) = (is_such, name) else {
        return;
    };
    for item in items {
        let attributes = match item {
            Item::Struct(item) if item.ident == name => &mut item.attrs,
            Item::Enum(item) if item.ident == name => &mut item.attrs,
            _ => continue,
        };
        attributes.push(syn::parse_quote!(#[derive(serde::Deserialize, serde::Serialize)]));
    }
}

/// What else a macro of the run time stands for; another one as it is.
fn implemented(found: syn::ItemMacro) -> Vec<Item> {
    let called = found.mac.path.segments.last();
    let called = called
        .map(|last| last.ident.to_string())
        .unwrap_or_default();
    let Some(name) = found.mac.tokens.clone().into_iter().next() else {
        return vec![Item::Macro(found)];
    };
    let blocks = match called.as_str() {
        "object" => proc_macro2::TokenStream::new(),
        "by_status" => {
            let bodies = syn::parse2::<syn::ItemEnum>(enumeration(&found)).map(|of| of.variants);
            let bodies = bodies.unwrap_or_default();
            let bodies = bodies.iter().flat_map(|variant| &variant.fields);
            let bodies = bodies.map(|body| &body.ty);
            quote::quote! { #(impl From<#bodies> for #name {})* }
        }
        "shown" | "shown_variants" => quote::quote! { impl std::fmt::Debug for #name {} },
        "words" => quote::quote! {
            impl std::fmt::Display for #name {}
            impl std::str::FromStr for #name { type Err = provider_runtime::ConversionError; }
            impl TryFrom<&str> for #name { type Error = provider_runtime::ConversionError; }
            impl TryFrom<String> for #name { type Error = provider_runtime::ConversionError; }
        },
        "holds" => {
            let held = found.mac.tokens.clone().into_iter().skip(2);
            let held: proc_macro2::TokenStream = held.collect();
            quote::quote! {
                impl std::ops::Deref for #name { type Target = #held; }
                impl From<#name> for #held {}
                impl From<#held> for #name {}
            }
        }
        "holds_text" => quote::quote! {
            impl std::ops::Deref for #name { type Target = String; }
            impl From<#name> for String {}
            impl From<String> for #name {}
            impl std::fmt::Display for #name {}
            impl std::str::FromStr for #name { type Err = std::convert::Infallible; }
        },
        "call_settings" => quote::quote! {
            impl #name<'_> {
                pub fn with_header(self, name: impl Into<String>, value: impl Into<String>) -> Self {}
                pub fn with_timeout(self, timeout: std::time::Duration) -> Self {}
                pub fn with_deadline(self, deadline: std::time::Duration) -> Self {}
            }
        },
        "blocking" => {
            let types = found.mac.tokens.clone().into_iter().skip(2);
            let types = Punctuated::<syn::Type, syn::Token![,]>::parse_terminated
                .parse2(types.collect())
                .unwrap_or_default();
            let mut types = types.iter();
            let (success, error) = (types.next(), types.next());
            quote::quote! {
                impl #name<'_> {
                    #[cfg(feature = "blocking")]
                    pub fn send_blocking(self) -> Result<ResponseValue<#success>, Error<#error>> {}
                }
            }
        }
        "builds" => {
            let one = found.mac.tokens.clone().into_iter().nth(3);
            let one = one.map(|one| {
                quote::quote! {
                    impl #name {
                        pub fn #one(self, name: impl Into<String>, value: impl Into<provider_runtime::Json>) -> Self {}
                    }
                }
            });
            quote::quote! {
                impl super::#name { pub fn builder() -> builder::#name {} }
                #one
                impl TryFrom<#name> for super::#name { type Error = provider_runtime::ConversionError; }
                impl From<super::#name> for #name {}
            }
        }
        "limited_text" => quote::quote! {
            impl std::ops::Deref for #name { type Target = String; }
            impl From<#name> for String {}
            impl std::str::FromStr for #name { type Err = provider_runtime::ConversionError; }
            impl TryFrom<&str> for #name { type Error = provider_runtime::ConversionError; }
            impl TryFrom<String> for #name { type Error = provider_runtime::ConversionError; }
            impl<'de> serde::Deserialize<'de> for #name {}
        },
        _ => return vec![Item::Macro(found)],
    };
    let parsed: Result<syn::File, _> = syn::parse2(blocks);
    parsed.map_or_else(|_| vec![Item::Macro(found)], |file| file.items)
}

/// `enum Name { … }` of a macro that is called with what follows.
fn enumeration(found: &syn::ItemMacro) -> proc_macro2::TokenStream {
    let tokens = &found.mac.tokens;
    quote::quote!(enum #tokens)
}

fn parse_file(path: &str, source: &str) -> Result<Vec<Item>, SurfaceError> {
    let file = syn::parse_file(source).map_err(|error| {
        let start = error.span().start();
        SurfaceError::Syntax {
            path: path.to_owned(),
            line: start.line,
            column: start.column + 1,
            message: error.to_string(),
        }
    })?;
    // A file may be left out as a whole from within.
    Ok(if attributes::is_test_only(&file.attrs) {
        Vec::new()
    } else {
        file.items
    })
}

fn add_imports(template: &Import, tree: &UseTree, imports: &mut Vec<Import>) {
    let with = |name: &str| {
        let mut path = template.path.clone();
        path.push(name.to_owned());
        path
    };
    let mut add = |path: Vec<String>, brings: Brings| {
        imports.push(Import {
            path,
            of_crate: template.of_crate,
            brings,
            public: template.public,
            cfgs: template.cfgs.clone(),
        });
    };
    match tree {
        UseTree::Path(inner) => {
            let within = Import {
                path: with(&inner.ident.to_string()),
                of_crate: template.of_crate,
                brings: Brings::All,
                public: template.public,
                cfgs: template.cfgs.clone(),
            };
            add_imports(&within, &inner.tree, imports);
        }
        UseTree::Group(group) => {
            for tree in &group.items {
                add_imports(template, tree, imports);
            }
        }
        UseTree::Glob(_) => add(template.path.clone(), Brings::All),
        // `use a::b::{self}` brings `b`.
        UseTree::Name(name) if name.ident == "self" => {
            if let Some(last) = template.path.last() {
                add(template.path.clone(), Brings::Name(last.clone()));
            }
        }
        UseTree::Name(name) => {
            let name = name.ident.to_string();
            add(with(&name), Brings::Name(name));
        }
        UseTree::Rename(rename) => {
            let brings = Brings::Name(rename.rename.to_string());
            if rename.ident == "self" {
                add(template.path.clone(), brings);
            } else {
                add(with(&rename.ident.to_string()), brings);
            }
        }
    }
}
