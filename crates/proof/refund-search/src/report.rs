//! What a search found.

use std::{collections::BTreeMap, fmt, time::Duration};

use refunds::ProviderName;

use crate::Property;

/// What a search found.
#[derive(Clone, Debug)]
pub struct Report {
    pub(crate) depth: u8,
    pub(crate) parts: Vec<PartReport>,
    pub(crate) took: Duration,
}

#[derive(Clone, Debug)]
pub(crate) struct PartReport {
    pub(crate) provider: ProviderName,
    pub(crate) part: &'static str,
    pub(crate) stories: u128,
    pub(crate) turns: u64,
    pub(crate) states: usize,
    pub(crate) took: Duration,
    pub(crate) broken: Vec<Broken>,
}

/// A property that does not hold, with the shortest story that shows it.
#[derive(Clone, Debug)]
pub struct Broken {
    pub(crate) provider: ProviderName,
    pub(crate) part: &'static str,
    pub(crate) property: Property,
    pub(crate) times: u64,
    pub(crate) length: u32,
    pub(crate) lines: Vec<String>,
}

impl Report {
    /// Whether every property held in every story.
    pub fn is_clean(&self) -> bool {
        self.parts.iter().all(|part| part.broken.is_empty())
    }

    /// How many stories were told.
    pub fn stories(&self) -> u128 {
        self.parts.iter().map(|part| part.stories).sum()
    }

    /// How many calls of the facade it took.
    pub fn turns(&self) -> u64 {
        self.parts.iter().map(|part| part.turns).sum()
    }

    /// The shortest counterexample to each property at each provider, the shortest first.
    pub fn broken(&self) -> Vec<&Broken> {
        let mut shortest: BTreeMap<_, &Broken> = BTreeMap::new();
        for broken in self.parts.iter().flat_map(|part| &part.broken) {
            let known = shortest
                .entry((broken.provider, broken.property))
                .or_insert(broken);
            if broken.size() < known.size() {
                *known = broken;
            }
        }
        let mut broken: Vec<_> = shortest.into_values().collect();
        broken.sort_by_key(|broken| broken.size());
        broken
    }
}

impl Broken {
    /// The provider.
    pub fn provider(&self) -> ProviderName {
        self.provider
    }

    /// What does not hold.
    pub fn property(&self) -> Property {
        self.property
    }

    /// The story, line by line.
    pub fn lines(&self) -> &[String] {
        &self.lines
    }

    fn size(&self) -> (u32, usize) {
        (self.length, self.lines.len())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "search to depth {}: {} stories, told by {} calls in {:.1} s",
            self.depth,
            self.stories(),
            self.turns(),
            self.took.as_secs_f64()
        )?;
        for part in &self.parts {
            writeln!(
                f,
                "  {:<9} {:>20} stories {:>9} calls {:>6} states {:>7.1} s  {}",
                part.provider.as_str(),
                part.stories,
                part.turns,
                part.states,
                part.took.as_secs_f64(),
                part.part
            )?;
        }
        for broken in self.broken() {
            write!(f, "\n{broken}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "NOT SO: {} ({}, {}; {} turns break it)",
            self.property,
            self.provider.as_str(),
            self.part,
            self.times
        )?;
        for (number, line) in self.lines.iter().enumerate() {
            writeln!(f, "{:>4}. {line}", number + 1)?;
        }
        Ok(())
    }
}
