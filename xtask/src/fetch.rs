//! Downloads the pages that providers publish.

mod content;
mod download;

pub use content::check;
pub use download::{Downloader, Settings};

use thiserror::Error;

/// A page that was not taken. Nothing is written then.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FetchError {
    /// The client could not be set up.
    #[error("the HTTP client cannot be set up: {cause}")]
    Client {
        /// Why.
        cause: String,
    },
    /// Not a URL that may be read.
    #[error("{url}: only https is downloaded: correct the URL in provider.toml")]
    NotHttps {
        /// The URL.
        url: String,
    },
    /// No answer, or not all of it in time.
    #[error("{url}: {cause}: try again, or look whether the page has moved")]
    Unanswered {
        /// The URL.
        url: String,
        /// Why.
        cause: String,
    },
    /// Another answer than the page.
    #[error("{url}: the answer is {status}: look where the page is now and correct provider.toml")]
    Status {
        /// The URL.
        url: String,
        /// The status.
        status: u16,
    },
    /// Somebody else would answer.
    #[error(
        "{url}: redirects to {to}, which is not followed: if the provider has moved, write the new URL and its source into provider.toml"
    )]
    Redirect {
        /// The URL.
        url: String,
        /// Where it leads.
        to: String,
    },
    /// Too large to be a page.
    #[error("{url}: larger than {limit} bytes: this is no page of documentation")]
    TooLarge {
        /// The URL.
        url: String,
        /// The limit.
        limit: usize,
    },
    /// Bytes that are no text.
    #[error("{url}: this is no UTF-8 text: look at the URL in provider.toml")]
    NotText {
        /// The URL.
        url: String,
    },
    /// Nothing.
    #[error("{file}: the page is empty: try again, or look at the URL in provider.toml")]
    Empty {
        /// File name of the page.
        file: String,
    },
    /// A page for a browser.
    #[error(
        "{file}: this is HTML and not the page's text: the provider has moved it or asks for a login; look at the URL in provider.toml"
    )]
    Html {
        /// File name of the page.
        file: String,
    },
    /// A page that cannot be imported.
    #[error("{cause}")]
    NoDocument {
        /// What import says of it.
        cause: String,
    },
    /// A page that lost its document.
    #[error(
        "{file}: the published page has an OpenAPI document and the downloaded one has none: look at it in a browser, and import it by hand if the provider publishes prose now"
    )]
    DocumentGone {
        /// File name of the page.
        file: String,
    },
}
