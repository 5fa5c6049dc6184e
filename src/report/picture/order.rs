//! The order within each layer: what is joined stands near, so that few arrows cross.

use super::layers::{Item, Layers};
use std::collections::BTreeMap;

/// How often the layers are gone through, there and back.
const SWEEPS: usize = 12;

/// Reorders the layers, each by the mean place of what its items are joined with in the layer before and then behind,
/// and keeps the best of what comes out. What is joined with nothing stays where it is.
pub(super) fn untangle(layers: &mut Layers) {
    follow(layers);
    let mut best = (crossings(layers), layers.layers.clone());
    for _ in 0..SWEEPS {
        for at in 1..layers.count() {
            reorder(layers, at, at - 1);
        }
        for at in (1..layers.count()).rev() {
            reorder(layers, at - 1, at);
        }
        let crossings = crossings(layers);
        if crossings < best.0 {
            best = (crossings, layers.layers.clone());
        }
    }
    layers.layers = best.1;
}

/// The first order: as a walk along the arrows meets them, so that what is joined by no arrow stays apart.
fn follow(layers: &mut Layers) {
    let mut met: BTreeMap<Item, usize> = BTreeMap::new();
    let inside = |node: usize| !layers.ways.iter().any(|way| way.is_outside && way.first == node);
    let by_layer = || (0..layers.count()).flat_map(|at| layers.layers[at].iter().map(move |item| (at, *item)));
    // Those outside come after what belongs there.
    let own = by_layer().filter(|(_, item)| !matches!(item, Item::Box(node) if !inside(*node)));
    let starts: Vec<(usize, Item)> =
        own.chain(by_layer().filter(|(_, item)| matches!(item, Item::Box(node) if !inside(*node)))).collect();
    for start in starts {
        let mut path = vec![start];
        while let Some((at, item)) = path.pop() {
            if met.contains_key(&item) {
                continue;
            }
            met.insert(item, met.len());
            let next: Vec<(usize, Item)> = layers
                .between(at)
                .filter(|&arrow| layers.passed(arrow, at) == item)
                .map(|arrow| (at + 1, layers.passed(arrow, at + 1)))
                .collect();
            path.extend(next.into_iter().rev());
        }
    }
    for layer in &mut layers.layers {
        layer.sort_by_key(|item| met[item]);
    }
}

fn places(layer: &[Item]) -> BTreeMap<Item, usize> {
    layer.iter().enumerate().map(|(place, item)| (*item, place)).collect()
}

/// Orders the layer at `at` by the layer at `by`, which is the one before it or behind it.
fn reorder(layers: &mut Layers, at: usize, by: usize) {
    let fixed = places(&layers.layers[by]);
    let own = places(&layers.layers[at]);
    let mut joined: BTreeMap<Item, (usize, usize)> = BTreeMap::new();
    for arrow in layers.between(at.min(by)) {
        let sum = joined.entry(layers.passed(arrow, at)).or_default();
        *sum = (sum.0 + fixed[&layers.passed(arrow, by)], sum.1 + 1);
    }
    // A mean as a fraction of a common denominator, so that no rounding decides.
    let mean = |item: &Item| match joined.get(item) {
        Some(&(sum, count)) => sum as u64 * 5_040 / count as u64,
        None => own[item] as u64 * 5_040,
    };
    layers.layers[at].sort_by_key(mean);
}

/// How many pairs of arrows cross.
pub(super) fn crossings(layers: &Layers) -> usize {
    let in_gap = |at: usize| {
        let (before, behind) = (places(&layers.layers[at]), places(&layers.layers[at + 1]));
        let arrows: Vec<(usize, usize)> = layers
            .between(at)
            .map(|arrow| (before[&layers.passed(arrow, at)], behind[&layers.passed(arrow, at + 1)]))
            .collect();
        let crossed = |(i, a): (usize, &(usize, usize))| {
            arrows[i + 1..].iter().filter(|b| (a.0 < b.0 && a.1 > b.1) || (a.0 > b.0 && a.1 < b.1)).count()
        };
        arrows.iter().enumerate().map(crossed).sum::<usize>()
    };
    (1..layers.count()).map(|at| in_gap(at - 1)).sum()
}
