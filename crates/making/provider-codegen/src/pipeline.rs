//! The stages from a provider's folder to the source of its crate, all of them in memory.

use std::fmt;
use std::path::Path;
use std::time::{Duration, Instant};

use openapi_lower::plan::Plan;
use openapi_lower::{LowerError, Lowered};
use serde_json::Value;
use spec_documents::{Provider, lock, text};
use thiserror::Error;

use crate::generator::{self, Generator, SourceFile};
use crate::mend;
use crate::places::{self, Wanted};
use crate::signatures::Signature;

/// A stage, in the order in which they run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The documents in the published pages.
    Extract,
    /// Those and the transcription as one document.
    Merge,
    /// With the overlay applied: the effective document.
    Effective,
    /// The operations of the crate only, under their names.
    Select,
    /// After a room of rules.
    Room(openapi_lower::Stage),
    /// Within the generator's dialect.
    Lower,
    /// What is decided of operations and types.
    Plan,
    /// What lowering did.
    Report,
    /// The source of the crate.
    Generate,
}

impl Stage {
    /// All of them, in the order in which they run.
    pub fn all() -> Vec<Self> {
        let mut all = vec![Self::Extract, Self::Merge, Self::Effective, Self::Select];
        all.extend(openapi_lower::Stage::ALL.map(Self::Room));
        all.extend([Self::Lower, Self::Plan, Self::Report, Self::Generate]);
        all
    }

    /// What it is called on the command line and in errors.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Extract => "extract",
            Self::Merge => "merge",
            Self::Effective => "effective",
            Self::Select => "select",
            Self::Room(room) => room.name(),
            Self::Lower => "lower",
            Self::Plan => "plan",
            Self::Report => "report",
            Self::Generate => "generate",
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// A provider that cannot be generated: where it stopped, why, and what mends it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub struct StageError {
    /// The provider.
    pub provider: String,
    /// The stage that failed.
    pub stage: Stage,
    /// JSON pointer of the cause, where there is one.
    pub pointer: Option<String>,
    /// The operation that caused it, where it was one.
    pub operation: Option<String>,
    /// What is wrong.
    pub cause: String,
    /// An overlay action to paste, where one would do.
    pub mend: Option<String>,
}

impl StageError {
    /// A panic outside of the generator, which catches its own.
    pub fn died(provider: &str) -> Box<Self> {
        plain(
            provider,
            Stage::Generate,
            "this command panicked; that is a mistake in it: report the output above".to_owned(),
        )
    }
}

impl fmt::Display for StageError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            provider,
            stage,
            pointer,
            operation,
            cause,
            mend,
        } = self;
        write!(formatter, "{provider}: {stage}")?;
        if let Some(pointer) = pointer {
            write!(formatter, ": {pointer}")?;
        }
        if let Some(operation) = operation {
            write!(formatter, " (operation {operation})")?;
        }
        write!(formatter, ": {cause}")?;
        if let Some(mend) = mend {
            write!(
                formatter,
                "\nto leave it out, add this action to specs/{provider}/overlay.yaml, with its reason and evidence:\n{mend}"
            )?;
        }
        Ok(())
    }
}

/// Everything that the stages make of one provider.
#[derive(Debug)]
pub struct Generated {
    /// The provider.
    pub provider: String,
    /// The effective document.
    pub effective: Value,
    /// The operations of the crate, under their names.
    pub selected: Value,
    /// Within the generator's dialect, with the report.
    pub lowered: Lowered,
    /// The source of the crate.
    pub sources: Vec<SourceFile>,
    /// What its operations take and give, by their names.
    pub signatures: Vec<Signature>,
    /// The lock file.
    pub lock: String,
    /// How many operations the crate has.
    pub operations: usize,
    /// How many types it has.
    pub types: usize,
    /// How long it took.
    pub elapsed: Duration,
}

impl Generated {
    /// The files that belong to it.
    pub fn files(&self) -> Vec<Wanted> {
        let specs = places::specs(&self.provider);
        let generated = places::generated(&self.provider);
        let documents = [
            ("openapi.json", text::sorted(&self.effective)),
            ("lock.toml", self.lock.clone()),
        ];
        let documents = documents.map(|(name, content)| (specs.join(name), content));
        let sources = self
            .sources
            .iter()
            .map(|file| (generated.join(file.path), file.content.clone()));
        documents
            .into_iter()
            .chain(sources)
            .map(|(path, content)| Wanted { path, content })
            .collect()
    }

    /// The source of one of its files, by its path from the folder of generated code.
    pub fn source(&self, path: &str) -> Option<&str> {
        let file = self.sources.iter().find(|file| file.path == path)?;
        Some(&file.content)
    }
}

/// The version that generated files name.
fn version(generator: &dyn Generator) -> String {
    format!("xtask {}, {}", env!("CARGO_PKG_VERSION"), generator.name())
}

/// Runs the stages up to `stage`, and shows what that one makes: whether a later one fails does not matter.
///
/// # Errors
///
/// The stage that fails, if it is `stage` or one before it.
pub fn show(
    folder: &Path,
    name: &str,
    stage: Stage,
    generator: &dyn Generator,
) -> Result<String, Box<StageError>> {
    let provider = load(folder, name)?;
    match stage {
        Stage::Extract => {
            let pages = provider.pages();
            let pages = pages.map_err(|error| failed(name, Stage::Extract, &error))?;
            let documents = pages.into_iter().flat_map(|page| page.documents);
            return Ok(documents
                .map(|source| format!("# {}\n{}", source.origin, text::sorted(&source.document)))
                .collect());
        }
        Stage::Merge => {
            let merged = provider.merged();
            return Ok(text::sorted(
                &merged.map_err(|error| failed(name, Stage::Merge, &error))?,
            ));
        }
        _ => {}
    }
    let effective = Effective::of(&provider)?;
    if stage == Stage::Effective {
        return Ok(text::sorted(&effective.document));
    }
    let selected = effective.select()?;
    if stage == Stage::Select {
        return Ok(text::sorted(&selected.document));
    }
    if let Stage::Room(room) = stage {
        let document = openapi_lower::lower_until(&selected.document, room);
        return Ok(text::sorted(
            &document.map_err(|error| selected.refused(error))?,
        ));
    }
    let reduced = selected.lower()?;
    Ok(match stage {
        Stage::Lower => text::sorted(&reduced.lowered.document),
        Stage::Plan => format!("{:#?}\n", reduced.lowered.plan),
        Stage::Report => reduced.lowered.report.to_string(),
        _ => {
            let generated = reduced.generate(generator)?;
            let files = generated.sources.iter();
            files
                .map(|file| format!("// src/generated/{}\n{}\n", file.path, file.content))
                .collect()
        }
    })
}

/// Runs all stages for the provider `name` in `folder`. Writes nothing.
///
/// # Errors
///
/// The stage that fails, with the place and the mend.
pub fn generate(
    folder: &Path,
    name: &str,
    generator: &dyn Generator,
) -> Result<Generated, Box<StageError>> {
    let started = Instant::now();
    let effective = Effective::of(&load(folder, name)?)?;
    let mut generated = generate_from(effective, generator)?;
    generated.elapsed = started.elapsed();
    Ok(generated)
}

/// Runs the stages after the effective document. Writes nothing.
///
/// # Errors
///
/// The stage that fails, with the place and the mend.
pub fn generate_from(
    effective: Effective,
    generator: &dyn Generator,
) -> Result<Generated, Box<StageError>> {
    let started = Instant::now();
    let mut generated = effective.select()?.lower()?.generate(generator)?;
    generated.elapsed = started.elapsed();
    Ok(generated)
}

fn load(folder: &Path, name: &str) -> Result<Provider, Box<StageError>> {
    let provider = Provider::load(folder).map_err(|error| failed(name, Stage::Extract, &error))?;
    if provider.config.name != name {
        return Err(plain(
            name,
            Stage::Extract,
            format!(
                "provider.toml names {:?}: write the folder's name",
                provider.config.name
            ),
        ));
    }
    Ok(provider)
}

/// A provider's effective document: the pages and the transcription as one, with the overlay applied.
#[derive(Debug, Clone)]
pub struct Effective {
    provider: Provider,
    document: Value,
}

/// That document with the operations of the crate only, under their names.
///
/// ```
/// use provider_codegen::{generator::Progenitor, pipeline::{Effective, Generated, StageError}};
///
/// fn in_order(document: Effective) -> Result<Generated, Box<StageError>> {
///     document.select()?.lower()?.generate(&Progenitor)
/// }
/// ```
///
/// In another order it does not compile:
///
/// ```compile_fail,E0599
/// use provider_codegen::{generator::Progenitor, pipeline::{Effective, Generated, StageError}};
///
/// fn without_lowering(document: Effective) -> Result<Generated, Box<StageError>> {
///     document.select()?.generate(&Progenitor)
/// }
/// ```
#[derive(Debug, Clone)]
pub struct Selected {
    effective: Effective,
    document: Value,
}

/// That one within the generator's dialect.
#[derive(Debug, Clone)]
pub struct Reduced {
    selected: Selected,
    lowered: Lowered,
}

impl Effective {
    /// The effective document of `provider`.
    ///
    /// # Errors
    ///
    /// The stage up to here that fails.
    pub fn of(provider: &Provider) -> Result<Self, Box<StageError>> {
        // Reading a document costs more than all the rest, so that it is done once: the error tells the stage.
        let document = provider
            .effective()
            .map_err(|error| failed(&provider.config.name, stage_of(&error), &error))?;
        Ok(Self::new(provider, document))
    }

    /// `document` as the effective one of `provider`.
    pub fn new(provider: &Provider, document: Value) -> Self {
        let provider = provider.clone().complete(&document);
        Self { provider, document }
    }

    /// Selects the operations of the crate.
    ///
    /// # Errors
    ///
    /// An operation of the configuration that the document does not have.
    pub fn select(self) -> Result<Selected, Box<StageError>> {
        let name = &self.provider.config.name;
        let selected = self.provider.select(&self.document);
        let document = selected.map_err(|error| failed(name, Stage::Select, &error))?;
        Ok(Selected {
            effective: self,
            document,
        })
    }
}

impl Selected {
    /// Lowers the document.
    ///
    /// # Errors
    ///
    /// What a rule refuses, with the overlay action that removes it where one would do.
    pub fn lower(self) -> Result<Reduced, Box<StageError>> {
        let lowered = openapi_lower::lower(&self.document);
        Ok(Reduced {
            lowered: lowered.map_err(|error| self.refused(error))?,
            selected: self,
        })
    }

    fn refused(&self, error: LowerError) -> Box<StageError> {
        Box::new(StageError {
            mend: mend::removal(&self.effective.document, &error.pointer),
            pointer: Some(error.pointer),
            cause: format!("{} (rule {})", error.cause, error.rule),
            ..*plain(
                &self.effective.provider.config.name,
                Stage::Lower,
                String::new(),
            )
        })
    }
}

impl Reduced {
    /// Generates the crate's source.
    ///
    /// # Errors
    ///
    /// What lowering left out, and what the generator cannot take.
    pub fn generate(self, generator: &dyn Generator) -> Result<Generated, Box<StageError>> {
        let Self {
            selected:
                Selected {
                    effective:
                        Effective {
                            provider,
                            document: effective,
                        },
                    document: selected,
                },
            mut lowered,
        } = self;
        let name = provider.config.name.as_str();
        nothing_is_left_out(&effective, &lowered, name)?;
        all_are_there(&provider, &lowered.plan)?;
        // The client is called after the provider, whatever the page calls its document ("sandbox").
        lowered.document["info"]["title"] = provider.config.title.clone().into();
        let file = generator.generate(&lowered.document).map_err(|error| {
            Box::new(StageError {
                mend: mend::removal(&effective, &error.pointer),
                pointer: Some(error.pointer),
                operation: error.operation,
                cause: error.cause,
                ..*plain(name, Stage::Generate, String::new())
            })
        })?;
        let origins = provider
            .origins()
            .map_err(|error| failed(name, Stage::Extract, &error))?;
        let mut client = generator::finish(file, &lowered.plan, &provider.config, &origins)
            .map_err(|error| plain(name, Stage::Generate, error.to_string()))?;
        let version = version(generator);
        let command = format!("cargo xtask codegen {name}");
        let digest = lock::sha256(text::sorted(&effective).as_bytes());
        let head = format!(
            "// @generated by `{command}` ({version}); not to be edited.\n// Input: specs/{name}/openapi.json, sha256 {digest}\n"
        );
        let types = client.types();
        let signatures = std::mem::take(&mut client.signatures);
        let sources = generator::by_job(client, &head);
        let lock = provider
            .lock(&version)
            .to_toml(&command)
            .map_err(|error| plain(name, Stage::Generate, error.to_string()))?;
        Ok(Generated {
            provider: name.to_owned(),
            operations: provider.config.operations.len(),
            types,
            elapsed: Duration::ZERO,
            effective,
            selected,
            lowered,
            sources,
            signatures,
            lock,
        })
    }
}

/// Refuses a document of which a part cannot be expressed: what a client leaves out is decided by a person.
fn nothing_is_left_out(
    effective: &Value,
    lowered: &openapi_lower::Lowered,
    name: &str,
) -> Result<(), Box<StageError>> {
    let Some(left) = lowered.report.left_out().next() else {
        return Ok(());
    };
    Err(Box::new(StageError {
        mend: mend::removal(effective, &left.pointer),
        pointer: Some(left.pointer.clone()),
        cause: format!("{} (rule {})", left.detail, left.rule),
        ..*plain(name, Stage::Lower, String::new())
    }))
}

/// Refuses a document of which an operation is missing, or called otherwise, after lowering.
fn all_are_there(provider: &Provider, plan: &Plan) -> Result<(), Box<StageError>> {
    let missing = provider
        .config
        .operations
        .iter()
        .find(|(name, _)| !plan.operations.iter().any(|found| found.id == **name));
    let Some((name, operation)) = missing else {
        return Ok(());
    };
    Err(Box::new(StageError {
        pointer: Some(operation.call.pointer()),
        operation: Some(name.clone()),
        ..*plain(
            &provider.config.name,
            Stage::Lower,
            "the client cannot have an operation of this name, or the document's one cannot be sent: \
             choose another name in provider.toml, and see --print report"
                .to_owned(),
        )
    }))
}

/// The stage that an error of the documents belongs to.
fn stage_of(error: &spec_documents::Error) -> Stage {
    match error {
        spec_documents::Error::Merge(_) => Stage::Merge,
        spec_documents::Error::Overlay(_) => Stage::Effective,
        spec_documents::Error::Select(_) => Stage::Select,
        _ => Stage::Extract,
    }
}

fn plain(provider: &str, stage: Stage, cause: String) -> Box<StageError> {
    Box::new(StageError {
        provider: provider.to_owned(),
        stage,
        pointer: None,
        operation: None,
        cause,
        mend: None,
    })
}

/// A failure of a library, with everything that it says.
fn failed(provider: &str, stage: Stage, error: &dyn std::error::Error) -> Box<StageError> {
    let mut cause = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        // A transparent error repeats the one inside of it.
        let text = inner.to_string();
        if !cause.ends_with(&text) {
            cause.push_str(&format!(": {text}"));
        }
        source = inner.source();
    }
    plain(provider, stage, cause)
}
