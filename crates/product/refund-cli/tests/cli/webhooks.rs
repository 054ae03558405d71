//! What is said of a webhook's signature.

use std::{
    io::Write,
    process::{Output, Stdio},
};

use crate::support::{checked, refund};

const SECRET: &str = "whsec_test";
// The vectors: printf %s "$text" | openssl dgst -sha256 -hmac whsec_test, for Tazapay -binary | base64.
const KOTANIPAY: &str =
    r#"{"event":"refund.completed","data":{"referenceId":"TXN-001","refundAmount":38}}"#;
const KOTANIPAY_SIGNATURE: &str =
    "sha256=9e3c1afa3b758068be1bb53ec163598459d9b689e47c1510047e8553152c678b";
const TAZAPAY: &str = r#"{"type":"refund.succeeded","created_at":"2023-07-24T00:05:12.000000Z","data":{"id":"rfd_1","status":"succeeded","amount":90000,"currency":"USD"},"id":"evt_1","object":"event"}"#;
const TAZAPAY_SIGNATURE: &str = "2kId8bnYFx4m40tjppF82upea0wyp2OYhx2+cOc6dik=";
/// As if the body alone were signed.
const TAZAPAY_BODY_SIGNATURE: &str = "G5ZyTB4Ohn4j8NnBG9f90uE02Iapx670BSToFBD6CkM=";

/// A call of the command with what comes on standard input.
struct Call<'a> {
    arguments: Vec<&'a str>,
    secret: Option<&'a str>,
    body: &'a [u8],
}

impl<'a> Call<'a> {
    fn new(provider: &'a str, header: &'a str, body: &'a [u8]) -> Self {
        let mut arguments = vec!["webhook", "verify", "--provider", provider];
        if !header.is_empty() {
            arguments.extend(["--header", header]);
        }
        Self {
            arguments,
            secret: Some(SECRET),
            body,
        }
    }

    fn run(&self) -> Output {
        let mut command = refund(&std::env::temp_dir(), &self.arguments);
        if let Some(secret) = self.secret {
            command.env("REFUND_WEBHOOK_SECRET", secret);
        }
        let piped = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = piped.spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // A command that needs no body does not wait for it.
        let _ = stdin.write_all(self.body);
        drop(stdin);
        let output = child.wait_with_output().unwrap();
        let shown = [output.stdout.as_slice(), &output.stderr].concat();
        let shown = String::from_utf8(shown).unwrap();
        // Neither the secret nor a signature that would be right is ever shown.
        let right = KOTANIPAY_SIGNATURE.trim_start_matches("sha256=");
        for hidden in [SECRET, right, TAZAPAY_SIGNATURE, TAZAPAY_BODY_SIGNATURE] {
            assert!(!shown.contains(hidden), "{shown}");
        }
        output
    }

    fn printed(&self) -> String {
        let output = self.run();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        let (out, err) = (text(output.stdout), text(output.stderr));
        let code = output.status.code().unwrap();
        format!("{out}{err}exit code {code}")
    }
}

fn kotanipay_header(signature: &str) -> String {
    format!("X-Kotani-Signature: {signature}")
}

fn tazapay_header(signature: &str) -> String {
    format!("signature: {signature}")
}

#[test]
fn a_webhook_that_verifies_is_shown_and_ends_with_0() {
    let kotanipay = kotanipay_header(KOTANIPAY_SIGNATURE);
    let tazapay = tazapay_header(TAZAPAY_SIGNATURE);
    let printed = [
        Call::new("kotanipay", &kotanipay, KOTANIPAY.as_bytes()).printed(),
        Call::new("tazapay", &tazapay, TAZAPAY.as_bytes()).printed(),
    ];
    insta::assert_snapshot!(printed.join("\n\n"));
}

#[test]
fn each_step_that_fails_is_told_with_what_would_have_fitted() {
    let right = kotanipay_header(KOTANIPAY_SIGNATURE);
    let upper = kotanipay_header(&KOTANIPAY_SIGNATURE.replace("9e3c1afa", "9E3C1AFA"));
    let bare = kotanipay_header(&KOTANIPAY_SIGNATURE[7..]);
    let altered = KOTANIPAY.replace("38", "39");
    let body_alone = tazapay_header(TAZAPAY_BODY_SIGNATURE);
    let tazapay = tazapay_header(TAZAPAY_SIGNATURE);
    let line_end = format!("{TAZAPAY}\n");
    let no_id = TAZAPAY.replace("\"id\":\"evt_1\",", "");
    let large = vec![b' '; 300_000];
    let mut other_secret = Call::new("kotanipay", &right, KOTANIPAY.as_bytes());
    other_secret.secret = Some("whsec_other");
    let mut line_end_in_secret = Call::new("kotanipay", &right, KOTANIPAY.as_bytes());
    line_end_in_secret.secret = Some("whsec_test\n");
    let calls = [
        (
            "no header",
            Call::new("kotanipay", "", KOTANIPAY.as_bytes()),
        ),
        (
            "upper-case digits",
            Call::new("kotanipay", &upper, KOTANIPAY.as_bytes()),
        ),
        (
            "no prefix",
            Call::new("kotanipay", &bare, KOTANIPAY.as_bytes()),
        ),
        (
            "altered",
            Call::new("kotanipay", &right, altered.as_bytes()),
        ),
        ("no JSON", Call::new("kotanipay", &right, b"refund=1")),
        (
            "no text",
            Call::new("kotanipay", &right, b"{\"event\":\"\xff\"}"),
        ),
        ("too large", Call::new("kotanipay", &right, &large)),
        ("other secret", other_secret),
        ("line end in the secret", line_end_in_secret),
        (
            "body alone",
            Call::new("tazapay", &body_alone, TAZAPAY.as_bytes()),
        ),
        (
            "line end in the body",
            Call::new("tazapay", &tazapay, line_end.as_bytes()),
        ),
        ("no id", Call::new("tazapay", &tazapay, no_id.as_bytes())),
    ];
    let printed = calls.map(|(name, call)| format!("# {name}\n{}", call.printed()));
    insta::assert_snapshot!(printed.join("\n\n"));
}

#[test]
fn a_verification_is_json_on_request() {
    let right = kotanipay_header(KOTANIPAY_SIGNATURE);
    let body_alone = tazapay_header(TAZAPAY_BODY_SIGNATURE);
    let mut verified = Call::new("kotanipay", &right, KOTANIPAY.as_bytes());
    let mut rejected = Call::new("tazapay", &body_alone, TAZAPAY.as_bytes());
    verified.arguments.push("--json");
    rejected.arguments.push("--json");
    insta::assert_snapshot!([verified.printed(), rejected.printed()].join("\n\n"));
}

#[test]
fn what_does_not_verify_says_what_is_next_as_a_code() {
    let right = kotanipay_header(KOTANIPAY_SIGNATURE);
    let mut other_secret = Call::new("kotanipay", &right, KOTANIPAY.as_bytes());
    other_secret.secret = Some("whsec_other");
    let no_header = Call::new("kotanipay", "", KOTANIPAY.as_bytes());
    for (mut call, next) in [
        (other_secret, "check_credentials"),
        (no_header, "check_arguments"),
    ] {
        call.arguments.push("--json");
        let json = checked(&String::from_utf8(call.run().stdout).unwrap());
        assert_eq!(json["outcome"], "rejected", "{json}");
        assert_eq!(
            (&json["next"], &json["retryable"]),
            (&next.into(), &false.into()),
            "{json}"
        );
    }
}

#[test]
fn another_header_can_carry_the_signature() {
    let header = format!("X-Tazapay-Signature: {TAZAPAY_SIGNATURE}");
    let mut call = Call::new("tazapay", &header, TAZAPAY.as_bytes());
    assert_eq!(call.run().status.code(), Some(3));
    call.arguments
        .extend(["--signature-header", "x-tazapay-signature"]);
    assert_eq!(call.run().status.code(), Some(0));
}

#[test]
fn what_cannot_be_verified_is_refused_with_what_to_do_instead() {
    let mut no_secret = Call::new("kotanipay", "", b"{}");
    no_secret.secret = None;
    let mut empty_secret = Call::new("kotanipay", "", b"{}");
    empty_secret.secret = Some("");
    let calls = [
        Call::new("optty", "", b"{}"),
        Call::new("mce", "X-Signature: t=1,v0=0", b"{}"),
        no_secret,
        empty_secret,
        Call::new("tazapay", "no header", b"{}"),
    ];
    insta::assert_snapshot!(calls.map(|call| call.printed()).join("\n\n"));
}
