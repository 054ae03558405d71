//! The choices of a story, in the order in which all are told.

use std::fmt;

/// The choices of a story, in the order in which all are told.
#[derive(Clone, Debug)]
pub(super) struct Schedule {
    depth: usize,
    /// Which was chosen, of how many.
    choices: Vec<(usize, usize)>,
    next: usize,
    lines: Vec<String>,
}

impl Schedule {
    pub(super) fn first(depth: usize) -> Self {
        Self {
            depth,
            choices: Vec::new(),
            next: 0,
            lines: Vec::new(),
        }
    }

    /// One of these; `None` at the story's end, or where it cannot be told as it was before.
    pub(super) fn choose<'a, T: fmt::Display>(&mut self, among: &'a [T]) -> Option<&'a T> {
        if self.next == self.depth || among.is_empty() {
            return None;
        }
        match self.choices.get(self.next) {
            Some((_, count)) if *count != among.len() => return None,
            Some(_) => {}
            None => self.choices.push((0, among.len())),
        }
        let (choice, _) = self.choices.get(self.next)?;
        self.next += 1;
        let chosen = among.get(*choice)?;
        self.lines.push(chosen.to_string());
        Some(chosen)
    }

    /// Whether it was told as it was begun.
    pub(super) fn is_told(&self) -> bool {
        self.next == self.choices.len()
    }

    /// The next one: with the last choice that has another, which it takes.
    pub(super) fn next(mut self) -> Option<Self> {
        loop {
            let (choice, count) = self.choices.pop()?;
            if choice + 1 < count {
                self.choices.push((choice + 1, count));
                return Some(Self {
                    next: 0,
                    lines: Vec::new(),
                    ..self
                });
            }
        }
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, line) in self.lines.iter().enumerate() {
            writeln!(f, "{:>3}. {line}", number + 1)?;
        }
        Ok(())
    }
}
