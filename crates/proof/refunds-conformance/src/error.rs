//! Why a search cannot be made.

/// Why a search cannot be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SearchError {
    /// A provider's client could not be built.
    #[error("a client for the search could not be built: {0}")]
    Client(String),
    /// Nothing ever reached the provider, so that the search says nothing.
    #[error(
        "nothing was ever sent to the provider: look whether `Provider::check` refuses the reference `r-1` or the refund, and whether the \
         model knows the request that asks for it"
    )]
    NothingSent,
    /// The same choices did not always lead to the same.
    #[error(
        "the stories of `{part}` cannot be told again: something besides the choices decides in them, such as \
         the machine's clock or a budget that outlives a call"
    )]
    Diverged {
        /// The part of the search.
        part: &'static str,
    },
    /// The document cannot be read.
    #[error("the provider's document cannot be used: {0}; give the effective one, as JSON")]
    Document(String),
    /// What the search needs around it does not work.
    #[error("the search could not be set up: {0}")]
    World(String),
    /// A thread of the search broke.
    #[error("a thread of the search ended without a result: run it again with `RUST_BACKTRACE=1`")]
    Broken,
}
