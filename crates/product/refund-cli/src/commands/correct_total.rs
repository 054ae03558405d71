//! Correcting what the journal was told of a payment.

use anyhow::Result;
use refunds::{Money, ProviderName};
use schemars::JsonSchema;
use serde::Serialize;

use super::{desk::Desk, session::Session};
use crate::{exit::Exit, printed::Printed, terminal::printable};

/// How much was paid with a payment.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Corrected<'a> {
    #[schemars(with = "String")]
    provider: ProviderName,
    payment: &'a str,
    total: String,
    before: Option<String>,
}

/// Corrects how much was paid with a payment.
pub(super) async fn run(
    provider: ProviderName,
    payment: &str,
    total: Money,
    desk: &mut Desk<'_>,
) -> Result<Exit> {
    let session = Session::without_calls(provider, desk.options)?;
    let refunds = desk.journaled(&session).await?;
    let before = refunds
        .correct_payment_total(payment, total.clone())
        .await?;
    let corrected = Corrected {
        provider,
        payment,
        total: total.to_string(),
        before: before.map(|before| before.to_string()),
    };
    if desk.terminal.is_json() {
        desk.terminal.object(&Printed::PaymentTotal(&corrected))?;
        return Ok(Exit::Done);
    }
    let was = corrected.before.as_deref().unwrap_or("not told");
    desk.terminal.sentence(&format!(
        "{provider} payment {}: {} were paid (before: {was}). No more than that is refunded of it.",
        printable(payment),
        corrected.total
    ))?;
    Ok(Exit::Done)
}
