//! Answers that come page by page.

mod error;
mod items;
mod link;
mod next;

use std::{
    collections::BTreeSet,
    fmt,
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll},
};

use futures_core::Stream;
use reqwest::Url;

pub use error::PageError;
pub use items::Items;
pub use next::{NextPage, Paging};

use super::{
    Answers, Error, ResponseValue,
    call::{Prepared, read},
    session::Way,
};
use next::{Next, Seen};

/// How many pages are asked for at most, unless [`Pages::with_page_limit`] says otherwise.
pub const PAGE_LIMIT: u32 = 10_000;

/// The answers of an operation that pages, one after the other, each with its status, headers and raw body.
///
/// Nothing is sent before a page is asked for, and each page is one call of the client's, with credentials, timeout and
/// deadline of its own. After the last page, and after an error, there is nothing more. A page that names as the next one
/// one that was asked for already is an error, and so are one that has the entries of the page before it, and a link to a host for which the
/// credentials were not given.
///
/// It is a [`Stream`] as well.
pub struct Pages<'a, T, E = ()>(State<'a, T, E>);

enum State<'a, T, E> {
    /// It cannot be sent.
    Refused(Box<Error<E>>),
    Waiting(Box<Walk<'a, T, E>>),
    Asking(Asking<'a, T, E>),
    Ended,
}

/// The walk comes back with the answer, so that whoever stops waiting for one finds it later.
type Asking<'a, T, E> =
    Pin<Box<dyn Future<Output = (Box<Walk<'a, T, E>>, Answer<T, E>)> + Send + 'a>>;
type Answer<T, E> = Result<ResponseValue<T>, PageError<E>>;

/// What is known between two pages.
struct Walk<'a, T, E> {
    call: Prepared<'a>,
    successes: Answers<T>,
    errors: Answers<E>,
    paging: Paging,
    then: Then,
    /// The pages that were asked for.
    asked: BTreeSet<String>,
    seen: Seen,
    limit: u32,
}

/// What comes after the page that was handed out.
enum Then {
    First,
    Page(Box<Url>, Way),
    Unreadable(&'static str),
    Nothing,
}

impl<'a, T: 'a, E: 'a> Pages<'a, T, E> {
    pub(super) fn new(
        call: Result<Prepared<'a>, Error<E>>,
        (successes, errors): (Answers<T>, Answers<E>),
        paging: Paging,
    ) -> Self {
        Self(match call {
            Err(error) => State::Refused(Box::new(error)),
            Ok(call) => State::Waiting(Box::new(Walk {
                call,
                successes,
                errors,
                paging,
                then: Then::First,
                asked: BTreeSet::new(),
                seen: Seen::default(),
                limit: PAGE_LIMIT,
            })),
        })
    }

    /// Asks for so many pages at most, in place of [`PAGE_LIMIT`]: if there is one more, that is an error. What is set
    /// while a page is asked for counts for nothing.
    #[must_use]
    pub fn with_page_limit(mut self, limit: u32) -> Self {
        if let State::Waiting(walk) = &mut self.0 {
            walk.limit = limit;
        }
        self
    }

    /// The next page; `None` after the last one.
    ///
    /// Whoever drops this before it is done loses no page: the next call goes on waiting for it.
    ///
    /// # Errors
    /// The page cannot be had, or the one before it does not say what comes after it.
    pub async fn try_next(&mut self) -> Result<Option<ResponseValue<T>>, PageError<E>> {
        poll_fn(|context| self.poll(context)).await.transpose()
    }

    /// The same as [`try_next`](Self::try_next), on this thread and without an executor of one's own (feature
    /// `blocking`).
    ///
    /// # Errors
    /// As there; within an executor of tokio's nothing is sent.
    #[cfg(feature = "blocking")]
    pub fn try_next_blocking(&mut self) -> Result<Option<ResponseValue<T>>, PageError<E>> {
        super::block_on(self.try_next())
            .unwrap_or_else(|reason| Err(Error::without_executor(reason).into()))
    }

    /// The entries of all pages: `take` takes them out of an answer.
    pub fn items<I>(self, take: fn(T) -> Option<Vec<I>>) -> Items<'a, T, I, E> {
        Items::new(self, take)
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Answer<T, E>>> {
        loop {
            match std::mem::replace(&mut self.0, State::Ended) {
                State::Ended => return Poll::Ready(None),
                State::Refused(error) => return Poll::Ready(Some(Err((*error).into()))),
                State::Waiting(walk) if matches!(walk.then, Then::Nothing) => {
                    return Poll::Ready(None);
                }
                State::Waiting(walk) => self.0 = State::Asking(Box::pin(walk.ask())),
                State::Asking(mut asking) => match asking.as_mut().poll(context) {
                    Poll::Pending => {
                        self.0 = State::Asking(asking);
                        return Poll::Pending;
                    }
                    Poll::Ready((walk, answer)) => {
                        if answer.is_ok() {
                            self.0 = State::Waiting(walk);
                        }
                        return Poll::Ready(Some(answer));
                    }
                },
            }
        }
    }
}

impl<'a, T: 'a, E: 'a> Walk<'a, T, E> {
    async fn ask(mut self: Box<Self>) -> (Box<Self>, Answer<T, E>) {
        let answer = self.answer().await;
        (self, answer)
    }

    async fn answer(&mut self) -> Answer<T, E> {
        let call = &self.call;
        let (operation, page) = (call.operation(), self.seen.pages);
        let (url, way) = match std::mem::replace(&mut self.then, Then::Nothing) {
            Then::Page(url, way) => (*url, way),
            Then::Unreadable(what) => {
                return Err(PageError::Unreadable {
                    operation,
                    page,
                    what,
                });
            }
            Then::First | Then::Nothing => (call.url().clone(), Way::Route),
        };
        if page >= self.limit {
            return Err(PageError::TooMany {
                operation,
                limit: self.limit,
            });
        }
        if !self.asked.insert(url.as_str().to_owned()) {
            return Err(PageError::Repeated { operation, page });
        }
        let answer = async {
            let reply = call.send(url.clone(), way).await?;
            read(reply, call.documented(), &self.successes, &self.errors)
        };
        let answer = answer.await.map_err(|error| call.told(error))?;
        let at = call.placed(&url, way).unwrap_or(url);
        self.then = match self.paging.after(answer.reply(), &at, &mut self.seen) {
            Next::Parameter(name, value) => {
                let url = next::with_parameter(call.url(), name, &value);
                Then::Page(Box::new(url), Way::Route)
            }
            Next::Link(url) => Then::Page(url, Way::Link),
            Next::End => Then::Nothing,
            Next::Same => {
                let page = self.seen.pages;
                return Err(PageError::Same { operation, page });
            }
            Next::Unreadable(what) => Then::Unreadable(what),
        };
        Ok(answer)
    }
}

impl<'a, T: 'a, E: 'a> Stream for Pages<'a, T, E> {
    type Item = Answer<T, E>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll(context)
    }
}

/// Shows no URL: it may hold what is personal.
impl<T, E> fmt::Debug for Pages<'_, T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            State::Refused(_) | State::Waiting(_) => "Pages(waiting)",
            State::Asking(_) => "Pages(asking)",
            State::Ended => "Pages(ended)",
        })
    }
}
