//! How operations page, as far as a document shows it: a parameter, and what an answer has for it.

use std::collections::BTreeMap;

use heck::ToSnakeCase;
use openapi_lower::Lowered;
use openapi_model::{pointer, reference};
use serde_json::{Map, Value};
use spec_documents::config::{Config, Operation, Paging};

/// A way to page that a document shows, for a person to check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The way.
    pub paging: Paging,
    /// Whether the document tells the number of the first page, where pages have numbers.
    pub first_is_told: bool,
}

/// Parameters that take what an answer gives.
const CURSORS: [&str; 14] = [
    "cursor",
    "next_cursor",
    "page_cursor",
    "start_cursor",
    "after",
    "after_cursor",
    "page_after",
    "page_token",
    "next_page_token",
    "next_token",
    "continuation_token",
    "pagination_token",
    "marker",
    "next_marker",
];
/// Parameters that take the id of the last entry.
const LAST_ITEMS: [&str; 3] = ["starting_after", "after_id", "last_id"];
const OFFSETS: [&str; 4] = ["offset", "page_offset", "skip", "start_index"];
const NUMBERS: [&str; 5] = ["page", "page_number", "page_no", "page_index", "page_num"];
/// Members of an answer: a cursor, whether there is more, and how much there is in all.
const NEXTS: [&str; 6] = [
    "next_cursor",
    "end_cursor",
    "next_page_token",
    "next_token",
    "next_page_cursor",
    "next",
];
const MORE: [&str; 5] = [
    "has_more",
    "more",
    "has_next",
    "has_next_page",
    "has_more_pages",
];
const TOTALS: [&str; 6] = [
    "total",
    "total_count",
    "total_items",
    "total_results",
    "total_records",
    "total_elements",
];
/// Names of links, and of what holds links.
const LINKS: [&str; 5] = [
    "next_url",
    "next_link",
    "next_href",
    "next_page_url",
    "next_page_link",
];
const HOLDERS: [&str; 2] = ["links", "_links"];
/// Names of the list, where an answer has several.
const LISTS: [&str; 6] = ["data", "items", "results", "records", "entries", "content"];

/// The ways to page that the documents show, by the names of operations. Nothing is proposed of which they show a half.
pub fn paging(effective: &Value, lowered: &Lowered, config: &Config) -> BTreeMap<String, Proposal> {
    let planned = &lowered.plan.operations;
    let found = config.operations.iter().filter_map(|(name, operation)| {
        let planned = planned.iter().find(|planned| planned.id == *name)?;
        let answer = success(&lowered.document, &planned.path, planned.method)?;
        let proposal = proposal(effective, &lowered.document, operation, answer)?;
        Some((name.clone(), proposal))
    });
    found.collect()
}

/// The schema of an operation's success.
fn success<'d>(lowered: &'d Value, path: &str, method: &str) -> Option<&'d Value> {
    let answers = lowered.get("paths")?.get(path)?.get(method)?;
    let answers = answers.get("responses")?.as_object()?;
    let (_, answer) = answers.iter().find(|(status, _)| status.starts_with('2'))?;
    answer.pointer("/content/application~1json/schema")
}

fn proposal(
    effective: &Value,
    lowered: &Value,
    operation: &Operation,
    answer: &Value,
) -> Option<Proposal> {
    if operation.moves_money || operation.call.method != "GET" {
        return None;
    }
    let (items, entry) = list(lowered, answer)?;
    let places = places(lowered, answer);
    let parameters = parameters(effective, &operation.call.pointer());
    let parameter = |known: &[&str]| {
        let mut found = parameters.iter();
        found.find(|(name, _)| known.contains(&name.to_snake_case().as_str()))
    };
    let place = |kinds: &[&str], known: &[&str]| {
        let named = |wanted: &str| {
            let mut places = places.iter();
            places.find(|place| place.name == wanted && kinds.contains(&place.kind))
        };
        Some(known.iter().find_map(|wanted| named(wanted))?.at.clone())
    };
    let told = |paging| {
        Some(Proposal {
            paging,
            first_is_told: true,
        })
    };
    let (more, total) = (
        place(&["boolean"], &MORE),
        place(&["integer", "number"], &TOTALS),
    );
    if let Some((name, _)) = parameter(&CURSORS) {
        let own = name.to_snake_case();
        let next = format!("next_{own}");
        let known: Vec<&str> = [next.as_str()]
            .into_iter()
            .chain(NEXTS)
            .chain([own.as_str()])
            .collect();
        if let Some(next) = place(&["string", "integer"], &known) {
            return told(Paging::Cursor {
                items,
                parameter: name.clone(),
                next: Some(next),
                last_item: None,
                more,
            });
        }
    }
    let has_id = members(lowered, entry, 0).is_some_and(|members| members.contains_key("id"));
    if let Some((name, _)) = parameter(&LAST_ITEMS)
        && has_id
        && more.is_some()
    {
        return told(Paging::Cursor {
            items,
            parameter: name.clone(),
            next: None,
            last_item: Some("/id".to_owned()),
            more,
        });
    }
    if links_in_header(effective, &operation.call.pointer()) {
        return told(Paging::Link { items, next: None });
    }
    if let Some(link) = places.iter().find(|place| place.is_link()) {
        let next = Some(link.at.clone());
        return told(Paging::Link { items, next });
    }
    let echoed = |name: &str| place(&["integer", "number"], &[&name.to_snake_case()]).is_some();
    let is_shown = |name: &str| more.is_some() || total.is_some() || echoed(name);
    if let Some((name, _)) = parameter(&OFFSETS)
        && is_shown(name)
    {
        return told(Paging::Offset {
            items,
            parameter: name.clone(),
            more,
            total,
        });
    }
    let (name, schema) = parameter(&NUMBERS).filter(|(name, _)| is_shown(name))?;
    let told = ["default", "minimum"].map(|keyword| schema.get(keyword)?.as_u64());
    let first = told.into_iter().flatten().find(|first| *first < 2);
    Some(Proposal {
        paging: Paging::Page {
            items,
            parameter: name.clone(),
            first: first.unwrap_or_default(),
            more,
            total,
        },
        first_is_told: first.is_some(),
    })
}

/// The place of the one list of an answer, and what is in it.
fn list<'d>(lowered: &'d Value, answer: &'d Value) -> Option<(String, &'d Value)> {
    if let Some(entry) = entries(lowered, answer, 0) {
        return Some((String::new(), entry));
    }
    let lists = |at: &str, schema: &'d Value| {
        let members = members(lowered, schema, 0).into_iter().flatten();
        let lists = members.filter_map(|(name, member)| {
            let entry = entries(lowered, member, 0)?;
            Some((format!("{at}/{}", pointer::escape(name)), entry))
        });
        lists.collect::<Vec<_>>()
    };
    let mut found = lists("", answer);
    if found.is_empty() {
        let holders = members(lowered, answer, 0).into_iter().flatten();
        found = holders
            .flat_map(|(name, member)| lists(&format!("/{}", pointer::escape(name)), member))
            .collect();
    }
    if found.len() > 1 {
        let last = |at: &str| at.rsplit('/').next().map(ToSnakeCase::to_snake_case);
        found.retain(|(at, _)| last(at).is_some_and(|name| LISTS.contains(&name.as_str())));
    }
    match found.len() {
        1 => found.pop(),
        _ => None,
    }
}

/// A text, number or flag of an answer.
struct Place {
    at: String,
    /// In snake case.
    name: String,
    kind: &'static str,
    is_url: bool,
    /// Whether it is within what holds links.
    is_held: bool,
}

impl Place {
    /// Whether it leads to the next page.
    fn is_link(&self) -> bool {
        let is_named = LINKS.contains(&self.name.as_str());
        self.kind == "string" && (is_named || self.name == "next" && (self.is_url || self.is_held))
    }
}

/// The places down to the third member.
fn places(lowered: &Value, answer: &Value) -> Vec<Place> {
    let mut found = Vec::new();
    add_places(lowered, answer, &[], &mut found);
    found
}

fn add_places(lowered: &Value, schema: &Value, above: &[&str], found: &mut Vec<Place>) {
    for (name, member) in members(lowered, schema, 0).into_iter().flatten() {
        let path: Vec<&str> = above.iter().copied().chain([name.as_str()]).collect();
        let is_holder = |name: &&str| HOLDERS.contains(&name.to_lowercase().as_str());
        if let Some((kind, scalar)) = scalar(lowered, member, 0) {
            let is_held = above.iter().any(is_holder);
            // What is called by its form is called by what it is within.
            let own = match (name.as_str(), above.last()) {
                ("href" | "url", Some(within)) => within,
                (own, _) => own,
            };
            let at: String = path
                .iter()
                .map(|name| format!("/{}", pointer::escape(name)))
                .collect();
            let format = scalar.get("format").and_then(Value::as_str);
            found.push(Place {
                at,
                name: own.to_snake_case(),
                kind,
                is_url: matches!(format, Some("uri" | "url" | "uri-reference")),
                is_held,
            });
        } else if path.len() < 3 {
            add_places(lowered, member, &path, found);
        }
    }
}

/// What stands behind references and what the run time puts around a type.
fn resolved<'d>(lowered: &'d Value, schema: &'d Value, depth: usize) -> Option<&'d Value> {
    if depth > 8 {
        return None;
    }
    if let Some(to) = reference::of(schema) {
        return resolved(lowered, reference::resolve(lowered, to)?, depth + 1);
    }
    if let Some(inner) = schema.pointer("/x-rust-type/parameters/0") {
        return resolved(lowered, inner, depth + 1);
    }
    match schema
        .get("allOf")
        .and_then(Value::as_array)
        .map(Vec::as_slice)
    {
        Some([one]) => resolved(lowered, one, depth + 1),
        _ => Some(schema),
    }
}

fn members<'d>(
    lowered: &'d Value,
    schema: &'d Value,
    depth: usize,
) -> Option<&'d Map<String, Value>> {
    resolved(lowered, schema, depth)?
        .get("properties")?
        .as_object()
}

fn entries<'d>(lowered: &'d Value, schema: &'d Value, depth: usize) -> Option<&'d Value> {
    resolved(lowered, schema, depth)?.get("items")
}

fn scalar<'d>(
    lowered: &'d Value,
    schema: &'d Value,
    depth: usize,
) -> Option<(&'static str, &'d Value)> {
    let schema = resolved(lowered, schema, depth)?;
    let kind = schema.get("type")?.as_str()?;
    let known = ["string", "integer", "number", "boolean"];
    Some((known.into_iter().find(|known| *known == kind)?, schema))
}

/// The parameters of an operation's query with their schemas.
fn parameters<'d>(effective: &'d Value, at: &str) -> Vec<(String, &'d Value)> {
    let of = |at: &str| effective.pointer(at).and_then(Value::as_array);
    let path = at.rsplit_once('/').map_or(at, |(path, _)| path);
    let own = of(&format!("{at}/parameters"));
    let shared = of(&format!("{path}/parameters"));
    let all = own.into_iter().chain(shared).flatten();
    let found = all.filter_map(|parameter| {
        let parameter = behind(effective, parameter);
        let name = parameter.get("name")?.as_str()?;
        let is_query = parameter.get("in")?.as_str()? == "query";
        let schema = parameter
            .get("schema")
            .map(|schema| behind(effective, schema));
        is_query.then(|| (name.to_owned(), schema.unwrap_or(parameter)))
    });
    found.collect()
}

/// Whether a success is documented with the header `Link`.
fn links_in_header(effective: &Value, at: &str) -> bool {
    let answers = effective.pointer(&format!("{at}/responses"));
    let answers = answers.and_then(Value::as_object).into_iter().flatten();
    let mut successes = answers.filter(|(status, _)| status.starts_with('2'));
    successes.any(|(_, answer)| {
        let headers = behind(effective, answer).get("headers");
        let mut names = headers.and_then(Value::as_object).into_iter().flatten();
        names.any(|(name, _)| name.eq_ignore_ascii_case("link"))
    })
}

fn behind<'d>(document: &'d Value, value: &'d Value) -> &'d Value {
    let to = reference::of(value).and_then(|to| reference::resolve(document, to));
    to.unwrap_or(value)
}
