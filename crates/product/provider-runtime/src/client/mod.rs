//! Calls over HTTP.

mod auth;
mod base_url;
#[cfg(feature = "blocking")]
mod blocking;
mod builder;
mod call;
mod call_settings;
mod codes;
mod deadline;
mod environment;
mod error;
mod form;
mod generated;
mod http_client;
mod interceptor;
mod json_body;
mod media_body;
#[cfg(feature = "metrics")]
mod metrics;
mod pages;
mod raw_body;
mod redactor;
mod reply;
mod response_value;
mod route;
mod session;
mod settings_error;
mod signing;
#[cfg(feature = "testing")]
mod stand_in;
mod style;
mod trace;
mod trace_context;
mod transport;

pub use auth::{
    AccessToken, Credentials, InvalidSecret, TokenError, TokenFuture, TokenSource, VariableError,
};
#[cfg(feature = "blocking")]
pub use blocking::{NoExecutor, block_on, send_blocking};
pub use builder::ClientBuilder;
pub use call::{Answers, Call};
pub use call_settings::CallSettings;
pub use environment::Environment;
pub use error::{
    BodyFault, BodyUnread, ConnectFailure, ConnectFault, Error, Failure, InvalidRequest, NotSent,
    NotSentCause, Progress, Unanswered, UnansweredCause, Undecodable,
};
pub use generated::{ClientInfo, GeneratedClient, OperationInfo};
pub use interceptor::{Ended, Intercepted, Interceptor, Outgoing, Sending};
pub use media_body::{MediaBody, Multipart};
pub use pages::{Items, NextPage, PAGE_LIMIT, PageError, Pages, Paging};
pub use raw_body::RawBody;
pub use reply::Reply;
pub use reqwest::Method;
pub use response_value::ResponseValue;
pub use session::{ReplyFuture, Session};
pub use settings_error::SettingsError;
pub use signing::{RequestSigner, SigningError};
#[cfg(feature = "testing")]
pub use stand_in::{Called, Requested, StandIn, StandInError};
pub use style::Style;
pub use trace_context::{NoTraceParent, TraceParent};
pub use transport::{Arrived, Heard, Limits, NoAnswer, Transport, TransportFuture};
