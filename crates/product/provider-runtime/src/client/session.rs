//! What every call of a client goes through.

use std::{collections::BTreeMap, fmt, pin::Pin, sync::Arc, time::Duration};

use reqwest::{
    Method, Request, StatusCode, Url,
    header::{CONTENT_LENGTH, HeaderValue},
};
use tokio::time::Instant;
use tracing::Instrument;

use super::{
    CallSettings, Failure, Interceptor, OperationInfo, Reply, RequestSigner, TokenError,
    auth::{Security, Tokens, Wanted},
    base_url::{BaseUrl, Host},
    deadline::Deadline,
    error::{
        BodyUnread, ConnectFailure, Error, InvalidRequest, NotSent, NotSentCause, Unanswered,
        UnansweredCause,
    },
    interceptor::Watch,
    redactor::{Redactor, Secrets},
    reply::Origin,
    route, trace,
    transport::{Heard, Limits, NoAnswer, Transport},
};
use crate::{Operation, Provider};

/// What the calls of a client share: where they go, how they are authenticated, what they may cost.
///
/// Made by [`ClientBuilder`](crate::ClientBuilder) and kept inside a generated client. Cloning
/// shares it, tokens included.
#[derive(Clone)]
pub struct Session {
    shared: Arc<Shared>,
    /// What each call has beside its own.
    settings: CallSettings,
}

pub(crate) struct Shared {
    pub(crate) provider: &'static Provider,
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) base_path: String,
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) timeout: Duration,
    pub(crate) body_limit: usize,
    pub(crate) security: Security,
    pub(crate) secrets: Option<Secrets>,
    pub(crate) signer: Option<Arc<dyn RequestSigner>>,
    pub(crate) interceptors: Vec<Arc<dyn Interceptor>>,
    /// By the operation's id.
    pub(crate) own_hosts: BTreeMap<&'static str, BaseUrl>,
    /// Hosts that may see the credentials beside the environment's own.
    pub(crate) also_at: Vec<Host>,
}

/// What says where a request leads.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// The operation's route.
    Route,
    /// A link in an answer.
    Link,
}

/// What [`Session::execute`] returns.
pub type ReplyFuture<'a> = Pin<Box<dyn Future<Output = Result<Reply, Failure>> + Send + 'a>>;

impl From<Shared> for Session {
    fn from(shared: Shared) -> Self {
        Self {
            shared: Arc::new(shared),
            settings: CallSettings::default(),
        }
    }
}

impl Session {
    /// The provider that the session is for.
    pub fn provider(&self) -> &'static Provider {
        self.shared.provider
    }

    /// The same session, whose calls have this beside what is set for each; it takes the place of what the session
    /// had of the kind.
    #[must_use]
    pub fn with_call(&self, settings: CallSettings) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
            settings: settings.over(&self.settings),
        }
    }

    pub(super) fn settings(&self) -> &CallSettings {
        &self.settings
    }

    /// Whether the credentials that this operation gets have this header.
    pub(crate) fn puts(&self, operation: &str, header: &str) -> bool {
        let wanted = self.shared.security.wanted(operation);
        wanted.is_ok_and(|wanted| wanted.puts(header))
    }

    /// Sends a request of an operation and reads the whole answer.
    ///
    /// It is sent once, and once more only where the provider answered 401 and a newer token is at
    /// hand: such an answer says that nothing was done.
    ///
    /// # Errors
    /// Everything short of a complete answer, told apart by how far the request got.
    // The request goes straight to the heap: callers keep the future, moved as often as they like, and it
    // would hold a copy of the request for each function on the way.
    pub fn execute<'a>(&'a self, request: Request, info: &'a OperationInfo) -> ReplyFuture<'a> {
        self.execute_until(Deadline::NEVER, request, info.operation_id, Way::Route)
    }

    pub(super) fn execute_until(
        &self,
        deadline: Deadline,
        request: Request,
        operation: &'static str,
        way: Way,
    ) -> ReplyFuture<'_> {
        Box::pin(self.run(deadline, Some(request), operation, way))
    }

    /// Where a request of this operation to `url` goes: some operations have hosts of their own.
    pub(super) fn placed(&self, operation: &str, url: &Url, way: Way) -> Option<Url> {
        match self.shared.own_hosts.get(operation) {
            Some(own) if way == Way::Route => own.instead_of(&self.shared.base_path, url),
            _ => Some(url.clone()),
        }
    }

    async fn run(
        &self,
        deadline: Deadline,
        mut request: Option<Request>,
        operation: &'static str,
        way: Way,
    ) -> Result<Reply, Failure> {
        let call = Origin {
            provider: self.shared.provider,
            operation,
        };
        let Some(operation) = call.details() else {
            return Err(invalid(
                call,
                "the crate does not list this operation: generate it again",
            ));
        };
        let span = trace::call(call.provider, operation);
        let work = async {
            let started = Instant::now();
            let mut attempts = 0;
            let outcome = self
                .authenticated(
                    (call, operation, way),
                    &mut request,
                    deadline,
                    &mut attempts,
                )
                .await;
            (outcome, attempts, started.elapsed())
        };
        let (outcome, attempts, duration) = work.instrument(span.clone()).await;
        trace::ended(&span, attempts, duration, &outcome);
        outcome
    }

    async fn authenticated(
        &self,
        (call, operation, way): (Origin, &Operation, Way),
        // It stays where it is until it is sent: a future holds a copy of what is moved through it.
        held: &mut Option<Request>,
        deadline: Deadline,
        attempts: &mut u32,
    ) -> Result<Reply, Failure> {
        let Shared {
            security,
            base_path,
            own_hosts,
            ..
        } = &*self.shared;
        let request = still(call, held)?;
        if way == Way::Route && !route::leads_to(request.url().path(), base_path, operation.route) {
            return Err(invalid(
                call,
                "a path parameter is empty, `.` or `..`, which would lead to another operation: give \
                 it another value",
            ));
        }
        let own = own_hosts.get(call.operation);
        if own.is_some() && way == Way::Route {
            let Some(url) = self.placed(call.operation, request.url(), way) else {
                return Err(invalid(
                    call,
                    "its URL cannot be made: generate the crate again",
                ));
            };
            *request.url_mut() = url;
        }
        let wanted = security
            .wanted(call.operation)
            .map_err(|scheme| not_sent(call, NotSentCause::OtherScheme { scheme }))?;
        // A link leads where an answer says, which may be anywhere.
        let host = match (way, own) {
            (Way::Link, own) => {
                let host = Host::of(request.url());
                let is_own = own.is_some_and(|own| own.host() == host) && !wanted.is_signed();
                (!is_own).then_some(host)
            }
            (Way::Route, own) => own.map(BaseUrl::host).filter(|_| wanted.is_signed()),
        };
        if let Some(host) = host.filter(|host| !self.may_see_credentials(host)) {
            let host = host.to_string();
            let cause = match way {
                Way::Route => NotSentCause::OtherHost { host },
                Way::Link => NotSentCause::LinkToOtherHost { host },
            };
            return Err(not_sent(call, cause));
        }
        let late = || not_sent(call, NotSentCause::DeadlinePassed);
        let tokens = deadline.bound(wanted.tokens(None)).await;
        let tokens = tokens
            .ok_or_else(late)?
            .map_err(|error| no_token(call, error))?;
        let spare = wanted.can_renew().then(|| request.try_clone()).flatten();
        let timeout = request.timeout().copied().unwrap_or(self.shared.timeout);
        let left = deadline.left_of(timeout).ok_or_else(late)?;
        *attempts = 1;
        let reply = self
            .sent((call, operation, 1), held, (wanted, &tokens), left)
            .await?;
        let Some(again) = spare.filter(|_| reply.status() == StatusCode::UNAUTHORIZED) else {
            return Ok(reply);
        };
        // Without a newer token, or time, the 401 is the answer, with all that the provider said in it.
        let newer = match deadline.bound(wanted.tokens(Some(&tokens))).await {
            Some(Ok(newer)) if newer != tokens => newer,
            _ => return Ok(reply),
        };
        let Some(left) = deadline.left_of(timeout) else {
            return Ok(reply);
        };
        *attempts = 2;
        *held = Some(again);
        self.sent((call, operation, 2), held, (wanted, &newer), left)
            .await
    }

    /// Credentials go to the environment's own host, and to those that the user has named.
    fn may_see_credentials(&self, host: &Host) -> bool {
        let Shared {
            host: name,
            port,
            also_at,
            ..
        } = &*self.shared;
        host.is(name, *port) || also_at.contains(host)
    }

    /// A sending with its span.
    async fn sent(
        &self,
        (call, operation, number): (Origin, &Operation, u32),
        held: &mut Option<Request>,
        authentication: (Wanted<'_>, &Tokens),
        timeout: Duration,
    ) -> Result<Reply, Failure> {
        let request = still(call, held)?;
        let own = self.shared.own_hosts.get(call.operation);
        let base_path = own.map_or(&self.shared.base_path, |own| &own.path);
        let target = trace::Target::Operation {
            operation,
            base_path,
        };
        let method = request.method().as_str();
        let sending = trace::Sending::begin(method, request.url(), target, number);
        let span = sending.span();
        let work = async {
            let interceptors = &self.shared.interceptors;
            let request = still(call, held)?;
            let (watch, allowed) = Watch::begin(
                interceptors,
                (call, operation),
                (request, authentication.0),
                number,
            );
            let outcome = match allowed {
                Ok(()) => {
                    self.attempt(call, operation, held, authentication, timeout)
                        .await
                }
                Err(refusal) => Err(not_sent(call, NotSentCause::Intercepted(refusal))),
            };
            watch.end(&outcome);
            outcome
        };
        let outcome = work.instrument(span).await;
        sending.end(trace::status(&outcome), trace::error_type(&outcome));
        outcome
    }

    /// Sends the request once; where the operation asks for no credentials it is not signed either.
    async fn attempt(
        &self,
        call: Origin,
        operation: &Operation,
        held: &mut Option<Request>,
        (wanted, tokens): (Wanted<'_>, &Tokens),
        timeout: Duration,
    ) -> Result<Reply, Failure> {
        let request = still(call, held)?;
        let Shared {
            transport,
            secrets,
            signer,
            ..
        } = &*self.shared;
        let redactor = Redactor::new(secrets.clone(), tokens.secrets());
        wanted.put(tokens, request);
        // RFC 9110, 8.6: a POST without a body says so, or a gateway may answer 411.
        if request.method() == Method::POST && request.body().is_none() {
            let none = HeaderValue::from_static("0");
            request.headers_mut().insert(CONTENT_LENGTH, none);
        }
        if let Some(signer) = signer.as_ref().filter(|_| wanted.is_signed()) {
            signer
                .sign(request)
                .map_err(|error| not_sent(call, NotSentCause::Signing(error.masked(&redactor))))?;
        }
        let limits = Limits {
            timeout,
            body: self.shared.body_limit,
            moves_money: operation.moves_money,
        };
        let Some(request) = held.take() else {
            return Err(invalid(call, SENT));
        };
        let answer = transport
            .send(request, limits)
            .await
            .map_err(|cause| no_answer(call, cause))?;
        let reply = Reply::new(
            Some(call),
            answer.status,
            answer.headers,
            answer.body,
            redactor,
        );
        match answer.fault {
            None => Ok(reply),
            Some(fault) => Err(Error::BodyUnread(Box::new(BodyUnread { reply, fault })).into()),
        }
    }
}

const SENT: &str = "it was sent already: report this as a bug of provider-runtime";

/// The request, until it is handed to the transport.
fn still(call: Origin, held: &mut Option<Request>) -> Result<&mut Request, Failure> {
    held.as_mut().ok_or_else(|| invalid(call, SENT))
}

fn invalid(call: Origin, reason: &'static str) -> Failure {
    let invalid = InvalidRequest {
        call: Some(call),
        reason: reason.into(),
        source: None,
    };
    Error::InvalidRequest(Box::new(invalid)).into()
}

fn no_token(call: Origin, error: TokenError) -> Failure {
    not_sent(call, NotSentCause::Token(error))
}

fn not_sent(call: Origin, cause: NotSentCause) -> Failure {
    let call = Some(call);
    Error::NotSent(Box::new(NotSent { call, cause })).into()
}

fn not_connected(call: Origin, source: Box<dyn std::error::Error + Send + Sync>) -> Failure {
    not_sent(call, NotSentCause::Connect(ConnectFailure::of(source)))
}

fn unanswered(call: Origin, cause: UnansweredCause, heard: Heard) -> Failure {
    let call = Some(call);
    Error::Unanswered(Box::new(Unanswered { call, cause, heard })).into()
}

fn no_answer(call: Origin, cause: NoAnswer) -> Failure {
    match cause {
        NoAnswer::NotSent { source } => match source.downcast::<reqwest::Error>() {
            // What cannot be written as HTTP is a fault of the request, not of the connection.
            Ok(error) if error.is_builder() => {
                let error: Error<std::convert::Infallible> = (*error).into();
                error.in_operation(call.provider, call.operation).into()
            }
            Ok(error) => not_connected(call, error),
            Err(source) if source.is::<http::Error>() => {
                invalid(call, "it cannot be written as HTTP")
            }
            Err(source) => not_connected(call, source),
        },
        NoAnswer::TimedOut {
            heard: Heard::Something,
            ..
        } => unanswered(
            call,
            UnansweredCause::CutOff(Box::new(cause)),
            Heard::Something,
        ),
        NoAnswer::TimedOut { after, heard } => {
            unanswered(call, UnansweredCause::TimedOut { after }, heard)
        }
        NoAnswer::Lost { source, heard } => {
            let cause = match heard {
                Heard::Something => UnansweredCause::CutOff(source),
                Heard::Nothing | Heard::CannotTell => UnansweredCause::Transport(source),
            };
            unanswered(call, cause, heard)
        }
        NoAnswer::Redirected => unanswered(call, UnansweredCause::Redirected, Heard::CannotTell),
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("provider", &self.shared.provider.name)
            .field("host", &self.shared.host)
            .finish_non_exhaustive()
    }
}
