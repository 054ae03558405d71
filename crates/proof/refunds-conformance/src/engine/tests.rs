//! The engine on tales that can be counted by hand.

use super::*;

/// A client that sends a payment to a provider which answers, loses the answer or loses the request, and sends
/// again while nothing came back.
struct Toy {
    requests: u8,
    /// Under a key that the provider always keeps.
    has_key: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Payments {
    left: u8,
    paid: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rule {
    PaidTwice,
}

impl Tale for Toy {
    type State = Payments;
    type Place = Payments;
    type Property = Rule;

    fn beginning(&self) -> Payments {
        Payments {
            left: self.requests,
            paid: 0,
        }
    }

    fn place(&self, state: &Payments) -> Payments {
        state.clone()
    }

    fn budget(&self, _: &Payments) -> Budget {
        [0; 3]
    }

    fn turn(&self, from: &Payments, chooser: &mut Chooser) -> Turn<Payments, Rule> {
        let mut next = from.clone();
        next.left -= 1;
        let is_lost = chooser.choose(3);
        let pays = is_lost != 2 && !(self.has_key && from.paid > 0);
        next.paid += u8::from(pays);
        let mut broken = Vec::new();
        if next.paid > 1 {
            broken.push(Rule::PaidTwice);
        }
        let length = u32::from(self.requests - next.left);
        let goes_on = is_lost != 0 && next.left > 0;
        Turn {
            then: goes_on.then_some(next),
            broken,
            length,
        }
    }
}

#[test]
fn a_planted_double_payment_is_found_by_the_shortest_story() {
    let toy = Toy {
        requests: 5,
        has_key: false,
    };
    let findings = search(&toy, false);
    let breach = &findings.breaches[&Rule::PaidTwice];
    assert_eq!(breach.length, 2);
    // The first answer is lost, the second comes.
    assert_eq!(breach.path, [vec![1], vec![0]]);
    assert!(!findings.diverged);

    let toy = Toy {
        requests: 5,
        has_key: true,
    };
    assert!(search(&toy, false).breaches.is_empty());
}

#[test]
fn stories_are_counted_as_they_are_by_hand() {
    // One request: answered, answer lost, request lost. After each loss another request follows while one is
    // left, so that n requests make 1 + 2 * (stories of n - 1) stories.
    for (requests, stories) in [(1, 3), (2, 7), (3, 15), (4, 31), (5, 63)] {
        for has_key in [false, true] {
            let findings = search(&Toy { requests, has_key }, false);
            assert_eq!(findings.stories, stories, "{requests} requests");
        }
    }
}

#[test]
fn states_that_many_stories_lead_to_are_gone_on_from_once() {
    let toy = Toy {
        requests: 5,
        has_key: true,
    };
    let findings = search(&toy, false);
    // Nothing or once paid, in four layers after the first.
    assert_eq!(findings.states, 1 + 4 * 2);
    assert_eq!(findings.turns, 9 * 3);
}

#[test]
fn a_place_is_gone_on_from_once_with_the_most_that_is_left() {
    /// A walk on the line of whole numbers, of at most three steps, each of which costs one or all that is left.
    struct Walk;
    impl Tale for Walk {
        type State = (u8, u8);
        type Place = u8;
        type Property = (u8, u8);
        fn beginning(&self) -> (u8, u8) {
            (0, 3)
        }
        fn place(&self, (at, _): &(u8, u8)) -> u8 {
            *at
        }
        fn budget(&self, (_, left): &(u8, u8)) -> Budget {
            [*left, 0, 0]
        }
        fn turn(&self, (at, left): &(u8, u8), chooser: &mut Chooser) -> Turn<(u8, u8), (u8, u8)> {
            // All of it first, so that what costs less replaces it; or a step back, to where one has been.
            let (to, costs) = match chooser.choose(3) {
                0 => (at + 1, *left),
                1 => (at + 1, 1),
                _ => (at.saturating_sub(1), 1),
            };
            let left = left - costs;
            Turn {
                then: (left > 0 || costs == 3)
                    .then_some((to, left))
                    .filter(|_| *at < 3),
                broken: vec![(*at, left + costs)],
                length: 1,
            }
        }
    }
    let findings = search(&Walk, false);
    // From 0 with three, 1 with two, 2 with one.
    let visited: Vec<_> = findings.breaches.keys().copied().collect();
    assert_eq!(visited, [(0, 3), (1, 2), (2, 1)]);
    assert_eq!(findings.states, 3);
}

#[test]
fn choices_within_a_turn_are_all_told() {
    struct Dice;
    impl Tale for Dice {
        type State = ();
        type Place = ();
        type Property = [usize; 2];
        fn beginning(&self) {}
        fn place(&self, (): &()) {}
        fn budget(&self, (): &()) -> Budget {
            [0; 3]
        }
        fn turn(&self, (): &(), chooser: &mut Chooser) -> Turn<(), [usize; 2]> {
            let first = chooser.choose(6);
            // A second throw after a six only; and one without a choice, which counts for nothing.
            let second = if first == 5 { chooser.choose(6) } else { 0 };
            chooser.choose(1);
            Turn {
                then: None,
                broken: vec![[first, second]],
                length: 1,
            }
        }
    }
    let findings = search(&Dice, false);
    assert_eq!(findings.stories, 5 + 6);
    assert_eq!(findings.breaches.len(), 11);
    assert_eq!(findings.breaches[&[5, 3]].path, [vec![5, 3]]);
}

#[test]
fn a_tale_that_depends_on_more_than_its_choices_is_noticed() {
    use std::cell::Cell;
    struct Moody(Cell<usize>);
    impl Tale for Moody {
        type State = ();
        type Place = ();
        type Property = ();
        fn beginning(&self) {}
        fn place(&self, (): &()) {}
        fn budget(&self, (): &()) -> Budget {
            [0; 3]
        }
        fn turn(&self, (): &(), chooser: &mut Chooser) -> Turn<(), ()> {
            let of = self.0.get();
            self.0.set(if of == 3 { 1 } else { 3 });
            chooser.choose(of);
            Turn {
                then: None,
                broken: Vec::new(),
                length: 1,
            }
        }
    }
    assert!(search(&Moody(Cell::new(3)), false).diverged);
}

#[test]
fn chance_makes_the_same_choices_from_the_same_seed_and_all_of_them() {
    let choices = |seed| {
        let mut chooser = Chooser::by_chance(seed);
        (0..100).map(|_| chooser.choose(3)).collect::<Vec<_>>()
    };
    assert_eq!(choices(7), choices(7));
    assert_ne!(choices(7), choices(8));
    assert!((0..3).all(|choice| choices(7).contains(&choice)));
}
