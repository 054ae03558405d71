//! Typed client for Tazapay's refund API (cross-border payments), generated from the document that Tazapay publishes.
//!
//! Tazapay publishes OpenAPI 3.1; corrections are in the repository's `specs/tazapay/overlay.yaml`, each
//! with reason and evidence.
//!
//! - [`Client::create_refund`] refunds a payin, in full or in part. Amounts are integers with two implied
//!   decimals whatever the currency: INR 100.89 is 10089, JPY 100 is 10000. With an `Idempotency-Key`
//!   Tazapay carries a request out once, for 24 hours; it keeps only answers with a 2xx, so that after a
//!   5xx the same key runs the refund again.
//! - [`Client::refund`] reads a refund back.
//! - [`Client::payment_attempt`] reads a payment attempt, which says whether it has been refunded. What it says after
//!   a partial refund is not documented: a hint, no proof.
//!
//! ```no_run
//! # #[cfg(feature = "client")]
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use tazapay::{Client, Credentials, Environment, types};
//!
//! let client = Client::builder()
//!     .environment(Environment::Sandbox)
//!     .credentials(Credentials::basic("API key", "API secret"))
//!     .build()?;
//! let refund = types::CreateRefundRequest::builder()
//!     .payin("chk_cirsp2sl4ar024j0akj0")
//!     .amount(90_000)
//!     .currency("USD");
//! match client.create_refund().idempotency_key("refund-1").body(refund).send().await {
//!     Ok(answer) => println!("{:?}", answer.into_inner()),
//!     Err(error) => println!("{error}"),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! [`credentials_from_env`] reads `TAZAPAY_API_KEY` and `TAZAPAY_API_SECRET`, for those who ask for it.
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
//! | `webhooks` | | Tazapay's webhooks, received and verified: `webhooks` |
//!
//! # Own code in a client
//!
//! What a client can be given beside credentials, and what tells the causes of errors apart, is in the run time that all clients
//! share, [`provider_runtime`], which has `reqwest` in it: interceptors, signers, transports, resolvers of names.
//!
//! ```
//! # #[cfg(feature = "client")]
//! # fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use tazapay::provider_runtime::{Intercepted, Interceptor, Outgoing, RequestSigner, SigningError, reqwest};
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
//! let client = tazapay::Client::builder().interceptor(Job).request_signer(Signed);
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
