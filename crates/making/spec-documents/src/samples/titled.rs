//! Payloads in the fenced blocks of a page, by the title of their tab or heading.

use openapi_model::Model;

use super::{Found, Kind, Owner, Sample, Unplaced, commented, status};
use crate::Call;
use crate::fences::{self, Block};
use crate::source::Source;

/// Languages that a payload may be printed as.
const LANGUAGES: [&str; 5] = ["json", "jsonc", "javascript", "js", ""];

/// Every payload in a block of `text` that is not one of `documents`.
pub(super) fn of_markdown(file: &str, text: &str, documents: &[Source]) -> Found {
    let mut found = Found::default();
    for block in fences::blocks(text) {
        let is_document = documents.iter().any(|source| source.line == block.line);
        if !is_document && LANGUAGES.contains(&block.language.as_str()) {
            of_block(file, &block, documents, &mut found);
        }
    }
    found
}

fn of_block(file: &str, block: &Block<'_>, documents: &[Source], found: &mut Found) {
    let from = |line: usize| format!("{file}, line {}", block.line + line - 1);
    let placed =
        kind(&block.title).and_then(|placed| Ok((placed, operation(block.line, documents)?)));
    let values = commented::values(block.text).map_err(|error| format!("no JSON ({error})"));
    match placed.and_then(|placed| Ok((placed, values?))) {
        Err(cause) => found.unplaced.push(Unplaced {
            from: from(1),
            label: block.title.clone(),
            cause,
        }),
        Ok((((kind, words), call), values)) => {
            found.samples.extend(values.into_iter().map(|value| {
                Sample {
                    owner: Owner::Operation(call.clone()),
                    kind: kind.clone(),
                    label: [&value.label, &words]
                        .into_iter()
                        .find(|label| !label.is_empty())
                        .cloned()
                        .unwrap_or_default(),
                    from: from(value.line),
                    value: value.value,
                    place: None,
                }
            }));
        }
    }
}

/// What a title says of its sample, and its words for a label.
fn kind(title: &str) -> Result<(Kind, String), String> {
    if let Some((status, words)) = status(title) {
        return Ok((Kind::Answer(status), words));
    }
    let has = |wanted: &str| {
        let mut words = title.split(|c: char| !c.is_alphanumeric());
        words.any(|word| word.eq_ignore_ascii_case(wanted))
    };
    // "Example Request/Response" is a heading over both.
    if has("request") && !has("response") {
        return Ok((Kind::Request, title.to_owned()));
    }
    Err("its title begins with no status and names no request".to_owned())
}

/// The operation of the last document above `line` (or of the first), if it has just one.
fn operation(line: usize, documents: &[Source]) -> Result<Call, String> {
    let above = documents.iter().rev().find(|source| source.line <= line);
    let source = above
        .or_else(|| documents.first())
        .ok_or("the page has no document to place it by")?;
    match Model::of(&source.document).calls().as_slice() {
        [call] => Ok(Call::new(call.method, call.path)),
        operations => Err(format!(
            "the page's document has {} operations and it could belong to any",
            operations.len()
        )),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn page(operations: serde_json::Value) -> Vec<Source> {
        vec![Source {
            origin: "a.md".into(),
            line: 3,
            span: 0..0,
            document: json!({"paths": operations}),
        }]
    }

    const TABS: &str = "# T\n```json\n{}\n```\n\
        {% tab title=\"Sample Request\" %}\n```javascript\n{\"a\": 1}\n```\n{% endtab %}\n\
        {% tab title=\"400 Bad\" %}\n```javascript\n//ONE\n1\n//TWO\n2\n```\n{% endtab %}\n\
        ## Notes\n```json\n{\"b\": 1}\n```\n## 500 Oops\n```json\n{oops}\n```\n```shell\ncurl\n```\n";

    #[test]
    fn samples_are_placed_by_title_and_labelled_by_comment() {
        let found = of_markdown("a.md", TABS, &page(json!({"/x": {"post": {}}})));
        let found_samples: Vec<_> = found
            .samples
            .iter()
            .map(|sample| {
                (
                    sample.kind.to_string(),
                    sample.label.as_str(),
                    sample.value.clone(),
                    sample.from.as_str(),
                )
            })
            .collect();
        assert_eq!(
            found_samples,
            vec![
                (
                    "request".into(),
                    "Sample Request",
                    json!({"a": 1}),
                    "a.md, line 7"
                ),
                ("400".into(), "ONE", json!(1), "a.md, line 13"),
                ("400".into(), "TWO", json!(2), "a.md, line 15"),
            ]
        );
        assert!(
            found
                .samples
                .iter()
                .all(|sample| sample.owner == Owner::Operation(Call::new("POST", "/x")))
        );
    }

    #[test]
    fn a_title_over_requests_and_responses_places_neither() {
        assert_eq!(
            kind("Sample request").map(|(kind, _)| kind),
            Ok(Kind::Request)
        );
        assert!(kind("Example Request/Response").is_err());
        assert!(kind("Requests").is_err());
    }

    #[test]
    fn what_cannot_be_placed_is_reported_and_not_dropped() {
        let found = of_markdown("a.md", TABS, &page(json!({"/x": {"post": {}}})));
        let reported: Vec<_> = found.unplaced.iter().map(ToString::to_string).collect();
        assert_eq!(reported.len(), 2, "{reported:?}");
        assert!(
            reported[0].starts_with("a.md, line 20: the sample \"Notes\" is not taken"),
            "{reported:?}"
        );
        assert!(reported[1].contains("no JSON"), "{reported:?}");
        let two = of_markdown("a.md", TABS, &page(json!({"/x": {"post": {}, "get": {}}})));
        assert!(two.samples.is_empty());
        assert_eq!(two.unplaced.len(), 4);
    }
}
