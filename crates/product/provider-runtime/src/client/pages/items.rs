//! The entries of answers that come page by page.

use std::{
    fmt,
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll, ready},
    vec,
};

use futures_core::Stream;

use super::{PageError, Pages};

/// The entries of all pages of an operation, one after the other: [`Pages`], of which only the entries matter.
pub struct Items<'a, T, I, E = ()> {
    pages: Pages<'a, T, E>,
    take: fn(T) -> Option<Vec<I>>,
    held: vec::IntoIter<I>,
}

impl<'a, T: 'a, I, E: 'a> Items<'a, T, I, E> {
    pub(super) fn new(pages: Pages<'a, T, E>, take: fn(T) -> Option<Vec<I>>) -> Self {
        let held = Vec::new().into_iter();
        Self { pages, take, held }
    }

    /// As [`Pages::with_page_limit`].
    #[must_use]
    pub fn with_page_limit(mut self, limit: u32) -> Self {
        self.pages = self.pages.with_page_limit(limit);
        self
    }

    /// The next entry; `None` after the last one of the last page. It is there at once where the page is.
    ///
    /// # Errors
    /// As [`Pages::try_next`].
    pub async fn try_next(&mut self) -> Result<Option<I>, PageError<E>> {
        poll_fn(|context| self.poll(context)).await.transpose()
    }

    /// As [`Pages::try_next_blocking`].
    ///
    /// # Errors
    /// As there.
    #[cfg(feature = "blocking")]
    pub fn try_next_blocking(&mut self) -> Result<Option<I>, PageError<E>> {
        crate::block_on(self.try_next())
            .unwrap_or_else(|reason| Err(crate::Error::without_executor(reason).into()))
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<I, PageError<E>>>> {
        loop {
            if let Some(item) = self.held.next() {
                return Poll::Ready(Some(Ok(item)));
            }
            match ready!(self.pages.poll(context)) {
                None => return Poll::Ready(None),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                Some(Ok(page)) => {
                    let items = (self.take)(page.into_inner());
                    self.held = items.unwrap_or_default().into_iter();
                }
            }
        }
    }
}

impl<'a, T: 'a, I: Unpin, E: 'a> Stream for Items<'a, T, I, E> {
    type Item = Result<I, PageError<E>>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll(context)
    }
}

/// Shows no entry.
impl<T, I, E> fmt::Debug for Items<'_, T, I, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items")
            .field("held", &self.held.len())
            .field("pages", &self.pages)
            .finish()
    }
}
