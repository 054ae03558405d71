//! Where the parts of a page's documents stand in it, and what it says around them.

use std::collections::BTreeMap;
use std::fmt;

use openapi_model::pointer;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_saphyr::Spanned;

use super::{PageError, Source, documents, without_mark};

/// Characters of a line that the next one may go on: a shorter one is an item of a list, a cell or a line of code.
const WRAPPED: usize = 50;

/// A paragraph of a page, outside of its documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paragraph {
    /// Its first line in the page, from 1.
    pub line: usize,
    /// The heading that it stands under; empty for none.
    pub heading: String,
    /// Its lines, with a space between them. What stands behind the marks of a fence, and a comment within a document, is
    /// one as well.
    pub text: String,
}

/// The line of the page, from 1, on which each part of its documents stands, by its JSON pointer.
///
/// # Errors
///
/// [`PageError`] for a document that cannot be read.
pub fn lines(file: &str, text: &str) -> Result<BTreeMap<String, usize>, PageError> {
    let mut lines = BTreeMap::new();
    for source in documents(file, text)? {
        let inner = without_mark(text)
            .get(source.span.clone())
            .unwrap_or_default();
        for (pointer, line) in lines_of(inner) {
            lines
                .entry(pointer)
                .or_insert_with(|| (source.line + line).saturating_sub(1));
        }
        lines.entry(String::new()).or_insert(source.line);
    }
    Ok(lines)
}

/// The line of each part of a document in YAML, which JSON is as well; none where it is no YAML.
pub fn lines_of(text: &str) -> BTreeMap<String, usize> {
    let mut lines = BTreeMap::new();
    if let Ok(node) = serde_saphyr::from_str::<Node>(text) {
        node.collect("", &mut lines);
    }
    lines
}

/// What a page says outside of its documents and in their comments, in paragraphs.
///
/// # Errors
///
/// [`PageError`] for a document that cannot be read.
pub fn prose(file: &str, text: &str) -> Result<Vec<Paragraph>, PageError> {
    let sources = documents(file, text)?;
    let mut paragraphs: Vec<Paragraph> = Vec::new();
    let (mut offset, mut heading, mut open) = (0, String::new(), false);
    for (number, line) in (1..).zip(without_mark(text).split_inclusive('\n')) {
        let inside = sources
            .iter()
            .find(|source| offset < source.span.end && source.span.start < offset + line.len());
        offset += line.len();
        let is_json = |source: &Source| {
            let inner = without_mark(text).get(source.span.clone());
            inner.is_some_and(|inner| inner.trim_start().starts_with('{'))
        };
        let words = match inside {
            Some(source) if is_json(source) => String::new(),
            Some(source) => spaced(comment(line, &source.document)),
            None => spaced(line),
        };
        let is_fence = words.starts_with("```") || words.starts_with("~~~");
        let says = words.trim_start_matches(['`', '~']).trim();
        if inside.is_some() || is_fence || words.is_empty() {
            open = false;
            if !says.is_empty() {
                paragraphs.push(Paragraph {
                    line: number,
                    heading: heading.clone(),
                    text: says.to_owned(),
                });
            }
            continue;
        }
        let is_heading = words.starts_with('#');
        let begins = is_heading || words.starts_with(['*', '-', '|', '>', '`', '•', '{', '}']);
        match paragraphs.last_mut().filter(|_| open && !begins) {
            Some(last) => {
                last.text.push(' ');
                last.text.push_str(&words);
            }
            None => {
                if is_heading {
                    heading = words.trim_start_matches('#').trim().to_owned();
                }
                paragraphs.push(Paragraph {
                    line: number,
                    heading: heading.clone(),
                    text: words,
                });
            }
        }
        open = !is_heading && line.trim().chars().count() >= WRAPPED;
    }
    Ok(paragraphs)
}

/// A text with one space between its words.
fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The comment on a line of a document (YAML 1.2.2, 6.6), with its mark; empty for none. What the document has in a text
/// is none.
fn comment<'a>(line: &'a str, document: &Value) -> &'a str {
    let mut before = ' ';
    for (at, letter) in line.char_indices() {
        if letter == '#' && before.is_whitespace() {
            let comment = line.get(at..).unwrap_or_default();
            // Within a text that ends here, a quotation mark is behind it.
            let words = spaced(comment);
            return match is_said(document, words.trim_end_matches(['\'', '"'])) {
                true => "",
                false => comment,
            };
        }
        before = letter;
    }
    ""
}

/// Whether a text of the document has these words.
fn is_said(document: &Value, words: &str) -> bool {
    match document {
        Value::String(text) => spaced(text).contains(words),
        Value::Array(items) => items.iter().any(|item| is_said(item, words)),
        Value::Object(members) => members
            .iter()
            .any(|(name, member)| name.contains(words) || is_said(member, words)),
        _ => false,
    }
}

/// A document with the lines of its members and items.
enum Node {
    Members(Vec<(Spanned<String>, Node)>),
    Items(Vec<Spanned<Node>>),
    Plain,
}

impl Node {
    fn collect(&self, at: &str, lines: &mut BTreeMap<String, usize>) {
        let number = |line: u64| usize::try_from(line).unwrap_or(usize::MAX);
        match self {
            Self::Members(members) => {
                for (name, member) in members {
                    let at = pointer::join(at, &name.value);
                    lines.insert(at.clone(), number(name.referenced.line()));
                    member.collect(&at, lines);
                }
            }
            Self::Items(items) => {
                for (index, item) in items.iter().enumerate() {
                    let at = pointer::join(at, &index.to_string());
                    lines.insert(at.clone(), number(item.referenced.line()));
                    item.value.collect(&at, lines);
                }
            }
            Self::Plain => {}
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Nodes)
    }
}

struct Nodes;

impl<'de> Visitor<'de> for Nodes {
    type Value = Node;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Node::Members(members))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Node, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Node::Items(items))
    }

    fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<Node, D::Error> {
        IgnoredAny::deserialize(inner).map(|_| Node::Plain)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Node, E> {
        Ok(Node::Plain)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Node, E> {
        Ok(Node::Plain)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Node, E> {
        Ok(Node::Plain)
    }

    fn visit_i128<E>(self, _: i128) -> Result<Node, E> {
        Ok(Node::Plain)
    }

    fn visit_u128<E>(self, _: u128) -> Result<Node, E> {
        Ok(Node::Plain)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Node, E> {
        Ok(Node::Plain)
    }

    fn visit_str<E>(self, _: &str) -> Result<Node, E> {
        Ok(Node::Plain)
    }

    fn visit_none<E>(self) -> Result<Node, E> {
        Ok(Node::Plain)
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Plain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "# Refund\n\nA request with an Idempotency-Key that was used before is\nanswered again.\n* 7 days\n* 2 %\n\n````yaml post /a\nopenapi: 3.1.0\npaths:\n  /a:\n    post:\n      tags: [x,\n        y]\n      '200': 1\n````\n## Fees\n\nNone.\n";

    #[test]
    fn each_part_has_the_line_of_its_key_in_the_page() {
        let found = lines("a.md", PAGE).unwrap();
        for (pointer, line) in [
            ("", 9),
            ("/openapi", 9),
            ("/paths/~1a", 11),
            ("/paths/~1a/post", 12),
            ("/paths/~1a/post/tags/1", 14),
            ("/paths/~1a/post/200", 15),
        ] {
            assert_eq!(found.get(pointer), Some(&line), "{pointer}: {found:?}");
        }
        let json = "\u{feff}Text\n\n{\"openapi\": \"3.0.0\", \"a\":\n [1,\n 2], \"n\": null, \"f\": 1.5}\nAfter";
        let found = lines("a.txt", json).unwrap();
        assert_eq!((found["/a"], found["/a/1"], found["/f"]), (3, 5, 5));
    }

    #[test]
    fn what_stands_around_a_document_is_read_in_paragraphs_under_their_headings() {
        let found = prose("a.md", PAGE).unwrap();
        let found: Vec<_> = found
            .iter()
            .map(|one| (one.line, one.heading.as_str(), one.text.as_str()))
            .collect();
        assert_eq!(
            found,
            [
                (1, "Refund", "# Refund"),
                (
                    3,
                    "Refund",
                    "A request with an Idempotency-Key that was used before is answered again."
                ),
                (5, "Refund", "* 7 days"),
                (6, "Refund", "* 2 %"),
                (8, "Refund", "yaml post /a"),
                (17, "Fees", "## Fees"),
                (19, "Fees", "None."),
            ]
        );
        assert_eq!(prose("a.json", "{\"openapi\": \"3.0.0\"}\n").unwrap(), []);
    }

    #[test]
    fn comments_of_a_document_are_what_a_page_says() {
        let page = "# A key is ignored.\nopenapi: 3.0.0 # and so is a\ninfo:\n  title: 'b # c'\n  description: |\n    # Fees\n    None.\n  x: '#d'\n";
        let found = prose("a.yaml", page).unwrap();
        let found: Vec<_> = found
            .iter()
            .map(|one| (one.line, one.text.as_str()))
            .collect();
        assert_eq!(found, [(1, "# A key is ignored."), (2, "# and so is a")]);
        let json = "{\"openapi\": \"3.0.0\", \"x\": \"a # b\\n c\"}";
        assert_eq!(prose("a.json", json).unwrap(), []);
    }
}
