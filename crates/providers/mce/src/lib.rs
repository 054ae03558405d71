//! Typed client for MCE (MetaComp)'s refund API (Singapore crypto payments), generated from the document that MCE (MetaComp) publishes.
//!
//! MCE publishes prose with samples and no OpenAPI document; its one documented refund operation is
//! transcribed in the repository's `specs/mce/transcribed.yaml`. Pages for confirming and for reading a
//! refund exist in its navigation; their paths are not documented, so that they are not here.
//!
//! - [`Client::create_crypto_refund`] refunds an incoming payment that MCE holds. No amount is sent. There
//!   is no way to read a refund back, and nothing says whether `clientReference` guards against a second.
//!
//! No host is documented, so that the base URL is a required setting. A token is supplied by the user.
//!
//! ```no_run
//! # #[cfg(feature = "client")]
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use mce::{Client, Credentials, Environment, types};
//!
//! let client = Client::builder()
//!     .environment(Environment::BaseUrl("https://mce.example".to_owned()))
//!     .credentials(Credentials::bearer("token"))
//!     .build()?;
//! let refund = types::CryptoRefundRequest::builder()
//!     .original_transaction_type(1)
//!     .original_transaction_id("transaction-1")
//!     .client_reference("refund-1");
//! match client.create_crypto_refund().body(refund).send().await {
//!     Ok(answer) => println!("{:?}", answer.into_inner()),
//!     Err(error) => println!("{error}; log id {:?}", error.log_id()),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! [`credentials_from_env`] reads `MCE_TOKEN`, for those who ask for it.
//!
//! # Features
//!
//! | feature | default | what it adds |
//! |---|---|---|
//! | `client` | on | the client; without it there are only the [`types`], and no HTTP stack in the tree |
//! | `rustls` | on | TLS by rustls |
//! | `native-tls` | | TLS by the platform's library |
//! | `blocking` | | calls without an executor of one's own: `send_blocking` |
//! | `metrics` | | the duration of every request, for whatever recorder the program has (crate `metrics`) |
//! | `webhooks` | | MCE's webhook, which no signature proves: `webhooks` |
//!
//! # Own code in a client
//!
//! What a client can be given beside credentials, and what tells the causes of errors apart, is in the run time that all clients
//! share, [`provider_runtime`], which has `reqwest` in it: interceptors, signers, transports, resolvers of names.
//!
//! ```
//! # #[cfg(feature = "client")]
//! # fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use mce::provider_runtime::{Intercepted, Interceptor, Outgoing, RequestSigner, SigningError, reqwest};
//!
//! struct Job;
//!
//! impl Interceptor for Job {
//!     fn before(&self, request: &mut Outgoing<'_>) -> Result<(), Intercepted> {
//!         request.add_header("X-Job", "nightly")
//!     }
//! }
//!
//! /// It sees the bytes that are sent.
//! struct Signed;
//!
//! impl RequestSigner for Signed {
//!     fn sign(&self, request: &mut reqwest::Request) -> Result<(), SigningError> {
//!         let length = request.body().and_then(|body| body.as_bytes()).map_or(0, <[u8]>::len);
//!         request.headers_mut().insert("X-Signed-Length", length.into());
//!         Ok(())
//!     }
//! }
//!
//! let client = mce::Client::builder().interceptor(Job).request_signer(Signed);
//! # Ok(())
//! # }
//! ```

// Descriptions in generated documentation are the provider's own words, with their markup; the generator
// formats what it writes.
#[allow(missing_docs, unused_mut, rustdoc::bare_urls, rustdoc::broken_intra_doc_links, rustdoc::invalid_html_tags)]
#[rustfmt::skip]
mod generated;
#[cfg(feature = "webhooks")]
pub mod webhooks;

pub use generated::types;
#[cfg(feature = "client")]
pub use generated::{Client, Credentials, Environment, PROVIDER, builder, credentials_from_env};
#[cfg(feature = "client")]
#[cfg_attr(doc, doc(hidden))]
pub use provider_runtime;
#[cfg(feature = "client")]
pub use provider_runtime::{
    AccessToken, ClientBuilder, Error, Progress, RawBody, ResponseValue, SettingsError, TokenError,
    TokenFuture, TokenSource, VariableError,
};
pub use provider_runtime::{
    Amount, AmountText, ByStatus, Nullable, NumberOrText, Open, RequestAmount, Timestamp,
};

/// The README's code, compiled as it stands there.
#[cfg(all(doctest, feature = "client"))]
#[doc = include_str!("../README.md")]
struct Readme;
