//! The clock on the wall, which a test may replace.

use std::{fmt, sync::Arc, time::SystemTime};

/// Tells the time of day, by which the age of a request is counted.
///
/// The default is the machine's clock. Replace it in tests that let hours pass, with one that moves with
/// tokio's paused clock.
pub trait Clock: Send + Sync {
    /// The time.
    fn now(&self) -> SystemTime;
}

/// The clock of a client.
#[derive(Clone, Default)]
pub(crate) struct SharedClock(pub(crate) Option<Arc<dyn Clock>>);

impl SharedClock {
    pub(crate) fn now(&self) -> SystemTime {
        match &self.0 {
            Some(clock) => clock.now(),
            None => SystemTime::now(),
        }
    }
}

impl fmt::Debug for SharedClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "set" } else { "system" })
    }
}
