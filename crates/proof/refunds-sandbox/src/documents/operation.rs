use std::collections::BTreeMap;

use hyper::Method;
use jsonschema::Validator;
use percent_encoding::percent_decode_str;

/// The calls that a provider documents.
pub(crate) struct Document {
    pub(super) operations: Vec<Operation>,
}

impl Document {
    /// The names of its calls, in order.
    pub(crate) fn names(&self) -> Vec<&str> {
        let mut names: Vec<_> = self
            .operations
            .iter()
            .map(|call| call.name.as_str())
            .collect();
        names.sort_unstable();
        names
    }
}

/// A documented call.
pub(crate) struct Operation {
    /// The name in `provider.toml`.
    pub(crate) name: String,
    pub(super) method: Method,
    pub(super) template: Vec<Segment>,
    pub(crate) moves_money: bool,
    pub(super) parameters: Vec<Parameter>,
    pub(super) body: Option<Body>,
    pub(super) scheme: Option<Scheme>,
}

pub(super) enum Segment {
    Literal(String),
    Parameter(String),
}

pub(super) struct Parameter {
    pub(super) name: String,
    pub(super) place: Place,
    pub(super) required: bool,
    pub(super) validator: Validator,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Path,
    Query,
    Header,
}

pub(super) struct Body {
    pub(super) media_type: String,
    pub(super) validator: Validator,
}

#[derive(Clone, Copy)]
pub(super) enum Scheme {
    Basic,
    Bearer,
}

/// What a method and a path lead to.
pub(crate) enum Found<'a> {
    /// A documented call, and the values in its path.
    Operation(&'a Operation, BTreeMap<String, String>),
    /// A documented path with another method.
    OtherMethod,
    /// Nothing that is documented.
    Nothing,
}

impl Document {
    pub(crate) fn find(&self, method: &Method, path: &str) -> Found<'_> {
        let mut found = Found::Nothing;
        for operation in &self.operations {
            if let Some(values) = operation.values(path) {
                if operation.method == *method {
                    return Found::Operation(operation, values);
                }
                found = Found::OtherMethod;
            }
        }
        found
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.operations
            .iter()
            .any(|operation| operation.name == name)
    }
}

impl Operation {
    pub(super) fn literal_segments(&self) -> usize {
        let is_literal = |segment: &&Segment| matches!(segment, Segment::Literal(_));
        self.template.iter().filter(is_literal).count()
    }

    /// The decoded values in the path, when it is of this call.
    fn values(&self, path: &str) -> Option<BTreeMap<String, String>> {
        let segments: Vec<&str> = path.split('/').collect();
        if segments.len() != self.template.len() {
            return None;
        }
        let mut values = BTreeMap::new();
        for (template, segment) in self.template.iter().zip(segments) {
            let segment = percent_decode_str(segment).decode_utf8().ok()?;
            match template {
                Segment::Literal(literal) if *literal == segment => {}
                Segment::Parameter(name) if !segment.is_empty() => {
                    values.insert(name.clone(), segment.into_owned());
                }
                _ => return None,
            }
        }
        Some(values)
    }
}

impl Segment {
    pub(super) fn of(text: &str) -> Self {
        text.strip_prefix('{')
            .and_then(|text| text.strip_suffix('}'))
            .map_or_else(
                || Self::Literal(text.to_owned()),
                |name| Self::Parameter(name.to_owned()),
            )
    }
}

impl Scheme {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Basic => "Basic",
            Self::Bearer => "Bearer",
        }
    }
}
