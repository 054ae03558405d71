//! Who decides what happens next, and writes it down if somebody wants to read it.

use std::time::Duration;

use crate::engine::Chooser;

/// Decides by the choices of a run, and keeps the story's lines where they are wanted.
#[derive(Debug, Default)]
pub struct Teller {
    chooser: Chooser,
    lines: Option<Vec<String>>,
}

/// When and for whom something happens.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// Since the story began.
    pub now: Duration,
    /// Which life of the user's records it is: after they were lost, the second.
    pub life: u8,
    /// Whether the provider may do what it likes; otherwise it is honest and does its work.
    pub is_free: bool,
    /// Whether the call knows what was asked for; a plain read by an id does not.
    pub knows_request: bool,
    /// Whether it knows how often it was tried before, and when last.
    pub knows_mark: bool,
    /// Whether it is the first request of a call.
    pub is_first: bool,
    /// Whether anybody gets to see the answer.
    pub is_heard: bool,
    /// At the first request of a story everything is told; at later ones a sample that depends on where the
    /// story has got to, so that over all of them everything is told there as well.
    pub sample: Option<Sample>,
}

/// Which of the symbols are told that are told at some of the later requests only.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    /// Where the story has got to.
    pub of: u64,
    /// One in so many is told.
    pub one_in: u64,
}

/// How much of what is told at some of the later requests only is told at each.
#[derive(Clone, Copy, Debug)]
pub struct Sampling {
    /// One in so many is told.
    pub one_in: u64,
    /// Which of the samples it is: in as many as `one_in`, everything is told at each place.
    pub which: u64,
}

impl Sampling {
    /// Everything, where that takes seconds.
    pub fn to_depth(depth: u8) -> Self {
        Self {
            one_in: if depth <= 2 { 1 } else { 20 },
            which: 0,
        }
    }

    /// The sample at a place.
    pub fn at(self, place: u64) -> Sample {
        Sample {
            of: place.wrapping_add(self.which),
            one_in: self.one_in,
        }
    }
}

/// Nobody writes times down more finely than this, so that stories that differ in less go on together.
const QUARTER: Duration = Duration::from_secs(900);

/// The first full quarter of an hour after a time.
pub fn next_quarter(time: Duration) -> Duration {
    QUARTER * u32::try_from(time.as_secs() / QUARTER.as_secs() + 1).unwrap_or(u32::MAX)
}

impl Moment {
    /// The time as the provider writes it down.
    pub fn noted(&self) -> Duration {
        next_quarter(self.now)
    }

    /// What is told now.
    pub fn sampled<T>(
        &self,
        all: impl Iterator<Item = T>,
        is_always_told: impl Fn(&T) -> bool,
    ) -> Vec<T> {
        let Some(sample) = self.sample else {
            return all.collect();
        };
        let is_told = |place: u64| place.wrapping_add(sample.of).is_multiple_of(sample.one_in);
        all.zip(0_u64..)
            .filter(|(symbol, place)| is_always_told(symbol) || is_told(*place))
            .map(|(symbol, _)| symbol)
            .collect()
    }
}

impl Teller {
    pub fn new(chooser: Chooser, is_written_down: bool) -> Self {
        Self {
            chooser,
            lines: is_written_down.then(Vec::new),
        }
    }

    /// One of `of` possibilities, counted from 0.
    pub fn choose(&mut self, of: usize) -> usize {
        self.chooser.choose(of)
    }

    /// One of a list; `None` of an empty one.
    pub fn pick<T: Copy>(&mut self, of: &[T]) -> Option<T> {
        of.get(self.choose(of.len())).copied()
    }

    /// Writes a line, which is made only if the story is written down.
    pub fn say(&mut self, line: impl FnOnce() -> String) {
        if let Some(lines) = &mut self.lines {
            lines.push(line());
        }
    }

    pub fn into_parts(self) -> (Chooser, Vec<String>) {
        (self.chooser, self.lines.unwrap_or_default())
    }
}
