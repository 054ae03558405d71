//! Why there is no next page.

use std::fmt;

use super::super::Error;

/// Why the next page of an operation cannot be had. Pages that came before it are as good as they were.
///
/// `Debug` shows what `Display` does.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum PageError<E = ()> {
    /// The call for it.
    #[error(transparent)]
    Call(Error<E>),
    /// The last answer names as the next page one that was asked for already: without end.
    #[error(
        "{operation}: page {page} names as the next one a page that was asked for already, so that the list would never \
         end: report it to the provider"
    )]
    Repeated {
        /// The operation.
        operation: &'static str,
        /// How many pages there were.
        page: u32,
    },
    /// The last answer has the entries of the page before it, so that the next one seems not to have been asked for: whether
    /// there is more is not known.
    #[error(
        "{operation}: page {page} has the entries of the page before it, as if the provider passed over the parameter by which \
         it is asked for: compare `operations.{operation}.paging` in the provider's provider.toml with its documents"
    )]
    Same {
        /// The operation.
        operation: &'static str,
        /// How many pages there were.
        page: u32,
    },
    /// The last answer says in a form that is not documented what comes next: whether there is more is not known.
    #[error(
        "{operation}: what page {page} says at {what:?} of the next one cannot be read: compare the answer with \
         `operations.{operation}.paging` in the provider's provider.toml"
    )]
    Unreadable {
        /// The operation.
        operation: &'static str,
        /// How many pages there were.
        page: u32,
        /// The header, parameter or JSON pointer.
        what: &'static str,
    },
    /// There are more pages than may be asked for.
    #[error(
        "{operation}: there are more than {limit} pages: allow more with `with_page_limit`, or ask for less at once"
    )]
    TooMany {
        /// The operation.
        operation: &'static str,
        /// How many may be asked for.
        limit: u32,
    },
}

impl<E> From<Error<E>> for PageError<E> {
    fn from(error: Error<E>) -> Self {
        Self::Call(error)
    }
}

impl<E> fmt::Debug for PageError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
