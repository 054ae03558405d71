//! Choices, as a list that can be told again and counted on.

/// Makes the choices of one run: those of a script first, then always the first there is.
#[derive(Debug, Default)]
pub struct Chooser {
    script: Vec<u32>,
    taken: Vec<Taken>,
    diverged: bool,
    /// Chooses by chance instead, and keeps nothing of it.
    chance: Option<fastrand::Rng>,
}

#[derive(Debug, Clone, Copy)]
struct Taken {
    choice: u32,
    of: u32,
}

impl Chooser {
    /// Follows a script.
    pub fn following(script: Vec<u32>) -> Self {
        Self {
            script,
            ..Self::default()
        }
    }

    /// Chooses by chance, from this seed.
    pub fn by_chance(seed: u64) -> Self {
        Self {
            chance: Some(fastrand::Rng::with_seed(seed)),
            ..Self::default()
        }
    }

    /// One of `of` possibilities, counted from 0. What leaves no choice is not counted.
    pub fn choose(&mut self, of: usize) -> usize {
        let of = u32::try_from(of).unwrap_or(u32::MAX);
        if of <= 1 {
            return 0;
        }
        if let Some(chance) = &mut self.chance {
            return usize::try_from(chance.u32(0..of)).unwrap_or(0);
        }
        let wanted = self.script.get(self.taken.len()).copied().unwrap_or(0);
        self.diverged |= wanted >= of;
        let choice = wanted.min(of - 1);
        self.taken.push(Taken { choice, of });
        usize::try_from(choice).unwrap_or(0)
    }

    /// Whether the script did not fit: the same choices led somewhere else than before.
    pub fn has_diverged(&self) -> bool {
        self.diverged || self.taken.len() < self.script.len()
    }

    /// The choices that were made.
    pub fn script(&self) -> Vec<u32> {
        self.taken.iter().map(|taken| taken.choice).collect()
    }

    /// The script of the run after this one; `None` after the last.
    pub fn next(mut self) -> Option<Vec<u32>> {
        while let Some(last) = self.taken.last_mut() {
            if last.choice + 1 < last.of {
                last.choice += 1;
                return Some(self.script());
            }
            self.taken.pop();
        }
        None
    }
}
