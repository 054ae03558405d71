//! A process that ends in the middle of a refund, and the next one, which settles it without paying twice.
//!
//! `cargo run -p refunds --example restart`. A file stands for your database. With `refunds-journal` none of this is
//! yours to write.

use std::{
    error::Error,
    fs,
    io::Write,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use refunds::{
    Attempt, InDoubt, Observer, ObserverFuture, Reconciled, Reference, Refunds, RetryPolicy,
    TazapayRefund, tazapay,
};
use refunds_sandbox::{Commit, Credentials, Fault, Payin, Provider, Sandbox, ScriptedFault};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    play(&mut std::io::stdout()).await
}

/// Keeps what is begun, before it is sent. A refund that cannot be recorded is not sent.
struct Records(PathBuf);

impl Observer for Records {
    fn before_send<'a>(
        &'a self,
        attempt: &'a Attempt,
    ) -> ObserverFuture<'a, Result<(), Box<dyn Error + Send + Sync>>> {
        Box::pin(async move {
            // Of several attempts, the key of the first one counts.
            if attempt.number > 1 {
                return Ok(());
            }
            let Attempt { provider, at, .. } = *attempt;
            let (reference, action) = (attempt.reference.clone(), (*attempt.action).clone());
            let record = InDoubt::interrupted(provider, reference, action, at);
            fs::write(&self.0, serde_json::to_vec(&record)?)?;
            Ok(())
        })
    }
}

pub(crate) async fn play(out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::start()?;
    sandbox.add_payin(Payin::new("chk_1", 50.into(), "USD"))?;
    // The refund is made, and the answer keeps everybody waiting.
    let slow = Fault::Delay {
        by: Duration::from_secs(2),
        commit: Commit::Before,
    };
    sandbox.inject(ScriptedFault::at(Provider::Tazapay, slow).operation("create_refund"))?;
    let file = std::env::temp_dir().join(format!("refund-{}.json", std::process::id()));

    // The first process ends while it waits for the answer.
    let reference = Reference::new("order-7-refund-1")?;
    let refunds = client(&sandbox)?.with_observer(Arc::new(Records(file.clone())));
    let call = refunds.create(&reference, TazapayRefund::of_payin("chk_1"));
    let ended = tokio::time::timeout(Duration::from_millis(500), call).await;
    writeln!(out, "the first process saw an answer: {}", ended.is_ok())?;
    drop(refunds);

    // The next one finds the record, and asks again under the key of the first request.
    settle(&file, &sandbox, out).await?;
    fs::remove_file(&file)?;
    let paid = sandbox
        .ledger()
        .payments(Provider::Tazapay, reference.as_str());
    writeln!(out, "paid by the sandbox: {paid} time")?;
    Ok(())
}

async fn settle(
    file: &Path,
    sandbox: &Sandbox,
    out: &mut impl Write,
) -> Result<(), Box<dyn Error>> {
    let record: InDoubt = serde_json::from_slice(&fs::read(file)?)?;
    writeln!(
        out,
        "the next one reads: {} is in doubt",
        record.reference()
    )?;
    match client(sandbox)?.reconcile(&record).await? {
        Reconciled::Pending(receipt) => writeln!(out, "it is taken on: {}", receipt.reference())?,
        Reconciled::Succeeded(receipt) => writeln!(out, "it is paid: {}", receipt.reference())?,
        Reconciled::Failed(receipt) => writeln!(out, "it has failed: {}", receipt.reference())?,
        Reconciled::Shown(fetched) => writeln!(out, "it stands so: {:?}", fetched.refunds())?,
        // Keep `unknown.record()` in place of the one before, and try again later.
        Reconciled::StillUnknown(unknown) => writeln!(out, "{unknown}")?,
    }
    Ok(())
}

fn client(sandbox: &Sandbox) -> Result<Refunds, Box<dyn Error>> {
    let Credentials::Basic { key, secret } = sandbox.credentials(Provider::Tazapay) else {
        return Err("Tazapay takes a key and a secret".into());
    };
    let client = tazapay::Client::builder()
        .environment(tazapay::Environment::BaseUrl(
            sandbox.base_url(Provider::Tazapay).to_owned(),
        ))
        .credentials(tazapay::Credentials::basic(key, secret))
        .build()?;
    // How long a provider can still be working at a request whose connection is gone: the default is a minute.
    let policy = RetryPolicy::default().with_settle_after(Duration::from_secs(3));
    Ok(Refunds::from(client).with_policy(policy))
}
