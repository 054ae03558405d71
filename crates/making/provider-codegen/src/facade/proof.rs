//! The test of the module: a refund on loopback, and what is doubt.

use super::{
    Plan, Unit,
    asking::{Further, Source},
    print::{field_type, under_way},
    telling::Told,
    types::{Field, Shape, Types, local},
};

/// How deep a sample is made.
const DEPTH: usize = 6;

/// When everything happened.
const TIME: &str = "2099-01-01T00:00:00Z";

pub(super) fn source(plan: &Plan<'_>) -> String {
    let name = plan.client();
    let package = super::package(name).replace('-', "_");
    let pascal = &plan.pascal;
    let Some(request) = request(plan) else {
        return format!(
            "//! Refunds at {name} need what nobody can make up: give a request, and test it after refunds' documentation.\n\n\
             #[test]\nfn the_module_has_the_name_of_the_provider() {{\n    assert_eq!({package}::NAME.as_str(), \"{name}\");\n}}\n"
        );
    };
    let good = match success(plan) {
        Some((body, is_believed)) => {
            let (title, expected) = if is_believed {
                (
                    "a_success_that_names_the_refund_is_pending",
                    "Outcome::Pending(_)",
                )
            } else {
                (
                    "a_success_that_the_document_does_not_explain_is_doubt",
                    "Outcome::Unknown(_)",
                )
            };
            let status = plan.success_status;
            format!(
                r##"
#[tokio::test]
async fn {title}() {{
    let body = r#"{body}"#;
    let (outcome, requests) = refunded(Some(({status}, body))).await;
    assert!(matches!(outcome, {expected}), "{{outcome:?}}");
    assert_eq!(requests, 1);
}}
"##
            )
        }
        None => String::new(),
    };
    format!(
        r#"//! Refunds at {name}, on loopback: what the document does not explain is doubt, and nothing is sent twice.

#![allow(
    clippy::unwrap_used,
    reason = "what a test cannot set up, it reports by failing"
)]

use std::io::{{BufRead, BufReader, Read, Write}};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{{AtomicUsize, Ordering}};

use refunds::provider_runtime::{{Credentials, Environment}};
use refunds::{{Outcome, Reference, Refunds}};
use {package}::{pascal}Refund;

fn request() -> {pascal}Refund {{
    {pascal}Refund {{{request}
    }}
}}

/// What comes of a refund, and how many requests a server got that answers so, or closes the connection.
async fn refunded(answer: Option<(u16, &'static str)>) -> (Outcome, usize) {{
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{{}}", listener.local_addr().unwrap());
    let requests = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&requests);
    std::thread::spawn(move || {{
        for stream in listener.incoming() {{
            let mut reader = BufReader::new(stream.unwrap());
            let (mut line, mut length) = (String::new(), 0);
            while reader.read_line(&mut line).unwrap() > 0 && !line.trim().is_empty() {{
                let lower = line.to_lowercase();
                if let Some(rest) = lower.strip_prefix("content-length:") {{
                    length = rest.trim().parse().unwrap();
                }}
                line.clear();
            }}
            reader.read_exact(&mut vec![0; length]).unwrap();
            counted.fetch_add(1, Ordering::SeqCst);
            if let Some((status, body)) = answer {{
                let head = format!("HTTP/1.1 {{status}} -\r\nContent-Type: application/json\r\nConnection: close\r\n");
                let head = format!("{{head}}Content-Length: {{}}\r\n\r\n", body.len());
                reader.get_mut().write_all((head + body).as_bytes()).unwrap();
            }}
        }}
    }});
    let client = {name}::Client::builder()
        .environment(Environment::BaseUrl(url))
        .credentials(Credentials::{credentials})
        .build()
        .unwrap();
    let at = {package}::refunds(client);
    let request = at.request(&request()).unwrap();
    let reference = Reference::new("r-1").unwrap();
    let outcome = Refunds::from(at).create(&reference, request).await.unwrap();
    (outcome, requests.load(Ordering::SeqCst))
}}
{good}
#[tokio::test]
async fn what_the_document_does_not_explain_is_doubt_and_is_sent_once() {{
    for answer in [
        None,
        Some((200, "{{}}")),
        Some((400, "{{}}")),
        Some((404, "")),
        Some((409, "{{}}")),
        Some((422, "{{}}")),
        Some((500, "")),
    ] {{
        let (outcome, requests) = refunded(answer).await;
        assert!(matches!(outcome, Outcome::Unknown(_)), "{{answer:?}}: {{outcome:?}}");
        assert_eq!(requests, 1, "{{answer:?}}");
    }}
}}
"#,
        credentials = plan.credentials,
    )
}

/// The fields of a request; `None` where one cannot be made up.
fn request(plan: &Plan<'_>) -> Option<String> {
    let payment = sample_payment(plan);
    let mut fields = format!("\n        payment: \"{payment}\".to_owned(),");
    if plan.amount().is_some() {
        let currency = currency(plan);
        fields.push_str(&format!(
            "\n        amount: \"5.00 {currency}\".parse().unwrap(),"
        ));
    }
    for further in &plan.asking.further {
        let value = further_value(&plan.types, further)?;
        fields.push_str(&format!("\n        {}: {value},", further.name));
    }
    Some(fields)
}

/// A currency that the provider has.
fn currency(plan: &Plan<'_>) -> String {
    let given = super::calls::given(plan, &Source::Currency);
    let words = match given.map(|given| &given.shape) {
        Some(Shape::Words(words)) => words.as_slice(),
        _ => &[],
    };
    let known = ["EUR", "USD", "GBP"].into_iter();
    let mut known = known.filter(|known| words.iter().any(|word| word == known));
    let found = known.next().or(words.first().map(String::as_str));
    found.unwrap_or("EUR").to_owned()
}

/// A payment's name that its place in the call takes.
fn sample_payment(plan: &Plan<'_>) -> &'static str {
    let call = super::print::source(plan);
    let is_whole = call
        .lines()
        .any(|line| line.contains("(request.payment.as_str())") && line.contains("whole::<"));
    if is_whole { "1" } else { "pay_1" }
}

fn further_value(types: &Types, further: &Further) -> Option<String> {
    Some(match (field_type(further), &further.shape) {
        ("String", _) => "\"x\".to_owned()".to_owned(),
        ("bool", _) => "true".to_owned(),
        ("Json", _) => {
            let json = sample(types, &further.ty, &[], &[], DEPTH)?;
            format!("refunds::provider_runtime::Json::parse(r#\"{json}\"#).unwrap()")
        }
        _ => "1".to_owned(),
    })
}

/// A success as the document has it, and whether it is believed.
fn success(plan: &Plan<'_>) -> Option<(String, bool)> {
    let success = plan.success.as_deref()?;
    let name = local(success);
    if plan.types.members(name).is_empty() {
        return None;
    }
    let word = plan
        .telling
        .words
        .iter()
        .find(|word| under_way(plan).any(|known| known == *word));
    let mut values = Vec::new();
    let mut is_believed = plan.telling.tells("Id");
    for told in &plan.telling.facts {
        let shape = told.path.last().map(|field| plan.types.shape(&field.ty));
        let is_needed = told.path.last().is_some_and(|field| !field.is_optional());
        let value = match told.fact {
            "Envelope" => match &shape {
                Some(Shape::Flag) => "true".to_owned(),
                Some(Shape::Words(words)) => {
                    let yes = plan
                        .telling
                        .envelope
                        .as_ref()
                        .map_or(&[][..], |found| found.yes);
                    let said = words
                        .iter()
                        .find(|word| yes.iter().any(|yes| yes.eq_ignore_ascii_case(word)));
                    is_believed &= said.is_some();
                    format!("{:?}", said.or(words.first())?)
                }
                _ => "\"success\"".to_owned(),
            },
            "Id" => text_or_number(&shape, "rf_1", "1"),
            "Reference" => text_or_number(&shape, "r-1", "1"),
            "Payment" => {
                let payment = sample_payment(plan);
                text_or_number(&shape, payment, payment)
            }
            "Amount" => {
                let amount = match plan.unit {
                    Unit::Minor | Unit::Hundredths => "500",
                    Unit::Major => "5.00",
                };
                let amount = if shape == Some(Shape::Whole) && plan.unit == Unit::Major {
                    "5"
                } else {
                    amount
                };
                text_or_number(&shape, amount, amount)
            }
            "Currency" => format!("{:?}", currency(plan)),
            "CreatedAt" => format!("{TIME:?}"),
            "Status" => match (word, &shape) {
                (Some(word), _) => format!("{word:?}"),
                (None, Some(Shape::Words(words))) if is_needed => {
                    is_believed = false;
                    format!("{:?}", words.first()?)
                }
                (None, _) if is_needed => {
                    is_believed = false;
                    "\"parked\"".to_owned()
                }
                (None, _) => continue,
            },
            _ if is_needed => {
                is_believed = false;
                continue;
            }
            _ => continue,
        };
        values.push((told, value));
    }
    let values: Vec<(&Told, String)> = values;
    let body = sample(&plan.types, name, &[], &values, DEPTH)?;
    Some((body, is_believed))
}

fn text_or_number(shape: &Option<Shape>, text: &str, number: &str) -> String {
    match shape {
        Some(Shape::Whole | Shape::Amount) => number.to_owned(),
        _ => format!("\"{text}\""),
    }
}

/// The JSON of a type, with these values where facts are told.
fn sample(
    types: &Types,
    ty: &str,
    at: &[&Field],
    values: &[(&Told, String)],
    depth: usize,
) -> Option<String> {
    let depth = depth.checked_sub(1)?;
    Some(match types.shape(ty) {
        Shape::Text => "\"x\"".to_owned(),
        Shape::AmountText => "\"1.00\"".to_owned(),
        Shape::Time => format!("{TIME:?}"),
        Shape::Whole | Shape::Amount => "1".to_owned(),
        Shape::Flag => "true".to_owned(),
        Shape::Words(words) => format!("{:?}", words.first()?),
        Shape::List(_) => "[]".to_owned(),
        Shape::Other => return None,
        Shape::Struct(name) => {
            let mut members = Vec::new();
            for field in types.members(&name) {
                let path: Vec<&Field> = at.iter().copied().chain([field]).collect();
                let starts = |told: &Told| {
                    told.path.len() >= path.len()
                        && told
                            .path
                            .iter()
                            .zip(&path)
                            .all(|(one, other)| one.wire == other.wire)
                };
                let exact = values
                    .iter()
                    .find(|(told, _)| told.path.len() == path.len() && starts(told));
                let holds = values.iter().any(|(told, _)| starts(told));
                let value = match exact {
                    Some((_, value)) => value.clone(),
                    None if holds || !field.is_optional() => {
                        sample(types, &field.ty, &path, values, depth)?
                    }
                    None => continue,
                };
                members.push(format!("{:?}:{value}", field.wire));
            }
            format!("{{{}}}", members.join(","))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_needs_a_time_has_a_sample() {
        let types = Types::read(
            "pub struct Refund { pub id: ::std::string::String, pub created_at: provider_runtime::Timestamp }
             provider_runtime::object!(Refund { created_at = \"createdAt\" required, id required }, other_members);",
        );
        assert_eq!(
            sample(&types.unwrap(), "Refund", &[], &[], DEPTH).as_deref(),
            Some(r#"{"id":"x","createdAt":"2099-01-01T00:00:00Z"}"#)
        );
    }
}
