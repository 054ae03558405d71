//! Documented examples, and the program that decodes them into the generated types.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write as _};
use std::path::{Path, PathBuf};

use provider_codegen::signatures::Signature;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use spec_documents::Call;
use spec_documents::samples::{self, Kind, Owner, Sample};

/// The program, and what it reads.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Examples {
    /// Source of a program that decodes each case and writes, as JSON, what is wrong with it.
    pub(super) program: String,
    /// Every documented example of a body that has a type.
    pub(super) cases: Vec<Case>,
    /// Those that are of nothing that a client meets: pointer and why.
    pub(super) others: Vec<String>,
}

/// An example of what an operation sends or receives.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Case {
    /// JSON pointer of the example, or of the schema of whose examples it is composed.
    pub(super) pointer: String,
    /// JSON pointer of the documented schema.
    pub(super) schema: String,
    /// What it is an example of, for people.
    pub(super) of: String,
    /// Index of its type in the program.
    answer: usize,
    status: u16,
    /// Its text, and what the text means if the document quotes the JSON.
    texts: Vec<String>,
}

impl Case {
    /// The example as the document has it.
    pub(super) fn value(&self) -> Option<Value> {
        let text = self.texts.last()?;
        serde_json::from_str(text).ok()
    }

    /// Whether it is a text that was to be JSON, and is none.
    pub(super) fn is_broken(&self) -> bool {
        let Some(Value::String(text)) = self.value() else {
            return false;
        };
        text.trim_start().starts_with(['{', '['])
    }
}

/// What became of the examples of a document.
#[derive(Debug, Clone, Default)]
pub(super) struct Decoded {
    pub(super) examples: usize,
    /// Those that the types do not read.
    pub(super) undecoded: Vec<Finding>,
    /// Those that are read, and are not encoded again as they were.
    pub(super) changed: Vec<Finding>,
    /// What does not count as one: pointer and why.
    pub(super) others: Vec<String>,
}

/// What a case came to: nothing, or what the program says of it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Problem {
    /// It does not decode.
    Undecoded(String),
    /// It is not encoded again as it was.
    Changed(String),
}

/// An example that its type does not read, or does not keep.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Finding {
    /// JSON pointer of the example.
    pub(super) pointer: String,
    /// Operation, and request or status.
    pub(super) of: String,
    /// What the generated type says, or what became of a member.
    pub(super) error: String,
    /// How the example contradicts its own schema; nothing if the schema takes it.
    pub(super) contradiction: Option<String>,
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} ({}): {}", self.pointer, self.of, self.error)?;
        match &self.contradiction {
            Some(contradiction) => write!(formatter, "; in the document: {contradiction}"),
            None => formatter.write_str("; its schema takes it"),
        }
    }
}

impl Decoded {
    /// How many decode.
    pub(super) fn count(&self) -> usize {
        self.examples - self.undecoded.len()
    }
}

impl fmt::Display for Decoded {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{} of {} examples decode, {} of them with something lost",
            self.count(),
            self.examples,
            self.changed.len()
        )?;
        for finding in &self.undecoded {
            write!(formatter, "\n  not decoded: {finding}")?;
        }
        for finding in &self.changed {
            write!(formatter, "\n  lost: {finding}")?;
        }
        for other in &self.others {
            write!(formatter, "\n  not counted: {other}")?;
        }
        Ok(())
    }
}

/// The file of the examples for the client whose source is in `source`.
pub(super) fn beside(source: &Path) -> PathBuf {
    source.with_added_extension("examples.json")
}

/// The examples of `document` for the client that has the operations `calls`, of these signatures; `name` is its crate.
pub(super) fn examples(
    name: &str,
    document: &Value,
    calls: &BTreeMap<String, Call>,
    signatures: &[Signature],
) -> Examples {
    let signatures: BTreeMap<&str, &Signature> = signatures
        .iter()
        .map(|signature| (signature.operation.as_str(), signature))
        .collect();
    let names: BTreeMap<&Call, &String> = calls.iter().map(|(name, call)| (call, name)).collect();
    let mut types: Vec<String> = Vec::new();
    let mut seen = BTreeSet::new();
    let mut cases = Vec::new();
    let mut others = Vec::new();
    for sample in samples::of_document(document, name) {
        let Owner::Operation(call) = &sample.owner else {
            continue;
        };
        let Some(operation) = names.get(call) else {
            continue;
        };
        let (Some(signature), Some(place)) = (signatures.get(operation.as_str()), &sample.place)
        else {
            continue;
        };
        let (status, ty) = typed(&sample, document, call, signature);
        let Some(ty) = ty else { continue };
        if (200..300).contains(&status) && is_not_asked_for(document, &place.schema) {
            let why = "the client asks for application/json, which has another schema";
            others.push(format!("{}: {why}", place.pointer));
            continue;
        }
        let answer = types.iter().position(|known| known == ty);
        let answer = answer.unwrap_or_else(|| {
            types.push(ty.to_owned());
            types.len() - 1
        });
        // One example that many operations refer to is one example.
        if seen.insert((place.pointer.clone(), answer)) {
            cases.push(Case {
                pointer: place.pointer.clone(),
                schema: place.schema.clone(),
                of: format!("{} of {operation}", sample.kind),
                answer,
                status,
                texts: texts(&sample.value),
            });
        }
    }
    Examples {
        program: program(name, &types),
        cases,
        others,
    }
}

/// Whether an answer of the media type of this schema does not come, since its other one is asked for: media types of
/// one answer are told apart by what is asked for (RFC 9110, 12.5.1).
fn is_not_asked_for(document: &Value, schema: &str) -> bool {
    let media_types = schema
        .strip_suffix("/schema")
        .and_then(|media_type| Some(media_type.rsplit_once('/')?.0));
    let Some(media_types) = media_types.filter(|at| at.ends_with("/content")) else {
        return false;
    };
    let preferred = document.pointer(&format!("{media_types}/application~1json/schema"));
    preferred.is_some_and(|preferred| document.pointer(schema) != Some(preferred))
}

/// The status that a sample stands for, and the type that reads it.
fn typed<'a>(
    sample: &Sample,
    document: &Value,
    call: &Call,
    signature: &'a Signature,
) -> (u16, Option<&'a str>) {
    let Kind::Answer(status) = &sample.kind else {
        return (200, signature.request());
    };
    let responses = document.pointer(&format!("{}/responses", call.pointer()));
    let mut statuses = responses
        .and_then(Value::as_object)
        .into_iter()
        .flat_map(|responses| responses.keys());
    let status = match status.as_str() {
        "default" if statuses.any(|status| status.starts_with('2')) => 500,
        "default" => 200,
        status => status
            .to_ascii_uppercase()
            .replace('X', "0")
            .parse()
            .unwrap_or(500),
    };
    if (200..300).contains(&status) {
        (status, signature.success.as_deref())
    } else {
        (status, signature.error.as_deref())
    }
}

/// The text of an example, which is often itself the text of the JSON that is meant.
fn texts(value: &Value) -> Vec<String> {
    let mut texts = vec![value.to_string()];
    if let Value::String(text) = value
        && serde_json::from_str::<Value>(text).is_ok_and(|value| !value.is_string())
    {
        texts.push(text.clone());
    }
    texts
}

fn program(name: &str, types: &[String]) -> String {
    let mut arms = String::new();
    for (index, ty) in types.iter().enumerate() {
        // Writing to a text does not fail.
        let _ = writeln!(arms, "        {index} => one::<{ty}>(status, text),");
    }
    format!(
        "//! Decodes documented examples; written by `cargo xtask corpus`.\n#![recursion_limit = \"512\"]\n#![allow(warnings)]\nuse {name}::types;\n{BEGINNING}{arms}{END}"
    )
}

/// Decodes a text, and compares what is encoded again. A member that is null says as much as one that is
/// missing.
const BEGINNING: &str = r#"
enum Problem { Undecoded(String), Changed(String) }

fn one<T: serde::de::DeserializeOwned + serde::Serialize>(status: u16, text: &str) -> Result<(), Problem> {
    let value: T = provider_runtime::decode_with_status(status, text.as_bytes()).map_err(|error| Problem::Undecoded(error.to_string()))?;
    let again = serde_json::to_value(&value).map_err(|error| Problem::Changed(format!("it cannot be encoded again: {error}")))?;
    match lost("", &serde_json::from_str(text).unwrap(), &again) {
        Some(lost) => Err(Problem::Changed(lost)),
        None => Ok(()),
    }
}

fn lost(at: &str, documented: &serde_json::Value, again: &serde_json::Value) -> Option<String> {
    use serde_json::Value;
    match (documented, again) {
        (Value::Object(one), Value::Object(other)) => {
            let named = one.keys().chain(other.keys().filter(|name| !one.contains_key(*name)));
            named.into_iter().find_map(|name| {
                let null = &Value::Null;
                lost(&format!("{at}/{name}"), one.get(name).unwrap_or(null), other.get(name).unwrap_or(null))
            })
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            one.iter().zip(other).enumerate().find_map(|(index, (one, other))| lost(&format!("{at}/{index}"), one, other))
        }
        _ if documented == again => None,
        (_, Value::Null) => Some(format!("{at} is not kept")),
        _ => Some(format!("{at} became {again}")),
    }
}

fn check(answer: u64, status: u16, text: &str) -> Result<(), Problem> {
    match answer {
"#;

/// Writes a list with nothing, or the problem, for each case.
const END: &str = r#"        _ => Err(Problem::Undecoded("there is no such type".to_owned())),
    }
}

fn main() {
    let cases = std::fs::read_to_string(std::env::args().nth(1).unwrap()).unwrap();
    let cases: Vec<serde_json::Value> = serde_json::from_str(&cases).unwrap();
    let problems: Vec<Option<serde_json::Value>> = cases.iter().map(|case| {
        let status = u16::try_from(case["status"].as_u64().unwrap()).unwrap();
        let answer = case["answer"].as_u64().unwrap();
        let mut problem = None;
        for text in case["texts"].as_array().unwrap() {
            match check(answer, status, text.as_str().unwrap()) {
                Ok(()) => return None,
                // The last text is the one that may be meant.
                Err(Problem::Undecoded(error)) => problem = Some(serde_json::json!({"undecoded": error})),
                // A text that decodes is what is meant.
                Err(Problem::Changed(change)) => return Some(serde_json::json!({"changed": change})),
            }
        }
        problem
    }).collect();
    println!("{}", serde_json::to_string(&problems).unwrap());
}
"#;

#[cfg(test)]
mod tests {
    use provider_codegen::signatures::Body;
    use serde_json::json;

    use super::*;

    #[test]
    fn every_example_of_a_body_with_a_type_is_a_case() {
        let document = json!({
            "paths": {"/a/{b}": {"post": {
                "requestBody": {"content": {"application/json": {"example": {"y": 1}}}},
                "responses": {
                    "200": {"$ref": "#/components/responses/Done"},
                    "default": {"content": {"application/json": {"example": "{\"code\": 1}"}}}
                }
            }}},
            "components": {"responses": {"Done": {"content": {
                "application/json": {"examples": {"one": {"value": {"x": 1}}, "two": {"value": {"x": 2}}}}, "text/plain": {"example": "x"}
            }}}}
        });
        let ty = |name: &str| Some(format!("types::{name}"));
        let signature = Signature {
            operation: "post_a".to_owned(),
            body: Some(Body {
                ty: ty("A"),
                ..Body::default()
            }),
            success: ty("B"),
            error: ty("E"),
            ..Signature::default()
        };
        let calls = BTreeMap::from([("post_a".to_owned(), Call::new("post", "/a/{b}"))]);
        let examples = examples("acme", &document, &calls, &[signature]);
        let cases: Vec<_> = examples
            .cases
            .iter()
            .map(|case| {
                let texts: Vec<_> = case.texts.iter().map(String::as_str).collect();
                (case.of.as_str(), case.status, texts)
            })
            .collect();
        assert_eq!(
            cases,
            [
                ("request of post_a", 200, vec!["{\"y\":1}"]),
                ("200 of post_a", 200, vec!["{\"x\":1}"]),
                ("200 of post_a", 200, vec!["{\"x\":2}"]),
                (
                    "default of post_a",
                    500,
                    vec!["\"{\\\"code\\\": 1}\"", "{\"code\": 1}"]
                ),
            ]
        );
        for (index, ty) in ["types::A", "types::B", "types::E"].iter().enumerate() {
            let arm = format!("{index} => one::<{ty}>(status, text)");
            assert!(examples.program.contains(&arm), "{}", examples.program);
        }
    }
}
