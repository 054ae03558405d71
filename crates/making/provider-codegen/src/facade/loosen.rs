//! What to read in the provider's documentation, and what each finding loosens.

use super::{
    Plan, Unit, meaning,
    print::{title, under_way},
    reading::By,
};

pub(super) fn text(plan: &Plan<'_>) -> String {
    let name = plan.client();
    let title = title(plan);
    let asking = &plan.asking;
    let call = plan.config.operations.get(plan.operation);
    let call = call.map(|found| found.call.to_string()).unwrap_or_default();
    let mut text = format!(
        "# Refunds at {title}, and what to read to loosen them\n\n\
         Written by `cargo xtask add-provider {name} --facade` from the document of {title}, by the names of its members: check every line \
         against the provider's documentation. It is yours to edit, and is not written again. What each line of the code means is in the \
         documentation of `refunds::custom`.\n\n\
         A refund is `{call}`. Until you change it, nothing is sent twice that may have happened, and every answer is doubt that nothing below \
         explains. `cargo test -p {package}` shows it on loopback: what `tests/refunds.rs` expects there is this reading, and goes as you loosen \
         it. Once it is loosened, search it with `refunds-conformance`, and run its campaign with `specs/{name}/openapi.json`.\n\n\
         ## What was read from names: is it so?\n\n",
        package = super::package(name),
    );
    let mut line = |what: &str| text.push_str(&format!("- {what}\n"));
    line(&match &asking.reference {
        Some(member) => format!("Your own reference is sent as `{member}`."),
        None => "No member for your own reference was found, so that no refund can be told from another by it. If there is one, send it in `create`.".to_owned(),
    });
    if let Some(key) = call_key(plan) {
        line(&format!("The header `{key}` is your reference."));
    }
    line(&match &asking.payment {
        Some(member) => format!("What is refunded is named by `{member}`."),
        None => "No member that names what is refunded was found. Refunds of one `payment` go one after the other; if it is sent, send it in `create`.".to_owned(),
    });
    match (&asking.amount, plan.unit_source) {
        (Some(member), source) => {
            let unit = match plan.unit {
                Unit::Minor => "in the currency's minor unit (500 for 5.00 EUR)",
                Unit::Hundredths => "in hundredths",
                Unit::Major => "in the currency's major unit (5.00 for 5.00 EUR)",
            };
            let source = source.map_or("as `--amounts` said", |source| source);
            line(&format!(
                "`{member}` is the amount, {unit}: {source}. Answers are compared in the same unit."
            ));
        }
        (None, _) => line(
            "No member for an amount was found: a refund is of everything. If it can be of a part, give the request an `amount`, and set `partial_refunds` and `amount` of the capabilities.",
        ),
    }
    if !asking.further.is_empty() {
        let further = asking.further.iter();
        let further: Vec<_> = further
            .map(|further| format!("`{}`", further.name))
            .collect();
        line(&format!(
            "Asked of whoever refunds, and stored with the refund: {}. What belongs to each attempt (a signature, its time, a nonce) is \
             none of these: take its parameter away by an action of `specs/{name}/overlay.yaml`, `cargo xtask codegen {name}`, and give \
             the client a `request_signer`.",
            further.join(", ")
        ));
    }
    if !asking.left_out.is_empty() {
        line(&format!(
            "Not sent, since the document does not need it: {}.",
            asking.left_out.join(", ")
        ));
    }
    for (fact, what) in [
        ("Id", "The provider's id of the refund"),
        ("Reference", "Your reference"),
        ("Payment", "What is refunded"),
        ("Amount", "The refunded amount"),
        ("Currency", "Its currency"),
        ("Status", "The state of the refund"),
        (
            "CreatedAt",
            "The time at which the refund itself was created",
        ),
    ] {
        if let Some(wire) = plan.telling.wire(fact) {
            line(&format!("{what} is `{wire}` of the answer."));
        }
    }
    if !plan.telling.unread.is_empty() {
        line(&format!(
            "Told by the answer, and compared with nothing: {}. Put what could say no or name another refund as a `Fact`.",
            plan.telling.unread.join(", ")
        ));
    }
    text.push_str("\n## What to read, and what it loosens\n\n");
    let mut number = 0;
    let mut ask = |question: &str, answer: &str| {
        number += 1;
        text.push_str(&format!("{number}. **{question}** {answer}\n"));
    };
    ask(
        "Is a repeated request recognised?",
        &match call_key(plan) {
            Some(key) => format!(
                "By `{key}`, it seems. Only if *every* answer is kept, while the first request is under way as well, and for a time that is said: \
                 `.with_repetition(Repetition::KeyKeepsEveryAnswer {{ kept }})`. Where only successes are kept, leave it as it is."
            ),
            None => "Where a second refund with the same reference is refused for ever: `.with_repetition(Repetition::SecondIsRefused)`. Where a key \
                     keeps every answer: send it, and `Repetition::KeyKeepsEveryAnswer`. Until then nothing is sent again that may have happened."
                .to_owned(),
        },
    );
    let words: Vec<_> = under_way(plan).map(|word| format!("`{word}`")).collect();
    let listed = plan
        .telling
        .words
        .iter()
        .filter(|word| !meaning::is_under_way(word));
    let listed: Vec<_> = listed.map(|word| format!("`{word}`")).collect();
    let taken = match words.as_slice() {
        [] => "None is taken to mean anything".to_owned(),
        words => format!("Pending is {}, and nothing else", words.join(", ")),
    };
    let listed = match listed.as_slice() {
        [] => "the document lists no others".to_owned(),
        words => format!("the document lists {} too", words.join(", ")),
    };
    ask(
        "Which words for the state of a refund are there, and which are final?",
        &format!(
            "{taken}; {listed}. List them in `.with_words`: a word that is not there is doubt. `Failed` and `Cancelled` only where the money was \
             not, and will not be, returned."
        ),
    );
    if let Some(envelope) = &plan.telling.envelope {
        let yes: Vec<_> = envelope
            .yes
            .iter()
            .map(|word| format!("`{word}`"))
            .collect();
        ask(
            &format!("What does `{}` say, and is it always there?", envelope.name),
            &format!(
                "Whatever is not {} is doubt, and so is none. Mend the row `{name}-2xx-envelope`, or take it away.",
                yes.join(", ")
            ),
        );
    }
    ask(
        "Which refusals prove that nothing has happened?",
        "None is believed. A row for each, by its status and code: `Row::refusal(&[(422, 422)], &[\"currency\"], Refusal::Definite, …)`; one that \
         an earlier refund of yours could cause is `Refusal::MayExistAlready`.",
    );
    if !plan.telling.tells("Id") {
        ask(
            "Does a success name the refund?",
            "No member for its id was found, and without one every success is doubt: put it as `Fact::Id`, or take the row away by \
             `.without(&[\"own-2xx-id\"])` where the documents say that there is none.",
        );
    }
    match &plan.reading {
        Some(reading) => {
            let by = match reading.by {
                By::Reference => "your reference",
                By::Payment => "the payment",
            };
            ask(
                "Does the read show all refunds, and at once?",
                &format!(
                    "They are read by {by} (`{operation}`). A refund that is not shown proves nothing. Where all are shown on one page, take \
                     `.partial()` away; where they page, say how in `operations.{operation}.paging` of `specs/{name}/provider.toml`, and read \
                     `pages()` by `Found::in_pages`. Then one that has failed settles it{}.",
                    match reading.telling.tells("CreatedAt") {
                        true => "",
                        false => ", where it also tells when it was created (`Fact::CreatedAt`)",
                    },
                    operation = reading.operation,
                ),
            );
        }
        None => ask(
            "By what can a refund be found again?",
            "No operation obviously reads refunds by your reference or by the payment, so that a doubt stays one until somebody asks the \
             provider. If there is one, write `found_by` and `find`, and `.with_read`; where it shows the one refund of a name, with \
             `Found::by_name` and `asked_by`.",
        ),
    }
    ask(
        "Is a refund named by one id everywhere?",
        "It is taken for one: another id is another refund. Where a list or an event names it otherwise than the answer did: \
         `can.ids = RefundIds::Differ`. Where one is read by its id: `found_by_id`.",
    );
    ask(
        "Are there events about refunds, and are they signed?",
        &format!(
            "None is read. A signed one that repeats your reference settles doubts: say how it is signed in a `Scheme` of \
             `provider_runtime::webhooks` (feature `webhooks` of `refunds`), and what it tells by `RefundsAt::update`. One that stands \
             under `webhooks` of the document (`x-webhooks` before OpenAPI 3.1) gets a type once \
             `[webhooks.NAME]` of `specs/{name}/provider.toml` names it (`event = \"…\"`), by `cargo xtask import {name}` and `codegen {name}`."
        ),
    );
    ask(
        "How are too many requests answered?",
        "`Retry-After` is read; seconds in the body of a 429 by `.with_rate_limit_at`.",
    );
    text
}

/// The header by which the provider says that it tells a repeated request.
fn call_key<'a>(plan: &'a Plan<'_>) -> Option<&'a str> {
    let operation = plan.config.operations.get(plan.operation)?;
    operation.idempotency_header.as_deref()
}
