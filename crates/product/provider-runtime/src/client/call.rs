//! What an operation of a generated client does: a request made of its parts, and what its answers mean.

use std::{
    convert::Infallible,
    fmt::{self, Display},
    future::ready,
    ops::{Range, RangeInclusive},
};

use reqwest::{
    Body, Method, Request, Url,
    header::{ACCEPT, CONTENT_TYPE, COOKIE, HeaderName, HeaderValue},
};
use serde::{Serialize, de::DeserializeOwned};

use super::{
    CallSettings, ClientInfo, Error, Failure, MediaBody, Pages, Paging, RawBody, Reply,
    ReplyFuture, ResponseValue, Session, Style,
    form::form,
    generated::{encode_segments, encode_text},
    json_body,
    session::Way,
    style::Place,
};
use crate::{
    Given,
    wire::{decode_with_status, sending},
};

/// A request of one operation, put together from what was given, and sent once by [`send`](Self::send).
///
/// Parts that cannot be sent are told by `send`, and nothing is sent then.
#[must_use = "it is sent by `send`"]
pub struct Call<'a> {
    session: &'a Session,
    operation: &'static str,
    method: Method,
    /// Statuses that are documented without a type.
    documented: &'static [RangeInclusive<u16>],
    /// As it is sent.
    query: String,
    /// As they are sent.
    cookies: String,
    /// Whether another body than the usual one was given.
    has_body: bool,
    settings: CallSettings,
    state: State,
}

enum State {
    /// Its path is not complete.
    Url(String),
    Request(Box<Request>),
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
            operation,
            method,
            documented: &[],
            query: String::new(),
            cookies: String::new(),
            has_body: false,
            settings: CallSettings::default(),
            state: State::Url(url),
        }
    }

    /// Puts a parameter into the path, as one segment.
    pub fn path<T: Display>(self, name: &str, value: Given<T>) -> Self {
        let written = value.needed(name).map(|value| value.to_string());
        self.in_path(name, written.map(|text| encode_text(&text)))
    }

    /// Puts a parameter into the path, whose slashes are those of the path.
    pub fn path_segments<T: Display>(self, name: &str, value: Given<T>) -> Self {
        let written = value.needed(name).map(|value| value.to_string());
        self.in_path(name, written.map(|text| encode_segments(&text)))
    }

    /// Puts a parameter into the path in this style.
    pub fn path_styled<T: Serialize>(self, name: &str, style: Style, value: Given<T>) -> Self {
        let written = value.needed(name).and_then(|value| {
            let written = style.write(Place::Path, name, &value);
            let written = written.map_err(|reason| format!("{name}: {reason}"))?;
            written.ok_or_else(|| format!("{name}: nothing is in it, and the path needs it"))
        });
        self.in_path(name, written)
    }

    fn in_path(mut self, name: &str, written: Result<String, String>) -> Self {
        self.state = match (self.state, written) {
            (State::Fault(fault), _) => State::Fault(fault),
            (_, Err(reason)) => State::Fault(invalid(reason)),
            (State::Url(mut url), Ok(written)) => {
                let mut next = place_of(&url, name, 0);
                let is_there = next.is_some();
                while let Some(place) = next {
                    let end = place.start + written.len();
                    url.replace_range(place, &written);
                    next = place_of(&url, name, end);
                }
                match is_there {
                    true => State::Url(url),
                    false => State::Fault(no_place(name)),
                }
            }
            (State::Request(_), Ok(_)) => State::Fault(no_place(name)),
        };
        self
    }

    /// Adds a parameter to the query: left out where it is not given, null or empty, repeated where it is a list.
    pub fn query<T: Serialize>(self, name: &str, value: Given<T>) -> Self {
        self.query_styled(name, Style::FORM.exploded(), value)
    }

    /// Adds a parameter to the query in this style.
    pub fn query_styled<T: Serialize>(mut self, name: &str, style: Style, value: Given<T>) -> Self {
        if let Some(written) = self.written(Place::Query, name, style, value) {
            add(&mut self.query, "&", &written);
        }
        self
    }

    /// Adds a cookie, or several of one parameter, in this style.
    pub fn cookie<T: Serialize>(mut self, name: &str, style: Style, value: Given<T>) -> Self {
        if let Some(written) = self.written(Place::Cookie, name, style, value) {
            add(&mut self.cookies, "; ", &written);
        }
        self
    }

    /// Adds a header in this style.
    pub fn header_styled<T: Serialize>(
        mut self,
        name: &'static str,
        style: Style,
        value: Given<T>,
    ) -> Self {
        match self.written(Place::Header, name, style, value) {
            Some(written) => self.header(name, Given::from(written)),
            None => self,
        }
    }

    /// What a parameter is in its style, if it is given; what it cannot be is the fault of the request.
    fn written<T: Serialize>(
        &mut self,
        place: Place,
        name: &str,
        style: Style,
        value: Given<T>,
    ) -> Option<String> {
        let written = value.optional(name).and_then(|value| match value {
            Some(value) => style
                .write(place, name, &value)
                .map_err(|reason| format!("{name}: {reason}")),
            None => Ok(None),
        });
        written.unwrap_or_else(|reason| {
            if !matches!(self.state, State::Fault(_)) {
                self.state = State::Fault(invalid(reason));
            }
            None
        })
    }

    /// Adds a header, where it is given.
    pub fn header<T: Display>(self, name: &'static str, value: Given<T>) -> Self {
        self.with(name, value, |request, value| {
            let value = HeaderValue::try_from(value.to_string())?;
            request
                .headers_mut()
                .append(HeaderName::try_from(name)?, value);
            Ok(())
        })
    }

    /// Asks for an answer of these media types.
    pub fn accept(self, media_types: &'static str) -> Self {
        self.with("Accept", Given::from(media_types), |request, value| {
            let value = HeaderValue::from_static(value);
            request.headers_mut().append(ACCEPT, value);
            Ok(())
        })
    }

    /// Sets a body of another documented media type in place of `body`, where it is given; what would be `body` is not
    /// sent then.
    pub fn other_body<T>(mut self, other: Given<MediaBody>, body: &Given<T>) -> Self {
        if other.is_missing() {
            return self;
        }
        self.has_body = true;
        if body.is_missing() {
            self.media(other)
        } else {
            let both = "both are given, and a request has one body: give one of them";
            self.fail(format!("body, other_body: {both}"))
        }
    }

    /// Sets a body in JSON, where it is given.
    pub fn json<T: Serialize>(self, body: Given<T>) -> Self {
        self.json_as("application/json", body)
    }

    /// The same, of a media type that is one of JSON's dialects.
    pub fn json_as<T: Serialize>(self, media_type: &'static str, body: Given<T>) -> Self {
        self.with_body(body, |request, body| {
            let text = json_body::json(&body);
            let text = text.map_err(|error| Error::invalid_request(error.to_string()))?;
            set_body(request, HeaderValue::from_static(media_type), text);
            Ok(())
        })
    }

    /// Sets a form as the body, where it is given: objects in JSON, lists under one name.
    pub fn form<T: Serialize>(self, body: Given<T>) -> Self {
        self.with_body(body, |request, body| form(request, &body, &[]))
    }

    /// The same as [`form`](Self::form), in which single fields have styles of their own.
    pub fn styled_form<T: Serialize>(self, body: Given<T>, fields: &[(&str, Style)]) -> Self {
        self.with_body(body, |request, body| form(request, &body, fields))
    }

    /// Sets a body of any media type, where it is given.
    pub fn media(self, body: Given<MediaBody>) -> Self {
        self.with("body", body, |request, body| body.put(request))
    }

    fn with_body<T>(
        self,
        body: Given<T>,
        add: impl FnOnce(&mut Request, T) -> Result<(), Error<Infallible>>,
    ) -> Self {
        if self.has_body {
            self
        } else {
            self.with("body", body, add)
        }
    }

    /// Keeps the first reason why it cannot be sent.
    fn fail(mut self, reason: String) -> Self {
        if !matches!(self.state, State::Fault(_)) {
            self.state = State::Fault(invalid(reason));
        }
        self
    }

    fn with<T>(
        mut self,
        name: &str,
        value: Given<T>,
        add: impl FnOnce(&mut Request, T) -> Result<(), Error<Infallible>>,
    ) -> Self {
        self.state = match (self.state, value.optional(name)) {
            (State::Fault(fault), _) => State::Fault(fault),
            (_, Err(reason)) => State::Fault(invalid(reason)),
            (state, Ok(None)) => state,
            (State::Url(url), Ok(Some(value))) => begun(&self.method, &url)
                .and_then(|mut request| {
                    sending::during(|| add(&mut request, value))?;
                    Ok(State::Request(request))
                })
                .unwrap_or_else(State::Fault),
            (State::Request(mut request), Ok(Some(value))) => {
                match sending::during(|| add(&mut request, value)) {
                    Ok(()) => State::Request(request),
                    Err(error) => State::Fault(error.into()),
                }
            }
        };
        self
    }

    /// The statuses that the document lists without a type for their bodies: they are documented all the same.
    pub fn documented(mut self, statuses: &'static [RangeInclusive<u16>]) -> Self {
        self.documented = statuses;
        self
    }

    /// What it has beside what the document names.
    pub fn with_settings(mut self, settings: CallSettings) -> Self {
        self.settings = settings;
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
            read(reply, documented, &successes, &errors)
        };
        answer
            .await
            .map_err(|error| error.in_operation(session.provider(), operation))
    }

    /// Sends it for the first page, and again for each page after it, as they are asked for.
    pub fn pages<T: 'a, E: 'a>(
        self,
        successes: Answers<T>,
        errors: Answers<E>,
        paging: Paging,
    ) -> Pages<'a, T, E> {
        let (session, operation) = (self.session, self.operation);
        let call = self
            .prepared()
            .map_err(|failure| Error::from(failure).in_operation(session.provider(), operation));
        Pages::new(call, (successes, errors), paging)
    }

    async fn reply(self) -> Result<Reply, Failure> {
        self.prepared()?.send_once().await
    }

    fn prepared(self) -> Result<Prepared<'a>, Failure> {
        let mut request = match self.state {
            State::Url(url) => begun(&self.method, &url)?,
            State::Request(request) => request,
            State::Fault(fault) => return Err(fault),
        };
        if !self.query.is_empty() {
            // A route may have a query of its own.
            let mut query = request.url().query().unwrap_or_default().to_owned();
            add(&mut query, "&", &self.query);
            request.url_mut().set_query(Some(&query));
        }
        if !self.cookies.is_empty() {
            let cookies = HeaderValue::try_from(self.cookies);
            let cookies = cookies.map_err(Error::<Infallible>::from)?;
            request.headers_mut().insert(COOKIE, cookies);
        }
        Ok(Prepared {
            session: self.session,
            operation: self.operation,
            documented: self.documented,
            settings: self.settings.over(self.session.settings()),
            request: *request,
        })
    }
}

/// A request that is complete but for its settings and credentials.
pub(super) struct Prepared<'a> {
    session: &'a Session,
    operation: &'static str,
    documented: &'static [RangeInclusive<u16>],
    settings: CallSettings,
    request: Request,
}

impl<'a> Prepared<'a> {
    /// Sends what is not to be sent again. What cannot be sent is told before anything is awaited.
    fn send_once(self) -> ReplyFuture<'a> {
        let Self {
            session,
            operation,
            settings,
            request,
            ..
        } = self;
        sent(session, operation, settings, request, Way::Route)
    }

    /// Sends a request like it to this URL.
    pub(super) async fn send(&self, url: Url, way: Way) -> Result<Reply, Failure> {
        let mut request = Request::new(self.request.method().clone(), url);
        *request.headers_mut() = self.request.headers().clone();
        sent(
            self.session,
            self.operation,
            self.settings.clone(),
            request,
            way,
        )
        .await
    }

    pub(super) fn operation(&self) -> &'static str {
        self.operation
    }

    pub(super) fn documented(&self) -> &'static [RangeInclusive<u16>] {
        self.documented
    }

    pub(super) fn url(&self) -> &Url {
        self.request.url()
    }

    /// Where a request to this URL goes in truth.
    pub(super) fn placed(&self, url: &Url, way: Way) -> Option<Url> {
        self.session.placed(self.operation, url, way)
    }

    /// The error with what it happened in.
    pub(super) fn told<E>(&self, error: Error<E>) -> Error<E> {
        error.in_operation(self.session.provider(), self.operation)
    }
}

fn sent<'a>(
    session: &'a Session,
    operation: &'static str,
    settings: CallSettings,
    mut request: Request,
    way: Way,
) -> ReplyFuture<'a> {
    let is_key = |header: &str| session.puts(operation, header);
    match settings.put(&mut request, is_key) {
        Ok(deadline) => session.execute_until(deadline, request, operation, way),
        Err(reason) => Box::pin(ready(Err(invalid(reason)))),
    }
}

/// Reads an answer by its status.
pub(super) fn read<T, E>(
    reply: Reply,
    documented: &[RangeInclusive<u16>],
    successes: &Answers<T>,
    errors: &Answers<E>,
) -> Result<ResponseValue<T>, Error<E>> {
    let status = reply.status().as_u16();
    if successes.hold(status) {
        Ok((successes.decode)(reply)?)
    } else if errors.hold(status) {
        Err(Error::error_response((errors.decode)(reply)?))
    } else {
        let is_documented = documented.iter().any(|range| range.contains(&status));
        Err(Error::unexpected_response(reply.documented(is_documented)))
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

/// Where the parameter `name` stands in braces, at or after `from`.
fn place_of(url: &str, name: &str, from: usize) -> Option<Range<usize>> {
    let braces = url.match_indices('{').filter(|(start, _)| *start >= from);
    let mut places = braces.filter_map(|(start, _)| {
        let end = start + name.len() + 2;
        let is_it = url.get(start + 1..end)?.strip_suffix('}') == Some(name);
        is_it.then_some(start..end)
    });
    places.next()
}

/// The request to a URL whose path is complete; a parameter's own braces are escaped.
fn begun(method: &Method, url: &str) -> Result<Box<Request>, Failure> {
    let braces = url.split_once('{');
    if let Some((name, _)) = braces.and_then(|(_, rest)| rest.split_once('}')) {
        let reason = format!("{name}: the path needs it; generate the crate again");
        return Err(invalid(reason));
    }
    let url = Url::parse(url).map_err(Error::<Infallible>::not_http)?;
    Ok(Box::new(Request::new(method.clone(), url)))
}

/// Gives a request a body of this media type.
pub(super) fn set_body(request: &mut Request, media_type: HeaderValue, body: impl Into<Body>) {
    request.headers_mut().append(CONTENT_TYPE, media_type);
    *request.body_mut() = Some(body.into());
}

/// Adds to what is there already.
fn add(parts: &mut String, separator: &str, part: &str) {
    if !parts.is_empty() {
        parts.push_str(separator);
    }
    parts.push_str(part);
}

fn no_place(name: &str) -> Failure {
    invalid(format!(
        "{name}: the path has no place for it; generate the crate again"
    ))
}

fn invalid(reason: String) -> Failure {
    Error::<Infallible>::invalid_request(reason).into()
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
            Err(error) => Err(Error::<Infallible>::undecodable(reply, &error).into()),
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
