//! A campaign from its start to its report.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use refunds_conformance::campaign::{
    calendar::{self, Calendar, TOKEN_LIFE},
    journal::{self, Line},
    standing,
    supervisor::{Post, supervise},
    tally::{Made, Tally},
};
use refunds_sandbox::{FaultPlan, Ledger, Provider, RetrySchedule, Sandbox, Settings};

use crate::{
    Assignment, CampaignError, Report, Sabotage,
    assignment::Place,
    case::{self, Case},
    faults,
    listener::Listener,
};

/// As many processes refund at the same time.
const WORKERS: u64 = 4;

/// Shorter than the pauses between a worker's calls often are, so that it meets connections that were just
/// closed.
const CLOSE_IDLE_AFTER: Duration = Duration::from_millis(30);

/// How many of the events meet a fault.
const WEBHOOK_RATE: f64 = 0.6;

/// A campaign.
#[derive(Clone, Debug)]
pub struct Campaign {
    refunds: u64,
    seed: u64,
    faults: FaultPlan,
    sabotage: Option<Sabotage>,
    webhooks: bool,
}

impl Campaign {
    /// This many refunds, with every kind of fault by chance from this seed.
    pub fn new(refunds: u64, seed: u64) -> Self {
        Self {
            refunds,
            seed,
            faults: faults::every_kind(seed),
            sabotage: None,
            webhooks: false,
        }
    }

    /// With webhooks, under every kind of their faults.
    #[must_use]
    pub fn with_webhooks(mut self) -> Self {
        self.webhooks = true;
        self
    }

    /// With the faults of a file, a [`FaultPlan`] in JSON. Where it goes by chance, chance starts from the
    /// campaign's own seed.
    ///
    /// # Errors
    /// The file cannot be read or holds no plan.
    pub fn with_faults(mut self, path: &Path) -> Result<Self, CampaignError> {
        let text = fs::read(path).map_err(CampaignError::file(path))?;
        self.faults = serde_json::from_slice(&text).map_err(|reason| CampaignError::Content {
            path: path.to_owned(),
            reason,
            remedy: "write a plan such as {\"random\": {\"seed\": 7, \"rate\": 0.4}}",
        })?;
        if let FaultPlan::Random(random) = &mut self.faults {
            random.seed = self.seed;
        }
        Ok(self)
    }

    /// With a mistake that the campaign has to find.
    #[must_use]
    pub fn with_sabotage(mut self, sabotage: Sabotage) -> Self {
        self.sabotage = Some(sabotage);
        self
    }

    /// Runs the campaign. `program` called with `argument` and the path of an assignment has to
    /// [`work`](crate::work).
    ///
    /// # Errors
    /// The campaign did not come to its end, so that it says nothing.
    pub fn run(
        &self,
        program: &Path,
        argument: impl Into<OsString>,
    ) -> Result<Report, CampaignError> {
        let began = Instant::now();
        let sandbox = Sandbox::builder()
            .settings(settings(self.webhooks))
            .faults(self.faults.clone())
            .start()?;
        let listener = self.listener(&sandbox)?;
        sandbox.seed(case::seed(self.refunds))?;
        let directory = tempfile::tempdir().map_err(CampaignError::Process)?;
        let posts = self.posts(&sandbox, directory.path())?;
        let journals: Vec<PathBuf> = posts.iter().map(|post| post.journal.clone()).collect();
        let argument = argument.into();
        let worker = |assignment: &Path| {
            let mut command = Command::new(program);
            command.arg(&argument).arg(assignment);
            command
        };
        let (kills, passed) = supervise(
            &worker,
            posts,
            self.seed,
            sandbox.clock(),
            Calendar::new(self.refunds),
        )?;
        let mut lines = read(&journals)?;
        // What is asked in the end is asked of the sandbox, and no part of the refunds.
        let requests = sandbox.requests();
        let told = match listener {
            Some(listener) => {
                let open = standing::open(&lines);
                let (told, settled) =
                    listener.finish(&sandbox, &self.assignment(&sandbox), &open)?;
                lines.extend(settled);
                Some(told)
            }
            None => None,
        };
        let violations = sandbox.violations();
        let violations = violations.iter().map(|violation| {
            let place = &violation.place;
            format!("{} {place}: {}", violation.provider, violation.problem)
        });
        Ok(Report {
            seed: self.seed,
            tally: self.tally(&lines, &sandbox.ledger()),
            requests: requests.len() as u64,
            faulted: requests
                .iter()
                .filter(|request| request.fault.is_some())
                .count() as u64,
            kills,
            passed,
            told,
            violations: violations.collect(),
            took: began.elapsed(),
        })
    }

    /// Compares the journals with the ledger.
    fn tally(&self, lines: &[Line], ledger: &Ledger) -> Tally {
        let cases = || (0..self.refunds).map(Case::of);
        let amounts = cases().map(|case| ((case.provider, case.reference_text()), case.amount));
        let amounts: BTreeMap<_, _> = amounts.collect();
        let made = ledger.entries().iter().map(|entry| {
            let reference = entry.reference().to_owned();
            let asked = amounts.get(&(entry.provider, reference.clone()));
            Made {
                provider: case::name_of(entry.provider),
                pays: entry.pays(),
                // What was taken on will be paid.
                is_paid: entry.pays(),
                is_as_asked: asked.is_none_or(|amount| *amount == entry.amount),
                reference,
            }
        });
        Tally::of(cases().map(|case| case.wanted()), lines, made.collect())
    }

    /// The server that receives webhooks, if there are to be any.
    fn listener(&self, sandbox: &Sandbox) -> Result<Option<Listener>, CampaignError> {
        if !self.webhooks {
            return Ok(None);
        }
        let listener = Listener::start(self.sabotage)?;
        listener.listen_to(sandbox)?;
        sandbox.set_webhook_faults(FaultPlan::random_webhooks(self.seed, WEBHOOK_RATE))?;
        Ok(Some(listener))
    }

    /// What anybody is told who calls the sandbox, without any work.
    fn assignment(&self, sandbox: &Sandbox) -> Assignment {
        assignment(sandbox, self.sabotage)
    }

    fn posts(&self, sandbox: &Sandbox, directory: &Path) -> Result<Vec<Post>, CampaignError> {
        let mut posts = Vec::new();
        for worker in 0..WORKERS {
            let post = Post {
                assignment: directory.join(format!("assignment-{worker}.json")),
                journal: directory.join(format!("journal-{worker}.jsonl")),
                refunds: self.refunds / WORKERS,
            };
            let assignment = Assignment {
                journal: post.journal.clone(),
                first: self.refunds * worker / WORKERS,
                end: self.refunds * (worker + 1) / WORKERS,
                ..self.assignment(sandbox)
            };
            assignment.write(&post.assignment)?;
            posts.push(post);
        }
        Ok(posts)
    }
}

/// What anybody is told who calls the sandbox, without any work.
pub(crate) fn assignment(sandbox: &Sandbox, sabotage: Option<Sabotage>) -> Assignment {
    let place = |provider| Place {
        base_url: sandbox.base_url(provider).to_owned(),
        credentials: sandbox.credentials(provider),
    };
    Assignment {
        places: Provider::ALL
            .into_iter()
            .map(|provider| (provider, place(provider)))
            .collect(),
        token_url: sandbox.token_url().to_owned(),
        journal: PathBuf::new(),
        first: 0,
        end: 0,
        sabotage,
    }
}

/// The most dangerous reading of the documents, and quick refunds.
pub(crate) fn settings(webhooks: bool) -> Settings {
    let mut settings = Settings::hostile();
    settings.kotanipay.refund_takes = Duration::from_millis(100);
    settings.kotanipay.retry_starts_after = Duration::from_millis(100);
    settings.close_idle_after = Some(CLOSE_IDLE_AFTER);
    settings.optty.token_life = TOKEN_LIFE;
    if webhooks {
        // Nobody waits for Tazapay's minute and a half, nor for a day of attempts.
        let retries = RetrySchedule {
            first_after: Duration::from_millis(50),
            longest: Duration::from_millis(500),
            // No attempt falls into the time that the clock leaps over, so that it is no reason to give up.
            give_up_after: calendar::ALL + Duration::from_secs(60),
        };
        settings.tazapay.settles_after = Duration::from_millis(100);
        settings.tazapay.webhook_retries = retries;
        settings.kotanipay.webhook_retries = retries;
    }
    settings
}

fn read(journals: &[PathBuf]) -> Result<Vec<Line>, CampaignError> {
    let mut lines = Vec::new();
    for path in journals {
        // With few refunds, a worker may have none.
        if path.exists() {
            let text = fs::read_to_string(path).map_err(CampaignError::file(path))?;
            lines.extend(journal::parse(&text));
        }
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_leap_of_the_clock_ends_no_attempts_to_deliver() {
        let settings = settings(true);
        for retries in [
            settings.tazapay.webhook_retries,
            settings.kotanipay.webhook_retries,
        ] {
            assert!(retries.give_up_after > calendar::ALL);
        }
    }

    #[test]
    fn the_seed_of_the_campaign_is_that_of_a_plan_by_chance() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("plan.json");
        fs::write(&path, r#"{"random": {"seed": 1, "rate": 0.5}}"#).unwrap();
        let campaign = Campaign::new(4, 9).with_faults(&path).unwrap();
        let FaultPlan::Random(random) = campaign.faults else {
            panic!("the plan is one by chance");
        };
        assert_eq!((random.seed, random.rate), (9, 0.5));
    }
}
