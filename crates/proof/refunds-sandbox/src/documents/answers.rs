//! The answers that a call documents.

use hyper::Method;
use serde_json::Value;

use super::{bundle::Direction, content::Content, problem::Problem, source::Source};

pub(super) struct Answers(Vec<(Statuses, Answer)>);

/// Which answers are meant; the more exact is the greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Statuses {
    Default,
    /// `4XX`, by its first digit.
    Hundred(u16),
    One(u16),
}

struct Answer {
    /// None where no body is documented.
    content: Option<Content>,
    /// What leads nowhere.
    flaw: Option<Problem>,
}

impl Answers {
    pub(super) fn of(source: &Source, operation: &Value) -> Self {
        let described = operation.get("responses").and_then(Value::as_object);
        let answers = described
            .into_iter()
            .flatten()
            .filter_map(|(key, described)| {
                let statuses = Statuses::of(key)?;
                let answer = match source.behind(described) {
                    Ok(described) => Answer {
                        content: Content::of(source, described, Direction::Answer),
                        flaw: None,
                    },
                    Err(flaw) => Answer {
                        content: None,
                        flaw: Some(flaw),
                    },
                };
                Some((statuses, answer))
            });
        Self(answers.collect())
    }

    pub(super) fn judge(
        &self,
        source: &Source,
        method: &Method,
        status: u16,
        content_type: Option<&str>,
        body: &[u8],
    ) -> Vec<Problem> {
        let meant = self.0.iter().filter(|(statuses, _)| statuses.has(status));
        let Some((_, answer)) = meant.max_by_key(|(statuses, _)| *statuses) else {
            return vec![Problem::at("status", format!("{status} is not documented"))];
        };
        if let Some(flaw) = &answer.flaw {
            return vec![flaw.clone()];
        }
        let Some(content) = &answer.content else {
            return Vec::new();
        };
        // RFC 9110: no answer to HEAD has a body, and none with these statuses.
        let has_none = *method == Method::HEAD || status < 200 || matches!(status, 204 | 205 | 304);
        if body.is_empty() && (has_none || content_type.is_none() && !content.needs_bytes()) {
            return Vec::new();
        }
        if body.is_empty() && content_type.is_none() {
            return vec![Problem::at("body", "missing")];
        }
        content
            .judge(source, content_type.unwrap_or_default(), body)
            .problems
    }
}

impl Statuses {
    fn of(key: &str) -> Option<Self> {
        if key == "default" {
            return Some(Self::Default);
        }
        if let Some(first) = key.to_ascii_uppercase().strip_suffix("XX") {
            return Some(Self::Hundred(first.parse().ok()?));
        }
        Some(Self::One(key.parse().ok()?))
    }

    const fn has(self, status: u16) -> bool {
        match self {
            Self::Default => true,
            Self::Hundred(first) => status / 100 == first,
            Self::One(one) => status == one,
        }
    }
}
