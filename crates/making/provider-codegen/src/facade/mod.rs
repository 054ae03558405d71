//! The module that puts a new provider behind the facade, by the most careful reading of its document, with the list of
//! what to read to loosen it.
//!
//! It is written for the generated source, so that it compiles with it, and not from the document: what a member or a
//! parameter is about is taken from its name, and whatever is not obvious is left out and said.

mod asking;
mod calls;
mod loosen;
mod meaning;
mod print;
mod proof;
mod reading;
mod telling;
mod types;

use std::path::{Path, PathBuf};

use heck::ToPascalCase;
use serde_json::Value;
use spec_documents::{config::Config, matching};
use thiserror::Error;

use crate::{places::Wanted, signatures::Signature};
use asking::Asking;
use reading::Reading;
use telling::Telling;
use types::Types;

/// Folder of the crate that puts a provider behind the facade.
pub fn folder(provider: &str) -> PathBuf {
    Path::new("crates/product").join(package(provider))
}

/// The name of that crate.
pub fn package(provider: &str) -> String {
    format!("{}-refunds", provider.replace('_', "-"))
}

/// In which unit a provider takes amounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// The currency's own minor unit: 500 for 5.00 EUR, 500 for 500 JPY.
    Minor,
    /// Hundredths, whatever the currency.
    Hundredths,
    /// The currency's major unit: 5.00 for 5.00 EUR.
    Major,
}

/// What the module is made of.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// The provider.
    pub config: &'a Config,
    /// Its generated types.
    pub types: &'a str,
    /// What its operations take and give.
    pub signatures: &'a [Signature],
    /// Documented requests, with the operation of each.
    pub samples: &'a [(&'a str, &'a Value)],
    /// Credentials that its client takes, as Rust: `bearer("secret")`.
    pub credentials: &'a str,
}

/// Why the module cannot be written.
#[derive(Debug, Error)]
pub enum FacadeError {
    /// A name that the facade does not take.
    #[error(
        "{0:?} is no name for a provider behind the facade: 1 to 32 of the characters a to z, 0 to 9 and _, and not one of the built-in ones"
    )]
    Name(String),
    /// Nobody said which operation creates a refund.
    #[error("which operation creates a refund? Give it by `--refund-operation`: {0}")]
    Operation(String),
    /// There is no such operation.
    #[error("no operation is called {given:?}: {found}")]
    NoSuchOperation {
        /// What was given.
        given: String,
        /// What there is.
        found: String,
    },
    /// The unit of amounts is not said.
    #[error(
        "is {member} in minor or in major units? Neither its description nor a sample says it, and the wrong one refunds a hundred times \
         too much: read it in the provider's documentation, and give `--amounts minor-units`, `hundredths` or `major-units`"
    )]
    Unit {
        /// The member that holds the amount.
        member: String,
    },
    /// A body that is no JSON and no form of named members.
    #[error(
        "the body of {0} is neither JSON nor a form: write the module by hand, after refunds' documentation of `custom`"
    )]
    Media(String),
    /// The generated source is not what is known of it.
    #[error("the generated source cannot be read: {0}")]
    Source(#[from] syn::Error),
}

/// All that is known of how refunds go there.
struct Plan<'a> {
    config: &'a Config,
    /// Of the operation that creates a refund.
    operation: &'a str,
    types: Types,
    asking: Asking,
    telling: Telling,
    reading: Option<Reading>,
    unit: Unit,
    /// Where the unit was read, unless it was given.
    unit_source: Option<&'static str>,
    /// What names of the module begin with.
    pascal: String,
    credentials: &'a str,
    /// The type of a success; `None` where it is not decoded.
    success: Option<String>,
    /// The first status of a documented one.
    success_status: u16,
}

/// The crate that puts a provider behind the facade: `operation` creates a refund, and amounts are in `unit`.
///
/// # Errors
///
/// [`FacadeError`]: what has to be said, and what cannot be written.
pub fn files(
    source: Source<'_>,
    operation: Option<&str>,
    unit: Option<Unit>,
) -> Result<Vec<Wanted>, FacadeError> {
    let plan = Plan::of(source, operation, unit)?;
    let folder = folder(&source.config.name);
    let file = |name: &str, content: String| Wanted {
        path: folder.join(name),
        content,
    };
    Ok(vec![
        file("Cargo.toml", print::manifest(&plan)),
        file("LOOSEN.md", loosen::text(&plan)),
        file("src/lib.rs", print::source(&plan)),
        file("tests/refunds.rs", proof::source(&plan)),
    ])
}

impl<'a> Plan<'a> {
    fn of(
        source: Source<'a>,
        operation: Option<&str>,
        unit: Option<Unit>,
    ) -> Result<Self, FacadeError> {
        let Source {
            config,
            types: source_of_types,
            signatures,
            samples,
            credentials,
        } = source;
        check_name(&config.name)?;
        let operation = chosen(config, operation)?;
        let types = Types::read(source_of_types)?;
        let signature = signatures.iter().find(|found| found.operation == operation);
        let signature = signature.ok_or_else(|| FacadeError::NoSuchOperation {
            given: operation.to_owned(),
            found: "the client has none of this name".to_owned(),
        })?;
        let key = config.operations.get(operation);
        let key = key.and_then(|found| found.idempotency_header.as_deref());
        let body = signature.request();
        if body.is_none() && signature.body.as_ref().is_some_and(|body| body.takes_media) {
            return Err(FacadeError::Media(operation.to_owned()));
        }
        let asking = Asking::of(&types, &signature.parameters, body, key);
        let telling = match &signature.success {
            Some(success) => Telling::of(&types, types::local(success), &asking),
            None => Telling::default(),
        };
        let reading = reading::of(&types, &config.operations, signatures, &asking);
        let samples = samples.iter().filter(|(of, _)| *of == operation);
        let samples: Vec<&Value> = samples.map(|(_, sample)| *sample).collect();
        let told = asking.amount.as_deref().map(|member| {
            unit_of(&types, body, member, &samples).ok_or_else(|| FacadeError::Unit {
                member: format!("`{member}`"),
            })
        });
        let (unit, unit_source) = match (unit, told.transpose()) {
            (Some(unit), _) => (unit, None),
            (None, Ok(Some((unit, source)))) => (unit, Some(source)),
            (None, Ok(None)) => (Unit::Major, None),
            (None, Err(error)) => return Err(error),
        };
        Ok(Self {
            config,
            operation,
            types,
            asking,
            telling,
            reading,
            unit,
            unit_source,
            pascal: config.name.to_pascal_case(),
            credentials,
            success: signature.success.clone(),
            success_status: signature.success_status,
        })
    }

    /// The name of the crate of the client, as Rust calls it.
    fn client(&self) -> &str {
        &self.config.name
    }

    fn amount(&self) -> Option<&str> {
        self.asking.amount.as_deref()
    }
}

fn check_name(name: &str) -> Result<(), FacadeError> {
    let is_built_in = ["kotanipay", "mce", "optty", "tazapay"].contains(&name);
    if name.len() > 32 || is_built_in {
        return Err(FacadeError::Name(name.to_owned()));
    }
    Ok(())
}

/// The operation of a name, the document's or the crate's.
fn chosen<'a>(config: &'a Config, given: Option<&str>) -> Result<&'a str, FacadeError> {
    let listed = |all: bool| {
        let operations = config.operations.iter();
        let writes = operations.filter(|(_, operation)| !matching::reads(&operation.call));
        let found = writes.filter(|(name, operation)| {
            all || name.contains("refund") || operation.call.path.to_lowercase().contains("refund")
        });
        let lines: Vec<_> = found
            .map(|(name, operation)| format!("{name} (`{}`)", operation.call))
            .collect();
        lines
    };
    let candidates = match listed(false) {
        found if found.is_empty() => listed(true),
        found => found,
    };
    let candidates = match candidates.as_slice() {
        [] => "the document has no operation that is not a read".to_owned(),
        found => format!("it is probably one of {}", found.join(", ")),
    };
    let Some(given) = given else {
        return Err(FacadeError::Operation(candidates));
    };
    let mut names = config.operations.keys();
    let found = names.find(|name| meaning::is_same(name, given));
    found
        .map(String::as_str)
        .ok_or_else(|| FacadeError::NoSuchOperation {
            given: given.to_owned(),
            found: candidates,
        })
}

/// The unit of an amount, where its description or a sample says it.
fn unit_of(
    types: &Types,
    body: Option<&str>,
    member: &str,
    samples: &[&Value],
) -> Option<(Unit, &'static str)> {
    let docs = body
        .map(|body| types.docs_of(body, member, 3))
        .unwrap_or_default();
    let docs = docs.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| docs.contains(word));
    let is_minor = says(&[
        "minor unit",
        "smallest unit",
        "smallest currency unit",
        "in cents",
        "minor currency",
    ]);
    let is_major = says(&["major unit", "two decimal", "2 decimal"]);
    match (is_minor, is_major) {
        (true, false) => return Some((Unit::Minor, "its description")),
        (false, true) => return Some((Unit::Major, "its description")),
        _ => {}
    }
    let has_fraction = samples.iter().any(|sample| has_fraction(sample, member));
    has_fraction.then_some((Unit::Major, "a sample with decimals"))
}

/// Whether a sample's amount has decimals that are not zero.
fn has_fraction(sample: &Value, member: &str) -> bool {
    match sample {
        Value::Object(members) => members.iter().any(|(name, value)| {
            let is_told = name == member
                && match value {
                    Value::Number(number) => {
                        number.as_f64().is_some_and(|found| found.fract() != 0.0)
                    }
                    Value::String(text) => {
                        text.parse::<f64>().is_ok_and(f64::is_finite)
                            && text
                                .split_once('.')
                                .is_some_and(|(_, decimals)| !decimals.is_empty())
                    }
                    _ => false,
                };
            is_told || has_fraction(value, member)
        }),
        Value::Array(entries) => entries.iter().any(|entry| has_fraction(entry, member)),
        _ => false,
    }
}
