//! How a module calls the client: what each function of a builder is given.

use super::{
    Plan, Unit,
    asking::{Body, Given, Member, Object, Source},
    types::{Shape, local},
};

/// What is given the amount.
pub(super) fn amount_given<'a>(plan: &'a Plan<'_>) -> Option<&'a Given> {
    given(plan, &Source::Amount)
}

/// The first function that is given something of this source.
pub(super) fn given<'a>(plan: &'a Plan<'_>, source: &Source) -> Option<&'a Given> {
    fn within<'a>(object: &'a Object, source: &Source) -> Option<&'a Given> {
        object.members.iter().find_map(|member| match member {
            Member::Value(given) => (given.source == *source).then_some(given),
            Member::Object(_, inner) => within(inner, source),
        })
    }
    let mut parameters = plan.asking.parameters.iter();
    let parameter = parameters.find(|given| given.source == *source);
    parameter.or_else(|| match &plan.asking.body {
        Some(Body::Built(object)) => within(object, source),
        _ => None,
    })
}

pub(super) fn call(plan: &Plan<'_>) -> String {
    let mut lines = String::new();
    if let Some(given) = amount_given(plan) {
        let unit = match plan.unit {
            Unit::Minor => "minor_units",
            Unit::Hundredths => "hundredths",
            Unit::Major => "major_units",
        };
        lines.push_str(&format!(
            "        let amount = request.amount.{unit}(NAME).map_err(|error| CallError::invalid_request(error.to_string()))?;\n"
        ));
        if plan.unit == Unit::Major && matches!(given.shape, Shape::Text) {
            lines.push_str(
                "        let decimals = request.amount.currency().decimals().map_or(2, |own| own.min(2));\n        \
                 let decimals = usize::try_from(decimals).unwrap_or(2);\n",
            );
        }
    }
    let mut chain = format!("self.0.{}()", rust(plan.operation));
    for given in &plan.asking.parameters {
        chain.push_str(&format!(
            "\n            .{}({})",
            given.setter,
            value(plan, given)
        ));
    }
    match &plan.asking.body {
        Some(Body::Built(object)) => {
            lines.push_str(&format!("        let body = {};\n", built(plan, object)));
            chain.push_str("\n            .body(body)");
        }
        Some(Body::Whole { ty }) => {
            let ty = plan.types.qualified(ty, plan.client());
            chain.push_str(&format!(
                "\n            .body(read::<{ty}>(&request.body)?)"
            ));
        }
        None => {}
    }
    format!("{lines}        let call = {chain};")
}

pub(super) fn rust(name: &str) -> String {
    match syn::parse_str::<syn::Ident>(name) {
        Ok(_) => name.to_owned(),
        Err(_) => format!("r#{name}"),
    }
}

fn built(plan: &Plan<'_>, object: &Object) -> String {
    let ty = plan.types.qualified(&object.ty, plan.client());
    let mut chain = format!("{ty}::builder()");
    for member in &object.members {
        match member {
            Member::Value(given) => {
                chain.push_str(&format!(
                    "\n            .{}({})",
                    given.setter,
                    value(plan, given)
                ));
            }
            Member::Object(setter, inner) => {
                chain.push_str(&format!("\n            .{setter}({})", built(plan, inner)));
            }
        }
    }
    chain
}

/// The expression of what a function of the builder is given.
fn value(plan: &Plan<'_>, given: &Given) -> String {
    let ty = plan.types.qualified(&given.ty, plan.client());
    let is_string = local(&given.ty) == "String";
    let text = |expression: &str| match given.shape {
        _ if is_string => expression.to_owned(),
        Shape::Whole => format!("whole::<{ty}>({expression})?"),
        _ => format!("read::<{ty}>({expression})?"),
    };
    match &given.source {
        Source::Reference => text("reference.as_str()"),
        Source::Payment => text("request.payment.as_str()"),
        Source::Currency => text("request.amount.currency().code()"),
        Source::Amount => match (&given.shape, plan.unit) {
            (Shape::Amount | Shape::AmountText, _) => "amount".to_owned(),
            (Shape::Whole, Unit::Major) => {
                format!("whole::<{ty}>(&amount.normalize().to_string())?")
            }
            (Shape::Whole, _) if local(&given.ty) == "i64" => "amount".to_owned(),
            (Shape::Whole, _) => format!("whole::<{ty}>(&amount.to_string())?"),
            (_, Unit::Major) if is_string => "format!(\"{amount:.decimals$}\")".to_owned(),
            (_, Unit::Major) => format!("read::<{ty}>(&format!(\"{{amount:.decimals$}}\"))?"),
            (_, _) if is_string => "amount.to_string()".to_owned(),
            (_, _) => format!("read::<{ty}>(&amount.to_string())?"),
        },
        Source::Field(name) => match given.shape {
            Shape::Text if is_string => format!("request.{name}.as_str()"),
            Shape::Whole | Shape::Flag => format!("request.{name}"),
            _ => format!("read::<{ty}>(&request.{name})?"),
        },
    }
}
