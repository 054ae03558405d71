use std::{collections::HashMap, time::Duration};

use chrono::{DateTime, Utc};

use crate::clock;

/// Access tokens and when they expire.
#[derive(Default)]
pub(super) struct Tokens {
    valid_until: HashMap<String, DateTime<Utc>>,
    issued: u64,
}

impl Tokens {
    pub(super) fn issue(&mut self, now: DateTime<Utc>, life: Duration) -> String {
        self.issued += 1;
        let token = format!("sandbox-optty-token-{}", self.issued);
        self.valid_until
            .insert(token.clone(), clock::after(now, life));
        token
    }

    pub(super) fn is_valid(&self, token: &str, now: DateTime<Utc>) -> bool {
        self.valid_until
            .get(token)
            .is_some_and(|until| now < *until)
    }

    pub(super) fn revoke(&mut self, token: &str) {
        self.valid_until.remove(token);
    }
}
