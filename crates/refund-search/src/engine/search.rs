//! The search itself: layer by layer, each state once.

use std::{
    collections::{BTreeMap, HashMap},
    hash::Hash,
};

use super::Chooser;

/// What is searched: a state, and what can follow from it.
pub(crate) trait Tale {
    /// All that the rest of a story depends on. States that are equal are gone on from once.
    type State: Clone + Eq + Hash;
    /// What can go wrong.
    type Property: Copy + Ord;

    /// Where stories begin.
    fn beginning(&self) -> Self::State;

    /// One turn of a story: it may depend on nothing but the state and the choices.
    fn turn(&self, from: &Self::State, chooser: &mut Chooser) -> Turn<Self::State, Self::Property>;
}

/// What a turn led to.
pub(crate) struct Turn<S, P> {
    /// Where the story goes on; `None` where it ends.
    pub(crate) then: Option<S>,
    /// What went wrong in this turn.
    pub(crate) broken: Vec<P>,
    /// How long the story is by now, to compare counterexamples by.
    pub(crate) length: u32,
}

/// What was found.
#[derive(Debug)]
pub(crate) struct Findings<P> {
    /// How many stories there are: lists of choices from the beginning to an end.
    pub(crate) stories: u128,
    /// How many turns were run to tell them all.
    pub(crate) turns: u64,
    /// How many states were gone on from.
    pub(crate) states: usize,
    /// The shortest story for each property that does not hold.
    pub(crate) breaches: BTreeMap<P, Breach>,
    /// The same choices did not always lead to the same: nothing of this counts then.
    pub(crate) diverged: bool,
}

/// How a property is broken most shortly.
#[derive(Debug, Clone)]
pub(crate) struct Breach {
    pub(crate) length: u32,
    /// How many turns break it.
    pub(crate) times: u64,
    pub(crate) path: Path,
}

/// The choices of a story, turn by turn.
pub(crate) type Path = Vec<Vec<u32>>;

struct Node {
    ways: u128,
    /// Where in the layer before, and by which choices, it was reached first.
    parent: Option<(usize, Vec<u32>)>,
}

/// One layer: its states in the order in which they were found.
struct Layer<S> {
    states: Vec<S>,
    nodes: Vec<Node>,
    index: HashMap<S, usize>,
}

impl<S: Clone + Eq + Hash> Layer<S> {
    fn new() -> Self {
        Self {
            states: Vec::new(),
            nodes: Vec::new(),
            index: HashMap::new(),
        }
    }

    fn add(&mut self, state: S, ways: u128, parent: Option<(usize, Vec<u32>)>) {
        if let Some(known) = self.index.get(&state) {
            if let Some(node) = self.nodes.get_mut(*known) {
                node.ways = node.ways.saturating_add(ways);
            }
            return;
        }
        self.index.insert(state.clone(), self.states.len());
        self.states.push(state);
        self.nodes.push(Node { ways, parent });
    }
}

/// Tells all stories of a tale; with `stop_early`, only those of as many turns as it takes to break a property.
pub(crate) fn search<T: Tale>(tale: &T, stop_early: bool) -> Findings<T::Property> {
    let mut findings = Findings {
        stories: 0,
        turns: 0,
        states: 0,
        breaches: BTreeMap::new(),
        diverged: false,
    };
    let mut first = Layer::new();
    first.add(tale.beginning(), 1, None);
    // What is left of a layer that was gone on from: how each of its states was reached.
    let mut past: Vec<Vec<Node>> = Vec::new();
    let mut layer = first;
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
                    Some(state) => next.add(state, node.ways, Some((at, chooser.script()))),
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
