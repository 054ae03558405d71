//! What a maintainer must not miss: money behind the overlay, and in what pages say around their documents.

use std::fs;

use serde_json::Value;

use crate::shared::has;
use crate::support::{drift, page, report, workspace};

const PAGE: &str = "initiate-refund.md";

/// The exit code, the report in JSON and the one in text after edits of Tazapay's page.
fn reports(edits: &[(&str, &str)]) -> (u8, Value, String) {
    let root = workspace("tazapay");
    let page = page(&root, "tazapay", PAGE, edits);
    let (code, text) = drift(&root, &["tazapay", &page]).unwrap();
    (code, report(&root, &["tazapay", &page]).1, text)
}

/// The line of the published page, from 1, that has `words`, with `more` lines before it.
fn line_of(words: &str, more: usize) -> usize {
    let root = workspace("tazapay");
    let published = root.path().join("specs/tazapay/published").join(PAGE);
    let text = fs::read_to_string(published).unwrap();
    text.lines().position(|line| line.contains(words)).unwrap() + 1 + more
}

#[test]
fn a_unit_of_money_that_an_overlay_action_masks_comes_first_and_is_never_to_be_merged_unread() {
    let unit = "Refund amount in the smallest currency unit (e.g., cents).";
    let (code, report, text) = reports(&[
        (unit, "Refund amount in major units of the currency."),
        (
            "  - url: https://service-sandbox.tazapay.com\n",
            "  - url: https://service-sandbox.tazapay.com\n    description: sandbox\n",
        ),
        (
            "description: Reason for the refund\n",
            "description: Why it is refunded\n",
        ),
    ]);
    assert_eq!(
        (code, &report["verdict"]),
        (1, &"read-this".into()),
        "{text}"
    );
    let first = &report["drift"]["changes"][0];
    assert_eq!(first["kind"], "unit-changed");
    assert_eq!(
        (&first["class"], &first["money"]),
        (&"read-this".into(), &true.into())
    );
    assert_eq!(first["masked_by"], serde_json::json!([16]));
    assert_eq!(
        first["page"]["file"],
        "specs/tazapay/published/initiate-refund.md"
    );
    assert_eq!(first["page"]["line"], line_of(unit, 1));
    assert!(text.starts_with("tazapay: money, read first\n"), "{text}");
    has!(&text, "Do not merge before you have read");
    for never in ["merging is safe", "merge once", "\nMerge"] {
        assert!(!text.contains(never), "{never}:\n{text}");
    }
    // The overlay masks it, so that no release of the crate would tell it to anybody.
    assert!(!text.contains("CHANGELOG"), "{text}");
}

#[test]
fn a_type_of_an_amount_that_the_overlay_masks_is_to_be_read() {
    let (code, report, text) = reports(&[(
        "        amount:\n          type: integer\n          description: Refund amount in",
        "        amount:\n          type: string\n          description: Refund amount in",
    )]);
    assert_eq!(code, 1, "{text}");
    let first = &report["drift"]["changes"][0];
    assert_eq!(
        (&first["kind"], &first["class"], &first["money"]),
        (&"type-changed".into(), &"read-this".into(), &true.into())
    );
}

#[test]
fn a_field_about_money_is_to_be_read_though_it_breaks_nothing() {
    let place = "        reason:\n          type: string\n          description: Reason provided for initiating the refund.\n";
    for (field, class) in [("refund_fee", "read-this"), ("refund_method", "compatible")] {
        let more = format!("{place}        {field}:\n          type: string\n");
        let (code, report, text) = reports(&[(place, &more)]);
        assert_eq!(code, 1, "{text}");
        assert_eq!(report["drift"]["changes"][0]["kind"], "field-added");
        assert_eq!(report["drift"]["changes"][0]["class"], class, "{text}");
    }
}

#[test]
fn what_may_be_money_is_to_be_read_though_no_name_says_so() {
    let answer = "        reference_id:\n";
    let request = "                reason:\n                  type: string\n                  description: Reason for the refund\n";
    let place = "      requestBody:\n        content:\n";
    let status = "        '202':\n          content:\n";
    let field = |at: &str, name: &str, says: &str| {
        let indent = " ".repeat(at.len() - at.trim_start().len());
        format!("{indent}{name}:\n{indent}  {says}\n{at}")
    };
    for (from, to) in [
        // A number, a yes or no, a text that is a number, and a word of money.
        (answer, field(answer, "nett", "type: integer")),
        (answer, field(answer, "undone", "type: boolean")),
        (
            answer,
            field(answer, "left", "{type: string, format: decimal}"),
        ),
        (
            answer,
            field(answer, "parts", "{type: array, items: {type: number}}"),
        ),
        (answer, field(answer, "tax", "type: string")),
        (answer, field(answer, "paidOut", "type: string")),
        (
            answer,
            field(
                answer,
                "note",
                "{type: string, description: What is kept of the amount.}",
            ),
        ),
        // What nobody sends yet, and what its absence means.
        (
            request,
            field(request, "speed", "{type: string, enum: [instant, normal]}"),
        ),
        (
            request,
            field(request, "part", "{type: boolean, default: true}"),
        ),
        (
            place,
            format!(
                "      parameters:\n        - {{in: query, name: trial, schema: {{type: boolean}}}}\n{place}"
            ),
        ),
        (
            place,
            format!(
                "      parameters:\n        - {{in: header, name: X-Mode, schema: {{type: string}}}}\n{place}"
            ),
        ),
        // Another end of the call.
        (
            status,
            format!("        '207':\n          description: In part\n{status}"),
        ),
        (
            status,
            format!("        '429':\n          description: Later\n{status}"),
        ),
        // A word that says how it stands.
        (
            "        object:\n          type: string\n",
            "        object:\n          type: string\n          enum: [refund, chargeback]\n"
                .to_owned(),
        ),
        // Behind a stricter limit of the overlay's.
        (
            "                  format: int32\n",
            "                  format: int32\n                  minimum: -100\n".to_owned(),
        ),
    ] {
        let (code, report, text) = reports(&[(from, &to)]);
        assert!(code > 0, "{to}: {text}");
        assert!(
            text.lines().next().unwrap().contains("money"),
            "{to}: {text}"
        );
        assert!(!text.contains("\nMerge"), "{to}: {text}");
        let mut changes = report["drift"]["changes"].as_array().unwrap().iter();
        assert!(
            changes.any(|change| change["money"] == true),
            "{to}: {text}"
        );
    }
}

#[test]
fn prose_about_keys_time_fees_and_signatures_is_to_be_read_with_its_line() {
    let title = "# Initiate Refund\n\n";
    for words in [
        "The Idempotency-Key header is no longer honoured.",
        "Refunds are possible within 7 days only.",
        "Each refund costs 2.9 % of what is paid back.",
        "Webhooks are signed with another secret.",
        "At most 5 requests are answered.",
        "Do not send a request again.",
        "Refunds above 500 USD are refused.",
        "Es werden 1.000,00 EUR einbehalten.",
    ] {
        let (code, report, text) = reports(&[(title, &format!("{title}{words}\n\n"))]);
        assert_eq!(code, 1, "{text}");
        let changes = report["drift"]["changes"].as_array().unwrap();
        assert_eq!(changes.len(), 1, "{text}");
        assert_eq!(
            (&changes[0]["kind"], &changes[0]["class"]),
            (&"page-changed".into(), &"read-this".into())
        );
        assert_eq!(changes[0]["after"], words);
        assert_eq!(changes[0]["page"]["line"], line_of("# Initiate Refund", 2));
        assert!(text.starts_with("tazapay: money, read first\n"), "{text}");
    }
}

#[test]
fn a_word_that_turns_a_sentence_round_is_told_with_the_whole_sentence() {
    let was = "the customer's phone number is required";
    let (code, report, _) = reports(&[(was, "the customer's phone number is never required")]);
    let change = &report["drift"]["changes"][0];
    assert_eq!((code, &change["class"]), (1, &"read-this".into()));
    assert!(change["before"].as_str().unwrap().contains(was));
}

#[test]
fn safe_is_said_only_where_page_and_block_say_the_same() {
    let safe = "merging is safe";
    // Line breaks are no words.
    let (code, _, text) = reports(&[(
        "Tazapay may not be able to process refunds. For",
        "Tazapay may not be able\n  to process refunds. For",
    )]);
    assert_eq!((code, text.contains(safe)), (0, true), "{text}");
    let title = "# Initiate Refund\n\n";
    for (from, to) in [
        // No list knows these words.
        (title, "# Initiate Refund\n\nWe hold back three euros.\n\n"),
        (title, "# Initiate Refund\n\nEs wird mehr einbehalten.\n\n"),
        (
            title,
            "# Initiate Refund\n\n| Card | three |\n|---|---|\n\n",
        ),
        (title, "# Initiate Refund\n\n[^1]: Except Japan.\n\n"),
        (
            title,
            "# Initiate Refund\n\n```bash\ncurl -H 'X-Idem: 1'\n```\n\n",
        ),
        ("phone number is required", "phone number is *not* required"),
        ("-unsupported-for-refunds)", "-unsupported)"),
        ("````yaml post /v3/refund", "````yaml put /v3/refund"),
        (
            "openapi: 3.1.0\n",
            "openapi: 3.1.0\n# Nothing is remembered.\n",
        ),
        (
            "                  format: int32\n",
            "                  format: int32 # whole dollars\n",
        ),
        (
            "servers:\n",
            "externalDocs:\n  url: https://a.example\nservers:\n",
        ),
        ("servers:\n", "tags:\n  - name: sandbox only\nservers:\n"),
        ("servers:\n", "x-notes:\n  hosts: others\nservers:\n"),
        ("# Initiate Refund\n", "# Start a Refund\n"),
        (
            "  title: sandbox\n",
            "  title: sandbox\n  description: All of it.\n",
        ),
        (
            "description: Reason for the refund\n",
            "description: Why it is refunded\n",
        ),
        ("reason: Customer Return\n", "reason: Customer Returned\n"),
        // Nothing refers to it, so that nothing else tells it.
        (
            "    Phone:\n      type: object\n",
            "    Kept:\n      type: object\n      description: Three euros.\n    Phone:\n      type: object\n",
        ),
    ] {
        let (code, report, text) = reports(&[(from, to)]);
        assert_eq!((code, text.contains(safe)), (1, false), "{text}");
        assert_eq!(report["verdict"], "read-this", "{text}");
        assert!(text.starts_with("tazapay: read first\n"), "{text}");
        assert!(!text.contains("\nMerge"), "{text}");
        assert!(!report["drift"]["changes"][0]["page"].is_null());
    }
}

#[test]
fn a_component_that_nothing_uses_and_an_empty_example_are_told_all_the_same() {
    let components = "components:\n  schemas:\n";
    for (from, to, is_money) in [
        (
            components,
            "components:\n  schemas:\n    Fee:\n      type: object\n      properties: {fee: {type: integer}}\n",
            true,
        ),
        // Used by nothing but itself and another one that is not used.
        (
            components,
            "components:\n  schemas:\n    A:\n      properties: {a: {$ref: '#/components/schemas/B'}}\n    B:\n      items: {$ref: '#/components/schemas/B'}\n",
            false,
        ),
        (
            components,
            "components:\n  parameters:\n    Key: {in: header, name: Idempotency-Key, schema: {type: string}}\n  schemas:\n",
            true,
        ),
        (
            "    sec0:\n",
            "    more:\n      type: apiKey\n      in: header\n      name: X-More\n    sec0:\n",
            true,
        ),
        (
            "                      metadata: {}\n",
            "                      metadata_fee: {}\n",
            true,
        ),
        ("                      metadata: {}\n", "", false),
    ] {
        let (code, report, text) = reports(&[(from, to)]);
        assert_eq!(
            (code, &report["verdict"]),
            (1, &"read-this".into()),
            "{to}: {text}"
        );
        let mut changes = report["drift"]["changes"].as_array().unwrap().iter();
        let money = changes.any(|change| change["money"] == true);
        assert_eq!(money, is_money, "{to}: {text}");
    }
}

#[test]
fn a_component_that_lost_its_use_is_told_by_what_used_it_alone() {
    let field = "        phone:\n          $ref: '#/components/schemas/Phone'\n";
    let number = "        number:\n          type: string\n";
    let other = number.replace("string", "integer");
    let (_, report, text) = reports(&[(field, ""), (number, &other)]);
    assert_eq!(
        report["drift"]["changes"].as_array().unwrap().len(),
        1,
        "{text}"
    );
}

#[test]
fn what_may_be_left_out_or_written_otherwise_where_money_moves_is_about_money() {
    let content = "      requestBody:\n        content:\n";
    let answer = "        '202':\n          content:\n";
    for (from, to) in [
        (
            "      required:\n        - email\n".to_owned(),
            String::new(),
        ),
        (
            content.to_owned(),
            format!(
                "{content}          application/x-www-form-urlencoded: {{schema: {{type: object, properties: {{sum: {{type: number}}}}}}}}\n"
            ),
        ),
        (
            answer.to_owned(),
            format!("{answer}            text/csv: {{schema: {{type: string}}}}\n"),
        ),
    ] {
        let (code, _, text) = reports(&[(&from, &to)]);
        assert!(code > 0, "{to}: {text}");
        assert!(
            text.lines().next().unwrap().contains("money"),
            "{to}: {text}"
        );
    }
    let root = workspace("optty");
    let page = page(
        &root,
        "optty",
        "post-orders-reference-refund.md",
        &[(
            "\"requestBody\":{\"required\":true",
            "\"requestBody\":{\"required\":false",
        )],
    );
    let (code, text) = drift(&root, &["optty", &page]).unwrap();
    assert_eq!(code, 1, "{text}");
    assert!(text.starts_with("optty: money, read first\n"), "{text}");
}

#[test]
fn a_text_is_about_money_by_the_name_of_what_it_is_said_of() {
    let answer = "          type: integer\n          description: Refund amount in the smallest";
    let operation = "      operationId: refund-api\n";
    let balance = "description: Balance transaction associated with the refund.";
    for (from, to) in [
        (
            answer,
            answer.replace("integer", "integer\n          example: 900"),
        ),
        (
            answer,
            answer.replace("integer", "integer\n          x-factor: 100"),
        ),
        (operation, format!("{operation}      x-rate-limit: 5/s\n")),
        (
            operation,
            format!("{operation}      x-is-idempotent: true\n"),
        ),
        (
            operation,
            format!("{operation}      x-more: {{refundFee: some}}\n"),
        ),
        (balance, "description: Whatever.".to_owned()),
    ] {
        let (code, report, text) = reports(&[(from, &to)]);
        assert!(code > 0, "{to}: {text}");
        let changes = report["drift"]["changes"].as_array().unwrap();
        assert!(
            changes.iter().all(|change| change["money"] == true),
            "{to}: {text}"
        );
        assert!(
            text.lines().next().unwrap().contains("money"),
            "{to}: {text}"
        );
    }
}

#[test]
fn what_breaks_nothing_is_to_be_looked_at_before_it_is_merged() {
    let answer = "        reference_id:\n";
    let server = "  - url: https://service-sandbox.tazapay.com\n";
    for (from, to, headline) in [
        // No list has these words.
        (
            answer,
            "        abzug:\n          type: string\n        reference_id:\n",
            "compatible, look first",
        ),
        (
            answer,
            "        haircut:\n          type: string\n          description: What we take.\n        reference_id:\n",
            "compatible, look first",
        ),
        (
            "          description: Accepted\n",
            "          description: Accepted\n          headers:\n            X-Budget: {schema: {type: string}}\n",
            "compatible, look first",
        ),
        (
            "components:\n",
            "  /v3/refund/{id}/cancel:\n    post:\n      responses: {'200': {description: Done}}\ncomponents:\n",
            "compatible, look first",
        ),
        (
            server,
            "  - url: https://service-sandbox.tazapay.com\n  - url: https://eu.tazapay.com\n",
            "compatible, look first",
        ),
        // The page says something else, though no rule asks for it.
        (
            "operationId: refund-api\n",
            "operationId: refund-async\n",
            "read first",
        ),
        (
            "      scheme: basic\n",
            "      scheme: basic\n      bearerFormat: JWT\n",
            "read first",
        ),
    ] {
        let (code, _, text) = reports(&[(from, to)]);
        assert_eq!(code, 1, "{to}: {text}");
        assert_eq!(
            text.lines().next(),
            Some(format!("tazapay: {headline}").as_str()),
            "{to}: {text}"
        );
        for unread in ["\nMerge", "safe.", "Nothing changes"] {
            assert!(!text.contains(unread), "{to}: {text}");
        }
    }
}

#[test]
fn what_breaks_in_rust_alone_is_read_before_it_is_merged() {
    let gone = "        reference_id:\n          type: string\n          description: Reference id linked to the refund.\n";
    let (code, _, text) = reports(&[(gone, "")]);
    assert_eq!(code, 2, "{text}");
    assert!(
        text.starts_with("tazapay: breaking in Rust, read first\n"),
        "{text}"
    );
    has!(&text, "Read the changes below before merging");
}

#[test]
fn what_comes_as_a_whole_is_told_by_what_brings_it_and_otherwise_by_itself() {
    // A new field has its words with it, and those of the component that it refers to.
    let place = "        reason:\n          type: string\n          description: Reason provided for initiating the refund.\n";
    let field = format!("{place}        risk:\n          $ref: '#/components/schemas/Risk'\n");
    let component = "    Phone:\n      type: object\n";
    let risk =
        format!("    Risk:\n      type: object\n      description: How risky it is.\n{component}");
    let (_, report, text) = reports(&[(place, &field), (component, &risk)]);
    assert_eq!(report["verdict"], "compatible", "{text}");
    // An example where there was none brings its amount.
    let answer =
        "          description: '200'\n          content:\n            application/json:\n";
    let example = format!(
        "{answer}              example:\n                data:\n                  amount: 900\n"
    );
    let (_, report, text) = reports(&[(answer, &example)]);
    assert_eq!(report["drift"]["changes"][0]["money"], true, "{text}");
    assert!(!text.contains("\nMerge"), "{text}");
}

#[test]
fn the_currency_of_an_answer_is_about_money() {
    let was = "        currency:\n          type: string\n          description: Currency of the refund (ISO 4217 format).\n";
    let (_, report, text) = reports(&[(was, &was.replace("currency:", "currency_code:"))]);
    assert!(
        text.starts_with("tazapay: breaking in Rust; money, read first\n"),
        "{text}"
    );
    assert_eq!(report["drift"]["changes"][0]["kind"], "field-removed");
}

#[test]
fn what_no_rule_compares_within_a_block_is_to_be_read_where_it_is_about_money() {
    for (from, to) in [
        (
            "  title: sandbox\n",
            "  title: sandbox\n  description: The Idempotency-Key header is no longer honoured.\n",
        ),
        (
            "                  amount: 90000\n                  currency: USD\n                  reason: Customer Return\n",
            "                  amount: 900\n                  currency: USD\n                  reason: Customer Return\n",
        ),
    ] {
        let (code, report, text) = reports(&[(from, to)]);
        assert_eq!(
            (code, &report["verdict"]),
            (1, &"read-this".into()),
            "{text}"
        );
        assert!(text.starts_with("tazapay: money, read first\n"), "{text}");
    }
}

#[test]
fn an_amount_in_a_sample_around_the_block_is_to_be_read() {
    let root = workspace("optty");
    let edit = (
        "    \"refundedAmount\": 100,",
        "    \"refundedAmount\": 10000,",
    );
    let page = page(&root, "optty", "post-orders-reference-refund.md", &[edit]);
    let (code, text) = drift(&root, &["optty", &page]).unwrap();
    assert_eq!(code, 1, "{text}");
    assert!(text.starts_with("optty: money, read first\n"), "{text}");
}

#[test]
fn a_page_that_is_new_is_to_be_read() {
    let root = workspace("tazapay");
    let new = root.path().join("fees.md");
    fs::write(&new, "# Fees\n\nNone.\n\n```json\n{\"openapi\": \"3.1.0\", \"info\": {\"title\": \"t\", \"version\": \"1\"}, \"paths\": {}}\n```\n").unwrap();
    let (code, text) = drift(&root, &["tazapay", new.to_str().unwrap()]).unwrap();
    assert_eq!(code, 1, "{text}");
    has!(&text, "The page `specs/tazapay/published/fees.md` is new.");
}
