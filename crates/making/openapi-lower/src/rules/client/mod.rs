//! What a client is made of, and nothing else.

pub(crate) mod speakable_names;
pub(crate) mod webhook_stand_ins;

use super::{Room, Stage};

/// What is left is what the generator reads, under names that differ in Rust.
pub struct Client;

pub(crate) type Draft = crate::draft::Draft<Client>;
pub(crate) type Rule = super::Rule<Client>;

impl Room for Client {
    type Before = super::wrapping::Wrapping;

    const STAGE: Stage = Stage::Client;
    const RULES: &'static [Rule] = &[speakable_names::RULE, webhook_stand_ins::RULE];
}
