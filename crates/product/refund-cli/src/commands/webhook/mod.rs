//! Webhooks: why a signature fits or does not, and what an event tells of a refund.

pub(super) mod apply;

use std::{
    env,
    io::{self, Read},
    path::PathBuf,
};

use anyhow::{Context, Result, anyhow};
use refunds::{
    ProviderName, RefundError,
    webhooks::{EmptySecret, RefundUpdate, Secrets, UnverifiedUpdate, WebhookError},
};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    advice::{Advice, Next},
    arguments::{Event, Verify},
    credentials::CredentialsError,
    exit::Exit,
    printed::Printed,
    providers::{Webhooks, known},
    report::{Word, line},
    terminal::{Terminal, style, unread},
};

/// Holds the secret.
const SECRET_VARIABLE: &str = "REFUND_WEBHOOK_SECRET";

const NO_CLIENT: &str = "this command has no client for it";

/// How a verification ended. As JSON, the fields are part of the command's interface; what does not apply
/// is left out.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Verification {
    outcome: Word,
    #[schemars(with = "String")]
    provider: ProviderName,
    /// Which step failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    step: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
    /// What would have made the signature fit.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    near_misses: Vec<&'static str>,
    #[serde(flatten)]
    advice: Option<Advice>,
    /// Whether the same call can end otherwise: it never does.
    retryable: bool,
    /// The status that a receiver answers with.
    http_status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    refund: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    occurred_at: Option<String>,
    /// De-duplication key of the event.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
}

/// Verifies the body on standard input.
pub(super) async fn verify(arguments: &Verify, terminal: &mut Terminal) -> Result<Exit> {
    let provider = named(arguments)?;
    let received = received(provider, &arguments.event(false), Purpose::Verifying).await?;
    shown(&received.verification(provider), terminal)
}

fn named(arguments: &Verify) -> Result<ProviderName> {
    let provider = arguments.provider();
    provider.context("name the provider whose webhook it is")
}

fn shown(verification: &Verification, terminal: &mut Terminal) -> Result<Exit> {
    unread(if terminal.is_json() {
        terminal.object(&Printed::Webhook(verification))
    } else {
        terminal.text(&verification.to_text())
    })?;
    Ok(verification.outcome.exit())
}

/// The update in an event that is to settle a refund, or why the event was not believed.
///
/// # Errors
/// The options do not fit: there is no secret, or no file, or the provider's events prove nothing.
pub(super) async fn update(provider: ProviderName, event: &Event) -> Result<Result<RefundUpdate>> {
    let received = received(provider, event, Purpose::Settling).await?;
    Ok(received.update.map_err(|error| match next(&error, &[]) {
        Some(next) => anyhow!("the event was not believed: {}; {}", why(&error), next.text),
        None => anyhow!("the event was not believed: {}", why(&error)),
    }))
}

/// What an event is read for.
#[derive(Clone, Copy)]
enum Purpose {
    Verifying,
    Settling,
}

/// What came of reading an event.
struct Received {
    update: Result<RefundUpdate, WebhookError>,
    near_misses: Vec<&'static str>,
}

/// Reads an event, and verifies it where nobody vouches for it.
async fn received(provider: ProviderName, event: &Event, purpose: Purpose) -> Result<Received> {
    match known(provider).map(|known| &known.webhooks) {
        Some(Webhooks::Signed(verifier)) => {
            let verifier = verifier(secrets()?, event.signature_header.as_deref());
            let body = body(event, verifier.max_body()).await?;
            Ok(Received {
                update: verifier.verify(&event.headers, &body),
                near_misses: verifier.near_misses(&event.headers, &body),
            })
        }
        Some(Webhooks::Vouched { max_body, read, .. }) if event.vouched => Ok(Received {
            update: read(&body(event, max_body()).await?)
                .map(UnverifiedUpdate::trust_without_proof),
            near_misses: Vec::new(),
        }),
        Some(
            Webhooks::Vouched {
                verifying,
                settling,
                ..
            }
            | Webhooks::Unsigned {
                verifying,
                settling,
            },
        ) => Err(unsupported(
            provider,
            match purpose {
                Purpose::Verifying => verifying,
                Purpose::Settling => settling,
            },
        )),
        None => Err(unsupported(provider, NO_CLIENT)),
    }
}

/// The body, read by a thread of its own, so that a signal ends the wait for it.
async fn body(event: &Event, limit: usize) -> Result<Vec<u8>> {
    let path = event.file.clone();
    tokio::task::spawn_blocking(move || {
        if path.as_os_str() == "-" {
            return read_body(limit);
        }
        let read = std::fs::File::open(&path).and_then(|file| up_to(limit, file));
        read.map_err(|reason| EventError::File { reason, path }.into())
    })
    .await?
}

/// The options of an event do not fit.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EventError {
    /// Its file cannot be read.
    #[error("the event could not be read from {}: {reason}; give the file with its body as it came", path.display())]
    File {
        /// What the system said.
        reason: io::Error,
        /// The file.
        path: PathBuf,
    },
}

fn unsupported(provider: ProviderName, alternative: &'static str) -> anyhow::Error {
    let what = "prove its webhooks";
    let error = RefundError::Unsupported {
        provider,
        what,
        alternative,
    };
    error.into()
}

fn secrets() -> Result<Secrets> {
    let secret = match env::var(SECRET_VARIABLE) {
        Ok(secret) => secret,
        Err(env::VarError::NotPresent) => return Err(CredentialsError::NoWebhookSecret.into()),
        Err(env::VarError::NotUnicode(_)) => {
            let variable = SECRET_VARIABLE;
            return Err(CredentialsError::NotText { variable }.into());
        }
    };
    Secrets::new(secret).map_err(|EmptySecret| CredentialsError::NoWebhookSecret.into())
}

/// The body on standard input.
fn read_body(limit: usize) -> Result<Vec<u8>> {
    up_to(limit, io::stdin())
        .context("the body could not be read: give it on standard input, byte for byte as it came")
}

/// A body, up to one byte more than is taken.
fn up_to(limit: usize, from: impl Read) -> io::Result<Vec<u8>> {
    let enough = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    let mut body = Vec::new();
    from.take(enough).read_to_end(&mut body)?;
    Ok(body)
}

impl Received {
    /// How the verification ended.
    fn verification(self, provider: ProviderName) -> Verification {
        match self.update {
            Ok(update) => Verification {
                outcome: Word::Verified,
                provider,
                step: None,
                why: None,
                near_misses: Vec::new(),
                advice: None,
                retryable: false,
                http_status: 200,
                refund: update.refund().map(|refund| refund.id().to_owned()),
                status: update.status().map(ToString::to_string),
                amount: update.amount().map(ToString::to_string),
                occurred_at: update.occurred_at().map(ToString::to_string),
                key: Some(update.key().to_owned()),
            },
            Err(error) => Verification {
                outcome: Word::Rejected,
                provider,
                step: Some(step(&error)),
                why: Some(why(&error)),
                advice: next(&error, &self.near_misses),
                retryable: false,
                near_misses: self.near_misses,
                http_status: error.http_status(),
                refund: None,
                status: None,
                amount: None,
                occurred_at: None,
                key: None,
            },
        }
    }
}

impl Verification {
    fn to_text(&self) -> String {
        let style = style(self.outcome);
        let mut text = format!(
            "{style}{}{style:#} {}\n",
            self.outcome.as_str(),
            self.provider
        );
        let mut line = |name: &str, value: Option<&str>| line(&mut text, name, value);
        line("step", self.step);
        line("why", self.why.as_deref());
        for near in &self.near_misses {
            line("but", Some(near));
        }
        line("next", self.advice.as_ref().map(|advice| &*advice.text));
        line("refund", self.refund.as_deref());
        line("status", self.status.as_deref());
        line("amount", self.amount.as_deref());
        line("at", self.occurred_at.as_deref());
        line("key", self.key.as_deref());
        line("answer", Some(&self.http_status.to_string()));
        text
    }
}

/// Where a verification ends.
fn step(error: &WebhookError) -> &'static str {
    match error {
        WebhookError::Oversized { .. } => "size of the body",
        WebhookError::Unsigned { .. } => "signature header",
        WebhookError::SignatureMalformed { .. } => "form of the signature",
        WebhookError::WrongEncoding { .. } => "encoding of the body",
        WebhookError::Malformed(_) => "JSON of the body",
        WebhookError::SignatureMismatch => "signature",
        WebhookError::Undated | WebhookError::Stale { .. } => "age of the event",
        WebhookError::Replayed { .. } => "replay",
        _ => "another one",
    }
}

/// What is wrong, for somebody who has the command and not the library.
fn why(error: &WebhookError) -> String {
    match error {
        WebhookError::Oversized { limit, .. } => format!("the body has more than {limit} bytes"),
        WebhookError::Unsigned { header } => format!("there is no header {header}"),
        WebhookError::SignatureMalformed {
            header,
            problem,
            form,
        } => format!("the header {header} {problem}: the documented form is {form}"),
        WebhookError::WrongEncoding { valid_up_to } => {
            format!("the body is not UTF-8 from byte {valid_up_to} on")
        }
        WebhookError::Malformed(malformed) => malformed.to_string(),
        WebhookError::SignatureMismatch => {
            "the signature is not that of this body under this secret".to_owned()
        }
        other => other.to_string(),
    }
}

fn next(error: &WebhookError, near_misses: &[&str]) -> Option<Advice> {
    let text = match error {
        WebhookError::Oversized { .. } => "give the body alone, as it came",
        WebhookError::Unsigned { header } => {
            let text = format!(
                "give it with --header '{header}: …', or name another one with --signature-header; if the \
                 provider sent none, signing is switched off there"
            );
            return Some(Advice::new(Next::CheckArguments, text));
        }
        WebhookError::SignatureMalformed { .. } => {
            "give the header as it came, and look for what changes it on its way"
        }
        WebhookError::WrongEncoding { .. } => {
            "give the bytes as they came, decompressed and not converted"
        }
        WebhookError::Malformed(_) => {
            "give the body as it came; if it came so, it is not this provider's"
        }
        WebhookError::SignatureMismatch if near_misses.is_empty() => {
            let text = "check the secret, and that the body is byte for byte what came: one that was parsed and \
                        written anew does not fit; if both are right, somebody else sent it";
            return Some(Advice::new(Next::CheckCredentials, text));
        }
        WebhookError::SignatureMismatch => "mend what keeps it from fitting",
        _ => return None,
    };
    Some(Advice::new(Next::CheckArguments, text))
}
