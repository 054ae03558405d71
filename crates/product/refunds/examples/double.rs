//! A unit test of code that refunds, with a double in place of the provider.
//!
//! `cargo run -p refunds --features testing --example double`

use std::{error::Error, io::Write};

use refunds::{
    Outcome, Reference, Refunds, TazapayRefund,
    testing::{Double, Ending},
};

/// The code under test: what the shop tells its customer.
async fn tell_customer(refunds: &Refunds, order: &str) -> Result<&'static str, Box<dyn Error>> {
    let reference = Reference::new(format!("{order}-refund-1"))?;
    let refund = TazapayRefund::of_payin("chk_1").with_amount("19.90 USD".parse()?);
    Ok(match refunds.create(&reference, refund).await? {
        Outcome::Succeeded(_) => "Your money is on its way.",
        Outcome::Pending(_) | Outcome::Unknown(_) => "We are looking into your refund.",
        Outcome::Failed(_) | Outcome::Rejected(_) => "We could not refund you, and will call you.",
    })
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    play(&mut std::io::stdout()).await
}

pub(crate) async fn play(out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let double = Double::new();
    double
        .ends(Ending::Succeeded)
        .ends(Ending::Lost)
        .ends(Ending::Rejected);
    let refunds = double.refunds()?;
    for order in ["order-1", "order-2", "order-3"] {
        writeln!(out, "{order}: {}", tell_customer(&refunds, order).await?)?;
    }
    let asked = double.requests();
    writeln!(out, "the provider was asked {} times", asked.len())?;
    Ok(())
}
