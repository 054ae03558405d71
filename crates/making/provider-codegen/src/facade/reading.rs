//! How a refund is read back, where an operation obviously reads refunds.

use std::collections::BTreeMap;

use spec_documents::{config::Operation, matching};

use super::{
    asking::Asking,
    meaning::{self, Meaning},
    telling::Telling,
    types::{self, Shape, Types},
};
use crate::signatures::{Parameter, Signature};

/// A call that reads refunds.
#[derive(Debug)]
pub(super) struct Reading {
    pub(super) operation: String,
    /// The function of what refunds are found by.
    pub(super) setter: String,
    pub(super) by: By,
    /// From the answer to the list, where there is one: what stands before `.iter()`.
    pub(super) list: Option<String>,
    pub(super) telling: Telling,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum By {
    Reference,
    Payment,
}

/// The operation that reads refunds, if one obviously does: a read with one text, the reference or the payment of a
/// refund, whose answer shows refunds with the reference.
pub(super) fn of(
    types: &Types,
    operations: &BTreeMap<String, Operation>,
    signatures: &[Signature],
    asking: &Asking,
) -> Option<Reading> {
    let mut found: Vec<Reading> = Vec::new();
    for signature in signatures {
        let name = &signature.operation;
        let (Some(operation), Some(success)) = (operations.get(name), &signature.success) else {
            continue;
        };
        let is_of_refunds = operation.call.path.to_lowercase().contains("refund");
        if !matching::reads(&operation.call) || !is_of_refunds {
            continue;
        }
        let Some((parameter, by)) = given(types, &signature.parameters, asking) else {
            continue;
        };
        let Some((list, shown)) = listed(types, success) else {
            continue;
        };
        let telling = Telling::of(types, &shown, asking);
        if telling.tells("Id") && telling.tells("Reference") && telling.tells("Status") {
            found.push(Reading {
                operation: name.clone(),
                setter: parameter.rust.clone(),
                by,
                list,
                telling,
            });
        }
    }
    found.sort_by_key(|reading| (reading.by, reading.list.is_none()));
    found.into_iter().next()
}

/// The one text that is given, where nothing else has to be.
fn given<'a>(
    types: &Types,
    parameters: &'a [Parameter],
    asking: &Asking,
) -> Option<(&'a Parameter, By)> {
    let mut required = parameters.iter().filter(|parameter| parameter.is_required);
    let only = match (required.next(), required.next()) {
        (Some(only), None) => Some(only),
        (None, _) => None,
        (Some(_), Some(_)) => return None,
    };
    let by = |parameter: &Parameter| {
        let is = |asked: &Option<String>| {
            asked
                .as_ref()
                .is_some_and(|asked| meaning::is_same(asked, &parameter.wire))
        };
        if types.shape(&parameter.ty) != Shape::Text || types::local(&parameter.ty) != "String" {
            return None;
        }
        match meaning::of(&parameter.wire) {
            Some((Meaning::Reference, _)) if is(&asking.reference) => Some(By::Reference),
            Some((Meaning::Payment, _)) if is(&asking.payment) => Some(By::Payment),
            _ => None,
        }
    };
    match only {
        Some(only) => Some((only, by(only)?)),
        None => parameters
            .iter()
            .find_map(|parameter| Some((parameter, by(parameter)?))),
    }
}

/// Where the refunds of an answer are, and their type.
fn listed(types: &Types, success: &str) -> Option<(Option<String>, String)> {
    if let Shape::List(entry) = types.shape(success) {
        return Some((Some("answer".to_owned()), entry));
    }
    let name = types::local(success);
    let mut lists = types.members(name).iter().filter_map(|field| {
        let Shape::List(entry) = types.shape(&field.ty) else {
            return None;
        };
        matches!(types.shape(&entry), Shape::Struct(_)).then_some((field, entry))
    });
    match (lists.next(), lists.next()) {
        (Some((field, entry)), None) => {
            let place = format!("answer.{}", field.rust);
            let is_plain = field.around.is_empty();
            if !is_plain && field.around != [types::Around::Option] {
                return None;
            }
            let list = if is_plain {
                place
            } else {
                format!("{place}.iter().flatten()")
            };
            Some((Some(list), entry))
        }
        (None, _) => Some((None, name.to_owned())),
        _ => None,
    }
}
