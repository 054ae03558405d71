//! Typed client for Optty's refund API (buy-now-pay-later aggregator), generated from the document that Optty publishes.
//!
//! Optty publishes one OpenAPI page for refunds, which its own examples contradict; every correction is
//! in the repository's `specs/optty/overlay.yaml`, with its reason and evidence.
//!
//! - [`Client::refund_order`] refunds an order, in full or in part. Amounts are in major units, with at
//!   most two decimals. The only guard against a second refund is `refundReference`, which must be unique
//!   per merchant; what Optty answers to a repeated one is not documented.
//! - [`Client::order_details`] reads an order back with its refunds. They carry neither the
//!   `refundReference` nor the `bnplRefundId`, so that a refund can be told by amount, currency, time and
//!   reason only.
//!
//! Tokens (OAuth 2.0 client credentials) are fetched, kept and renewed by the client.
//!
//! ```no_run
//! # #[cfg(feature = "client")]
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use optty::{Client, Credentials, Environment, types};
//!
//! let client = Client::builder()
//!     .environment(Environment::Sandbox)
//!     .credentials(Credentials::oauth2("client id", "client secret"))
//!     .build()?;
//! let amount = types::OrderRefundAmount::builder()
//!     .amount("24.98")
//!     .currency("AUD");
//! let refund = types::OrderRefundDto::builder()
//!     .refund_reference("refund-1")
//!     .refund_amount(types::OrderRefundAmount::try_from(amount)?)
//!     .refund_description("Damaged");
//! match client.refund_order().order_reference("order-1").body(refund).send().await {
//!     Ok(answer) => println!("{}", answer.refund_status),
//!     // The error tells whether the refund may have happened all the same.
//!     Err(error) => println!("{error}"),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! [`credentials_from_env`] reads `OPTTY_CLIENT_ID` and `OPTTY_CLIENT_SECRET`, for those who ask for it.
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
//! | `webhooks` | | Optty's callbacks, which no signature proves: `webhooks` |
//!
//! # Own code in a client
//!
//! What a client can be given beside credentials, and what tells the causes of errors apart, is in the run time that all clients
//! share, [`provider_runtime`], which has `reqwest` in it: interceptors, signers, transports, resolvers of names.
//!
//! ```
//! # #[cfg(feature = "client")]
//! # fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use optty::provider_runtime::{Intercepted, Interceptor, Outgoing, RequestSigner, SigningError, reqwest};
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
//! let client = optty::Client::builder().interceptor(Job).request_signer(Signed);
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
