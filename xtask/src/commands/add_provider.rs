//! `cargo xtask add-provider`: a crate for another provider, from its documents.

mod crate_files;
mod payload_tests;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use openapi_lower::Lowered;
use openapi_model::Model;
use provider_codegen::generator::{self, Progenitor};
use provider_codegen::pipeline::Generated;
use provider_codegen::places::{self, Wanted};
use provider_codegen::{facade, mend, pipeline, start};
use serde_json::Value;
use spec_documents::config::{Config, Operation};
use spec_documents::payloads::Payload;
use spec_documents::provider::OVERLAY;
use spec_documents::write::{self, Change};
use spec_documents::{Call, Provider, bundle, matching, page, text};

use crate::files;

/// Takes the documents of a new provider in and makes its crate: specs/NAME and crates/providers/NAME, all of it or
/// nothing.
#[derive(Debug, clap::Args)]
pub struct AddProvider {
    /// Name of the crate, in snake case.
    name: String,
    /// The documents that the provider publishes.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Only operations whose path or operationId this describes; `*` stands for any characters.
    #[arg(long, value_name = "PATTERN")]
    operations: Option<String>,
    /// Also put the provider behind the facade: a crate NAME-refunds, by the most careful reading of the documents, with
    /// the list of what to read to loosen it.
    #[arg(long)]
    facade: bool,
    /// The operation that creates a refund, for the facade.
    #[arg(long, value_name = "ID", requires = "facade")]
    refund_operation: Option<String>,
    /// In which unit the provider takes amounts, where its documents do not say it.
    #[arg(long, value_name = "UNIT", requires = "facade")]
    amounts: Option<Amounts>,
}

/// In which unit amounts are.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Amounts {
    /// 500 is 5.00 EUR, and 500 JPY.
    MinorUnits,
    /// 500 is 5.00 EUR, and 5 JPY.
    Hundredths,
    /// 5.00 is 5.00 EUR.
    MajorUnits,
}

impl From<Amounts> for facade::Unit {
    fn from(amounts: Amounts) -> Self {
        match amounts {
            Amounts::MinorUnits => Self::Minor,
            Amounts::Hundredths => Self::Hundredths,
            Amounts::MajorUnits => Self::Major,
        }
    }
}

/// Whether Rust, cargo, an operating system or this workspace knows something else under a name.
fn is_taken(name: &str, root: &Path) -> Result<bool> {
    const OF_RUST: [&str; 22] = [
        "alloc",
        "bool",
        "char",
        "core",
        "f32",
        "f64",
        "i128",
        "i16",
        "i32",
        "i64",
        "i8",
        "isize",
        "proc_macro",
        "std",
        "str",
        "test",
        "u128",
        "u16",
        "u32",
        "u64",
        "u8",
        "usize",
    ];
    const OF_CARGO: [&str; 5] = ["build", "deps", "examples", "incremental", "xtask"];
    const OF_WINDOWS: [&str; 4] = ["aux", "con", "nul", "prn"];
    let is_port = ["com", "lpt"].iter().any(|port| {
        let number = name
            .strip_prefix(port)
            .and_then(|number| number.parse::<u8>().ok());
        number.is_some_and(|number| number < 10)
    });
    let known = [
        &OF_RUST[..],
        &OF_CARGO,
        &OF_WINDOWS,
        &crate_files::DEPENDENCIES,
    ];
    if is_port || known.iter().any(|names| names.contains(&name)) {
        return Ok(true);
    }
    // The crates of this workspace, and those that it depends on.
    let manifest = files::text(&root.join("Cargo.toml"))?;
    let manifest: toml::Table = toml::from_str(&manifest).context("Cargo.toml cannot be read")?;
    let dependencies = manifest
        .get("workspace")
        .and_then(|workspace| workspace.get("dependencies")?.as_table());
    let mut dependencies = dependencies.into_iter().flat_map(toml::Table::keys);
    Ok(dependencies.any(|key| key.replace('-', "_") == name))
}

/// What is known before anything is written.
struct Plan {
    provider: Provider,
    /// Actions that take out what the generator does not take.
    left_out: usize,
    /// Operations that seem to page.
    paging: usize,
    /// What was repaired in the documents before they were stored.
    repairs: Vec<String>,
}

impl AddProvider {
    /// Runs the command in the workspace at `root`, printing to `out`.
    ///
    /// # Errors
    ///
    /// A name that is taken or no crate's, a document that cannot be read, a pattern that describes no
    /// operation. Nothing is written then.
    pub fn run(&self, root: &Path, out: &mut dyn Write) -> Result<()> {
        self.check_name(root)?;
        let workspace = files::text(&root.join("Cargo.toml"))?;
        let plan = self.plan()?;
        let provider = plan.provider;
        let effective = provider.effective()?;
        let payloads = provider.payloads(&effective)?;
        let generated = pipeline::generate_from(pipeline::Effective::of(&provider)?, &Progenitor)?;
        let mut wanted = generated.files();
        let specs = places::specs(&self.name);
        for (file, content) in provider.inputs() {
            wanted.push(Wanted {
                path: specs.join(file),
                content: content.clone(),
            });
        }
        for payload in &payloads.payloads {
            wanted.push(Wanted {
                path: specs.join("payloads").join(&payload.file),
                content: text::sorted(&payload.value),
            });
        }
        let signatures = &generated.signatures;
        let files: Vec<&str> = payloads
            .payloads
            .iter()
            .map(|payload| payload.file.as_str())
            .collect();
        wanted.extend(crate_files::all(&provider.config, signatures));
        wanted.push(Wanted {
            path: places::crate_of(&self.name).join("tests/payloads.rs"),
            content: payload_tests::source(&self.name, &files, signatures),
        });
        if self.facade {
            wanted.extend(self.facade(&provider.config, &generated, &payloads.payloads)?);
        }
        wanted.push(Wanted {
            path: "Cargo.toml".into(),
            content: crate_files::with_dependency(&workspace, &self.name)?,
        });
        let changes: Vec<Change> = wanted
            .iter()
            .map(|wanted| Change::write(root.join(&wanted.path), wanted.content.clone()))
            .collect();
        write::apply(&changes)?;
        writeln!(
            out,
            "{}: {} operations, {} types, {} documented payloads, {} files written in {}",
            self.name,
            generated.operations,
            generated.types,
            files.len(),
            wanted.len(),
            root.display()
        )?;
        if !payloads.unplaced.is_empty() {
            writeln!(
                out,
                "{} samples are not taken, those of operations that the crate does not have among them: `cargo xtask import {}` lists them",
                payloads.unplaced.len(),
                self.name
            )?;
        }
        for repair in &plan.repairs {
            writeln!(out, "{repair}")?;
        }
        self.say_what_is_next(&provider.config, (plan.left_out, plan.paging), out)
    }

    /// The crate that puts the provider behind the facade.
    fn facade(
        &self,
        config: &Config,
        generated: &Generated,
        payloads: &[Payload],
    ) -> Result<Vec<Wanted>> {
        let samples = payloads.iter().filter_map(|payload| {
            let (operation, name) = payload.file.split_once('/')?;
            name.starts_with("request")
                .then_some((operation, &payload.value))
        });
        let samples: Vec<_> = samples.collect();
        let source = facade::Source {
            config,
            types: generated.source("types.rs").unwrap_or_default(),
            signatures: &generated.signatures,
            samples: &samples,
            credentials: &crate_files::credentials(config),
        };
        let operation = self.refund_operation.as_deref();
        let unit = self.amounts.map(facade::Unit::from);
        facade::files(source, operation, unit).context("nothing was written")
    }

    fn check_name(&self, root: &Path) -> Result<()> {
        let name = &self.name;
        let plain = name.starts_with(|first: char| first.is_ascii_lowercase())
            && name
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        // A word since edition 2024.
        let is_word = name == "gen" || syn::parse_str::<syn::Ident>(name).is_err();
        if !plain || is_word {
            bail!(
                "{name:?} is no name for a crate: use lower-case letters, digits and _, beginning with a letter, and no word of Rust"
            );
        }
        let crate_name = name.replace('_', "-");
        for folder in [
            places::specs(name),
            places::crate_of(name),
            places::crate_of(&crate_name),
            facade::folder(name),
        ] {
            if root.join(&folder).exists() {
                bail!(
                    "{} is there already: nothing was written; choose another name, or use `cargo xtask import {name} <page>…` for a new page",
                    folder.display()
                );
            }
        }
        if is_taken(name, root)? {
            bail!(
                "{name:?} is a crate or a type already, or no folder's name everywhere: call the provider's crate otherwise"
            );
        }
        Ok(())
    }

    /// The provider in memory: its pages, a first configuration, and an overlay if one is needed.
    fn plan(&self) -> Result<Plan> {
        let mut inputs = BTreeMap::new();
        let mut names = Vec::new();
        let mut repairs = Vec::new();
        for path in &self.files {
            let name = path.file_name().and_then(|name| name.to_str());
            let name = name
                .filter(|name| name.starts_with(|first: char| first.is_ascii_alphanumeric()))
                .with_context(|| {
                    format!(
                        "{}: give a file whose name begins with a letter or a digit",
                        path.display()
                    )
                })?;
            let content = fs::read_to_string(path)
                .with_context(|| format!("cannot read {} as text", path.display()))?;
            let (name, content) = repaired(name, content, &mut repairs);
            let (name, content) = bundled(path, name, content, &mut repairs);
            if inputs
                .insert(format!("published/{name}"), content)
                .is_some()
            {
                bail!(
                    "{name}: given twice: pages are stored by their file names, so rename one of them"
                );
            }
            names.push(name);
        }
        let source = names.join(", ");
        // Reading the pages needs a configuration, and the configuration comes from the pages.
        let any = format!(
            "name = \"{}\"\ntitle = \"-\"\noperations_matching = \"*\"\n[authentication]\nscheme = \"bearer\"\nsource = \"-\"\n",
            self.name
        );
        inputs.insert("provider.toml".to_owned(), any);
        let effective = Provider::from_inputs(inputs.clone())?.merged()?;
        let mut config = self.config(&effective, &source)?;
        // What is taken out may leave something else that does not do.
        let mut left_out = 0;
        let mut actions = String::new();
        let mut effective = effective;
        let lowered = loop {
            let (faults, lowered) = faults(&effective, &config)?;
            config
                .operations
                .retain(|_, operation| !faults.contains_key(&operation.call.pointer()));
            if config.operations.is_empty() {
                bail!(
                    "the generator takes none of the operations: {}",
                    faults
                        .values()
                        .next()
                        .map_or("the document has none", String::as_str)
                );
            }
            let more = removals(&effective, &faults);
            if more.is_empty() {
                // If something is left out all the same, generating says what and where.
                break lowered;
            }
            left_out += more.len();
            actions.extend(more);
            inputs.insert(OVERLAY.to_owned(), overlay(&self.name, &actions));
            effective = Provider::from_inputs(inputs.clone())?.effective()?;
        };
        let of_operations = config.operations.values();
        let calls: BTreeSet<Call> = of_operations.map(|one| one.call.clone()).collect();
        config.errors = start::errors(&Model::of(&effective), |call| {
            calls.contains(&Call::new(call.method, call.path))
        });
        let paging = start::paging(&effective, &lowered, &config);
        let toml = format!(
            "# Made by `cargo xtask add-provider`: check every line of it against the documents.\n\
             # Whatever is not a read counts as moving money, until moves_money says otherwise.\n{}",
            start::to_toml(&config, &paging)
        );
        inputs.insert("provider.toml".to_owned(), toml);
        Ok(Plan {
            provider: Provider::from_inputs(inputs)?,
            left_out,
            paging: paging.len(),
            repairs,
        })
    }

    fn config(&self, effective: &Value, source: &str) -> Result<Config> {
        let pattern = self.operations.as_deref().unwrap_or("*");
        let model = Model::of(effective);
        let mut headers = idempotency_headers(&model);
        let taken = openapi_lower::OF_CLIENT.map(str::to_owned).into();
        let operations: BTreeMap<String, Operation> = matching::operations(&model, pattern, &taken)
            .into_iter()
            .map(|(name, call)| {
                let operation = Operation {
                    moves_money: !matching::reads(&call),
                    idempotency_header: headers.remove(&call),
                    paging: None,
                    call,
                };
                (name, operation)
            })
            .collect();
        if operations.is_empty() {
            bail!(
                "no operation has a path or operationId like {pattern:?}: `*` stands for any characters, as in \"*refund*\""
            );
        }
        let title = effective.pointer("/info/title").and_then(Value::as_str);
        Ok(Config {
            name: self.name.clone(),
            title: title.map_or_else(|| self.name.clone(), |title| title.trim().to_owned()),
            pages: BTreeMap::new(),
            hosts: start::hosts(&model, source),
            authentication: start::authentication(&model, source),
            credential_variables: Vec::new(),
            errors: Default::default(),
            webhooks: BTreeMap::new(),
            operations_matching: self.operations.clone(),
            operations,
            documented: BTreeMap::new(),
        })
    }

    fn say_what_is_next(
        &self,
        config: &Config,
        (left_out, paging): (usize, usize),
        out: &mut dyn Write,
    ) -> Result<()> {
        let name = &self.name;
        let mut steps = vec![format!(
            "specs/{name}/provider.toml: check hosts and authentication against the documents, give the operations their \
             names, and say which of them move money."
        )];
        if config.hosts == Default::default() {
            steps.push(format!(
                "specs/{name}/provider.toml: the documents name no https server; add [hosts.sandbox] and [hosts.production]."
            ));
        }
        if left_out > 0 {
            steps.push(format!(
                "specs/{name}/overlay.yaml: {left_out} things are taken out there; review each."
            ));
        }
        if paging > 0 {
            steps.push(format!(
                "specs/{name}/provider.toml: {paging} operations seem to page; uncomment what is proposed there once it is checked."
            ));
        }
        steps.push(format!(
            "cargo xtask import {name}; cargo xtask codegen {name}; cargo fmt -p {name}; cargo test -p {name}. A payload that fails shows where \
             the document contradicts itself: correct it in the overlay."
        ));
        if self.facade {
            let package = facade::package(name);
            steps.push(format!(
                "{}: read it against the provider's documentation, and loosen what may be; cargo fmt -p {package}; cargo test -p {package}.",
                facade::folder(name).join("LOOSEN.md").display()
            ));
        }
        steps.push(
            "INSTA_UPDATE=always cargo test -p workspace-tests: writes the listing of the crate's public items, to be read and committed."
                .to_owned(),
        );
        steps.push(
            "Where the crate is to be tested call by call with the others: add it to tests/Cargo.toml, PROVIDERS in tests/src/lib.rs and the \
             calls in tests/src/operations.rs."
                .to_owned(),
        );
        writeln!(out, "Next:")?;
        for (number, step) in steps.iter().enumerate() {
            writeln!(out, "  {}. {step}", number + 1)?;
        }
        Ok(())
    }
}

/// A page as it is, or, if it cannot be read strictly, a copy of its document that can be, under a name that
/// says so.
fn repaired(name: &str, content: String, told: &mut Vec<String>) -> (String, String) {
    if page::documents(name, &content).is_ok() {
        return (name.to_owned(), content);
    }
    let read = page::documents_leniently(name, &content);
    let Some(([source], repairs)) = read
        .as_ref()
        .ok()
        .map(|(documents, repairs)| (documents.as_slice(), repairs))
    else {
        // Whoever reads the stored page says what is wrong with it.
        return (name.to_owned(), content);
    };
    let stem = name.split('.').next().unwrap_or(name);
    let copy = format!("{stem}-repaired.json");
    told.extend(repairs.iter().map(|repair| {
        format!(
            "{copy} is a copy of {name}: {}: {}",
            repair.pointer, repair.detail
        )
    }));
    (copy, text::sorted(&source.document))
}

/// A page as it is, or, if it refers to other files, one document with them, under a name that says so.
fn bundled(path: &Path, name: String, content: String, told: &mut Vec<String>) -> (String, String) {
    let Some(found) = bundle::page(path, &name, &content) else {
        return (name, content);
    };
    told.push(format!(
        "{} is {name} with the files that it refers to: {}",
        found.name,
        found.files.join(", ")
    ));
    told.extend(found.unread.iter().map(|reference| {
        format!(
            "{}: {reference} was not read: a file in the folder of the document is taken, and no URL",
            found.name
        )
    }));
    (found.name, found.content)
}

/// The headers by which the provider says that it tells repeated requests, by call.
fn idempotency_headers(model: &Model<'_>) -> BTreeMap<Call, String> {
    let calls = model.calls().into_iter();
    let found = calls.filter_map(|call| {
        let names = call
            .parameters()
            .filter(|one| one.location == Some("header"));
        let mut names = names.filter_map(|header| header.name);
        // `Idempotency-Key`, `Idempotence-Key`, `X-Idempotent-Id`.
        let name = names.find(|name| name.to_ascii_lowercase().contains("idempot"))?;
        Some((Call::new(call.method, call.path), name.to_owned()))
    });
    found.collect()
}

/// What the generator does not take, by pointer.
fn faults(effective: &Value, config: &Config) -> Result<(BTreeMap<String, String>, Lowered)> {
    let operations = config.operations.iter();
    let selected = spec_documents::select::select(
        effective,
        operations.map(|(name, operation)| (name.as_str(), &operation.call)),
    )?;
    let mut lowered = openapi_lower::lower(&selected)?;
    generator::salvage(&Progenitor, &mut lowered)?;
    let mut faults: BTreeMap<String, String> = lowered
        .report
        .left_out()
        .map(|applied| (applied.pointer.clone(), applied.detail.clone()))
        .collect();
    // An operation that lowering itself could not keep.
    let operations = lowered.plan.operations.iter();
    let kept: BTreeSet<&String> = operations.map(|operation| &operation.id).collect();
    for (name, operation) in &config.operations {
        if !kept.contains(name) {
            let told = "lowering could not keep it under this name".to_owned();
            faults.entry(operation.call.pointer()).or_insert(told);
        }
    }
    Ok((faults, lowered))
}

/// Overlay actions that take out what stands at the pointers: the last first, so that no place moves before
/// its turn.
fn removals(effective: &Value, faults: &BTreeMap<String, String>) -> Vec<String> {
    const WHY: &str = "The generator does not take it; nothing is known to be wrong with the API.";
    let actions = faults
        .iter()
        .rev()
        .filter_map(|(pointer, cause)| mend::removal_because(effective, pointer, WHY, cause));
    actions.collect()
}

fn overlay(name: &str, actions: &str) -> String {
    format!(
        "overlay: 1.1.0\ninfo:\n  title: {}\n  version: 0.1.0\nactions:\n{actions}",
        start::quoted(&format!("Corrections to the published documents of {name}"))
    )
}
