//! How a refund is asked for: what of the call is the reference, what the payment, what the amount.

use heck::ToSnakeCase;

use super::{
    meaning::{self, Meaning},
    types::{Shape, Types},
};
use crate::signatures::Parameter;

/// A call for a refund.
#[derive(Debug, Default)]
pub(super) struct Asking {
    pub(super) parameters: Vec<Given>,
    pub(super) body: Option<Body>,
    /// Where the user's reference goes, under its name on the wire.
    pub(super) reference: Option<String>,
    pub(super) payment: Option<String>,
    pub(super) amount: Option<String>,
    /// What else has to be given.
    pub(super) further: Vec<Further>,
    /// What can be given, and is not.
    pub(super) left_out: Vec<String>,
}

/// The body of a call.
#[derive(Debug)]
pub(super) enum Body {
    /// Built member by member.
    Built(Object),
    /// Of a type that has no builder: the user gives it whole.
    Whole { ty: String },
}

#[derive(Debug)]
pub(super) struct Object {
    /// The name of its type.
    pub(super) ty: String,
    pub(super) members: Vec<Member>,
}

#[derive(Debug)]
pub(super) enum Member {
    Value(Given),
    Object(String, Object),
}

/// A value that is given by a function of its name.
#[derive(Clone, Debug)]
pub(super) struct Given {
    pub(super) setter: String,
    pub(super) ty: String,
    pub(super) shape: Shape,
    pub(super) source: Source,
}

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Source {
    Reference,
    Payment,
    Amount,
    Currency,
    /// A field of the user's request.
    Field(String),
}

/// A field of the user's request that the document needs, whatever it is for.
#[derive(Clone, Debug)]
pub(super) struct Further {
    pub(super) name: String,
    pub(super) ty: String,
    pub(super) shape: Shape,
    pub(super) docs: String,
}

/// Where something could stand: a parameter, or the path to a member of the body.
type Place = Vec<String>;

/// Where each thing stands that a refund needs.
#[derive(Debug, Default)]
struct Chosen {
    reference: Option<Place>,
    payment: Option<Place>,
    amount: Option<Place>,
    currency: Option<Place>,
}

/// How deep a member of the body is looked for.
const DEPTH: usize = 3;

impl Asking {
    /// How an operation is called. `keys` are the headers by which the provider tells a repeated request.
    pub(super) fn of(
        types: &Types,
        parameters: &[Parameter],
        body: Option<&str>,
        key: Option<&str>,
    ) -> Self {
        let mut candidates: Vec<(Meaning, usize, Place)> = Vec::new();
        for parameter in parameters {
            if is_key(parameter, key) {
                continue;
            }
            let path = vec![String::new(), parameter.wire.clone()];
            match meaning::of(&parameter.wire) {
                // What is refunded stands in the path, where anything does.
                Some((Meaning::Payment, rank)) if parameter.is_of_path => {
                    candidates.push((Meaning::Payment, rank, path));
                }
                Some((found, rank)) => candidates.push((found, rank + 20, path)),
                // `/payments/{id}/refunds`
                None => {}
            }
            if parameter.is_of_path
                && matches!(meaning::of(&parameter.wire), Some((Meaning::Id, _)))
            {
                let path = vec![String::new(), parameter.wire.clone()];
                candidates.push((Meaning::Payment, 15, path));
            }
        }
        if let Some(body) = body {
            found_in(types, body, &mut Vec::new(), &mut candidates);
        }
        let best = |wanted: Meaning| {
            let own = candidates.iter().filter(|(found, ..)| *found == wanted);
            let best = own.min_by_key(|(_, rank, place)| (*rank, place.len()));
            best.map(|(_, _, place)| place.clone())
        };
        let amount = best(Meaning::Amount);
        let currency = best(Meaning::Currency);
        let chosen = Chosen {
            reference: best(Meaning::Reference),
            payment: best(Meaning::Payment),
            amount,
            currency,
        };
        let mut asking = Self {
            reference: chosen.reference.as_ref().and_then(name),
            payment: chosen.payment.as_ref().and_then(name),
            amount: chosen.amount.as_ref().and_then(name),
            ..Self::default()
        };
        for parameter in parameters {
            let place = vec![String::new(), parameter.wire.clone()];
            let source = if is_key(parameter, key) {
                Some(Source::Reference)
            } else {
                chosen.source(&place)
            };
            let source = match source {
                Some(source) => source,
                None if parameter.is_required => {
                    asking.further(types, &parameter.rust, &parameter.ty, String::new())
                }
                None => {
                    asking.left_out.push(format!("`{}`", parameter.wire));
                    continue;
                }
            };
            asking.parameters.push(Given {
                setter: parameter.rust.clone(),
                ty: parameter.ty.clone(),
                shape: types.shape(&parameter.ty),
                source,
            });
        }
        asking.body = body.map(|body| {
            if types.is_built(body) {
                let object = asking.object(types, &chosen, body, &mut Vec::new());
                Body::Built(object)
            } else {
                asking.further.push(Further {
                    name: "body".to_owned(),
                    ty: body.to_owned(),
                    shape: Shape::Other,
                    docs: "What is sent, as the document has it.".to_owned(),
                });
                Body::Whole {
                    ty: body.to_owned(),
                }
            }
        });
        asking
    }

    fn object(&mut self, types: &Types, chosen: &Chosen, ty: &str, place: &mut Place) -> Object {
        let mut members = Vec::new();
        for field in types.members(ty) {
            place.push(field.wire.clone());
            let shape = types.shape(&field.ty);
            let holds = chosen.holds(place);
            let is_key = meaning::is_key(&field.wire) && shape == Shape::Text;
            let source = if is_key {
                Some(Source::Reference)
            } else {
                chosen.source(place)
            };
            match (source, &shape) {
                (Some(source), _) => members.push(Member::Value(Given {
                    setter: field.rust.clone(),
                    ty: field.ty.clone(),
                    shape,
                    source,
                })),
                (None, Shape::Struct(inner)) if holds => {
                    let object = self.object(types, chosen, inner, place);
                    members.push(Member::Object(field.rust.clone(), object));
                }
                (None, _) if !field.is_optional() => {
                    let source = self.further(types, &field.rust, &field.ty, field.docs.clone());
                    members.push(Member::Value(Given {
                        setter: field.rust.clone(),
                        ty: field.ty.clone(),
                        shape,
                        source,
                    }));
                }
                (None, _) => self.left_out.push(format!("`{}`", place.join("."))),
            }
            place.pop();
        }
        Object {
            ty: ty.to_owned(),
            members,
        }
    }

    /// A field of the user's request, under a name that no other has.
    fn further(&mut self, types: &Types, rust: &str, ty: &str, docs: String) -> Source {
        let wanted = rust.trim_start_matches("r#").to_snake_case();
        let is_taken = |name: &str| {
            matches!(name, "payment" | "amount" | "self" | "super" | "crate")
                || self.further.iter().any(|other| other.name == name)
        };
        let mut name = wanted.clone();
        while is_taken(&name) || syn::parse_str::<syn::Ident>(&name).is_err() {
            name.push('_');
        }
        self.further.push(Further {
            name: name.clone(),
            ty: ty.to_owned(),
            shape: types.shape(ty),
            docs,
        });
        Source::Field(name)
    }
}

impl Chosen {
    fn source(&self, place: &Place) -> Option<Source> {
        let is = |chosen: &Option<Place>| chosen.as_ref() == Some(place);
        if is(&self.reference) {
            return Some(Source::Reference);
        }
        if is(&self.payment) {
            return Some(Source::Payment);
        }
        if is(&self.amount) {
            return Some(Source::Amount);
        }
        // A currency without an amount says nothing of the refund.
        (is(&self.currency) && self.amount.is_some()).then_some(Source::Currency)
    }

    /// Whether something stands below a place.
    fn holds(&self, place: &Place) -> bool {
        let all = [&self.reference, &self.payment, &self.amount, &self.currency];
        all.into_iter()
            .flatten()
            .any(|chosen| chosen.len() > place.len() && chosen.starts_with(place))
    }
}

fn name(place: &Place) -> Option<String> {
    place.last().cloned()
}

fn is_key(parameter: &Parameter, key: Option<&str>) -> bool {
    key.is_some_and(|key| key.eq_ignore_ascii_case(&parameter.wire))
        || meaning::is_key(&parameter.wire)
}

/// Members of a body by what they are about.
fn found_in(
    types: &Types,
    ty: &str,
    place: &mut Place,
    candidates: &mut Vec<(Meaning, usize, Place)>,
) {
    for field in types.members(ty) {
        place.push(field.wire.clone());
        let found = meaning::of(&field.wire);
        let rank = |rank: usize| rank + 40 * (place.len() - 1) + usize::from(field.is_optional());
        match (types.shape(&field.ty), found) {
            (Shape::Struct(inner), _) if place.len() < DEPTH => {
                found_in(types, &inner, place, candidates);
            }
            (Shape::Text | Shape::Whole, Some((Meaning::Payment, found))) => {
                candidates.push((Meaning::Payment, rank(found) + 20, place.clone()));
            }
            (Shape::Text, Some((found @ Meaning::Reference, at))) => {
                candidates.push((found, rank(at), place.clone()));
            }
            (Shape::Text | Shape::Words(_), Some((found @ Meaning::Currency, at))) => {
                candidates.push((found, rank(at), place.clone()));
            }
            (
                Shape::Text | Shape::Whole | Shape::Amount | Shape::AmountText,
                Some((found @ Meaning::Amount, at)),
            ) => candidates.push((found, rank(at), place.clone())),
            _ => {}
        }
        place.pop();
    }
}
