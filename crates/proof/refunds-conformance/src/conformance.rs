//! The search, for a provider of one's own.

use std::{
    fmt,
    sync::{Arc, atomic::Ordering},
    time::Duration,
    time::Instant,
};

use provider_runtime::{ClientBuilder, Environment};
use refunds::{
    Action, Lookup, Reference, RefundRequest, Refunds,
    custom::{Provider, RefundsAt},
    webhooks::RefundUpdate,
};

#[cfg(feature = "campaign")]
use crate::judged::{Found, Judged};
use crate::{
    Model, Property, SearchError,
    engine::{Findings, search},
    facade::{self, Asks, Facade, Play},
    models::Event,
    own::Own,
    plot::{NOW, Plot, REFERENCES},
    story::Story,
    teller::Sampling,
};

/// What a client sends its requests over, in a search or a campaign: [`put_under`](Self::put_under) a client's builder.
#[derive(Debug)]
pub struct Network(Way);

#[derive(Debug)]
enum Way {
    Stories(facade::Network<Own>),
    #[cfg(feature = "campaign")]
    Server(String),
}

/// Shorter than the pauses of a campaign's server.
#[cfg(feature = "campaign")]
pub(crate) const TIMEOUT: Duration = Duration::from_millis(400);

/// Where stories happen.
const NOWHERE: &str = "https://provider.example";

impl Network {
    #[cfg(feature = "campaign")]
    pub(crate) fn at(base_url: String) -> Self {
        Self(Way::Server(base_url))
    }

    /// Has the client send its requests there: in a search in process, in a campaign to a server on loopback. Both are reached
    /// by paths alone, without those of the document's servers.
    #[must_use]
    pub fn put_under<C>(self, client: ClientBuilder<C>) -> ClientBuilder<C> {
        let at = |url: String| Environment::BaseUrl(url);
        match self.0 {
            Way::Stories(network) => client
                .environment(at(NOWHERE.to_owned()))
                .transport(network),
            #[cfg(feature = "campaign")]
            Way::Server(url) => client.environment(at(url)).timeout(TIMEOUT),
        }
    }
}

type Make<P> = dyn FnOnce(Network) -> Result<RefundsAt<P>, String>;
type Receive<P> = dyn Fn(&RefundsAt<P>, &[(String, String)], &[u8]) -> Result<RefundUpdate, String>;

/// A provider of one's own that is to be searched; see the [front page](crate).
pub struct Conformance<P: Provider> {
    make: Box<Make<P>>,
    request: P::Request,
    receive: Option<Box<Receive<P>>>,
    deadline: Option<Duration>,
    allows_needless_doubt: bool,
    #[cfg(feature = "campaign")]
    document: Option<String>,
}

impl<P: Provider> fmt::Debug for Conformance<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Conformance").finish_non_exhaustive()
    }
}

/// One that is to be searched against a model.
#[derive(Debug)]
pub struct Modelled<P: Provider> {
    conformance: Conformance<P>,
    model: Model,
}

impl<P: Provider> Conformance<P> {
    /// A search of what `make` makes of a client on this network, for stories of this refund.
    pub fn of<E: fmt::Display>(
        make: impl FnOnce(Network) -> Result<RefundsAt<P>, E> + 'static,
        request: P::Request,
    ) -> Self {
        Self {
            make: Box::new(|network| make(network).map_err(|error| error.to_string())),
            request,
            receive: None,
            deadline: None,
            allows_needless_doubt: false,
            #[cfg(feature = "campaign")]
            document: None,
        }
    }

    /// With the provider's document (the effective one, as JSON): requests that it does not allow, and plain answers of the model
    /// that it does not have, stand in the report.
    #[cfg(feature = "campaign")]
    #[must_use]
    pub fn with_document(mut self, document: impl Into<String>) -> Self {
        self.document = Some(document.into());
        self
    }

    /// With the way in which events are verified and read.
    #[must_use]
    pub fn with_events<E: fmt::Display>(
        mut self,
        receive: impl Fn(&RefundsAt<P>, &[(String, String)], &[u8]) -> Result<RefundUpdate, E> + 'static,
    ) -> Self {
        self.receive = Some(Box::new(move |at, headers, body| {
            receive(at, headers, body).map_err(|error| error.to_string())
        }));
        self
    }

    /// With less time for a call than its policy has.
    #[must_use]
    pub fn with_deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// For a reading that is more careful than the documents: a documented success or refusal may be doubt.
    #[must_use]
    pub fn allowing_needless_doubt(mut self) -> Self {
        self.allows_needless_doubt = true;
        self
    }

    /// Against what the provider documents.
    #[must_use]
    pub fn with_model(self, model: Model) -> Modelled<P> {
        Modelled {
            conformance: self,
            model,
        }
    }
}

/// What is asked of the facade, at a provider of one's own.
struct OwnAsks<P: Provider> {
    at: RefundsAt<P>,
    refunds: Refunds,
    request: RefundRequest,
    receive: Option<Box<Receive<P>>>,
}

impl<P: Provider> Asks for OwnAsks<P> {
    fn action(&self) -> Action {
        Action::Create(self.request.clone())
    }

    fn lookup(&self, _: Option<&str>) -> Option<Lookup> {
        let reference = Reference::new(REFERENCES[0]).ok()?;
        self.refunds.lookup(&reference, &self.action(), None)
    }

    fn received(&self, event: &Event) -> Result<RefundUpdate, String> {
        match &self.receive {
            Some(receive) => {
                let headers = event.headers.iter();
                let headers = headers.map(|(name, value)| ((*name).to_owned(), value.clone()));
                receive(&self.at, &headers.collect::<Vec<_>>(), &event.body)
            }
            None => Err("no events are read: give the way by `with_events`".to_owned()),
        }
    }
}

impl<P: Provider> Modelled<P> {
    /// Tells every story in which the provider may do as it likes with `depth` requests, and is honest after them; each
    /// property that does not hold comes with its shortest story. Two is a good depth for tests; with more, a sample of the
    /// odd answers is told at each of the later requests.
    ///
    /// # Errors
    /// [`SearchError`]: the client cannot be made, the request cannot be stored, nothing that the model knows is ever asked for, or
    /// what is searched depends on something besides its answers.
    pub fn search(self, depth: u8) -> Result<Report, SearchError> {
        let began = Instant::now();
        let Self { conformance, model } = self;
        let play = Arc::new(Play::default());
        let network = Network(Way::Stories(facade::Network(Arc::clone(&play))));
        let at = (conformance.make)(network).map_err(SearchError::Client)?;
        let request = at.request(&conformance.request);
        let request = request.map_err(|error| SearchError::Client(error.to_string()))?;
        let refunds = Refunds::from(at.clone());
        #[cfg(feature = "campaign")]
        let judged = conformance
            .document
            .map(|document| Judged::by(&document).map(Arc::new))
            .transpose()
            .map_err(SearchError::Document)?;
        let has_events = model.event.is_some() && conformance.receive.is_some();
        let asks = OwnAsks {
            at,
            refunds: refunds.clone(),
            request,
            receive: conformance.receive,
        };
        let plot = Plot {
            words: "asks for the refund",
            references: REFERENCES,
            loses_count: true,
            waits: vec![NOW, model.outlasting()].into(),
            can_fetch: asks.lookup(None).is_some(),
            can_try_again: false,
            kills: 1,
            deadline: conformance.deadline,
            trusts_keys: false,
        };
        let mut model = model;
        if !has_events {
            model.event = None;
        }
        let asked = model.noting_requests();
        let begins = Own::new(model);
        #[cfg(feature = "campaign")]
        let begins = match &judged {
            Some(judged) => begins.judged_by(Arc::clone(judged)),
            None => begins,
        };
        let story = Story {
            client: Facade::new(&refunds, play, asks, &plot)?,
            plot,
            begins,
            depth,
            sampling: Sampling::to_depth(depth),
        };
        let findings: Findings<Property> = search(&story, false);
        if findings.diverged {
            return Err(SearchError::Diverged {
                part: "the provider",
            });
        }
        if !asked.load(Ordering::Relaxed) {
            return Err(SearchError::NothingSent);
        }
        let allows = conformance.allows_needless_doubt;
        let counterexamples = findings
            .breaches
            .into_iter()
            .filter(|(property, _)| !(allows && *property == Property::NoNeedlessDoubt))
            .map(|(property, breach)| Counterexample {
                property,
                turns: breach.times,
                length: breach.length,
                lines: story.lines(&breach.path),
            });
        let mut counterexamples: Vec<_> = counterexamples.collect();
        counterexamples.sort_by_key(|found| (found.length, found.lines.len()));
        Ok(Report {
            depth,
            stories: findings.stories,
            calls: findings.turns,
            took: began.elapsed(),
            counterexamples,
            #[cfg(feature = "campaign")]
            found: judged.map(|judged| judged.found()).unwrap_or_default(),
        })
    }
}

/// What a search found.
#[derive(Clone, Debug)]
pub struct Report {
    depth: u8,
    stories: u128,
    calls: u64,
    took: Duration,
    counterexamples: Vec<Counterexample>,
    #[cfg(feature = "campaign")]
    found: Found,
}

/// A property that does not hold, with the shortest story that shows it.
#[derive(Clone, Debug)]
pub struct Counterexample {
    property: Property,
    turns: u64,
    length: u32,
    lines: Vec<String>,
}

impl Report {
    /// Whether every property held in every story, and all fitted the document, if one was given.
    pub fn is_clean(&self) -> bool {
        #[cfg(feature = "campaign")]
        let fits = self.found.violations.is_empty() && self.found.misfits.is_empty();
        #[cfg(not(feature = "campaign"))]
        let fits = true;
        fits && self.counterexamples.is_empty()
    }

    /// Requests that the document does not allow.
    #[cfg(feature = "campaign")]
    pub fn violations(&self) -> impl Iterator<Item = &str> {
        self.found.violations.values().map(String::as_str)
    }

    /// Plain answers of the model that the document does not have: it is the model that is to be mended.
    #[cfg(feature = "campaign")]
    pub fn misfits(&self) -> impl Iterator<Item = &str> {
        self.found.misfits.values().map(String::as_str)
    }

    /// How many stories were told.
    pub fn stories(&self) -> u128 {
        self.stories
    }

    /// The shortest counterexample to each property that does not hold, the shortest of all first.
    pub fn counterexamples(&self) -> &[Counterexample] {
        &self.counterexamples
    }

    /// That of one property.
    pub fn counterexample(&self, property: Property) -> Option<&Counterexample> {
        let mut all = self.counterexamples.iter();
        all.find(|found| found.property == property)
    }
}

impl Counterexample {
    /// What does not hold.
    pub fn property(&self) -> Property {
        self.property
    }

    /// The story, line by line.
    pub fn lines(&self) -> &[String] {
        &self.lines
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "search to depth {}: {} stories, told by {} calls in {:.1} s",
            self.depth,
            self.stories,
            self.calls,
            self.took.as_secs_f64()
        )?;
        for found in &self.counterexamples {
            write!(f, "\n{found}")?;
        }
        #[cfg(feature = "campaign")]
        write!(f, "{}", self.found)?;
        Ok(())
    }
}

impl fmt::Display for Counterexample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "NOT SO: {} ({} turns break it)",
            self.property, self.turns
        )?;
        for (number, line) in self.lines.iter().enumerate() {
            writeln!(f, "{:>4}. {line}", number + 1)?;
        }
        Ok(())
    }
}
