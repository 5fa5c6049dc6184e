//! Where each box stands and each arrow runs, given how large the boxes are.
//!
//! Along, a layer is as long as its longest box, and the room to the next as what its arrows are called needs. Across,
//! each item is drawn to what it is joined with, as far as those beside it leave room: the places that are nearest to
//! the wished ones by least squares are found by pooling those that would overlap.

use super::layers::{Item, Layers};
use std::collections::BTreeMap;

/// How often items are drawn to what they are joined with, there and back.
const PULLS: usize = 24;
/// How much an arrow of the architecture pulls beside one from outside, which must not bend it.
const WEIGHT: f64 = 10_000.0;

/// How large everything is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sizes {
    /// The length along and the breadth across of each box.
    pub boxes: Vec<(i32, i32)>,
    /// The room along that each arrow needs between two layers.
    pub arrows: Vec<i32>,
    /// The least room between two layers.
    pub gap_along: i32,
    /// The room between two boxes of a layer.
    pub gap_across: i32,
    /// Whether every box is as long as its layer; else it stands in its middle.
    pub stretch: bool,
}

/// A place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Point {
    /// How far along.
    pub along: i32,
    /// How far across.
    pub across: i32,
}

/// Where a box stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spot {
    /// Its corner that is least along and across.
    pub at: Point,
    /// How long it is.
    pub length: i32,
    /// How broad it is.
    pub breadth: i32,
    /// The layer it is in.
    pub layer: usize,
}

/// Where an arrow runs: from its first point to its last, which has the head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// The points it passes, at which it runs along.
    pub points: Vec<Point>,
    /// Where between two of its points what it is called stands: the place of the first of them.
    pub labelled: usize,
}

/// Where everything is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// How long the picture is.
    pub length: i32,
    /// How broad it is.
    pub breadth: i32,
    /// Where each box stands.
    pub boxes: Vec<Spot>,
    /// Where each arrow runs.
    pub arrows: Vec<Route>,
}

impl Layers {
    /// Gives each box a place and each arrow a way.
    pub fn place(&self, sizes: &Sizes) -> Layout {
        let centres = self.centres(sizes);
        let lengths: Vec<i32> = self
            .layers
            .iter()
            .map(|layer| layer.iter().map(|item| length(item, sizes)).max().unwrap_or_default())
            .collect();
        let mut starts = Vec::with_capacity(self.count());
        let mut end = 0;
        for (at, length) in lengths.iter().enumerate() {
            starts.push(end);
            // What an arrow is called stands in one of the gaps it crosses.
            let named = self.between(at).filter(|&arrow| self.named_in(arrow) == at);
            let room = named.map(|arrow| sizes.arrows[arrow]).max().unwrap_or_default();
            end += length + if at + 1 < self.count() { room.max(sizes.gap_along) } else { 0 };
        }

        let mut boxes = vec![Spot { at: Point { along: 0, across: 0 }, length: 0, breadth: 0, layer: 0 }; self.boxes];
        for (layer, items) in self.layers.iter().enumerate() {
            for item in items {
                let Item::Box(node) = *item else { continue };
                let (own, breadth) = sizes.boxes[node];
                let length = if sizes.stretch { lengths[layer] } else { own };
                let at =
                    Point { along: starts[layer] + (lengths[layer] - length) / 2, across: centres[item] - breadth / 2 };
                boxes[node] = Spot { at, length, breadth, layer };
            }
        }
        let arrows = (0..self.ways.len()).map(|arrow| self.route(arrow, &boxes, &centres, &starts, &lengths)).collect();
        let breadth = boxes.iter().map(|spot| spot.at.across + spot.breadth).chain(centres.values().copied()).max();
        Layout { length: end, breadth: breadth.unwrap_or_default(), boxes, arrows }
    }

    /// The gap in which what an arrow is called stands: before where it ends, unless several end there and it alone
    /// begins where it does.
    fn named_in(&self, arrow: usize) -> usize {
        let way = &self.ways[arrow];
        let begin_there = self.ways.iter().filter(|other| other.first == way.first).count();
        let end_there = self.ways.iter().filter(|other| other.last == way.last).count();
        if begin_there == 1 && end_there > 1 { way.from_layer } else { way.to_layer - 1 }
    }

    fn route(
        &self,
        arrow: usize,
        boxes: &[Spot],
        centres: &BTreeMap<Item, i32>,
        starts: &[i32],
        lengths: &[i32],
    ) -> Route {
        let way = &self.ways[arrow];
        let (first, last) = (boxes[way.first], boxes[way.last]);
        let middle = |spot: &Spot| spot.at.across + spot.breadth / 2;
        // What is wanted arrives in the middle of a side; what is not, and what leads back, beside it.
        let off = |spot: &Spot, other: i32| {
            let quarter = spot.breadth / 4;
            if other < middle(spot) { -quarter } else { quarter }
        };
        let back = if way.is_back { first.breadth.min(last.breadth) * 3 / 8 } else { 0 };
        let wanted_too = || self.ways.iter().any(|other| other.last == way.last && !other.is_outside);
        let aside = if way.is_outside && wanted_too() { off(&last, middle(&first)) } else { 0 };
        let mut points = vec![Point { along: first.at.along + first.length, across: middle(&first) + back }];
        for layer in way.from_layer + 1..way.to_layer {
            let across = centres[&Item::Passing(arrow)];
            points.push(Point { along: starts[layer], across });
            points.push(Point { along: starts[layer] + lengths[layer], across });
        }
        points.push(Point { along: last.at.along, across: middle(&last) + back + aside });
        let mut labelled = 2 * (self.named_in(arrow) - way.from_layer);
        if way.is_back {
            points.reverse();
            labelled = points.len() - 2 - labelled;
        }
        Route { points, labelled }
    }

    /// The middle of each item across.
    fn centres(&self, sizes: &Sizes) -> BTreeMap<Item, i32> {
        // First, each layer begins at the same line.
        let mut centres: BTreeMap<Item, f64> = BTreeMap::new();
        for layer in &self.layers {
            let mut used = 0.0;
            for item in layer {
                centres.insert(*item, used + breadth(item, sizes) / 2.0);
                used += breadth(item, sizes) + f64::from(sizes.gap_across);
            }
        }
        for _ in 0..PULLS {
            let there = (1..self.count()).map(|at| (at, Some(at - 1)));
            let back = (1..self.count()).rev().map(|at| (at - 1, Some(at)));
            for (at, by) in there.chain(back) {
                self.pull(at, by, sizes, &mut centres);
            }
        }
        // Last, each is drawn to both sides alike.
        for at in (0..self.count()).rev() {
            self.pull(at, None, sizes, &mut centres);
        }
        let edge = |(item, centre): (&Item, &f64)| centre - breadth(item, sizes) / 2.0;
        let least = centres.iter().map(edge).fold(f64::INFINITY, f64::min);
        #[allow(clippy::cast_possible_truncation, reason = "a picture is far smaller than an i32 tells")]
        centres.iter().map(|(item, centre)| (*item, (centre - least).round() as i32)).collect()
    }

    /// Draws the items of the layer at `at` to those that they are joined with in the layer at `by`, or on both sides.
    fn pull(&self, at: usize, by: Option<usize>, sizes: &Sizes, centres: &mut BTreeMap<Item, f64>) {
        let mut wished: BTreeMap<Item, (f64, f64)> = BTreeMap::new();
        let sides = [at.checked_sub(1), Some(at + 1).filter(|&behind| behind < self.count())];
        for side in sides.into_iter().flatten().filter(|side| by.is_none_or(|by| by == *side)) {
            for arrow in self.between(at.min(side)) {
                let weight = if self.ways[arrow].is_outside { 1.0 } else { WEIGHT };
                let wish = wished.entry(self.passed(arrow, at)).or_default();
                wish.0 += weight * centres[&self.passed(arrow, side)];
                wish.1 += weight;
            }
        }
        let gap = f64::from(sizes.gap_across);
        let mut used = 0.0;
        let mut pools: Vec<Pool> = Vec::new();
        for item in &self.layers[at] {
            // Places are told as if all before had no breadth, so that they need only be in order.
            let offset = used + breadth(item, sizes) / 2.0;
            used += breadth(item, sizes) + gap;
            let (sum, weight) = wished.get(item).copied().unwrap_or((centres[item] * 0.01, 0.01));
            pools.push(Pool { wish: sum - weight * offset, weight, items: vec![(*item, offset)] });
            while let [.., before, last] = &pools[..]
                && before.place() > last.place()
            {
                if let (Some(last), Some(before)) = (pools.pop(), pools.last_mut()) {
                    before.wish += last.wish;
                    before.weight += last.weight;
                    before.items.extend(last.items);
                }
            }
        }
        for pool in pools {
            let place = pool.place();
            centres.extend(pool.items.into_iter().map(|(item, offset)| (item, place + offset)));
        }
    }
}

/// Items that stand side by side.
struct Pool {
    /// The sum of the places that they are drawn to, each by its weight.
    wish: f64,
    weight: f64,
    items: Vec<(Item, f64)>,
}

impl Pool {
    fn place(&self) -> f64 {
        self.wish / self.weight
    }
}

fn length(item: &Item, sizes: &Sizes) -> i32 {
    match item {
        Item::Box(node) => sizes.boxes[*node].0,
        Item::Passing(_) => 0,
    }
}

/// An arrow that passes has no breadth; the gaps beside it are its room.
fn breadth(item: &Item, sizes: &Sizes) -> f64 {
    match item {
        Item::Box(node) => f64::from(sizes.boxes[*node].1),
        Item::Passing(_) => 0.0,
    }
}

#[cfg(test)]
mod tests;
