//! What an answer says of the page after it.

use std::hash::{DefaultHasher, Hash, Hasher};

use percent_encoding::percent_decode_str;
use reqwest::{Url, header::LINK};
use serde_json::Value;

use super::{
    super::{Reply, generated::encode_text},
    link,
};
use crate::wire::without_mark;

/// How an operation pages, as its document tells it. For generated code.
///
/// Places are JSON pointers into an answer.
#[derive(Clone, Copy, Debug)]
pub struct Paging {
    items: &'static str,
    next: NextPage,
    more: Option<&'static str>,
    total: Option<&'static str>,
}

/// How the next page is asked for.
#[derive(Clone, Copy, Debug)]
pub enum NextPage {
    /// By the link `next` of the header `Link`.
    LinkHeader,
    /// By the URL at this place.
    Link(&'static str),
    /// By what stands at this place, in a parameter of the query.
    Cursor {
        /// The parameter.
        parameter: &'static str,
        /// The place.
        at: &'static str,
    },
    /// By what stands at this place of the last entry, in a parameter of the query.
    LastItem {
        /// The parameter.
        parameter: &'static str,
        /// The place in the entry.
        at: &'static str,
    },
    /// By the number of entries before it, in a parameter of the query.
    Offset {
        /// The parameter.
        parameter: &'static str,
    },
    /// By its number, in a parameter of the query.
    Number {
        /// The parameter.
        parameter: &'static str,
        /// The number of the first page.
        first: u64,
    },
}

impl Paging {
    /// Pages whose entries are a list at the place `items`.
    pub const fn new(items: &'static str, next: NextPage) -> Self {
        Self {
            items,
            next,
            more: None,
            total: None,
        }
    }

    /// What stands at this place is true where there are more, and false where not.
    #[must_use]
    pub const fn with_more(mut self, at: &'static str) -> Self {
        self.more = Some(at);
        self
    }

    /// What stands at this place is the number of entries of all pages.
    #[must_use]
    pub const fn with_total(mut self, at: &'static str) -> Self {
        self.total = Some(at);
        self
    }
}

/// What was seen so far.
#[derive(Default)]
pub(super) struct Seen {
    pub(super) pages: u32,
    items: u64,
    /// By what the entries of the last page are known again, unless it had none.
    last: Option<u64>,
}

impl Seen {
    /// Whether these are the entries of the page before.
    fn again(&mut self, items: &[Value]) -> bool {
        let mut hasher = DefaultHasher::new();
        items.hash(&mut hasher);
        let known = (!items.is_empty()).then(|| hasher.finish());
        known.is_some() && std::mem::replace(&mut self.last, known) == known
    }
}

/// What comes after a page.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// The same request with this parameter.
    Parameter(&'static str, String),
    Link(Box<Url>),
    End,
    /// The page has the entries of the one before it.
    Same,
    /// What stands there does not say it.
    Unreadable(&'static str),
}

impl Paging {
    /// Whether pages are asked for by how many there were, which no answer repeats.
    fn counts(&self) -> bool {
        matches!(self.next, NextPage::Offset { .. } | NextPage::Number { .. })
    }

    /// What comes after this answer, which was asked for at `url`.
    pub(super) fn after(&self, reply: &Reply, url: &Url, seen: &mut Seen) -> Next {
        seen.pages += 1;
        if let NextPage::LinkHeader = self.next {
            let headers = reply.headers().get_all(LINK).iter();
            let texts: Result<Vec<_>, _> = headers.map(|header| header.to_str()).collect();
            let found = texts.map_err(|_| ());
            return match found.and_then(|texts| link::next(texts.into_iter())) {
                Ok(Some(text)) => linked(text, url, "Link"),
                Ok(None) => Next::End,
                Err(()) => Next::Unreadable("Link"),
            };
        }
        match serde_json::from_slice(without_mark(reply.body())) {
            Ok(body) => self
                .after_body(&body, url, seen)
                .unwrap_or_else(Next::Unreadable),
            Err(_) => Next::Unreadable(""),
        }
    }

    fn after_body(&self, body: &Value, url: &Url, seen: &mut Seen) -> Result<Next, &'static str> {
        let more = match self.more.map(|at| (at, told(body, at))) {
            None | Some((_, None)) => None,
            Some((_, Some(Value::Bool(more)))) => Some(*more),
            Some((at, Some(_))) => return Err(at),
        };
        let items: &[Value] = match told(body, self.items) {
            None => &[],
            Some(Value::Array(items)) => items,
            Some(_) => return Err(self.items),
        };
        let before = seen.items;
        seen.items += items.len() as u64;
        if more == Some(false) {
            return Ok(Next::End);
        }
        let total = match self.total.map(|at| (at, told(body, at))) {
            None | Some((_, None)) => None,
            Some((at, Some(total))) => Some((at, total.as_u64().ok_or(at)?)),
        };
        // Where there is more, something has to say what.
        let or_end = |at, next: Option<Next>| match next {
            Some(next) => Ok(next),
            None if more == Some(true) => Err(at),
            None => Ok(Next::End),
        };
        let is_same = self.counts() && seen.again(items);
        let by_count = |parameter, first: u64, step: u64| {
            let asked = asked(url, parameter)?.unwrap_or(first);
            let count = items.len() as u64;
            // How many there are up to here, where that is known: whoever began with a later page has not counted those
            // before it.
            let begun = match self.next {
                NextPage::Offset { .. } => Some(asked),
                _ => (asked == first.saturating_add(u64::from(seen.pages - 1))).then_some(before),
            };
            let counted = begun.unwrap_or(before).saturating_add(count);
            let is_end = match (more, total) {
                _ if is_same => return Ok(Next::Same),
                (Some(_), _) => false,
                // An answer that contradicts its own total is no end of a list.
                (None, Some((at, total)))
                    if begun.is_some()
                        && (count == 0 && counted < total || count > 0 && counted > total) =>
                {
                    return Err(at);
                }
                (None, Some((_, total))) => count == 0 || counted >= total,
                (None, None) => count == 0,
            };
            Ok(match is_end {
                true => Next::End,
                false => Next::Parameter(parameter, asked.saturating_add(step).to_string()),
            })
        };
        match self.next {
            NextPage::LinkHeader => Ok(Next::End),
            NextPage::Link(at) => match told(body, at) {
                Some(Value::String(text)) if !text.is_empty() => Ok(linked(text, url, at)),
                Some(Value::String(_)) | None => or_end(at, None),
                Some(_) => Err(at),
            },
            NextPage::Cursor { parameter, at } => {
                let value = told(body, at).map(|value| cursor(value).ok_or(at));
                let value = value.transpose()?.filter(|text| !text.is_empty());
                or_end(at, value.map(|value| Next::Parameter(parameter, value)))
            }
            NextPage::LastItem { parameter, at } => match items.last() {
                None => or_end(self.items, None),
                Some(last) => {
                    let value = told(last, at).and_then(cursor);
                    let value = value.filter(|text| !text.is_empty()).ok_or(at)?;
                    Ok(Next::Parameter(parameter, value))
                }
            },
            NextPage::Offset { parameter } => by_count(parameter, 0, items.len() as u64),
            NextPage::Number { parameter, first } => by_count(parameter, first, 1),
        }
    }
}

/// What stands at a place, unless it is null.
fn told<'b>(body: &'b Value, at: &str) -> Option<&'b Value> {
    body.pointer(at).filter(|value| !value.is_null())
}

/// A cursor as it is sent; what went through floating point is none.
fn cursor(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) if !number.is_f64() => Some(number.to_string()),
        _ => None,
    }
}

/// The number that was given for a parameter.
fn asked(url: &Url, parameter: &'static str) -> Result<Option<u64>, &'static str> {
    let mut pairs = url.query_pairs();
    let given = pairs.find(|(name, _)| name == parameter);
    let number = given.map(|(_, value)| value.parse().map_err(|_| parameter));
    number.transpose()
}

/// Where a link leads to that stands at `what` of the answer to `url`. One that has a user in it, is no HTTP or leaves
/// TLS is none.
fn linked(text: &str, url: &Url, what: &'static str) -> Next {
    let Ok(mut to) = url.join(text) else {
        return Next::Unreadable(what);
    };
    to.set_fragment(None);
    let is_open = to.username().is_empty() && to.password().is_none();
    match is_open && (to.scheme() == "https" || to.scheme() == url.scheme()) {
        true => Next::Link(Box::new(to)),
        false => Next::Unreadable(what),
    }
}

/// The URL with this parameter in place of its own of the name.
pub(super) fn with_parameter(url: &Url, name: &str, value: &str) -> Url {
    let is_other = |pair: &&str| {
        let own = pair.split('=').next().unwrap_or_default();
        !pair.is_empty() && percent_decode_str(own).decode_utf8_lossy() != name
    };
    let query = url.query().unwrap_or_default();
    let mut pairs: Vec<&str> = query.split('&').filter(is_other).collect();
    let own = format!("{}={}", encode_text(name), encode_text(value));
    pairs.push(&own);
    let mut changed = url.clone();
    changed.set_query(Some(&pairs.join("&")));
    changed
}
