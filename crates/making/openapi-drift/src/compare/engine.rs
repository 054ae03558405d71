//! The comparison as a graph: a node per operation and per pair of schemas that references lead to.
//!
//! A pair of schemas is compared once per direction, however many operations reach it, and recursion is a circle in
//! the graph. Which operations a change touches is read off the graph in the end.

use std::collections::{HashMap, HashSet, VecDeque};

use super::finding::Finding;
use super::schema::Schema;
use crate::{Class, Direction, Options};

/// Comparisons of alternatives within alternatives: as deep as they are tried out.
const DEEPEST_TRIAL: usize = 12;
/// What a pair of alternatives costs that was not tried out.
const UNTRIED: usize = 1000;

#[derive(Debug, PartialEq, Eq, Hash)]
struct Key {
    before: Vec<usize>,
    after: Vec<usize>,
    direction: Direction,
}

struct Node<'a> {
    /// What is still to be compared.
    task: Option<(Schema<'a>, Schema<'a>, Direction)>,
    running: bool,
    findings: Vec<Finding>,
    /// The nodes that this one reaches.
    uses: Vec<usize>,
    cost: Option<usize>,
}

/// Where the graph is entered.
pub(crate) struct Root {
    node: usize,
    /// The operation; nothing for the API as a whole.
    pub(crate) operation: Option<String>,
    pub(crate) moves_money: bool,
}

/// The comparison while it runs.
pub(crate) struct Engine<'a> {
    pub(crate) options: &'a Options,
    nodes: Vec<Node<'a>>,
    index: HashMap<Key, usize>,
    waiting: VecDeque<usize>,
    roots: Vec<Root>,
    current: usize,
    /// Who sends what is being compared.
    pub(crate) direction: Direction,
    trial_depth: usize,
}

impl<'a> Engine<'a> {
    pub(crate) fn new(options: &'a Options) -> Self {
        Self {
            options,
            nodes: Vec::new(),
            index: HashMap::new(),
            waiting: VecDeque::new(),
            roots: Vec::new(),
            current: 0,
            direction: Direction::Api,
            trial_depth: 0,
        }
    }

    /// Compares something that is entered on its own: an operation, or the API as a whole.
    pub(crate) fn root(
        &mut self,
        operation: Option<String>,
        moves_money: bool,
        compare: impl FnOnce(&mut Self),
    ) {
        let node = self.node(None);
        self.roots.push(Root {
            node,
            operation,
            moves_money,
        });
        let outer = std::mem::replace(&mut self.current, node);
        compare(self);
        self.current = outer;
    }

    /// Compares what goes in a direction.
    pub(crate) fn going(&mut self, direction: Direction, compare: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.direction, direction);
        compare(self);
        self.direction = outer;
    }

    /// Records a change in what is being compared.
    pub(crate) fn tell(&mut self, finding: Finding) {
        self.tell_of(self.direction, finding);
    }

    /// Records a change that is about another direction.
    pub(crate) fn tell_of(&mut self, direction: Direction, finding: Finding) {
        if let Some(node) = self.nodes.get_mut(self.current) {
            node.findings.push(Finding {
                direction,
                ..finding
            });
        }
    }

    /// Compares two schemas as a part of what is being compared.
    pub(crate) fn schemas(&mut self, before: &Schema<'a>, after: &Schema<'a>) {
        self.wrappers(before, after);
        let (before, after) = (before.unwrapped(), after.unwrapped());
        if before.is_shared() || after.is_shared() {
            self.link(before, after);
        } else {
            self.compare_schemas(&before, &after);
        }
    }

    /// Makes what is being compared reach a pair of schemas.
    pub(crate) fn link(&mut self, before: Schema<'a>, after: Schema<'a>) {
        let node = self.pair(before, after);
        if let Some(current) = self.nodes.get_mut(self.current)
            && !current.uses.contains(&node)
        {
            current.uses.push(node);
        }
    }

    /// How much changed between two schemas and all that they reach; 0 for nothing.
    pub(crate) fn cost(&mut self, before: &Schema<'a>, after: &Schema<'a>) -> usize {
        if self.trial_depth >= DEEPEST_TRIAL {
            return if before.is_written_like(after) {
                0
            } else {
                UNTRIED
            };
        }
        self.trial_depth += 1;
        let node = self.pair(before.unwrapped(), after.unwrapped());
        let cost = self.settled_cost(node);
        self.trial_depth -= 1;
        cost
    }

    /// Whether something could be compared without a change, nothing of which is told.
    pub(crate) fn is_same(&mut self, compare: impl FnOnce(&mut Self)) -> bool {
        let node = self.node(None);
        let outer = std::mem::replace(&mut self.current, node);
        compare(self);
        self.current = outer;
        self.settled_cost(node) == 0
    }

    /// Compares what is still to be compared.
    pub(crate) fn run(&mut self) {
        while let Some(node) = self.waiting.pop_front() {
            self.evaluate(node);
        }
    }

    /// Every root with the changes that it reaches.
    pub(crate) fn reached(&self) -> impl Iterator<Item = (&Root, Vec<&Finding>)> {
        self.roots.iter().map(|root| {
            let nodes = self.reachable(root.node);
            let findings = nodes
                .into_iter()
                .flat_map(|node| &self.nodes[node].findings);
            (root, findings.collect())
        })
    }

    fn node(&mut self, task: Option<(Schema<'a>, Schema<'a>, Direction)>) -> usize {
        self.nodes.push(Node {
            task,
            running: false,
            findings: Vec::new(),
            uses: Vec::new(),
            cost: None,
        });
        self.nodes.len() - 1
    }

    fn pair(&mut self, before: Schema<'a>, after: Schema<'a>) -> usize {
        let key = Key {
            before: before.ids(),
            after: after.ids(),
            direction: self.direction,
        };
        if let Some(node) = self.index.get(&key) {
            return *node;
        }
        let node = self.node(Some((before, after, self.direction)));
        self.index.insert(key, node);
        self.waiting.push_back(node);
        node
    }

    fn evaluate(&mut self, node: usize) {
        let Some((before, after, direction)) = self.nodes[node].task.take() else {
            return;
        };
        self.nodes[node].running = true;
        let outer = std::mem::replace(&mut self.current, node);
        self.going(direction, |engine| engine.compare_schemas(&before, &after));
        self.current = outer;
        self.nodes[node].running = false;
    }

    fn settled_cost(&mut self, node: usize) -> usize {
        if let Some(cost) = self.nodes[node].cost {
            return cost;
        }
        let mut seen = HashSet::from([node]);
        let mut open = vec![node];
        let (mut cost, mut complete) = (0, true);
        while let Some(next) = open.pop() {
            self.evaluate(next);
            let found = &self.nodes[next];
            complete &= !found.running;
            cost += found.findings.iter().map(weight).sum::<usize>();
            let uses = found.uses.iter().copied();
            open.extend(uses.filter(|node| seen.insert(*node)));
        }
        if complete {
            self.nodes[node].cost = Some(cost);
        }
        cost
    }

    fn reachable(&self, root: usize) -> Vec<usize> {
        let mut seen = HashSet::from([root]);
        let mut order = vec![root];
        let mut next = 0;
        while let Some(node) = order.get(next) {
            let uses = self.nodes[*node].uses.iter().copied();
            let fresh: Vec<usize> = uses.filter(|node| seen.insert(*node)).collect();
            order.extend(fresh);
            next += 1;
        }
        order
    }
}

fn weight(finding: &Finding) -> usize {
    match finding.class {
        _ if finding.only_where_money_moves => 0,
        Class::Breaking => 3,
        Class::ReadThis => 2,
        Class::Compatible => 1,
    }
}
