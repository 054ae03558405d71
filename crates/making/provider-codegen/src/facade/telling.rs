//! What an answer tells of a refund.

use super::{
    asking::Asking,
    meaning::{self, Meaning},
    types::{Around, Field, Shape, Types, local},
};

/// What an answer tells.
#[derive(Debug, Default)]
pub(super) struct Telling {
    pub(super) facts: Vec<Told>,
    /// What the envelope has to say.
    pub(super) envelope: Option<Envelope>,
    /// The documented words for the state of a refund.
    pub(super) words: Vec<String>,
    /// What is told, and not looked at.
    pub(super) unread: Vec<String>,
}

/// A member that tells a fact.
#[derive(Clone, Debug)]
pub(super) struct Told {
    /// The fact, as the facade calls it.
    pub(super) fact: &'static str,
    pub(super) path: Vec<Field>,
}

#[derive(Debug)]
pub(super) struct Envelope {
    pub(super) name: String,
    /// What says yes.
    pub(super) yes: &'static [&'static str],
}

/// Where the refund of an answer is looked for.
struct Node {
    path: Vec<Field>,
    ty: String,
    found: Vec<(Meaning, Vec<Field>)>,
}

const DEPTH: usize = 3;

/// What a refund within an answer is called.
const REFUNDS: [&str; 7] = [
    "refund", "refunds", "data", "result", "response", "payload", "object",
];

impl Node {
    fn of(types: &Types, path: Vec<Field>, ty: &str) -> Self {
        let mut found = Vec::new();
        for field in types.members(ty) {
            let own = meaning::of(&field.wire).map(|(meaning, _)| meaning);
            let with = |field: &Field| path.iter().chain([field]).cloned().collect::<Vec<_>>();
            match (types.shape(&field.ty), own) {
                // `{"amount": {"value": 500, "currency": "EUR"}}`
                (Shape::Struct(inner), Some(Meaning::Amount)) => {
                    for part in types.members(&inner) {
                        let about = meaning::of(&part.wire).map(|(meaning, _)| meaning);
                        if let Some(about @ (Meaning::Amount | Meaning::Currency)) = about {
                            let mut path = with(field);
                            path.push(part.clone());
                            found.push((about, path));
                        }
                    }
                }
                (_, Some(Meaning::Error)) => found.push((Meaning::Error, with(field))),
                // A number may count anything since any day.
                (_, Some(Meaning::Created)) if local(&field.ty) != "Timestamp" => {}
                (Shape::Struct(_) | Shape::List(_), _) | (_, None) => {}
                (_, Some(about)) => found.push((about, with(field))),
            }
        }
        Self {
            path,
            ty: ty.to_owned(),
            found,
        }
    }

    fn first(&self, about: Meaning) -> Option<&[Field]> {
        let found = self.found.iter().find(|(meaning, _)| *meaning == about);
        found.map(|(_, path)| path.as_slice())
    }

    fn score(&self) -> usize {
        let all = [
            Meaning::Reference,
            Meaning::Amount,
            Meaning::Currency,
            Meaning::Status,
        ];
        let found = all.iter().filter(|about| self.first(**about).is_some());
        found.count() + 2 * usize::from(self.first(Meaning::Id).is_some())
    }
}

impl Telling {
    /// What an answer of this type tells of a refund that was asked for so.
    pub(super) fn of(types: &Types, ty: &str, asking: &Asking) -> Self {
        let mut nodes = vec![Node::of(types, Vec::new(), ty)];
        let mut at = 0;
        while let Some((path, ty)) = nodes
            .get(at)
            .map(|node| (node.path.clone(), node.ty.clone()))
        {
            at += 1;
            if path.len() >= DEPTH {
                continue;
            }
            for field in types.members(&ty) {
                if let Shape::Struct(inner) = types.shape(&field.ty) {
                    let path = path.iter().chain([field]).cloned().collect();
                    nodes.push(Node::of(types, path, &inner));
                }
            }
        }
        let has_id = |node: &&Node| node.first(Meaning::Id).is_some();
        let is_named = |node: &&Node| {
            let last = node.path.last().map(|field| field.wire.to_lowercase());
            last.is_some_and(|last| REFUNDS.contains(&last.as_str()))
        };
        // What is called so; the answer itself; the one that tells most, of several the one that stands first.
        let named = nodes.iter().find(|node| has_id(node) && is_named(node));
        let whole = || nodes.first().filter(has_id);
        let most = || nodes.iter().rev().max_by_key(|node| node.score());
        let best = named.or_else(whole).or_else(most);
        let Some(best) = best else {
            return Self::default();
        };
        let mut telling = Self::default();
        for (about, path) in &best.found {
            let wire = path.last().map_or("", |field| field.wire.as_str());
            let is_asked = |asked: &Option<String>| {
                asked
                    .as_ref()
                    .is_some_and(|asked| meaning::is_same(asked, wire))
            };
            let fact = match about {
                Meaning::Id => "Id",
                // Another member may be the provider's own.
                Meaning::Reference if is_asked(&asking.reference) => "Reference",
                Meaning::Payment if is_asked(&asking.payment) => "Payment",
                Meaning::Amount => "Amount",
                Meaning::Currency => "Currency",
                Meaning::Status => "Status",
                Meaning::Error => "Error",
                Meaning::Created => "CreatedAt",
                Meaning::Reference | Meaning::Payment | Meaning::Flag => continue,
            };
            if telling.facts.iter().all(|told| told.fact != fact) || fact == "Error" {
                telling.facts.push(Told {
                    fact,
                    path: path.clone(),
                });
            }
        }
        if let Some(status) = best.first(Meaning::Status).and_then(<[Field]>::last)
            && let Shape::Words(words) = types.shape(&status.ty)
        {
            telling.words = words;
        }
        // What stands around the refund says whether there is one.
        for node in &nodes {
            let is_around = best.path.len() > node.path.len()
                && node
                    .path
                    .iter()
                    .zip(&best.path)
                    .all(|(one, other)| one.wire == other.wire);
            if is_around && let Some(path) = node.first(Meaning::Error) {
                telling.facts.push(Told {
                    fact: "Error",
                    path: path.to_vec(),
                });
            }
            if !(is_around || node.path.len() == best.path.len() && node.ty == best.ty)
                || telling.envelope.is_some()
            {
                continue;
            }
            let flag = node.first(Meaning::Flag).filter(|path| {
                let last = path.last();
                last.is_some_and(|field| types.shape(&field.ty) == Shape::Flag)
            });
            let word = node.first(Meaning::Status).filter(|_| is_around);
            if let Some(path) = flag.or(word)
                && let Some(last) = path.last()
            {
                telling.envelope = Some(Envelope {
                    name: last.wire.clone(),
                    yes: match types.shape(&last.ty) {
                        Shape::Flag => YES,
                        _ => WORDS,
                    },
                });
                telling.facts.insert(
                    0,
                    Told {
                        fact: "Envelope",
                        path: path.to_vec(),
                    },
                );
            }
        }
        for node in &nodes {
            for field in types.members(&node.ty) {
                let path: Vec<_> = node
                    .path
                    .iter()
                    .chain([field])
                    .map(|field| &field.wire)
                    .collect();
                let is_told = telling.facts.iter().any(|told| {
                    told.path.len() >= path.len()
                        && told
                            .path
                            .iter()
                            .zip(&path)
                            .all(|(one, other)| one.wire == **other)
                });
                let is_node = nodes.iter().any(|other| {
                    other.path.len() == path.len()
                        && other
                            .path
                            .iter()
                            .zip(&path)
                            .all(|(one, other)| one.wire == **other)
                });
                if !is_told && !is_node {
                    let path: Vec<_> = path.into_iter().map(String::as_str).collect();
                    telling.unread.push(format!("`{}`", path.join(".")));
                }
            }
        }
        telling
    }

    pub(super) fn tells(&self, fact: &str) -> bool {
        self.facts.iter().any(|told| told.fact == fact)
    }

    /// The path on the wire of what tells a fact.
    pub(super) fn wire(&self, fact: &str) -> Option<String> {
        let told = self.facts.iter().find(|told| told.fact == fact)?;
        let names: Vec<_> = told.path.iter().map(|field| field.wire.as_str()).collect();
        Some(names.join("."))
    }
}

const YES: &[&str] = &["true"];
const WORDS: &[&str] = &["success", "successful", "succeeded", "ok"];

/// The expression that reads the text of a member of `from`.
pub(super) fn expression(from: &str, path: &[Field]) -> String {
    let Some((field, rest)) = path.split_first() else {
        return format!("told(&{from})");
    };
    let place = format!("{from}.{}", field.rust);
    if rest.is_empty() {
        return format!("told(&{place})");
    }
    let mut steps = String::new();
    let has = |layer| field.around.contains(&layer);
    if has(Around::Option) {
        steps.push_str(".as_ref()");
        if has(Around::Nullable) {
            steps.push_str(".and_then(|value| value.value())");
        }
    } else if has(Around::Nullable) {
        steps.push_str(".value()");
    } else {
        return expression(&place, rest);
    }
    let inner = expression("found", rest);
    format!("{place}{steps}.and_then(|found| {inner})")
}
