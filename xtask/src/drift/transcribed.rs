//! What a provider begins to publish that was transcribed until now.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail};
use openapi_drift::{Transcribed, TranscribedState};
use openapi_model::{METHODS, pointer};
use serde_json::{Map, Value, json};
use spec_documents::page::lines_of;
use spec_documents::provider::{OVERLAY, TRANSCRIBED};
use spec_documents::syntax::{self, Format};
use spec_documents::transcription::{self, Part};
use spec_documents::{Config, Provider};

use super::compared;

/// What becomes of the transcription.
#[derive(Debug)]
pub(super) struct Settled {
    /// The provider without what its pages publish by now.
    pub(super) provider: Provider,
    /// Its transcription, if it is another one: the text, or nothing for none.
    pub(super) transcription: Option<Option<String>>,
    pub(super) parts: Vec<Transcribed>,
}

/// Takes out of the transcription of `after` what its pages publish; `known` is the merged document of before, and
/// `published` that of the pages of before.
pub(super) fn settle(
    after: Provider,
    known: Option<&Value>,
    published: Option<&Value>,
) -> Result<Settled> {
    let settled = |provider, transcription, parts| Settled {
        provider,
        transcription,
        parts,
    };
    let (Some(source), Some(pages)) = (after.transcription()?, after.published()?) else {
        return Ok(settled(after, None, Vec::new()));
    };
    let document = &source.document;
    let text = after.inputs().get(TRANSCRIBED).cloned().unwrap_or_default();
    let there = transcription::parts(&pages);
    let before = published.map(transcription::parts).unwrap_or_default();
    let mut found: Vec<(Part, Part)> = Vec::new();
    for part in transcription::parts(document) {
        // What both have had is there on purpose, as long as it is the same.
        let had = transcription::same(&part, &before).is_some();
        if let Some(page) = transcription::same(&part, &there)
            && (!had || document.pointer(&part.pointer) != pages.pointer(&page.pointer))
        {
            found.push((part, page.clone()));
        }
    }
    let lines = lines_of(&text);
    let old = known.unwrap_or(document);
    let place = |part: &Part| {
        let line = lines.get(&part.pointer).copied().unwrap_or(1);
        format!("specs/{}/{TRANSCRIBED}:{line}", after.config.name)
    };
    let moved = moved(document, &there, &before);
    let moved = moved.into_iter().map(|(part, page)| Transcribed {
        place: place(&part),
        state: TranscribedState::Moved,
        differences: vec![format!("read-this: the page has {}.", page.name)],
        part: part.name,
    });
    let moved: Vec<Transcribed> = moved.collect();
    if found.is_empty() {
        return Ok(settled(after, None, moved));
    }
    let mut parts: Vec<Transcribed> = found
        .iter()
        .map(|(part, page)| {
            let differences = differences(&after.config, (old, part), (&pages, page));
            Transcribed {
                part: part.name.clone(),
                place: place(part),
                state: match differences.is_empty() {
                    true => TranscribedState::Same,
                    false => TranscribedState::Differs,
                },
                differences,
            }
        })
        .chain(moved)
        .collect();
    let mut gone: BTreeSet<String> = found.into_iter().map(|(part, _)| part.pointer).collect();
    let published_too = gone.clone();
    let named = named_by_overlay(&after, document)?;
    gone = transcription::unreferenced(document, &gone, &[&pages, &named]);
    for part in transcription::parts(document) {
        if gone.contains(&part.pointer) && !published_too.contains(&part.pointer) {
            parts.push(Transcribed {
                place: place(&part),
                part: part.name,
                state: TranscribedState::Unused,
                differences: Vec::new(),
            });
        }
    }
    let version = version(document, &pages, &gone)?;
    let rest = transcription::without(&text, document, &gone, version.as_deref());
    let provider = after.with_transcription(rest.clone());
    Ok(settled(provider, Some(rest), parts))
}

/// The transcribed operations that no page has, each with one that is new in a page and has the same method and path but for
/// versions, names of parameters and a slash at the end.
fn moved(document: &Value, there: &[Part], before: &[Part]) -> Vec<(Part, Part)> {
    let like = |part: &Part| {
        let pieces = part.name.split('/').filter(|piece| {
            let number = piece.strip_prefix('v').unwrap_or_default();
            !piece.is_empty()
                && (number.is_empty() || !number.bytes().all(|one| one.is_ascii_digit()))
        });
        let pieces = pieces.map(|piece| if piece.starts_with('{') { "{}" } else { piece });
        pieces.collect::<Vec<_>>().join("/")
    };
    let transcribed = transcription::parts(document);
    let is_new = |page: &&Part| {
        page.pointer.starts_with("/paths/")
            && transcription::same(page, before).is_none()
            && transcription::same(page, &transcribed).is_none()
    };
    let operations = transcribed.iter().filter(|part| {
        part.pointer.starts_with("/paths/") && transcription::same(part, there).is_none()
    });
    operations
        .filter_map(|part| {
            let mut new = there.iter().filter(is_new);
            let page = new.find(|page| like(page) == like(part))?;
            Some((part.clone(), page.clone()))
        })
        .collect()
}

/// How a page says a part otherwise, a sentence each.
fn differences(
    config: &Config,
    (old, part): (&Value, &Part),
    (new, page): (&Value, &Part),
) -> Vec<String> {
    let before = alone(old, part);
    let after = alone(new, page);
    let changes = compared(config, &before, &after).changes.into_iter();
    changes
        .map(|change| format!("{}: {}", change.class.code(), change.message))
        .collect()
}

/// A document of one part and all that it refers to. A component is what an operation answers with and takes.
fn alone(document: &Value, part: &Part) -> Value {
    let mut alone = Map::new();
    for key in ["openapi", "components", "security"] {
        if let Some(value) = document.get(key) {
            alone.insert(key.to_owned(), value.clone());
        }
    }
    let tokens: Vec<_> = pointer::tokens(&part.pointer).collect();
    let tokens: Vec<&str> = tokens.iter().map(|token| &**token).collect();
    match tokens.as_slice() {
        ["components", "schemas", _] => {
            let schema = json!({"$ref": format!("#{}", part.pointer)});
            let content = json!({"application/json": {"schema": schema}});
            let operation = json!({"responses": {"200": {"description": "", "content": content}}});
            alone.insert("paths".to_owned(), json!({"/": {"get": operation}}));
        }
        ["components", ..] => {}
        [section, item, method] => {
            let whole = document.pointer(&format!("/{section}/{}", pointer::escape(item)));
            let mut kept = whole
                .and_then(Value::as_object)
                .cloned()
                .unwrap_or_default();
            kept.retain(|key, _| key == method || !METHODS.contains(&key.as_str()));
            let section = if *section == "paths" {
                "paths"
            } else {
                "webhooks"
            };
            alone.insert(section.to_owned(), json!({*item: kept}));
        }
        _ => {}
    }
    Value::Object(alone)
}

/// References to the schemas that the overlay names.
fn named_by_overlay(provider: &Provider, document: &Value) -> Result<Value> {
    let Some(text) = provider.inputs().get(OVERLAY) else {
        return Ok(Value::Null);
    };
    let mut named = vec![syntax::parse(text, Format::Yaml).context(OVERLAY)?];
    let schemas = document.pointer("/components/schemas");
    let names = schemas.and_then(Value::as_object).into_iter().flatten();
    for (name, _) in names {
        let is_named = text.match_indices(name.as_str()).any(|(at, _)| {
            let part = |letter: Option<char>| {
                letter.is_some_and(|one| one.is_alphanumeric() || one == '_')
            };
            let after = text
                .get(at + name.len()..)
                .and_then(|rest| rest.chars().next());
            !part(text[..at].chars().next_back()) && !part(after)
        });
        if is_named {
            let at = pointer::join("/components/schemas", name);
            named.push(json!({"$ref": format!("#{at}")}));
        }
    }
    Ok(Value::Array(named))
}

/// The version in which the rest of a transcription is to be written, if it is another one than its own.
fn version(document: &Value, pages: &Value, gone: &BTreeSet<String>) -> Result<Option<String>> {
    let of = |document: &Value| {
        document
            .get("openapi")
            .and_then(Value::as_str)
            .map(str::to_owned)
    };
    let (Some(own), Some(theirs)) = (of(document), of(pages)) else {
        return Ok(None);
    };
    let family = |version: &str| version.splitn(3, '.').take(2).collect::<Vec<_>>().join(".");
    if family(&own) == family(&theirs) {
        return Ok(None);
    }
    let stays = transcription::parts(document);
    let stays = stays.iter().filter(|part| !gone.contains(&part.pointer));
    let speaks = stays
        .filter_map(|part| document.pointer(&part.pointer))
        .map(Value::to_string)
        .find(|text| {
            ["\"nullable\":", "\"type\":[", "\"const\":"]
                .iter()
                .any(|word| text.contains(word))
        });
    if speaks.is_some() {
        bail!(
            "the pages are OpenAPI {theirs}, and what is left of {TRANSCRIBED} is {own} with words of that version: transcribe it in the version of the pages (nulls, constants)"
        );
    }
    Ok(Some(theirs))
}
