//! Templates of paths: which paths are of one, and what stands for its parameters.

use std::cmp::Reverse;

use percent_encoding::percent_decode_str;

/// A path such as `/orders/{id}/lines/{line}.json`.
pub(super) struct Template {
    segments: Vec<Vec<Part>>,
}

enum Part {
    Literal(String),
    Parameter(String),
}

/// What stands in a path for one parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PathValue {
    pub(super) name: String,
    /// Decoded.
    pub(super) text: String,
    /// As sent, where it is a whole segment.
    pub(super) raw: Option<String>,
    /// Whether the path can be read in one way only.
    pub(super) is_certain: bool,
}

/// Where a parameter ends, when the text after it occurs more than once.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    First,
    Last,
}

impl Template {
    pub(super) fn of(path: &str) -> Self {
        Self {
            segments: path.split('/').map(parts).collect(),
        }
    }

    /// The values in the path, when it is of this template. None is empty, and none has a `/`
    /// that is not encoded.
    pub(super) fn values(&self, path: &str) -> Option<Vec<PathValue>> {
        let segments: Vec<&str> = path.split('/').collect();
        if segments.len() != self.segments.len() {
            return None;
        }
        let mut values = Vec::new();
        for (parts, raw) in self.segments.iter().zip(segments) {
            let text = percent_decode_str(raw).decode_utf8().ok()?;
            let first = texts(parts, &text, End::First)?;
            let last = texts(parts, &text, End::Last)?;
            let is_whole = parts.len() == 1;
            let both = first.into_iter().zip(last);
            values.extend(both.map(|((name, text), (_, other))| PathValue {
                name: name.to_owned(),
                is_certain: text == other,
                text: text.to_owned(),
                raw: is_whole.then(|| raw.to_owned()),
            }));
        }
        Some(values)
    }

    /// Where a path fits several templates, the least is meant: the one with more words of its own.
    pub(super) fn rank(&self) -> impl Ord + use<> {
        let is_literal = |part: &Part| matches!(part, Part::Literal(_));
        let whole = self
            .segments
            .iter()
            .filter(|parts| parts.iter().all(is_literal));
        let length: usize = self.segments.iter().flatten().map(Part::length).sum();
        Reverse((whole.count(), length))
    }
}

impl Part {
    const fn length(&self) -> usize {
        match self {
            Self::Literal(text) => text.len(),
            Self::Parameter(_) => 0,
        }
    }
}

fn parts(segment: &str) -> Vec<Part> {
    let literal = |text: &str| {
        let text = percent_decode_str(text).decode_utf8_lossy();
        Part::Literal(text.into_owned())
    };
    let mut parts = Vec::new();
    let mut rest = segment;
    while let Some((before, name, after)) = first_parameter(rest) {
        if !before.is_empty() {
            parts.push(literal(before));
        }
        parts.push(Part::Parameter(name.to_owned()));
        rest = after;
    }
    // A segment without any text is one literal, so that `//` is not a parameter's place.
    if !rest.is_empty() || parts.is_empty() {
        parts.push(literal(rest));
    }
    parts
}

fn first_parameter(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('{')?;
    let (name, after) = rest.split_once('}')?;
    Some((before, name, after))
}

/// The parameters' texts in one segment.
fn texts<'a>(parts: &'a [Part], text: &'a str, end: End) -> Option<Vec<(&'a str, &'a str)>> {
    let Some((part, parts)) = parts.split_first() else {
        return text.is_empty().then(Vec::new);
    };
    let name = match part {
        Part::Literal(literal) => return texts(parts, text.strip_prefix(literal.as_str())?, end),
        Part::Parameter(name) => name,
    };
    if parts.is_empty() {
        return (!text.is_empty()).then(|| vec![(name.as_str(), text)]);
    }
    let ends = text.char_indices().map(|(index, _)| index).skip(1);
    let with_end = |at: usize| {
        let (value, rest) = text.split_at_checked(at)?;
        let mut found = texts(parts, rest, end)?;
        found.insert(0, (name.as_str(), value));
        Some(found)
    };
    match end {
        End::First => ends.into_iter().find_map(with_end),
        End::Last => ends
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
            .find_map(with_end),
    }
}
