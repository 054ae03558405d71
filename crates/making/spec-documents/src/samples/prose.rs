//! Payloads of a page that was saved as plain text: a method and a path on two lines, then headings and
//! JSON values on lines of their own.

use openapi_model::METHODS;
use serde_json::Value;

use super::{Found, Kind, Owner, Sample, Unplaced, status};
use crate::Call;
use crate::syntax;

/// Longest line that is taken for a heading with a status, in characters.
const LONGEST_HEADING: usize = 40;
/// Options of curl that a body follows, in single quotes.
const CURL_BODIES: [&str; 4] = ["--data-raw '", "--data '", "--data-binary '", "-d '"];

/// Every payload of `text`; the same one printed twice (as an example and in a curl command) counts once.
pub(super) fn of_text(file: &str, text: &str) -> Found {
    let mut walk = Walk {
        file,
        found: Found::default(),
        call: None,
        kind: None,
        label: String::new(),
        previous: "",
    };
    let mut offset = 0;
    // Where the value that was taken last ends: its inner lines are no lines of prose.
    let mut taken = 0;
    for (number, line) in (1..).zip(text.split_inclusive('\n')) {
        if offset >= taken {
            if let Some(start) = json_start(line) {
                taken = walk
                    .value(&text[offset + start..], number)
                    .map_or(0, |length| offset + start + length);
            } else {
                walk.line(line.trim());
            }
        }
        offset += line.len();
    }
    walk.found
}

/// Where a JSON object or list begins on a line that holds nothing else, or that is a curl option.
fn json_start(line: &str) -> Option<usize> {
    let indent = line.len() - line.trim_start().len();
    let quoted = CURL_BODIES
        .iter()
        .find_map(|option| Some(line.find(option)? + option.len()));
    let start = quoted.unwrap_or(indent);
    line[start..].starts_with(['{', '[']).then_some(start)
}

struct Walk<'a> {
    file: &'a str,
    found: Found,
    call: Option<Call>,
    kind: Option<Kind>,
    label: String,
    previous: &'a str,
}

impl<'a> Walk<'a> {
    fn line(&mut self, line: &'a str) {
        let method = METHODS
            .iter()
            .find(|method| method.to_ascii_uppercase() == self.previous);
        if let (Some(method), true) = (
            method,
            line.starts_with('/') && !line.contains(char::is_whitespace),
        ) {
            self.call = Some(Call::new(method, line));
            self.kind = None;
        } else if let Some((status, words)) = heading(line) {
            self.kind = Some(Kind::Answer(status));
            self.label = words;
        } else if line == "Request" || line.starts_with("Body Params") {
            self.kind = Some(Kind::Request);
            self.label.clear();
        } else if line == "Responses" || line == "Response" {
            self.kind = None;
        } else if line == "Example" && self.label.is_empty() {
            self.label = line.to_owned();
        }
        if !line.is_empty() {
            self.previous = line;
        }
    }

    /// Takes the value at the beginning of `text` and tells its length.
    fn value(&mut self, text: &str, line: usize) -> Option<usize> {
        let from = format!("{}, line {line}", self.file);
        match syntax::parse_json_prefix(text) {
            Ok((value, length)) => {
                self.take(value, from);
                Some(length)
            }
            Err(error) => {
                self.leave(from, format!("no JSON ({})", error.message));
                None
            }
        }
    }

    fn take(&mut self, value: Value, from: String) {
        let owner = self.call.clone().map(Owner::Operation);
        let (Some(owner), Some(kind)) = (owner, self.kind.clone()) else {
            return self.leave(
                from,
                "no method and path, or neither request nor status, stand above it".to_owned(),
            );
        };
        let same =
            |sample: &Sample| sample.owner == owner && sample.kind == kind && sample.value == value;
        if !self.found.samples.iter().any(same) {
            let label = self.label.clone();
            self.found.samples.push(Sample {
                owner,
                kind,
                label,
                value,
                from,
                place: None,
            });
        }
    }

    fn leave(&mut self, from: String, cause: String) {
        let label = self.label.clone();
        self.found.unplaced.push(Unplaced { from, label, cause });
    }
}

/// A line that is a status with a few words, and no sentence that begins with a number.
fn heading(line: &str) -> Option<(String, String)> {
    let (status, words) = status(line)?;
    let is_short = line.chars().count() <= LONGEST_HEADING;
    let is_title = words.is_empty() || words.starts_with(char::is_uppercase);
    (is_short && is_title).then_some((status, words))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const PAGE: &str = "Navigation\n  Refund\n    POST\n\nCreate Refund\n\nPOST\n/v1/refund\nRequest\nBody Params application/json\n\nExample\n\
        {\n    \"a\": 1\n}\ncurl '/v1/refund' \\\n--data-raw '{\n  \"a\": 1\n}'\n\nResponses\n\n🟢200Success\nBody\nExample\n{\n  \"b\": {\n    \"c\": []\n  }\n}\n\
        🟠422 Refused\n{\"d\": 1}\nModified at 2026-03-20 15:08:50\n";

    #[test]
    fn samples_are_placed_by_the_lines_above_them_and_counted_once() {
        let found = of_text("p.txt", PAGE);
        assert_eq!(found.unplaced, vec![]);
        let samples: Vec<_> = found
            .samples
            .iter()
            .map(|sample| {
                (
                    sample.owner.to_string(),
                    sample.kind.to_string(),
                    sample.label.as_str(),
                    sample.value.clone(),
                    sample.from.as_str(),
                )
            })
            .collect();
        assert_eq!(
            samples,
            vec![
                (
                    "POST /v1/refund".into(),
                    "request".into(),
                    "Example",
                    json!({"a": 1}),
                    "p.txt, line 13"
                ),
                (
                    "POST /v1/refund".into(),
                    "200".into(),
                    "Success",
                    json!({"b": {"c": []}}),
                    "p.txt, line 26"
                ),
                (
                    "POST /v1/refund".into(),
                    "422".into(),
                    "Refused",
                    json!({"d": 1}),
                    "p.txt, line 32"
                ),
            ]
        );
    }

    #[test]
    fn what_cannot_be_placed_or_read_is_reported() {
        let found = of_text(
            "p.txt",
            "{\"a\": 1}\nPOST\n/x\n{\"a\": 1}\nRequest\n{\"a\": …}\n",
        );
        assert!(found.samples.is_empty());
        let from: Vec<_> = found
            .unplaced
            .iter()
            .map(|unplaced| unplaced.from.as_str())
            .collect();
        assert_eq!(from, ["p.txt, line 1", "p.txt, line 4", "p.txt, line 6"]);
    }
}
