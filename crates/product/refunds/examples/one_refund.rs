//! One refund at Tazapay, and what came of it.
//!
//! `cargo run -p refunds --example one_refund`. In place of the provider there is a sandbox in this process; at the
//! provider's own, the environment is `tazapay::Environment::Sandbox`, with credentials of yours.

use std::{error::Error, io::Write};

use refunds::{Outcome, Reference, Refunds, TazapayRefund, tazapay};
use refunds_sandbox::{Credentials, Payin, Provider, Sandbox};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    play(&mut std::io::stdout()).await
}

pub(crate) async fn play(out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::start()?;
    sandbox.add_payin(Payin::new("chk_1", 50.into(), "USD"))?;
    let Credentials::Basic { key, secret } = sandbox.credentials(Provider::Tazapay) else {
        return Err("Tazapay takes a key and a secret".into());
    };

    let client = tazapay::Client::builder()
        .environment(tazapay::Environment::BaseUrl(
            sandbox.base_url(Provider::Tazapay).to_owned(),
        ))
        .credentials(tazapay::Credentials::basic(key, secret))
        .build()?;
    let refunds = Refunds::from(client);

    // One reference for one refund, kept before it is sent: another call with it is the same refund.
    let reference = Reference::new("order-7-refund-1")?;
    let refund = TazapayRefund::of_payin("chk_1").with_amount("19.90 USD".parse()?);
    match refunds.create(&reference, refund).await? {
        Outcome::Pending(receipt) => writeln!(out, "taken on: {:?}", receipt.amount())?,
        Outcome::Succeeded(receipt) => writeln!(out, "returned: {:?}", receipt.amount())?,
        Outcome::Failed(receipt) => writeln!(out, "failed for good: {:?}", receipt.refund_id())?,
        Outcome::Rejected(rejection) => writeln!(out, "nothing happened: {rejection}")?,
        // It may have happened. Keep `doubt.record()`, and reconcile it: never send it again by hand.
        Outcome::Unknown(doubt) => writeln!(out, "{doubt}")?,
    }
    let paid = sandbox
        .ledger()
        .payments(Provider::Tazapay, reference.as_str());
    writeln!(out, "paid by the sandbox: {paid} time")?;
    Ok(())
}
