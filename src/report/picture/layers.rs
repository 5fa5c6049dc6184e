//! In which layer each box stands: behind all whose arrows lead to it. An arrow that would close a circle points back.

use super::graph::Graph;
use super::order;

/// The boxes of a graph in layers, each layer in its order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layers {
    /// What stands in each layer.
    pub(super) layers: Vec<Vec<Item>>,
    /// What each arrow passes: from its first end through the layers between to its other, in the order of the layers.
    pub(super) ways: Vec<Way>,
    /// How many boxes there are.
    pub(super) boxes: usize,
}

/// What stands in a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Item {
    /// A box, by its place in the graph.
    Box(usize),
    /// An arrow that goes through, by its place in the graph.
    Passing(usize),
}

/// The way of an arrow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Way {
    /// The box in the earlier layer.
    pub(super) first: usize,
    /// The box in the later layer.
    pub(super) last: usize,
    /// The layer of `first`.
    pub(super) from_layer: usize,
    /// The layer of `last`.
    pub(super) to_layer: usize,
    /// Whether the arrow points from `last` to `first`.
    pub(super) is_back: bool,
    /// Whether somebody outside gets in by it.
    pub(super) is_outside: bool,
}

impl Layers {
    /// Puts the boxes of `graph` in layers, in an order in which few arrows cross.
    pub fn of(graph: &Graph) -> Self {
        let ends: Vec<(usize, usize)> = graph.arrows.iter().map(|arrow| (arrow.from, arrow.to)).collect();
        let onward = onward(graph.nodes.len(), &ends);
        let layer_of = layer_of(graph.nodes.len(), &onward);
        let ways: Vec<Way> = onward
            .iter()
            .zip(&ends)
            .zip(&graph.arrows)
            .map(|((&(first, last), &end), arrow)| Way {
                first,
                last,
                from_layer: layer_of[first],
                to_layer: layer_of[last],
                is_back: (first, last) != end,
                is_outside: arrow.is_outside,
            })
            .collect();
        let mut layers = vec![Vec::new(); layer_of.iter().max().map_or(0, |last| last + 1)];
        for (node, &layer) in layer_of.iter().enumerate() {
            layers[layer].push(Item::Box(node));
        }
        for (arrow, way) in ways.iter().enumerate() {
            let between = layers.iter_mut().take(way.to_layer).skip(way.from_layer + 1);
            between.for_each(|layer| layer.push(Item::Passing(arrow)));
        }
        let mut layers = Self { layers, ways, boxes: graph.nodes.len() };
        order::untangle(&mut layers);
        layers
    }

    /// How many layers there are.
    pub fn count(&self) -> usize {
        self.layers.len()
    }

    /// How many boxes the fullest layer has.
    pub fn fullest(&self) -> usize {
        let boxes = |layer: &Vec<Item>| layer.iter().filter(|item| matches!(item, Item::Box(_))).count();
        self.layers.iter().map(boxes).max().unwrap_or(0)
    }

    /// The item that the way of `arrow` passes in `layer`.
    pub(super) fn passed(&self, arrow: usize, layer: usize) -> Item {
        let way = &self.ways[arrow];
        if layer == way.from_layer {
            Item::Box(way.first)
        } else if layer == way.to_layer {
            Item::Box(way.last)
        } else {
            Item::Passing(arrow)
        }
    }

    /// The arrows that go from `layer` to the next.
    pub(super) fn between(&self, layer: usize) -> impl Iterator<Item = usize> + '_ {
        let goes = move |(_, way): &(usize, &Way)| (way.from_layer..way.to_layer).contains(&layer);
        self.ways.iter().enumerate().filter(goes).map(|(arrow, _)| arrow)
    }
}

/// The ends of each arrow, turned round where it would close a circle. Walks begin where nothing leads to, so that an
/// arrow back to where it all began is the one that is turned.
fn onward(nodes: usize, ends: &[(usize, usize)]) -> Vec<(usize, usize)> {
    #[derive(Clone, Copy, PartialEq)]
    enum State {
        New,
        Open,
        Done,
    }
    let mut state = vec![State::New; nodes];
    let mut turned = vec![false; ends.len()];
    let has_before = |node: usize| ends.iter().any(|&(_, to)| to == node);
    let sources = (0..nodes).filter(|&node| !has_before(node)).chain((0..nodes).filter(|&node| has_before(node)));
    for start in sources {
        // Each entry is a box and the next of its arrows to follow.
        let mut path = if state[start] == State::New { vec![(start, 0)] } else { Vec::new() };
        while let Some((node, next)) = path.pop() {
            state[node] = State::Open;
            let Some(arrow) = (next..ends.len()).find(|&arrow| ends[arrow].0 == node) else {
                state[node] = State::Done;
                continue;
            };
            path.push((node, arrow + 1));
            match state[ends[arrow].1] {
                State::New => path.push((ends[arrow].1, 0)),
                State::Open => turned[arrow] = true,
                State::Done => {}
            }
        }
    }
    let turn = |(&(from, to), turned)| if turned { (to, from) } else { (from, to) };
    ends.iter().zip(turned).map(turn).collect()
}

/// The layer of each box: one behind the last of those that lead to it. Where nothing leads to it, one before the first
/// that it leads to.
fn layer_of(nodes: usize, onward: &[(usize, usize)]) -> Vec<usize> {
    let mut layer_of = vec![0; nodes];
    // Without circles this ends after as many rounds as the longest way has boxes.
    for _ in 0..nodes {
        for &(from, to) in onward {
            layer_of[to] = layer_of[to].max(layer_of[from] + 1);
        }
    }
    for node in 0..nodes {
        let is_source = !onward.iter().any(|&(_, to)| to == node);
        let next = onward.iter().filter(|&&(from, _)| from == node).map(|&(_, to)| layer_of[to]).min();
        if let (true, Some(next)) = (is_source, next) {
            layer_of[node] = next - 1;
        }
    }
    layer_of
}
