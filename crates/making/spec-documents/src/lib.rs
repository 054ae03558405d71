//! Reads the pages that payment providers publish and turns them into effective OpenAPI documents and
//! documented payloads.
//!
//! ```text
//! published page -> page -> merge (+ transcribed.yaml) -> overlay -> effective -> select
//!               \-> samples ------------------------------------------> payloads
//! ```
//!
//! Every arrow is a function from document to document (a [`serde_json::Value`], so that an irregular
//! document still goes through) that can be run alone; [`Provider`] runs them over a `specs/<provider>`
//! folder. Nothing here writes, except [`write::apply`], which carries out the plan of [`import::plan`].
//!
//! ```
//! use spec_documents::{merge, overlay, page, text};
//!
//! let page = "# Refund\n\n```json\n{\"openapi\":\"3.0.3\",\"info\":{\"title\":\"t\",\"version\":\"1\"},\
//!             \"paths\":{}}\n```\n\nNext: something else";
//! let documents = page::documents("refund.md", page)?;
//! let merged = merge::merge(&documents)?;
//! let overlay = overlay::Overlay::parse("overlay.yaml", "
//! overlay: 1.1.0
//! info: {title: Corrections, version: '1'}
//! actions:
//!   - target: $
//!     description: The page names no host.
//!     x-evidence: example.com, environments
//!     update: {servers: [{url: 'https://api.example.com'}]}
//! ")?;
//! let effective = overlay::apply_strictly(&merged, &overlay)?;
//! assert!(text::sorted(&effective).contains("https://api.example.com"));
//! # Ok::<(), spec_documents::Error>(())
//! ```

mod call;
mod error;
mod fences;
mod source;

pub mod bundle;
pub mod config;
pub mod import;
pub mod lock;
pub mod matching;
pub mod merge;
pub mod overlay;
pub mod page;
pub mod payloads;
pub mod provider;
pub mod samples;
pub mod select;
pub mod syntax;
pub mod text;
pub mod transcription;
pub mod write;

pub use call::{Call, CallError};
pub use config::Config;
pub use error::Error;
pub use provider::Provider;
