//! One refund in a program that has no executor.
//!
//! `cargo run -p refunds --features blocking --example blocking`. Within an executor of tokio's, each of these calls is an error, and sends nothing.

use std::{error::Error, io::Write};

use refunds::{Lookup, Reference, Refunds, TazapayRefund, tazapay};
use refunds_sandbox::{Credentials, Payin, Provider, Sandbox};

fn main() -> Result<(), Box<dyn Error>> {
    play(&mut std::io::stdout())
}

pub(crate) fn play(out: &mut impl Write) -> Result<(), Box<dyn Error>> {
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
    let refunds = Refunds::from(client.clone());

    let reference = Reference::new("order-7-refund-1")?;
    let refund = TazapayRefund::of_payin("chk_1").with_amount("19.90 USD".parse()?);
    let outcome = refunds.blocking().create(&reference, refund)?;
    let id = outcome.accepted().and_then(|receipt| receipt.refund_id());
    let id = id.ok_or("it was not taken on")?;
    let lookup = Lookup::TazapayRefund(id.to_owned());
    let fetched = refunds.blocking().fetch(&lookup)?;
    writeln!(
        out,
        "taken on and read back: {}",
        fetched.single().is_some()
    )?;

    // Each operation of a provider's own crate can be sent so as well.
    let answer = client.refund().id(id).send_blocking()?;
    let is_the_same = answer.data.as_ref().and_then(|data| data.id.as_deref()) == Some(id);
    writeln!(out, "the same by the provider's crate: {is_the_same}")?;
    Ok(())
}
