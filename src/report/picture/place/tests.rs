//! Laws of the layout: nothing overlaps, arrows point onward, and chains are straight.

use super::*;
use crate::model::Verdict;
use crate::report::picture::{Arrow, Graph, Node};
use proptest::prelude::*;

fn graph(nodes: usize, ends: &[(usize, usize)], outsiders: &[usize]) -> Graph {
    let node = |key: usize, is_outside| Node {
        key: key.to_string(),
        what: String::new(),
        name: String::new(),
        parent: None,
        verdict: Verdict::Pass,
        is_outside,
        findings: Vec::new(),
    };
    let arrow =
        |from, to, is_outside| Arrow { from, to, word: "", verdict: Verdict::Pass, is_outside, findings: Vec::new() };
    let mut graph = Graph {
        nodes: (0..nodes).map(|key| node(key, false)).collect(),
        arrows: ends.iter().map(|&(from, to)| arrow(from, to, false)).collect(),
        alone: Vec::new(),
    };
    for &to in outsiders {
        graph.arrows.push(arrow(graph.nodes.len(), to, true));
        graph.nodes.push(node(to, true));
    }
    graph
}

fn sizes(graph: &Graph) -> Sizes {
    let small = |number: usize| i32::try_from(number).expect("a small number");
    let size = |at: usize| (80 + small(at * 17 % 50), 40 + small(at * 13 % 30));
    Sizes {
        boxes: (0..graph.nodes.len()).map(size).collect(),
        arrows: (0..graph.arrows.len()).map(|at| 30 + small(at * 7 % 40)).collect(),
        gap_along: 40,
        gap_across: 20,
        stretch: true,
    }
}

fn placed(graph: &Graph) -> Layout {
    Layers::of(graph).place(&sizes(graph))
}

/// What must hold of every picture.
fn check(graph: &Graph, layout: &Layout) {
    assert_eq!(*layout, placed(graph), "the same graph gives the same picture");
    for (i, one) in layout.boxes.iter().enumerate() {
        assert!(one.at.along >= 0 && one.at.across >= 0, "{one:?}");
        assert!(one.at.along + one.length <= layout.length && one.at.across + one.breadth <= layout.breadth);
        for other in &layout.boxes[i + 1..] {
            let apart = one.at.along + one.length <= other.at.along
                || other.at.along + other.length <= one.at.along
                // Half a unit is lost to rounding on either side.
                || one.at.across + one.breadth + 18 <= other.at.across
                || other.at.across + other.breadth + 18 <= one.at.across;
            assert!(apart, "{one:?} {other:?}");
        }
    }
    for (arrow, route) in graph.arrows.iter().zip(&layout.arrows) {
        let onward = layout.boxes[arrow.from].layer < layout.boxes[arrow.to].layer;
        let (start, end) = (route.points[0].along, route.points[route.points.len() - 1].along);
        assert_eq!(onward, start < end, "{arrow:?}");
        assert!(route.labelled + 1 < route.points.len(), "{route:?}");
        let in_order =
            |pair: &[Point]| if onward { pair[0].along <= pair[1].along } else { pair[0].along >= pair[1].along };
        assert!(route.points.windows(2).all(in_order), "{route:?}");
    }
}

#[test]
fn a_chain_is_straight_even_where_others_get_in() {
    for outsiders in [&[][..], &[1], &[1, 1, 3]] {
        let graph = graph(5, &[(0, 1), (1, 2), (2, 3), (3, 4)], outsiders);
        let layout = placed(&graph);
        check(&graph, &layout);
        for route in &layout.arrows[..4] {
            assert_eq!(route.points[0].across, route.points[1].across, "{layout:?}");
        }
        for (arrow, route) in graph.arrows.iter().zip(&layout.arrows).skip(4) {
            assert!(layout.boxes[arrow.from].layer < layout.boxes[arrow.to].layer);
            assert_ne!(route.points[1].across, layout.arrows[0].points[1].across, "it arrives beside what is wanted");
        }
    }
}

#[test]
fn what_fans_out_stands_in_the_middle_of_where_it_leads() {
    let graph = graph(5, &[(0, 1), (0, 2), (0, 3), (1, 4)], &[]);
    let layout = placed(&graph);
    check(&graph, &layout);
    let middle = |at: usize| layout.boxes[at].at.across + layout.boxes[at].breadth / 2;
    assert!(middle(1) < middle(2) && middle(2) < middle(3), "in the order of the rules file");
    assert!((middle(0) - (middle(1) + middle(2) + middle(3)) / 3).abs() <= 1, "{layout:?}");
    assert!((middle(1) - middle(4)).abs() <= 1);
}

#[test]
fn an_arrow_over_several_layers_passes_beside_the_boxes() {
    let graph = graph(4, &[(0, 1), (1, 2), (2, 3), (0, 3)], &[]);
    let layout = placed(&graph);
    check(&graph, &layout);
    let long = &layout.arrows[3].points;
    assert_eq!(long.len(), 6);
    for passing in &long[1..5] {
        for spot in &layout.boxes[1..3] {
            let beside = passing.across < spot.at.across || passing.across > spot.at.across + spot.breadth;
            assert!(beside, "{passing:?} {spot:?}");
        }
    }
}

#[test]
fn a_circle_has_one_arrow_back() {
    let graph = graph(3, &[(0, 1), (1, 2), (2, 0)], &[]);
    let layout = placed(&graph);
    check(&graph, &layout);
    let back: Vec<bool> =
        layout.arrows.iter().map(|r| r.points[0].along > r.points[r.points.len() - 1].along).collect();
    assert_eq!(back, [false, false, true]);
}

#[test]
fn nothing_gives_an_empty_picture() {
    let layout = placed(&Graph::default());
    assert_eq!((layout.length, layout.breadth), (0, 0));
}

#[test]
fn arrows_that_need_not_cross_do_not() {
    // Written so that the order of the file crosses them.
    let graph = graph(6, &[(0, 5), (1, 4), (2, 3)], &[]);
    let layers = Layers::of(&graph);
    assert_eq!(crate::report::picture::order::crossings(&layers), 0);
}

proptest! {
    #[test]
    fn the_laws_hold_of_any_graph(
        nodes in 1_usize..12,
        ends in proptest::collection::btree_set((0_usize..12, 0_usize..12), 0..20),
        outsiders in proptest::collection::vec(0_usize..12, 0..4),
    ) {
        let ends: Vec<(usize, usize)> = ends.into_iter().filter(|(a, b)| a != b && *a < nodes && *b < nodes).collect();
        let outsiders: Vec<usize> = outsiders.into_iter().filter(|to| *to < nodes).collect();
        let graph = graph(nodes, &ends, &outsiders);
        check(&graph, &placed(&graph));
    }
}
