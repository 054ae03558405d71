//! The spans of a refund: the call, each attempt at it, and each request that was sent.
//!
//! `cargo run -p refunds --example tracing`. No span has a secret or personal data.

use std::{
    error::Error,
    io::{self, Write},
    sync::{Arc, Mutex, PoisonError},
};

use refunds::{Reference, Refunds, RetryPolicy, TazapayRefund, tazapay};
use refunds_sandbox::{Credentials, Fault, Payin, Provider, Sandbox, ScriptedFault};
use tracing_subscriber::fmt::format::FmtSpan;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    play(&mut io::stdout()).await
}

/// Lines that are kept, to be shown at the end.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lines.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

pub(crate) async fn play(out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_writer(move || writer.clone())
        .with_span_events(FmtSpan::CLOSE)
        .with_ansi(false)
        .without_time()
        .finish();
    let guard = ::tracing::subscriber::set_default(subscriber);

    let sandbox = Sandbox::start()?;
    sandbox.add_payin(Payin::new("chk_1", 50.into(), "USD"))?;
    // One call too many, after which the facade waits and sends it again.
    let limited = Fault::named("too_many_requests")?;
    sandbox.inject(ScriptedFault::at(Provider::Tazapay, limited).operation("create_refund"))?;
    let Credentials::Basic { key, secret } = sandbox.credentials(Provider::Tazapay) else {
        return Err("Tazapay takes a key and a secret".into());
    };
    let client = tazapay::Client::builder()
        .environment(tazapay::Environment::BaseUrl(
            sandbox.base_url(Provider::Tazapay).to_owned(),
        ))
        .credentials(tazapay::Credentials::basic(key, secret))
        .build()?;
    let refunds = Refunds::from(client).with_policy(RetryPolicy::default());
    let reference = Reference::new("order-7-refund-1")?;
    let refund = TazapayRefund::of_payin("chk_1").with_amount("19.90 USD".parse()?);
    let outcome = refunds.create(&reference, refund).await?;
    drop(guard);

    let lines = lines.0.lock().unwrap_or_else(PoisonError::into_inner);
    out.write_all(&lines)?;
    writeln!(out, "taken on: {}", outcome.accepted().is_some())?;
    Ok(())
}
