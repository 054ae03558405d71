//! What every call of a client goes through.

use std::{collections::BTreeMap, fmt, pin::Pin, sync::Arc, time::Duration};

use reqwest::{
    Method, Request, StatusCode,
    header::{CONTENT_LENGTH, HeaderValue},
};
use tokio::time::Instant;
use tracing::Instrument;

use super::{
    Failure, OperationInfo, Reply, RequestSigner, TokenError,
    auth::{Security, Tokens, Wanted},
    base_url::{BaseUrl, Host},
    error::{
        BodyUnread, Error, InvalidRequest, NotSent, NotSentCause, Unanswered, UnansweredCause,
    },
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
    /// By the operation's id.
    pub(crate) own_hosts: BTreeMap<&'static str, BaseUrl>,
    /// Hosts that may see the credentials beside the environment's own.
    pub(crate) also_at: Vec<Host>,
}

/// What [`Session::execute`] returns.
pub type ReplyFuture<'a> = Pin<Box<dyn Future<Output = Result<Reply, Failure>> + Send + 'a>>;

impl From<Shared> for Session {
    fn from(shared: Shared) -> Self {
        Self {
            shared: Arc::new(shared),
        }
    }
}

impl Session {
    /// The provider that the session is for.
    pub fn provider(&self) -> &'static Provider {
        self.shared.provider
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
        Box::pin(self.run(request, *info))
    }

    async fn run(&self, request: Request, info: OperationInfo) -> Result<Reply, Failure> {
        let call = Origin {
            provider: self.shared.provider,
            operation: info.operation_id,
        };
        let Some(operation) = call.details() else {
            return Err(invalid(
                call,
                "the crate does not list this operation: generate it again",
            ));
        };
        let span = trace::span(
            call.provider,
            operation,
            (&self.shared.host, self.shared.port),
        );
        let work = async {
            let started = Instant::now();
            let mut attempts = 0;
            let outcome = self
                .authenticated(call, operation, request, &mut attempts)
                .await;
            (outcome, attempts, started.elapsed())
        };
        let (outcome, attempts, duration) = work.instrument(span.clone()).await;
        trace::record(&span, attempts, duration, &outcome);
        outcome
    }

    async fn authenticated(
        &self,
        call: Origin,
        operation: &Operation,
        mut request: Request,
        attempts: &mut u32,
    ) -> Result<Reply, Failure> {
        let Shared {
            security,
            base_path,
            own_hosts,
            ..
        } = &*self.shared;
        if !route::leads_to(request.url().path(), base_path, operation.route) {
            return Err(invalid(
                call,
                "a path parameter is empty, `.` or `..`, which would lead to another operation: give \
                 it another value",
            ));
        }
        if let Some(own) = own_hosts.get(call.operation) {
            let Some(url) = own.instead_of(base_path, request.url()) else {
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
        if wanted.is_signed()
            && let Some(own) = own_hosts.get(call.operation)
            && !self.may_see_credentials(own)
        {
            let host = own.host().to_string();
            return Err(not_sent(call, NotSentCause::OtherHost { host }));
        }
        let no_token = |error| no_token(call, error);
        let tokens = wanted.tokens(None).await.map_err(no_token)?;
        let spare = wanted.can_renew().then(|| request.try_clone()).flatten();
        *attempts = 1;
        let reply = self
            .attempt(call, operation, request, (wanted, &tokens))
            .await?;
        let Some(again) = spare.filter(|_| reply.status() == StatusCode::UNAUTHORIZED) else {
            return Ok(reply);
        };
        // Without a newer token the 401 is the answer, with all that the provider said in it.
        match wanted.tokens(Some(&tokens)).await {
            Ok(newer) if newer != tokens => {
                *attempts = 2;
                self.attempt(call, operation, again, (wanted, &newer)).await
            }
            _ => Ok(reply),
        }
    }

    /// Credentials go to the environment's own host, and to those that the user has named.
    fn may_see_credentials(&self, own: &BaseUrl) -> bool {
        let Shared {
            host,
            port,
            also_at,
            ..
        } = &*self.shared;
        let is_environment = own.host == *host && own.port == *port;
        is_environment || also_at.contains(&own.host())
    }

    /// Sends the request once; where the operation asks for no credentials it is not signed either.
    async fn attempt(
        &self,
        call: Origin,
        operation: &Operation,
        mut request: Request,
        (wanted, tokens): (Wanted<'_>, &Tokens),
    ) -> Result<Reply, Failure> {
        let Shared {
            transport,
            secrets,
            signer,
            ..
        } = &*self.shared;
        let redactor = Redactor::new(secrets.clone(), tokens.secrets());
        wanted.put(tokens, &mut request);
        // RFC 9110, 8.6: a POST without a body says so, or a gateway may answer 411.
        if request.method() == Method::POST && request.body().is_none() {
            let none = HeaderValue::from_static("0");
            request.headers_mut().insert(CONTENT_LENGTH, none);
        }
        if let Some(signer) = signer.as_ref().filter(|_| wanted.is_signed()) {
            signer
                .sign(&mut request)
                .map_err(|error| not_sent(call, NotSentCause::Signing(error.masked(&redactor))))?;
        }
        let limits = Limits {
            timeout: request.timeout().copied().unwrap_or(self.shared.timeout),
            body: self.shared.body_limit,
            moves_money: operation.moves_money,
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
            Ok(error) => not_sent(call, NotSentCause::Connect(error)),
            Err(source) if source.is::<http::Error>() => {
                invalid(call, "it cannot be written as HTTP")
            }
            Err(source) => not_sent(call, NotSentCause::Connect(source)),
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
