//! Two workers on one journal: every order of their steps, of what becomes of their requests, of kills and of leases
//! that end, up to a number of choices; and what the journal says afterwards, compared with the ledger.
//!
//! A journal with a real database, and the sandbox behind a gate at which each request waits for what the story does
//! with it. A story is told from its beginning for each order, so that nothing is shared between two but the
//! database.

mod gate;
mod schedule;
mod story;

use std::fmt;

use refunds::ProviderName;

pub use story::Mistake;

use crate::SearchError;
use schedule::Schedule;
use story::{At, Stage};

/// A search of what two workers can do to each other.
#[derive(Clone, Debug)]
pub struct Workers {
    depth: usize,
    provider: ProviderName,
    mistake: Option<Mistake>,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct WorkersReport {
    stories: u64,
    /// The first story in which money went wrong, among the shortest.
    broken: Option<String>,
}

impl WorkersReport {
    /// Whether money went wrong in none.
    pub fn is_clean(&self) -> bool {
        self.broken.is_none()
    }

    /// How many stories were told.
    pub fn stories(&self) -> u64 {
        self.stories
    }
}

impl fmt::Display for WorkersReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} stories of two workers", self.stories)?;
        match &self.broken {
            Some(story) => f.write_str(story),
            None => f.write_str("no counterexample\n"),
        }
    }
}

impl Workers {
    /// The providers that are searched so.
    pub fn providers() -> impl Iterator<Item = ProviderName> {
        let built_in = ProviderName::BUILT_IN.into_iter();
        built_in.filter(|provider| At::of(*provider).is_some())
    }

    /// All stories of so many choices, of refunds at one of these [`providers`](Self::providers).
    pub fn new(provider: ProviderName, depth: u8) -> Self {
        Self {
            depth: usize::from(depth),
            provider,
            mistake: None,
        }
    }

    /// With a mistake that the search has to find.
    #[must_use]
    pub fn with_mistake(mut self, mistake: Mistake) -> Self {
        self.mistake = Some(mistake);
        self
    }

    /// Tells them all, shorter ones first, and stops at the first in which money goes wrong.
    ///
    /// # Errors
    /// The sandbox or the journal cannot be set up, or a story cannot be told twice alike.
    pub fn run(&self) -> Result<WorkersReport, SearchError> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| SearchError::World(error.to_string()))?;
        runtime.block_on(self.tell_all())
    }

    async fn tell_all(&self) -> Result<WorkersReport, SearchError> {
        let stage = Stage::new(self.provider, self.mistake).await?;
        let mut stories = 0;
        for depth in 1..=self.depth {
            let mut schedule = Some(Schedule::first(depth));
            while let Some(told) = schedule {
                let (told, end) = stage.tell(stories, told).await?;
                stories += 1;
                if let Err(wrong) = end {
                    return Ok(WorkersReport {
                        stories,
                        broken: Some(format!("{wrong}\n{told}")),
                    });
                }
                schedule = told.next();
            }
        }
        Ok(WorkersReport {
            stories,
            broken: None,
        })
    }
}
