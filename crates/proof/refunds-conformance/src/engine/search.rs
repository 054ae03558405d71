//! The search itself: layer by layer, each place once.

use std::{
    collections::{BTreeMap, HashMap},
    hash::Hash,
};

use super::Chooser;

/// How often each kind of thing may still happen in a story, whose end they bring nearer.
pub type Budget = [u8; 3];

/// What is searched: a state, and what can follow from it.
pub trait Tale {
    /// Where a story has got to: a place, and a budget.
    type State: Clone;
    /// All that the rest of a story depends on, but for its budget.
    type Place: Eq + Hash;
    /// What can go wrong.
    type Property: Copy + Ord;

    /// Where stories begin.
    fn beginning(&self) -> Self::State;

    /// The place of a state.
    fn place(&self, state: &Self::State) -> Self::Place;

    /// Its budget. Whatever can follow with less can follow with more, so that a place is gone on from once
    /// where nothing more is left than the time before.
    fn budget(&self, state: &Self::State) -> Budget;

    /// One turn of a story: it may depend on nothing but the state and the choices.
    fn turn(&self, from: &Self::State, chooser: &mut Chooser) -> Turn<Self::State, Self::Property>;
}

/// What a turn led to.
pub struct Turn<S, P> {
    /// Where the story goes on; `None` where it ends.
    pub then: Option<S>,
    /// What went wrong in this turn.
    pub broken: Vec<P>,
    /// How long the story is by now, to compare counterexamples by.
    pub length: u32,
}

/// What was found.
#[derive(Debug)]
pub struct Findings<P> {
    /// How many stories were told: lists of choices from the beginning to an end, or to a place from which
    /// others had gone on.
    pub stories: u128,
    /// How many turns were run to tell them all.
    pub turns: u64,
    /// How many states were gone on from.
    pub states: usize,
    /// The shortest story for each property that does not hold.
    pub breaches: BTreeMap<P, Breach>,
    /// The same choices did not always lead to the same: nothing of this counts then.
    pub diverged: bool,
}

/// How a property is broken most shortly.
#[derive(Debug, Clone)]
pub struct Breach {
    pub length: u32,
    /// How many turns break it.
    pub times: u64,
    pub path: Path,
}

/// The choices of a story, turn by turn.
pub type Path = Vec<Vec<u32>>;

struct Node {
    ways: u128,
    /// Where in the layer before, and by which choices, it was reached first.
    parent: Option<(usize, Vec<u32>)>,
}

/// One layer: its states in the order in which they were found.
struct Layer<S> {
    states: Vec<S>,
    nodes: Vec<Node>,
}

impl<S> Layer<S> {
    fn new() -> Self {
        Self {
            states: Vec::new(),
            nodes: Vec::new(),
        }
    }
}

/// With what a place was reached.
struct Seen {
    budget: Budget,
    layer: usize,
    at: usize,
}

/// All places that were reached, and with what.
struct Places<'a, T: Tale> {
    tale: &'a T,
    seen: HashMap<T::Place, Vec<Seen>>,
}

impl<T: Tale> Places<'_, T> {
    /// Adds a state to the layer of this number, unless it was gone on from there already: then it is where
    /// a story ends, which is returned.
    fn add(
        &mut self,
        (number, layer): (usize, &mut Layer<T::State>),
        state: T::State,
        ways: u128,
        parent: Option<(usize, Vec<u32>)>,
    ) -> u128 {
        let budget = self.tale.budget(&state);
        let seen = self.seen.entry(self.tale.place(&state)).or_default();
        let known = seen.iter_mut().find(|seen| {
            covers(seen.budget, budget) || seen.layer == number && covers(budget, seen.budget)
        });
        let Some(known) = known else {
            seen.push(Seen {
                budget,
                layer: number,
                at: layer.states.len(),
            });
            layer.states.push(state);
            layer.nodes.push(Node { ways, parent });
            return 0;
        };
        let place = (
            layer.states.get_mut(known.at),
            layer.nodes.get_mut(known.at),
        );
        let (true, (Some(other), Some(node))) = (known.layer == number, place) else {
            return ways;
        };
        node.ways = node.ways.saturating_add(ways);
        if !covers(known.budget, budget) {
            // It has more left: the other's stories are among its own.
            known.budget = budget;
            node.parent = parent;
            *other = state;
        }
        0
    }
}

fn covers(more: Budget, less: Budget) -> bool {
    more.iter().zip(less).all(|(more, less)| *more >= less)
}

/// Tells all stories of a tale; with `stop_early`, only those of as many turns as it takes to break a property.
pub fn search<T: Tale>(tale: &T, stop_early: bool) -> Findings<T::Property> {
    let mut findings = Findings {
        stories: 0,
        turns: 0,
        states: 0,
        breaches: BTreeMap::new(),
        diverged: false,
    };
    let mut places = Places {
        tale,
        seen: HashMap::new(),
    };
    let mut layer = Layer::new();
    places.add((0, &mut layer), tale.beginning(), 1, None);
    // What is left of a layer that was gone on from: how each of its states was reached.
    let mut past: Vec<Vec<Node>> = Vec::new();
    while !layer.states.is_empty() {
        let mut next = Layer::new();
        for (at, (state, node)) in layer.states.iter().zip(&layer.nodes).enumerate() {
            findings.states += 1;
            let mut script = Some(Vec::new());
            while let Some(following) = script.take() {
                let mut chooser = Chooser::following(following);
                let turn = tale.turn(state, &mut chooser);
                findings.turns += 1;
                findings.diverged |= chooser.has_diverged();
                for property in &turn.broken {
                    let breach = findings.breaches.entry(*property).or_insert(Breach {
                        length: u32::MAX,
                        times: 0,
                        path: Vec::new(),
                    });
                    breach.times += 1;
                    if turn.length < breach.length {
                        breach.length = turn.length;
                        breach.path = path(&past, &layer.nodes, at, chooser.script());
                    }
                }
                match turn.then {
                    Some(state) => {
                        let parent = Some((at, chooser.script()));
                        let next = (past.len() + 1, &mut next);
                        let over = places.add(next, state, node.ways, parent);
                        findings.stories = findings.stories.saturating_add(over);
                    }
                    None => findings.stories = findings.stories.saturating_add(node.ways),
                }
                script = chooser.next();
            }
        }
        if stop_early && !findings.breaches.is_empty() {
            break;
        }
        past.push(layer.nodes);
        layer = next;
    }
    findings
}

fn path(past: &[Vec<Node>], layer: &[Node], at: usize, last: Vec<u32>) -> Path {
    let mut path = vec![last];
    let mut parent = layer.get(at).and_then(|node| node.parent.as_ref());
    for layer in past.iter().rev() {
        let Some((at, script)) = parent else {
            break;
        };
        path.push(script.clone());
        parent = layer.get(*at).and_then(|node| node.parent.as_ref());
    }
    path.reverse();
    path
}
