//! The source of the module and the manifest of its crate.

use super::{
    Plan, Unit,
    asking::Further,
    calls::{amount_given, call, rust},
    meaning,
    reading::{By, Reading},
    telling::{Telling, expression},
    types::{Shape, local},
};

/// The title as it can stand in a comment and in TOML.
pub(super) fn title(plan: &Plan<'_>) -> String {
    let is_plain = |character: &char| !character.is_control() && !"\"\\[]<>`".contains(*character);
    plan.config.title.chars().filter(is_plain).collect()
}

pub(super) fn manifest(plan: &Plan<'_>) -> String {
    let client = plan.client();
    let package = super::package(client);
    let chrono = if source(plan).contains("::chrono::") {
        "chrono.workspace = true\n"
    } else {
        ""
    };
    format!(
        r#"[package]
name = "{package}"
description = "Refunds at {title} that are never sent twice, by the most careful reading of its document"
readme = "LOOSEN.md"
version.workspace = true
edition.workspace = true
rust-version.workspace = true
license.workspace = true

[features]
default = ["rustls"]
# TLS by rustls.
rustls = ["{client}/rustls", "refunds/rustls"]
# TLS by the platform's library.
native-tls = ["{client}/native-tls", "refunds/native-tls"]

[dependencies]
{client} = {{ workspace = true, features = ["client"] }}
{chrono}refunds.workspace = true
serde = {{ workspace = true, features = ["derive"] }}

[dev-dependencies]
tokio = {{ workspace = true, features = ["macros", "rt", "time"] }}

[lints]
workspace = true
"#,
        title = title(plan)
    )
}

/// The type of a field of the user's request.
pub(super) fn field_type(further: &Further) -> &str {
    match further.shape {
        Shape::Text => "String",
        Shape::Whole => local(&further.ty),
        Shape::Flag => "bool",
        _ => "Json",
    }
}

pub(super) fn source(plan: &Plan<'_>) -> String {
    let body = [head(plan), request(plan), provider(plan), helpers(plan)].concat();
    let used = |word: &str| body.contains(word);
    let mut custom = vec![
        "Created",
        "Profile",
        "Provider",
        "RefundsAt",
        "RequestOf",
        "Told",
    ];
    if plan.reading.is_some() {
        custom.push("Found");
    }
    let mut evidence = vec!["Asked"];
    for name in ["About", "Check", "Fact", "Row", "Says"] {
        if used(&format!("{name}::")) || used(&format!("{name} {{")) {
            evidence.push(name);
        }
    }
    let mut facade = vec![
        "CallError",
        "Capabilities",
        "Money",
        "ProviderName",
        "Reference",
    ];
    for name in [
        "AmountNeed",
        "AmountUnit",
        "Decimal",
        "PartialRefunds",
        "ReadBack",
        "RefundError",
        "RefundStatus",
    ] {
        if used(&format!("{name}::")) || name == "RefundError" && used("RefundError>") {
            facade.push(name);
        }
    }
    let mut runtime = vec!["CallSettings", "GeneratedClient"];
    if used("Json") {
        runtime.push("Json");
    }
    let list = |mut names: Vec<&str>| {
        names.sort_unstable();
        names.join(", ")
    };
    let serde = if used("read::<") {
        "use serde::{Deserialize, Serialize, de::DeserializeOwned};"
    } else {
        "use serde::{Deserialize, Serialize};"
    };
    let (docs, body) = body.split_once("\n\n").unwrap_or(("", &body));
    format!(
        "{docs}\n\nuse std::sync::Arc;\n\nuse {client}::Client;\nuse refunds::custom::{{{}}};\nuse refunds::evidence::{{{}}};\nuse refunds::provider_runtime::{{{}}};\nuse refunds::{{{}}};\n{serde}\n\n{body}",
        list(custom),
        list(evidence),
        list(runtime),
        list(facade),
        client = plan.client(),
    )
}

fn head(plan: &Plan<'_>) -> String {
    let Plan {
        pascal, operation, ..
    } = plan;
    let name = plan.client();
    let mut can: Vec<String> = vec![match (plan.amount(), plan.unit) {
        (None, _) => {
            "can.amount = AmountNeed::NotSent;\n        can.partial_refunds = PartialRefunds::No;"
                .to_owned()
        }
        (Some(_), unit) => format!(
            "can.amount = AmountNeed::Required;\n        can.unit = AmountUnit::{};",
            match unit {
                Unit::Minor => "MinorUnits",
                Unit::Hundredths => "Hundredths",
                Unit::Major => "MajorUnits",
            }
        ),
    }];
    match plan.reading.as_ref().map(|reading| reading.by) {
        Some(By::Reference) => can.push("can.read_back = ReadBack::ByReference;".to_owned()),
        Some(By::Payment) => can.push("can.read_back = ReadBack::AmongThoseOfTheOrder;".to_owned()),
        None => {}
    }
    let mut with = String::new();
    if let Some(reading) = &plan.reading {
        with.push_str(&format!("\n.with_read(\"{}\")", reading.operation));
    }
    let words: Vec<_> = under_way(plan)
        .map(|word| format!("({word:?}, RefundStatus::Pending)"))
        .collect();
    if !words.is_empty() {
        with.push_str(&format!("\n.with_words(&[{}])", words.join(", ")));
    }
    let rows: String = [("Answer", "2xx", Some(&plan.telling))]
        .into_iter()
        .chain([("Read", "read", plan.reading.as_ref().map(|reading| &reading.telling))])
        .filter_map(|(about, id, telling)| {
            let envelope = telling?.envelope.as_ref()?;
            let yes: Vec<_> = envelope.yes.iter().map(|word| format!("{word:?}")).collect();
            Some(format!(
                "\n    Row::promised(About::{about}, Fact::Envelope, Check::OneOf(&[{}]), Says {{\n        id: \"{name}-{id}-envelope\",\n        \
                 looks_at: \"`{}`\",\n        proves: \"whatever says something else is doubt\",\n        source: \"its name; read what it means\",\n    }}),",
                yes.join(", "),
                envelope.name.escape_default(),
            ))
        })
        .collect();
    if !rows.is_empty() {
        with.push_str(&format!("\n.with_rows(&[{rows}\n])"));
    }
    format!(
        r#"//! Refunds at {title} behind the facade, by the most careful reading of its document.
//!
#![doc = include_str!("../LOOSEN.md")]

/// The provider's name, in records and in spans.
pub const NAME: ProviderName = match ProviderName::own("{name}") {{
    Some(name) => name,
    None => unreachable!(),
}};

static PROFILE: Profile = Profile::new(
    {{
        let mut can = Capabilities::cautious(NAME);
        {can}
        can
    }},
    "{operation}",
){with};

/// The provider behind the facade: its client, and what its document says.
#[derive(Clone, Debug)]
pub struct {pascal}Provider(Arc<Client>);

/// Refunds at {title}; `refunds::Refunds::from` takes them as it takes those of the built-in providers.
pub fn refunds(client: Client) -> RefundsAt<{pascal}Provider> {{
    RefundsAt::new({pascal}Provider(Arc::new(client)))
}}

"#,
        title = title(plan),
        can = can.join("\n        "),
    )
}

/// The documented words that can mean nothing but that it is under way.
pub(super) fn under_way<'a>(plan: &'a Plan<'_>) -> impl Iterator<Item = &'a String> {
    let words = plan.telling.words.iter();
    let read = plan
        .reading
        .iter()
        .flat_map(|reading| &reading.telling.words);
    let read = read.filter(|word| !plan.telling.words.contains(word));
    words.chain(read).filter(|word| meaning::is_under_way(word))
}

fn request(plan: &Plan<'_>) -> String {
    let pascal = &plan.pascal;
    let mut fields = match &plan.asking.payment {
        Some(member) => format!("    /// What is refunded: `{member}`.\n    pub payment: String,\n"),
        None => "    /// What is refunded, by your own name for it: the document names no member for it.\n    pub payment: String,\n"
            .to_owned(),
    };
    if plan.amount().is_some() {
        fields.push_str("    /// How much of it.\n    pub amount: Money,\n");
    }
    for further in &plan.asking.further {
        let docs: String = further
            .docs
            .chars()
            .filter(|c| !"[]<>`".contains(*c))
            .collect();
        let docs = match docs.trim() {
            "" => format!("The document's `{}`.", further.name.trim_end_matches('_')),
            docs => docs.to_owned(),
        };
        fields.push_str(&format!(
            "    /// {docs}\n    pub {}: {},\n",
            further.name,
            field_type(further)
        ));
    }
    let amount = match plan.amount() {
        Some(_) => "Some(&self.amount)",
        None => "None",
    };
    format!(
        r#"/// What a refund needs to know. It is stored until its outcome is known.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct {pascal}Refund {{
{fields}}}

impl RequestOf for {pascal}Refund {{
    fn payment(&self) -> &str {{
        &self.payment
    }}

    fn amount(&self) -> Option<&Money> {{
        {amount}
    }}
}}

"#
    )
}

fn provider(plan: &Plan<'_>) -> String {
    let Plan { pascal, .. } = plan;
    let mut asked = String::new();
    if plan.telling.tells("Payment")
        || plan
            .reading
            .as_ref()
            .is_some_and(|found| found.telling.tells("Payment"))
    {
        asked.push_str("\n        asked.payment = Some(&request.payment);");
    }
    if plan.amount().is_some() {
        let amount = match plan.unit {
            Unit::Minor => "request.amount.minor_units(NAME).ok().map(Decimal::from)",
            Unit::Hundredths => "request.amount.hundredths(NAME).ok().map(Decimal::from)",
            Unit::Major => "request.amount.major_units(NAME).ok()",
        };
        asked.push_str(&format!(
            "\n        asked.amount = {amount};\n        asked.currency = Some(request.amount.currency().code());"
        ));
    }
    let uses_request = if asked.is_empty() { "_" } else { "request" };
    let told = telling("answer", &plan.telling);
    let told = match plan.success {
        Some(_) => told,
        None => "Told::new()".to_owned(),
    };
    format!(
        r#"impl Provider for {pascal}Provider {{
    type Request = {pascal}Refund;

    fn profile(&self) -> &'static Profile {{
        &PROFILE
    }}

    fn with_call(&self, call: &CallSettings) -> Option<Self> {{
        Some(Self(Arc::new(GeneratedClient::with_call(&*self.0, call.clone()))))
    }}

{check}    fn asked<'a>(&self, reference: &'a Reference, {uses_request}: &'a {pascal}Refund) -> Asked<'a> {{
        let mut asked = Asked::default();
        asked.reference = Some(reference.as_str().into());{asked}
        asked
    }}

    async fn create(&self, {reference}: &Reference, {request}: &{pascal}Refund) -> Result<Created, CallError> {{
{call}
        let answer = call.send().await.map_err(|error| error.into_untyped())?;
        let told = {told};
        Ok(Created::new(answer, told))
    }}
{reading}}}
"#,
        check = check(plan),
        reference = if call(plan).contains("reference.") {
            "reference"
        } else {
            "_"
        },
        request = if call(plan).contains("request.") {
            "request"
        } else {
            "_"
        },
        call = call(plan),
        reading = plan
            .reading
            .as_ref()
            .map(|reading| read_back(plan, reading))
            .unwrap_or_default(),
    )
}

/// Refuses amounts that cannot be sent, before anything is recorded.
fn check(plan: &Plan<'_>) -> String {
    if plan.amount().is_none() {
        return String::new();
    }
    let whole = match (plan.unit, amount_given(plan)) {
        (Unit::Major, Some(given)) if given.shape == Shape::Whole => {
            "\n        if !amount.is_integer() {\n            return Err(PROFILE.invalid(\"amount\", \"it is a whole number here\"));\n        }"
        }
        _ => "",
    };
    let checked = match plan.unit {
        Unit::Minor => "request.amount.minor_units(NAME)?",
        Unit::Hundredths => "request.amount.hundredths(NAME)?",
        Unit::Major => "request.amount.major_units(NAME)?",
    };
    let line = if whole.is_empty() {
        format!("{checked};")
    } else {
        format!("let amount = {checked};{whole}")
    };
    format!(
        "    fn check(&self, _: &Reference, request: &{}Refund) -> Result<(), RefundError> {{\n        {line}\n        Ok(())\n    }}\n\n",
        plan.pascal
    )
}

/// What an answer, or one of the refunds that it lists, tells.
fn telling(from: &str, telling: &Telling) -> String {
    let facts = telling.facts.iter().map(|told| {
        format!(
            "\n            .with(Fact::{}, {})",
            told.fact,
            expression(from, &told.path)
        )
    });
    format!("Told::new(){}", facts.collect::<String>())
}

fn read_back(plan: &Plan<'_>, reading: &Reading) -> String {
    let (parameters, by) = match reading.by {
        By::Reference => ("reference: &Reference, _", "reference.to_string()"),
        By::Payment => ("_: &Reference, request", "request.payment.clone()"),
    };
    let told = match &reading.list {
        Some(list) => {
            let list = if list.ends_with("flatten()") {
                list.clone()
            } else {
                format!("{list}.iter()")
            };
            format!(
                "let listed: Vec<Told> = {list}\n                .map(|refund| {})\n                .collect();",
                telling("refund", &reading.telling)
            )
        }
        None => format!("let listed = [{}];", telling("answer", &reading.telling)),
    };
    format!(
        r#"
    fn found_by(&self, {parameters}: &{pascal}Refund) -> Option<String> {{
        Some({by})
    }}

    async fn find(&self, by: &str) -> Option<Result<Found, CallError>> {{
        let answer = self.0.{operation}().{setter}(by).send().await;
        Some(answer.map_err(|error| error.into_untyped()).map(|answer| {{
            {told}
            // Nobody has read yet whether these are all.
            Found::new(answer, listed).partial()
        }}))
    }}
"#,
        pascal = plan.pascal,
        operation = rust(&reading.operation),
        setter = reading.setter,
    )
}

fn helpers(plan: &Plan<'_>) -> String {
    let code = provider(plan);
    let mut helpers = String::new();
    if code.contains("told(&") {
        helpers.push_str(
            r#"
/// The text of a member: a text as it is, a number in its digits.
fn told(value: &impl Serialize) -> Option<String> {
    match Json::of(value) {
        Ok(Json::Null) => None,
        Ok(Json::Text(text)) => Some(text),
        Ok(other) => Some(other.to_string()),
        // Told, and unreadable: it agrees with nothing.
        Err(_) => Some("unreadable".to_owned()),
    }
}
"#,
        );
    }
    if code.contains("read::<") {
        helpers.push_str(
            r#"
/// What the document has a type of its own for.
fn read<T: DeserializeOwned>(value: &(impl Serialize + ?Sized)) -> Result<T, CallError> {
    let read = Json::of(value).and_then(|value| value.read());
    read.map_err(|error| CallError::invalid_request(error.to_string()))
}
"#,
        );
    }
    if code.contains("whole::<") {
        helpers.push_str(
            r#"
/// A whole number.
fn whole<T: std::str::FromStr<Err: std::fmt::Display>>(text: &str) -> Result<T, CallError> {
    text.parse().map_err(|error: T::Err| CallError::invalid_request(error.to_string()))
}
"#,
        );
    }
    helpers
}
