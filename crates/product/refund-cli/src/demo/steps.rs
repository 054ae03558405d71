//! The demonstration's steps, in their order.

use std::time::Duration;

use anyhow::{Context, Result};
use refunds::{
    DoubtCause, Lookup, MceRefund, OpttyRefund, Outcome, Reconciled, Reference, RefundError,
    RefundRequest, RefundState, RetryPolicy, TazapayRefund,
};
use refunds_sandbox::{Fault, Provider, ScriptedFault};

use super::{Step, bulk, scene::Scene};
use crate::{report::Word, terminal::Terminal};

/// Short, because the sandbox is known to drop the request at once.
const SETTLED: Duration = Duration::from_millis(500);

/// Makes all steps.
pub(super) async fn run(scene: &Scene, terminal: &mut Terminal) -> Result<Vec<Step>> {
    let mut steps = Vec::new();
    terminal.progress("refunding at optty");
    steps.push(whole_order(scene).await?);
    terminal.progress("refunding at tazapay");
    steps.push(part_of_a_payin(scene).await?);
    terminal.progress("refunding at mce");
    steps.push(pending_crypto(scene).await?);
    terminal.progress("trying a refund again at kotanipay");
    steps.push(failed_offramp(scene).await?);
    terminal.progress("asking for what cannot be");
    steps.push(a_mistyped_payin(scene).await?);
    steps.push(more_than_is_left(scene).await?);
    steps.push(a_third_decimal(scene).await?);
    terminal.progress("losing an answer");
    steps.extend(lost_answer(scene).await?);
    terminal.progress("sending a file of twenty");
    steps.push(bulk::twenty(scene).await?);
    Ok(steps)
}

async fn whole_order(scene: &Scene) -> Result<Step> {
    let refund = OpttyRefund::new("order-7", "24.98 AUD".parse()?, "Damaged")
        .with_reference_in_description();
    created(
        scene,
        Provider::Optty,
        "24.98 AUD, all of order-7",
        "demo-order",
        refund,
    )
    .await
}

async fn part_of_a_payin(scene: &Scene) -> Result<Step> {
    let refund = TazapayRefund::of_payin("chk_laptop").with_amount("250.00 USD".parse()?);
    created(
        scene,
        Provider::Tazapay,
        "250.00 of 900.00 USD",
        "demo-part",
        refund,
    )
    .await
}

async fn pending_crypto(scene: &Scene) -> Result<Step> {
    let refund = MceRefund::new(1, "transaction-5");
    created(
        scene,
        Provider::Mce,
        "the 38.5 USDT of transaction-5",
        "demo-crypto",
        refund,
    )
    .await
}

async fn failed_offramp(scene: &Scene) -> Result<Step> {
    let reference = Reference::new("offramp-3")?;
    let client = scene.client(Provider::Kotanipay)?;
    let outcome = client.retry(&reference).await?;
    let (word, mut why) = told(&outcome);
    if word == Word::Accepted {
        let fetched = client.fetch(&Lookup::KotanipayRefund(reference)).await?;
        let status = fetched.single().map(said).unwrap_or_default();
        why = format!("its answer says nothing; read back: {status}");
    }
    Ok(Step {
        provider: Provider::Kotanipay.name(),
        asked: "the failed refund of offramp-3 again",
        outcome: word,
        why,
        payments: scene.payments(Provider::Kotanipay, "offramp-3"),
    })
}

async fn a_mistyped_payin(scene: &Scene) -> Result<Step> {
    let refund = TazapayRefund::of_payin("chk_labtop").with_amount("100.00 USD".parse()?);
    created(
        scene,
        Provider::Tazapay,
        "100.00 USD of a mistyped payin",
        "demo-typo",
        refund,
    )
    .await
}

/// A refund that exists already is refused in the same way, so that this is no definite no.
async fn more_than_is_left(scene: &Scene) -> Result<Step> {
    let refund = TazapayRefund::of_payin("chk_laptop").with_amount("700.00 USD".parse()?);
    created(
        scene,
        Provider::Tazapay,
        "700.00 USD, with 650.00 left",
        "demo-rest",
        refund,
    )
    .await
}

async fn a_third_decimal(scene: &Scene) -> Result<Step> {
    let refund = TazapayRefund::of_payin("chk_laptop").with_amount("1.234 KWD".parse()?);
    created(
        scene,
        Provider::Tazapay,
        "1.234 KWD",
        "demo-decimals",
        refund,
    )
    .await
}

async fn lost_answer(scene: &Scene) -> Result<[Step; 2]> {
    let lost = ScriptedFault::at(Provider::Tazapay, Fault::DropAfterCommit);
    scene.sandbox().inject(lost)?;
    let client = scene
        .client(Provider::Tazapay)?
        .with_policy(RetryPolicy::never().with_settle_after(SETTLED));
    let reference = Reference::new("demo-lost")?;
    // Of everything: a second one would be refused, so that it may be asked for again.
    let refund = TazapayRefund::of_payin("chk_book");
    let outcome = client.create(&reference, refund).await?;
    let (word, why) = told(&outcome);
    let step = |asked, outcome, why| Step {
        provider: Provider::Tazapay.name(),
        asked,
        outcome,
        why,
        payments: scene.payments(Provider::Tazapay, "demo-lost"),
    };
    let created = step("all 19.90 USD, whose answer gets lost", word, why);
    let doubt = outcome
        .unknown()
        .context("the demonstration lost no answer: this is a defect, please report it")?;
    let (word, why) = match client.reconcile(doubt.record()).await? {
        Reconciled::Pending(receipt)
        | Reconciled::Succeeded(receipt)
        | Reconciled::Failed(receipt) => (
            Word::Accepted,
            format!(
                "the same key showed the first refund: {}",
                said(receipt.state())
            ),
        ),
        Reconciled::Shown(_) => (Word::Shown, "its state alone is known".to_owned()),
        Reconciled::StillUnknown(unknown) => (Word::Unknown, unknown.why().to_owned()),
    };
    Ok([created, step("reconciling it", word, why)])
}

async fn created(
    scene: &Scene,
    provider: Provider,
    asked: &'static str,
    reference: &str,
    refund: impl Into<RefundRequest>,
) -> Result<Step> {
    let client = scene.client(provider)?;
    let created = client
        .create(&Reference::new(reference)?, refund.into())
        .await;
    let (outcome, why) = match created {
        Ok(outcome) => told(&outcome),
        Err(error @ RefundError::Money(_)) => (Word::Refused, error.to_string()),
        Err(error) => return Err(error.into()),
    };
    Ok(Step {
        provider: provider.name(),
        asked,
        outcome,
        why,
        payments: scene.payments(provider, reference),
    })
}

/// The outcome in a word, and why.
fn told(outcome: &Outcome) -> (Word, String) {
    match outcome {
        Outcome::Pending(receipt) | Outcome::Succeeded(receipt) => {
            (Word::Accepted, said(receipt.state()))
        }
        Outcome::Failed(receipt) => (Word::RefundFailed, said(receipt.state())),
        Outcome::Rejected(rejection) => {
            let error = rejection.error();
            let why = match (error.provider_message(), error.provider_code()) {
                (Some(message), Some(code)) => format!("{message} (code {code})"),
                _ => error.to_string(),
            };
            (Word::Rejected, why)
        }
        Outcome::Unknown(doubt) => {
            let why = match doubt.cause() {
                DoubtCause::MayExistAlready => {
                    "refused as it would be if it had been made before: somebody has to look"
                        .to_owned()
                }
                cause => format!("{cause}: not recorded as failed, not sent again"),
            };
            (Word::Unknown, why)
        }
    }
}

/// What a provider says of a refund.
fn said(state: &RefundState) -> String {
    let status = state.status.as_ref().map(|status| match status {
        refunds::RefundStatus::Unknown(word) => format!("status {word}, which is not documented"),
        known => format!("status {known}"),
    });
    let amount = state.amount.as_ref().map(ToString::to_string);
    let parts: Vec<_> = [status, amount].into_iter().flatten().collect();
    parts.join(", ")
}
