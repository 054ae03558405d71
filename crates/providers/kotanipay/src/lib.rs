//! Typed client for Kotani Pay's refund API (African crypto off-ramp), generated from the document that Kotani Pay publishes.
//!
//! Kotani Pay publishes one OpenAPI page for refunds; the other operations are transcribed from its prose.
//! Corrections are in the repository's `specs/kotanipay/overlay.yaml`, each with reason and evidence.
//!
//! - [`Client::retry_refund`], [`Client::retry_refunds`] and [`Client::retry_all_failed_refunds`] retry
//!   failed refunds of off-ramps. No success answer is documented: any 2xx is one, and its body is kept
//!   as it came. Nothing is said of repeating a call, so read the state back before doing so.
//! - [`Client::refund_status`] and [`Client::offramp`] read it back.
//! - [`Client::submit_refund_invoice`] names the Lightning invoice that a refund is to be paid to.
//!
//! ```no_run
//! # #[cfg(feature = "client")]
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use kotanipay::{Client, Credentials, Environment};
//!
//! let client = Client::builder()
//!     .environment(Environment::Sandbox)
//!     .credentials(Credentials::bearer("api-key"))
//!     .build()?;
//! match client.retry_refund().reference_id("offramp-1").send().await {
//!     Ok(answer) => println!("accepted: {}", answer.status()),
//!     // After an error that leaves it open, read the state back before anything else.
//!     Err(error) if error.may_have_happened() => {
//!         let status = client.refund_status().reference_id("offramp-1").send().await?;
//!         println!("{:?}", status.into_inner());
//!     }
//!     Err(error) => println!("{error}"),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! [`credentials_from_env`] reads `KOTANIPAY_API_KEY`, for those who ask for it.
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
//! | `signing` | | signatures of requests (`RequestSigning`), which Kotani Pay asks of some accounts |
//! | `webhooks` | | Kotani Pay's webhooks, received and verified: `webhooks` |
//!
//! # Own code in a client
//!
//! What a client can be given beside credentials, and what tells the causes of errors apart, is in the run time that all clients
//! share, [`provider_runtime`], which has `reqwest` in it: interceptors, signers, transports, resolvers of names.
//!
//! ```
//! # #[cfg(feature = "client")]
//! # fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use kotanipay::provider_runtime::{Intercepted, Interceptor, Outgoing, RequestSigner, SigningError, reqwest};
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
//! let client = kotanipay::Client::builder().interceptor(Job).request_signer(Signed);
//! # Ok(())
//! # }
//! ```

// Descriptions in generated documentation are the provider's own words, with their markup; the generator
// formats what it writes.
#[allow(missing_docs, unused_mut, rustdoc::bare_urls, rustdoc::broken_intra_doc_links, rustdoc::invalid_html_tags)]
#[rustfmt::skip]
mod generated;
#[cfg(feature = "signing")]
mod signing;
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
#[cfg(feature = "signing")]
pub use provider_runtime::{RequestSigner, SigningError};
#[cfg(feature = "signing")]
pub use signing::RequestSigning;

/// The README's code, compiled as it stands there.
#[cfg(all(doctest, feature = "client"))]
#[doc = include_str!("../README.md")]
struct Readme;
