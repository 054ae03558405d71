//! Many refunds at a provider of one's own, over real connections, in processes that are killed.

#[doc(hidden)]
pub mod calendar;
mod compare;
#[doc(hidden)]
pub mod conclude;
mod error;
#[doc(hidden)]
pub mod journal;
mod mailbox;
#[doc(hidden)]
pub mod note;
mod post;
mod program;
#[doc(hidden)]
pub mod refund;
mod report;
mod server;
#[doc(hidden)]
pub mod standing;
#[doc(hidden)]
pub mod supervisor;
#[doc(hidden)]
pub mod tally;
#[doc(hidden)]
pub mod worker;

use std::{
    env, fmt, fs,
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
    time::{Duration, Instant},
};

use refunds::{
    Action, Reference, Refunds, RetryBudget, RetryPolicy,
    custom::{Provider, RefundsAt},
    webhooks::RefundUpdate,
};

pub use error::CampaignError;
pub use report::CampaignReport;
pub use tally::{Concluded, Tally};

use crate::{Model, conformance::Network, judged::Judged};
use calendar::Calendar;
use conclude::{Hand, Mailbox};
use mailbox::Mail;
use post::Post;
use refund::Refund;
use server::{Ending, Scripted};
use supervisor::{finish, supervise};

/// As many processes refund at the same time.
const WORKERS: usize = 3;
const REFUNDS: u64 = 300;
const SEED: u64 = 1;
/// Every third refund is begun with one attempt, so that a lost answer is left to reconciliation.
const GIVEN_UP_SOON: u64 = 3;
/// Longer than any pause of the server lasts after the client's timeout, with room for a busy machine.
const SETTLED: Duration = Duration::from_millis(1200);

type Make<P> = dyn Fn(Network) -> Result<RefundsAt<P>, String> + Send + Sync;
type Cases<P> = dyn Fn(u64) -> (<P as Provider>::Request, Model);
type Receive<P> =
    dyn Fn(&RefundsAt<P>, &[(String, String)], &[u8]) -> Result<RefundUpdate, String> + Send + Sync;

/// Many refunds at a provider of one's own, made through the facade by processes that are killed in the middle and started
/// again, at a server on loopback that stands for the provider: its document judges each request, and its [`Model`] answers
/// by chance, as far as it leaves anything open. Hours pass meanwhile, and a day. What is believed in the end is
/// compared with the server's ledger.
///
/// It is run by a program of its own, which is its workers, too: a test with `harness = false`, or an example. See the
/// [front page](crate).
pub struct Campaign<P: Provider> {
    document: String,
    make: Arc<Make<P>>,
    cases: Box<Cases<P>>,
    receive: Option<Arc<Receive<P>>>,
    refunds: u64,
    seed: u64,
}

impl<P: Provider> fmt::Debug for Campaign<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Campaign")
            .field("refunds", &self.refunds)
            .field("seed", &self.seed)
            .finish_non_exhaustive()
    }
}

impl<P: Provider> Campaign<P> {
    /// A campaign at a provider with this document (the effective one, as JSON), with what `make` makes of a client on the
    /// campaign's network. `case` gives each refund by its number, counted from 0, and what the provider documents of it: it
    /// gives the same one whenever it is asked, and each refund a payment of its own.
    pub fn of<E: fmt::Display>(
        document: impl Into<String>,
        make: impl Fn(Network) -> Result<RefundsAt<P>, E> + Send + Sync + 'static,
        case: impl Fn(u64) -> (P::Request, Model) + 'static,
    ) -> Self {
        Self {
            document: document.into(),
            make: Arc::new(move |network| make(network).map_err(|error| error.to_string())),
            cases: Box::new(case),
            receive: None,
            refunds: REFUNDS,
            seed: SEED,
        }
    }

    /// With the way in which events are verified and read; some of those that come are forged. The model writes them:
    /// [`Model::with_events`].
    #[must_use]
    pub fn with_events<E: fmt::Display>(
        mut self,
        receive: impl Fn(&RefundsAt<P>, &[(String, String)], &[u8]) -> Result<RefundUpdate, E>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        self.receive = Some(Arc::new(move |at, headers, body| {
            receive(at, headers, body).map_err(|error| error.to_string())
        }));
        self
    }

    /// With so many refunds; 300 by default. With fewer than a hundred it says little.
    #[must_use]
    pub fn with_refunds(mut self, refunds: u64) -> Self {
        self.refunds = refunds;
        self
    }

    /// From where chance starts; 1 by default.
    #[must_use]
    pub fn with_seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Runs it. `worker` gives the command of a process that hands the path it is given to [`work`](Self::work), of
    /// the same campaign. [`main`](Self::main) does both.
    ///
    /// # Errors
    /// The campaign did not come to its end, so that it says nothing.
    pub fn run(&self, worker: impl Fn(&Path) -> Command) -> Result<CampaignReport, CampaignError> {
        let began = Instant::now();
        let judged = Judged::by(&self.document).map_err(CampaignError::Document)?;
        let (at, refunds) = self.client("http://127.0.0.1:9".to_owned())?;
        let (mut models, mut actions) = (Vec::new(), Vec::new());
        for number in 0..self.refunds {
            let (request, model) = (self.cases)(number);
            // What cannot be stored is told before anything begins.
            actions.push(refund(number, &at, &refunds, &request)?.action);
            models.push(model);
        }
        let calendar = calendar(&models);
        let mut finds = models.iter().filter_map(|model| model.find.as_ref());
        let has_read = finds.any(|find| find.shown.reference.is_some());
        let mails = models.iter().any(|model| model.event.is_some());
        let server = Scripted::start(judged, models, self.seed, mails && self.receive.is_some())?;
        let directory = tempfile::tempdir().map_err(CampaignError::file(&env::temp_dir()))?;
        let posts = posts(&server, directory.path(), &actions)?;
        let paths: Vec<PathBuf> = posts.iter().map(|post| post.assignment.clone()).collect();
        let journals: Vec<PathBuf> = posts.iter().map(|post| post.journal.clone()).collect();
        let (kills, passed) = supervise(&worker, posts, self.seed, server.clock(), calendar)?;
        server.calm_down();
        for path in &paths {
            Post {
                is_last_look: true,
                ..Post::read(path)?
            }
            .write(path)?;
        }
        finish(&worker, &paths)?;
        let mut lines = Vec::new();
        for path in &journals {
            // With few refunds, a worker may have none.
            if path.exists() {
                let text = fs::read_to_string(path).map_err(CampaignError::file(path))?;
                lines.extend(journal::parse(&text));
            }
        }
        let endings = server.endings();
        let provider = refunds.provider();
        let reads_events = self.receive.is_some();
        let tally = compare::compared(provider, &endings, &lines, reads_events);
        Ok(CampaignReport {
            seed: self.seed,
            refunds: self.refunds,
            tally,
            reads_events,
            writes_events: mails,
            has_read,
            kills,
            passed,
            stories: stories(provider.as_str(), &endings),
            seen: server.seen(),
            took: began.elapsed(),
        })
    }

    /// Does the work of a process that [`run`](Self::run) has started, with the path that it was given.
    ///
    /// # Errors
    /// What is at the path, or what it names, cannot be used. Trouble with the provider is none: it is what the
    /// worker is for.
    pub fn work(&self, post: &Path) -> Result<(), CampaignError> {
        let post = Post::read(post)?;
        let (at, refunds) = self.client(post.base_url)?;
        let mut all = Vec::new();
        for (number, action) in (post.first..).zip(post.actions) {
            let (request, _) = (self.cases)(number);
            let refund = refund(number, &at, &refunds, &request)?;
            if refund.action != action {
                return Err(CampaignError::AnotherRefund { number });
            }
            all.push(refund);
        }
        let policy = policy();
        let impatient = refunds.with_policy(policy.clone().with_max_attempts(1));
        let patient = refunds.with_policy(policy);
        let mailbox = match (post.mailbox, &self.receive) {
            (Some(url), Some(receive)) => {
                let mail = Mail::new(url, at, Arc::clone(receive))?;
                Some(Arc::new(mail) as Arc<dyn Mailbox>)
            }
            _ => None,
        };
        let hand = |refund: &Refund| Hand {
            beginning: match refund.number % GIVEN_UP_SOON {
                0 => impatient.clone(),
                _ => patient.clone(),
            },
            client: patient.clone(),
            mailbox: mailbox.clone(),
            calls_unknown_failed: false,
        };
        match post.is_last_look {
            true => worker::look_again(&post.journal, all, hand),
            false => worker::work(&post.journal, all, hand),
        }
    }

    fn client(&self, base_url: String) -> Result<(RefundsAt<P>, Refunds), CampaignError> {
        let at = (self.make)(Network::at(base_url)).map_err(CampaignError::Client)?;
        let refunds = Refunds::from(at.clone());
        Ok((at, refunds))
    }
}

/// Writes what each worker is told: an equal part of the refunds.
fn posts(
    server: &Scripted,
    directory: &Path,
    actions: &[Action],
) -> Result<Vec<supervisor::Post>, CampaignError> {
    let mut posts = Vec::new();
    for worker in 0..WORKERS {
        let of = |worker| actions.len() * worker / WORKERS;
        let own = actions.get(of(worker)..of(worker + 1)).unwrap_or_default();
        let post = supervisor::Post {
            assignment: directory.join(format!("post-{worker}.json")),
            journal: directory.join(format!("journal-{worker}.jsonl")),
            refunds: own.len() as u64,
        };
        let told = Post {
            base_url: server.url().to_owned(),
            mailbox: server.mail_url().map(str::to_owned),
            journal: post.journal.clone(),
            first: of(worker) as u64,
            actions: own.to_vec(),
            is_last_look: false,
        };
        told.write(&post.assignment)?;
        posts.push(post);
    }
    Ok(posts)
}

/// When time passes, as far as the keys of these let it.
fn calendar(models: &[Model]) -> Calendar {
    let day = models.iter().map(Model::outlasting).max();
    let shortest = models.iter().filter_map(Model::kept).min();
    Calendar::new(models.len() as u64).with_keys(day.unwrap_or_default(), shortest)
}

/// Without a budget, so that nothing but the rules limits repetitions.
fn policy() -> RetryPolicy {
    RetryPolicy::default()
        .with_backoff(Duration::from_millis(20), Duration::from_millis(200))
        .with_deadline(Duration::from_secs(30))
        .with_least_attempt(crate::conformance::TIMEOUT + Duration::from_millis(100))
        .with_settle_after(SETTLED)
        .with_budget(RetryBudget::unlimited())
}

fn refund<P: Provider>(
    number: u64,
    at: &RefundsAt<P>,
    refunds: &Refunds,
    request: &P::Request,
) -> Result<Refund, CampaignError> {
    let reference = Reference::new(server::reference(number));
    let reference = reference.map_err(|error| CampaignError::Client(error.to_string()))?;
    let request = at.request(request);
    let request = request.map_err(|error| CampaignError::Client(error.to_string()))?;
    Ok(Refund {
        number,
        provider: refunds.provider(),
        reference,
        action: Action::Create(request),
        followed_by: None,
    })
}

/// What happened to each refund, by its name.
fn stories(provider: &str, endings: &[Ending]) -> Vec<(String, Vec<String>)> {
    let endings = endings.iter().zip(0..);
    endings
        .map(|(ending, number)| {
            let name = format!("{provider} {}", server::reference(number));
            (name, ending.story.clone())
        })
        .collect()
}
