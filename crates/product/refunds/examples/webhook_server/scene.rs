//! Refunds at the sandbox, and what the server knows of them in the end.

use std::{collections::BTreeMap, error::Error, fmt, sync::Arc, time::Duration};

use refunds::{
    Lookup, MceRefund, OpttyRefund, ProviderName, Reference, RefundStatus, Refunds, TazapayRefund,
    kotanipay, mce, optty, tazapay, webhooks::RefundKey,
};
use refunds_sandbox::{
    Credentials, DeliveryKind, FaultPlan, Offramp, Order, Payin, PendingRefund, PendingRefunds,
    Provider, RetrySchedule, Sandbox, Settings, Settlement, WebhookRecord, WebhookTarget,
};

use super::{book::Book, server};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const SECRET: &str = "whsec_example";
/// How often it is looked whether all events have come.
const PAUSE: Duration = Duration::from_millis(10);

/// How the refunds stand in the end.
pub(crate) struct Ending {
    rows: Vec<Row>,
    deliveries: Vec<WebhookRecord>,
    corrections: Vec<String>,
}

/// A refund in the ledger, and what is known of it.
struct Row {
    refund: RefundKey,
    settlement: Settlement,
    /// The status that this settlement has; `None` at MCE, whose webhooks prove nothing, and of whose
    /// numbers none is documented to mean it.
    expected: Option<RefundStatus>,
    known: Option<RefundStatus>,
}

/// What MCE answered when the refund was made.
const MCE_AS_CREATED: &str = "1";

/// Makes this many refunds at each provider, with webhooks under every kind of fault by chance.
pub(crate) async fn play(seed: u64, count: u32) -> Result<Ending> {
    let book = Arc::new(Book::default());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let base = format!("http://{}", listener.local_addr()?);
    let routes = server::routes(SECRET, book.clone())?;
    let serving = tokio::spawn(async move { axum::serve(listener, routes).await });

    let sandbox = Sandbox::builder()
        .settings(settings())
        .webhooks(
            Provider::Kotanipay,
            WebhookTarget::signed(format!("{base}/kotanipay"), SECRET),
        )
        .webhooks(
            Provider::Tazapay,
            WebhookTarget::signed(format!("{base}/tazapay"), SECRET),
        )
        .webhooks(Provider::Optty, WebhookTarget::new(format!("{base}/optty")))
        .webhooks(Provider::Mce, WebhookTarget::new(format!("{base}/mce")))
        .webhook_faults(FaultPlan::random_webhooks(seed, 0.7))
        .start()?;
    let clients = Clients::of(&sandbox)?;
    for number in 0..count {
        clients.refund(&sandbox, &book, number).await?;
    }
    quiet(&sandbox, &clients, &book).await?;
    // What failed at Kotani Pay is tried again.
    for number in 0..count {
        let key = RefundKey::new(ProviderName::Kotanipay, format!("offramp-{number}"));
        if book.status(&key) == Some(RefundStatus::Failed) {
            // Some are tried again by hand in a dashboard, of which the book does not hear: that a failed
            // refund has succeeded contradicts what it knows, until it reads the refund back.
            if number % 2 == 1 {
                book.retried(&key);
            }
            let reference = Reference::new(key.id())?;
            let outcome = clients.kotanipay.retry(&reference).await?;
            outcome.accepted().ok_or("the retry was not accepted")?;
        }
    }
    quiet(&sandbox, &clients, &book).await?;
    serving.abort();
    Ok(Ending::of(&sandbox, &book))
}

/// Everything settles and is told in an instant.
fn settings() -> Settings {
    let retries = RetrySchedule {
        first_after: Duration::from_millis(20),
        longest: Duration::from_millis(100),
        give_up_after: Duration::from_secs(60),
    };
    let mut settings = Settings::default();
    settings.kotanipay.refund_takes = Duration::from_millis(60);
    settings.kotanipay.rate_limits = None;
    settings.kotanipay.webhook_retries = retries;
    settings.tazapay.settles_after = Duration::from_millis(60);
    settings.tazapay.webhook_retries = retries;
    settings.optty.pending = Some(PendingRefunds {
        word: "PENDING".to_owned(),
        lasting: Duration::from_millis(60),
        failed_word: None,
    });
    settings
}

/// Waits until every event has come, and asks where events alone do not tell.
async fn quiet(sandbox: &Sandbox, clients: &Clients, book: &Book) -> Result<()> {
    while sandbox.webhooks_waiting() > 0 {
        tokio::time::sleep(PAUSE).await;
    }
    for key in book.to_read_back() {
        clients.read_back(book, &key).await?;
    }
    for transaction in book.take_hints() {
        // The order of a transaction is in the shop's own database; here it is part of its name.
        if let Some(order) = transaction.strip_suffix("-TRANSACTION") {
            // Anybody can say anything: what the shop does not know is not asked for.
            let Some(key) = clients.orders.key_of(order) else {
                continue;
            };
            let fetched = clients
                .optty
                .fetch(&Lookup::OpttyOrder(order.to_owned()))
                .await?;
            if let Some(state) = fetched.single() {
                book.read_back(&key, state);
            }
        }
    }
    Ok(())
}

struct Clients {
    kotanipay: Refunds,
    mce: Refunds,
    optty: Refunds,
    tazapay: Refunds,
    orders: Orders,
}

/// Which refund belongs to an order.
#[derive(Default)]
struct Orders(std::sync::Mutex<BTreeMap<String, RefundKey>>);

impl Orders {
    fn key_of(&self, order: &str) -> Option<RefundKey> {
        self.0.lock().ok()?.get(order).cloned()
    }

    fn insert(&self, order: String, key: RefundKey) {
        if let Ok(mut orders) = self.0.lock() {
            orders.insert(order, key);
        }
    }
}

impl Clients {
    fn of(sandbox: &Sandbox) -> Result<Self> {
        let other = "the sandbox has other credentials than it says";
        let url = |provider| sandbox.base_url(provider).to_owned();
        let Credentials::Bearer { token } = sandbox.credentials(Provider::Kotanipay) else {
            return Err(other.into());
        };
        let kotanipay = kotanipay::Client::builder()
            .environment(kotanipay::Environment::BaseUrl(url(Provider::Kotanipay)))
            .credentials(kotanipay::Credentials::bearer(token))
            .build()?;
        let Credentials::Bearer { token } = sandbox.credentials(Provider::Mce) else {
            return Err(other.into());
        };
        let mce = mce::Client::builder()
            .environment(mce::Environment::BaseUrl(url(Provider::Mce)))
            .credentials(mce::Credentials::bearer(token))
            .build()?;
        let Credentials::ClientCredentials {
            client_id,
            client_secret,
            ..
        } = sandbox.credentials(Provider::Optty)
        else {
            return Err(other.into());
        };
        let optty = optty::Client::builder()
            .environment(optty::Environment::BaseUrl(url(Provider::Optty)))
            .token_url(sandbox.token_url())
            .credentials(optty::Credentials::oauth2(client_id, client_secret))
            .build()?;
        let Credentials::Basic { key, secret } = sandbox.credentials(Provider::Tazapay) else {
            return Err(other.into());
        };
        let tazapay = tazapay::Client::builder()
            .environment(tazapay::Environment::BaseUrl(url(Provider::Tazapay)))
            .credentials(tazapay::Credentials::basic(key, secret))
            .build()?;
        Ok(Self {
            kotanipay: Refunds::from(kotanipay),
            mce: Refunds::from(mce),
            optty: Refunds::from(optty),
            tazapay: Refunds::from(tazapay),
            orders: Orders::default(),
        })
    }

    /// Makes the refund of this number at each provider. Every third one fails at first where one can.
    async fn refund(&self, sandbox: &Sandbox, book: &Book, number: u32) -> Result<()> {
        let fails = number % 3 == 2;
        let (order, payin) = (format!("order-{number}"), format!("chk_{number}"));
        sandbox.add_order(Order::new(&order, 100.into(), "AUD"))?;
        sandbox.add_payin(Payin::new(&payin, 300.into(), "USD"))?;
        sandbox.add_pending_refund(PendingRefund::new(
            1,
            format!("crypto-{number}"),
            100.into(),
        ))?;
        sandbox.add_offramp(Offramp {
            failures_to_come: u32::from(fails),
            ..Offramp::with_failed_refund(format!("offramp-{number}"), 100.into())
        })?;
        let reference = Reference::new(format!("refund-{number}"))?;
        // The amount whose refunds fail in Tazapay's own sandbox, too.
        let amount = if fails { "200 USD" } else { "19.90 USD" };
        let refund = TazapayRefund::of_payin(payin).with_amount(amount.parse()?);
        let outcome = self.tazapay.create(&reference, refund).await?;
        book.begin(outcome.accepted().ok_or("Tazapay did not accept")?);
        let refund =
            OpttyRefund::new(&order, "30 AUD".parse()?, "Damaged").with_reference_in_description();
        let outcome = self.optty.create(&reference, refund).await?;
        let receipt = outcome.accepted().ok_or("Optty did not accept")?;
        book.begin(receipt);
        if let Some(key) = RefundKey::of(receipt) {
            self.orders.insert(order, key);
        }
        let refund = MceRefund::new(1, format!("crypto-{number}"));
        let outcome = self.mce.create(&reference, refund).await?;
        book.begin(outcome.accepted().ok_or("MCE did not accept")?);
        let offramp = Reference::new(format!("offramp-{number}"))?;
        let outcome = self.kotanipay.retry(&offramp).await?;
        book.begin(outcome.accepted().ok_or("Kotani Pay did not accept")?);
        Ok(())
    }

    async fn read_back(&self, book: &Book, key: &RefundKey) -> Result<()> {
        let fetched = match key.provider() {
            ProviderName::Kotanipay => {
                let reference = Reference::new(key.id())?;
                let lookup = Lookup::KotanipayRefund(reference);
                self.kotanipay.fetch(&lookup).await?
            }
            ProviderName::Tazapay => {
                let lookup = Lookup::TazapayRefund(key.id().to_owned());
                self.tazapay.fetch(&lookup).await?
            }
            // Nothing can be read back at MCE, and Optty's are asked for by their order.
            ProviderName::Mce | ProviderName::Optty | ProviderName::Own(_) => return Ok(()),
        };
        if let Some(state) = fetched.single() {
            book.read_back(key, state);
        }
        Ok(())
    }
}

impl Ending {
    fn of(sandbox: &Sandbox, book: &Book) -> Self {
        let mut rows = BTreeMap::new();
        // A retry is a later entry of the same off-ramp.
        for entry in sandbox.ledger() {
            let (provider, id) = match entry.provider {
                Provider::Kotanipay => (ProviderName::Kotanipay, entry.subject),
                Provider::Mce => (ProviderName::Mce, entry.refund_id),
                Provider::Optty => (ProviderName::Optty, entry.refund_id),
                Provider::Tazapay => (ProviderName::Tazapay, entry.refund_id),
            };
            let expected = match entry.settlement {
                _ if provider == ProviderName::Mce => None,
                Settlement::Paid => Some(RefundStatus::Succeeded),
                Settlement::Failed => Some(RefundStatus::Failed),
                Settlement::Pending => Some(RefundStatus::Pending),
            };
            let refund = RefundKey::new(provider, id);
            let row = Row {
                refund: refund.clone(),
                settlement: entry.settlement,
                expected,
                known: book.status(&refund),
            };
            rows.insert(refund, row);
        }
        let rows = rows.into_values();
        Self {
            rows: rows.collect(),
            deliveries: sandbox.webhooks(),
            corrections: book.corrections(),
        }
    }

    /// The refunds whose known status is not that of the ledger, or at MCE no longer the one that they were
    /// created with.
    pub(crate) fn differences(&self) -> Vec<&RefundKey> {
        let differ = self.rows.iter().filter(|row| !row.is_right());
        differ.map(|row| &row.refund).collect()
    }

    /// What was delivered.
    pub(crate) fn deliveries(&self) -> &[WebhookRecord] {
        &self.deliveries
    }

    /// The refunds that came to another end than they had.
    pub(crate) fn corrections(&self) -> &[String] {
        &self.corrections
    }

    /// How many refunds there are.
    pub(crate) fn refunds(&self) -> usize {
        self.rows.len()
    }
}

impl Row {
    fn is_right(&self) -> bool {
        match &self.expected {
            Some(expected) => self.known.as_ref() == Some(expected),
            None => self.known.as_ref().map(RefundStatus::as_str) == Some(MCE_AS_CREATED),
        }
    }
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for row in &self.rows {
            let refund = row.refund.to_string();
            let settlement = format!("{:?}", row.settlement);
            let known = match &row.known {
                Some(status) => status.as_str(),
                None => "not known",
            };
            let mark = match (row.is_right(), &row.expected) {
                (false, _) => "DIFFERS",
                (true, Some(_)) => "ok",
                (true, None) => "as created: nothing can be proven here",
            };
            writeln!(f, "{refund:<46} {settlement:<8} {known:<10} {mark}")?;
        }
        for corrected in &self.corrections {
            writeln!(f, "corrected: {corrected}")?;
        }
        for kind in [
            DeliveryKind::Genuine,
            DeliveryKind::Duplicate,
            DeliveryKind::Replayed,
            DeliveryKind::BadlySigned,
            DeliveryKind::Forged,
            DeliveryKind::Altered,
        ] {
            let of_kind = self.deliveries.iter().filter(|it| it.kind == kind);
            let refused = of_kind.clone().filter(|it| it.answered == Some(401));
            let (all, refused) = (of_kind.count(), refused.count());
            writeln!(f, "{kind:?}: {all} delivered, {refused} refused")?;
        }
        Ok(())
    }
}
