//! What providers tell their customer by calling back.

mod announcement;
mod letter;
mod mail;
mod opposite;
mod post_office;
mod postman;
mod record;
mod send;
mod signature;
mod target;

pub(crate) use announcement::Announcement;
pub(crate) use mail::{Mail, Next, Parcel};
pub(crate) use postman::carry;
pub use record::{DeliveryKind, WebhookRecord};
pub use target::WebhookTarget;
