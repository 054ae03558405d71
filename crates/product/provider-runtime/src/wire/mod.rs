//! Types for what providers really send, independent of any HTTP stack.

mod amount;
#[cfg(feature = "client")]
pub(crate) mod brackets;
#[doc(hidden)]
pub mod by_status;
mod decimal_text;
pub mod flattened;
mod json;
mod no_body;
pub mod nullable;
mod number_or_text;
#[doc(hidden)]
pub mod object;
pub mod one_of;
mod open;
mod other_members;
mod request_amount;
mod scalar;
pub(crate) mod sending;
mod timestamp;
mod whole_numbers;

pub use amount::{
    Amount, AmountError, AmountText, AsNumber, AsText, ExactAmount, InexactAmount, NotADecimal,
    WireForm,
};
pub use by_status::{ByStatus, decode_with_status};
pub use json::{Json, JsonNumber, JsonObject, NotANumber};
pub use no_body::NoBody;
pub use nullable::Nullable;
pub use number_or_text::NumberOrText;
pub use open::Open;
pub use other_members::OtherMembers;
pub use request_amount::{ExactRequestAmount, RequestAmount, RequestAmountText};
pub use scalar::JsonScalar;
pub use timestamp::Timestamp;

#[cfg(any(feature = "client", feature = "webhooks"))]
pub(crate) use by_status::NO_BODY_FOR_STATUS;
#[cfg(feature = "client")]
pub(crate) use by_status::without_mark;
