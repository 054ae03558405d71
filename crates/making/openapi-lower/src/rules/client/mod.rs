//! What a client is made of, and nothing else.

pub(crate) mod speakable_names;
pub(crate) mod webhook_stand_ins;

use super::wrapping::Wrapping;
use crate::draft::room;

room! {
    /// What is left is what the generator reads, under names that differ in Rust.
    Client, after Wrapping:
    speakable_names, webhook_stand_ins,
}
