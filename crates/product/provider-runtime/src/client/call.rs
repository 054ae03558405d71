//! What an operation of a generated client does: a request made of its parts, and what its answers mean.

use std::{
    fmt::{self, Display},
    ops::RangeInclusive,
};

use reqwest::{
    Client, Method, RequestBuilder,
    header::{ACCEPT, CONTENT_TYPE, HeaderValue},
};
use serde::{Serialize, de::DeserializeOwned};

use super::{
    ClientInfo, Error, Failure, FieldStyle, MediaBody, OperationInfo, RawBody, Reply,
    ResponseValue, Session,
    generated::{QueryParam, RequestBuilderExt, encode_path, encode_segments, encode_text},
};
use crate::{
    Given,
    wire::{Joined, decode_with_status},
};

/// A request of one operation, put together from what was given, and sent once by [`send`](Self::send).
///
/// Parts that cannot be sent are told by `send`, and nothing is sent then.
#[must_use = "it is sent by `send`"]
pub struct Call<'a> {
    session: &'a Session,
    http: &'a Client,
    operation: &'static str,
    method: Method,
    /// Statuses that are documented without a type.
    documented: &'static [RangeInclusive<u16>],
    /// Parameters of the query that are written already.
    written: String,
    state: State,
}

enum State {
    /// Its path is not complete.
    Url(String),
    Request(Box<RequestBuilder>),
    /// It cannot be sent.
    Fault(Failure),
}

impl<'a> Call<'a> {
    /// A request to `path`, whose parameters are in braces.
    pub fn new<C: ClientInfo<Session>>(
        client: &'a C,
        operation: &'static str,
        method: Method,
        path: &str,
    ) -> Self {
        let base = client.baseurl();
        // Room for parameters of the usual length.
        let mut url = String::with_capacity(base.len() + path.len() + 48);
        url.push_str(base);
        url.push_str(path);
        Self {
            session: client.inner(),
            http: client.client(),
            operation,
            method,
            documented: &[],
            written: String::new(),
            state: State::Url(url),
        }
    }

    /// Puts a parameter into the path, as one segment.
    pub fn path<T: Display>(self, name: &str, value: Given<T>) -> Self {
        self.in_path(name, value, encode_path)
    }

    /// Puts a parameter into the path, whose slashes are those of the path.
    pub fn path_segments<T: Display>(self, name: &str, value: Given<T>) -> Self {
        self.in_path(name, value, encode_segments)
    }

    fn in_path<T: Display>(
        mut self,
        name: &str,
        value: Given<T>,
        encode: fn(&str) -> String,
    ) -> Self {
        let place = format!("{{{name}}}");
        let value = value.needed(name);
        self.state = match (self.state, value) {
            (State::Fault(fault), _) => State::Fault(fault),
            (_, Err(reason)) => State::Fault(invalid(reason)),
            (State::Url(url), Ok(value)) if url.contains(&place) => {
                State::Url(url.replace(&place, &encode(&value.to_string())))
            }
            (State::Url(_), Ok(_)) => State::Fault(no_place(name)),
            (State::Request(_), Ok(_)) => State::Fault(no_place(name)),
        };
        self
    }

    /// Puts several texts into the path, as one segment with commas between them.
    pub fn path_joined<T: Joined>(mut self, name: &str, value: Given<T>) -> Self {
        let joined = value.needed(name).and_then(|value| joined(name, &value));
        self.state = match (self.state, joined) {
            (State::Fault(fault), _) => State::Fault(fault),
            (_, Err(reason)) => State::Fault(invalid(reason)),
            (State::Url(url), Ok(joined)) if url.contains(&format!("{{{name}}}")) => {
                State::Url(url.replace(&format!("{{{name}}}"), &joined))
            }
            (_, Ok(_)) => State::Fault(no_place(name)),
        };
        self
    }

    /// Adds several texts to the query as one parameter, with commas between them; left out where there are none.
    pub fn query_joined<T: Joined>(mut self, name: &str, value: Given<T>) -> Self {
        let value = value.optional(name);
        let joined = value.and_then(|value| value.map(|value| joined(name, &value)).transpose());
        match joined {
            Err(_) if matches!(self.state, State::Fault(_)) => {}
            Err(reason) => self.state = State::Fault(invalid(reason)),
            Ok(Some(joined)) if !joined.is_empty() => {
                let separator = if self.written.is_empty() { "" } else { "&" };
                let name = encode_text(name);
                self.written
                    .push_str(&format!("{separator}{name}={joined}"));
            }
            Ok(_) => {}
        }
        self
    }

    /// Adds a parameter to the query: left out where it is not given or `null`, repeated where it is a list.
    pub fn query<T: Serialize>(self, name: &str, value: Given<T>) -> Self {
        self.with(name, value, |request, value| {
            Ok(request.query(&QueryParam::new(name, &value)))
        })
    }

    /// Adds a header, where it is given.
    pub fn header<T: Display>(self, name: &'static str, value: Given<T>) -> Self {
        self.with(name, value, |request, value| {
            let value = HeaderValue::try_from(value.to_string())?;
            Ok(request.header(name, value))
        })
    }

    /// Asks for an answer of these media types.
    pub fn accept(self, media_types: &'static str) -> Self {
        self.with("Accept", Given::from(media_types), |request, value| {
            Ok(request.header(ACCEPT, HeaderValue::from_static(value)))
        })
    }

    /// Sets a body in JSON, where it is given.
    pub fn json<T: Serialize>(self, body: Given<T>) -> Self {
        self.with("body", body, |request, body| Ok(request.json(&body)))
    }

    /// The same, of a media type that is one of JSON's dialects.
    pub fn json_as<T: Serialize>(self, media_type: &'static str, body: Given<T>) -> Self {
        self.with("body", body, |request, body| {
            // A media type that is there is left alone by `json`.
            let request = request.header(CONTENT_TYPE, HeaderValue::from_static(media_type));
            Ok(request.json(&body))
        })
    }

    /// Sets a form as the body, where it is given: nested members in brackets, lists under one name.
    pub fn form<T: Serialize>(self, body: Given<T>) -> Self {
        self.with("body", body, |request, body| request.form_urlencoded(&body))
    }

    /// The same as [`form`](Self::form), in which single fields have styles of their own.
    pub fn styled_form<T: Serialize>(self, body: Given<T>, fields: &[(&str, FieldStyle)]) -> Self {
        self.with("body", body, |request, body| {
            request.styled_form(&body, fields)
        })
    }

    /// Sets a body of any media type, where it is given.
    pub fn media(self, body: Given<MediaBody>) -> Self {
        self.with("body", body, |request, body| request.media_body(&body))
    }

    fn with<T>(
        mut self,
        name: &str,
        value: Given<T>,
        add: impl FnOnce(RequestBuilder, T) -> Result<RequestBuilder, Error<std::convert::Infallible>>,
    ) -> Self {
        self.state = match (self.state, value.optional(name)) {
            (State::Fault(fault), _) => State::Fault(fault),
            (_, Err(reason)) => State::Fault(invalid(reason)),
            (state, Ok(None)) => state,
            (State::Url(url), Ok(Some(value))) => match begun(self.http, &self.method, &url) {
                Ok(request) => added(add(request, value)),
                Err(fault) => State::Fault(fault),
            },
            (State::Request(request), Ok(Some(value))) => added(add(*request, value)),
        };
        self
    }

    /// The statuses that the document lists without a type for their bodies: they are documented all the same.
    pub fn documented(mut self, statuses: &'static [RangeInclusive<u16>]) -> Self {
        self.documented = statuses;
        self
    }

    /// Sends it, once, and reads the answer by its status.
    ///
    /// # Errors
    /// Everything but one of the documented successes; [`Error::may_have_happened`] tells what it means.
    pub async fn send<T, E>(
        self,
        successes: Answers<T>,
        errors: Answers<E>,
    ) -> Result<ResponseValue<T>, Error<E>> {
        let (session, operation, documented) = (self.session, self.operation, self.documented);
        let answer = async {
            let reply = self.reply().await?;
            let status = reply.status().as_u16();
            if successes.hold(status) {
                Ok((successes.decode)(reply)?)
            } else if errors.hold(status) {
                Err(Error::error_response((errors.decode)(reply)?))
            } else {
                let is_documented = documented.iter().any(|range| range.contains(&status));
                Err(Error::unexpected_response(reply.documented(is_documented)))
            }
        };
        answer
            .await
            .map_err(|error| error.in_operation(session.provider(), operation))
    }

    async fn reply(self) -> Result<Reply, Failure> {
        let request = match self.state {
            State::Url(url) => begun(self.http, &self.method, &url)?,
            State::Request(request) => *request,
            State::Fault(fault) => return Err(fault),
        };
        let mut request = request
            .build()
            .map_err(Error::<std::convert::Infallible>::from)?;
        if !self.written.is_empty() {
            let query = match request.url().query() {
                Some(query) if !query.is_empty() => format!("{query}&{}", self.written),
                _ => self.written,
            };
            request.url_mut().set_query(Some(&query));
        }
        let info = OperationInfo {
            operation_id: self.operation,
        };
        self.session.execute(request, &info).await
    }
}

/// Shows no URL and no header: they may hold what is personal.
impl fmt::Debug for Call<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("operation", &self.operation)
            .field("method", &self.method)
            .finish_non_exhaustive()
    }
}

fn added(request: Result<RequestBuilder, Error<std::convert::Infallible>>) -> State {
    match request {
        Ok(request) => State::Request(Box::new(request)),
        Err(error) => State::Fault(error.into()),
    }
}

/// The request to a URL whose path is complete; a parameter's own braces are escaped.
fn begun(http: &Client, method: &Method, url: &str) -> Result<RequestBuilder, Failure> {
    match url
        .split_once('{')
        .and_then(|(_, rest)| rest.split_once('}'))
    {
        None => Ok(http.request(method.clone(), url)),
        Some((name, _)) => Err(invalid(format!(
            "{name}: the path needs it; generate the crate again"
        ))),
    }
}

/// The texts of a parameter, escaped, with commas between them.
fn joined<T: Joined>(name: &str, value: &T) -> Result<String, String> {
    let texts = value
        .texts()
        .ok_or_else(|| format!("{name}: it holds a list or an object where only a text can be"))?;
    let texts: Vec<String> = texts.iter().map(|text| encode_text(text)).collect();
    Ok(texts.join(","))
}

fn no_place(name: &str) -> Failure {
    invalid(format!(
        "{name}: the path has no place for it; generate the crate again"
    ))
}

fn invalid(reason: String) -> Failure {
    Error::<std::convert::Infallible>::invalid_request(reason).into()
}

/// The statuses of documented answers, and how their bodies are read.
#[derive(Clone, Copy, Debug)]
pub struct Answers<T> {
    statuses: &'static [RangeInclusive<u16>],
    decode: fn(Reply) -> Result<ResponseValue<T>, Failure>,
}

impl<T> Answers<T> {
    /// Answers in JSON with these statuses.
    pub fn json(statuses: &'static [RangeInclusive<u16>]) -> Self
    where
        T: DeserializeOwned,
    {
        let decode = |reply: Reply| match decode_with_status(reply.status().as_u16(), reply.body())
        {
            Ok(value) => Ok(ResponseValue::of(value, reply)),
            Err(error) => Err(Error::<std::convert::Infallible>::undecodable(reply, &error).into()),
        };
        Self { statuses, decode }
    }

    fn hold(&self, status: u16) -> bool {
        self.statuses.iter().any(|range| range.contains(&status))
    }
}

impl Answers<()> {
    /// Answers with these statuses whose body does not matter.
    pub fn empty(statuses: &'static [RangeInclusive<u16>]) -> Self {
        Self {
            statuses,
            decode: |reply| Ok(ResponseValue::empty(reply)),
        }
    }
}

impl Answers<RawBody> {
    /// Answers with these statuses whose body has no documented type.
    pub fn raw(statuses: &'static [RangeInclusive<u16>]) -> Self {
        Self {
            statuses,
            decode: |reply| Ok(ResponseValue::stream(reply)),
        }
    }
}
