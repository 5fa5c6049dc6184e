//! The picture of the architecture as SVG: once from left to right, once from top to bottom for narrow windows. Each box
//! and each arrow is a link to its findings.

use super::measure;
use super::sign::Sign;
use super::words::counted;
use crate::model::{Report, Verdict};
use crate::report::picture::{Arrow, Graph, Layers, Layout, Node, Parent, Point, Route, Sizes, Spot};
use maud::{Markup, html};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// The sizes of letters.
const WHAT: f64 = 11.0;
const NAME: f64 = 12.5;
const SAID: f64 = 11.0;
/// The height of a line.
const LINE: i32 = 16;
/// The room between the edge of a box and what stands in it.
const PAD: i32 = 11;
/// The height of what stands over a framed box, and the room around it.
const FRAME_HEAD: i32 = 40;
const FRAME_PAD: i32 = 8;
/// The most letters of a name on a line where three boxes or more stand beside each other in a narrow window.
const TIGHT: usize = 10;
/// The length beyond which the picture is moved under its window and not made smaller.
const LONG: i32 = 1_500;
/// The room around the whole.
const MARGIN: i32 = 6;

/// Which way data goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Right,
    Down,
}

/// The picture, and the resources that no arrow touches as a list.
pub(super) fn section(graph: &Graph, report: &Report) -> Markup {
    if graph.nodes.is_empty() && graph.alone.is_empty() {
        return html! {};
    }
    let layers = Layers::of(graph);
    html! {
        section.picture aria-labelledby="architecture" {
            h2 #architecture { "Architecture" }
            @if !graph.nodes.is_empty() {
                div.scroll tabindex="0" role="region" aria-label="Picture of the architecture" {
                    (svg(graph, &layers, Way::Right, report))
                    (svg(graph, &layers, Way::Down, report))
                }
                (legend(graph))
            }
            (alone(graph, report))
        }
    }
}

/// What the signs in the picture mean.
fn legend(graph: &Graph) -> Markup {
    let shown: BTreeSet<Sign> = graph
        .nodes
        .iter()
        .flat_map(|node| [Some(node.verdict), node.parent.as_ref().map(|parent| parent.verdict)])
        .flatten()
        .chain(graph.arrows.iter().map(|arrow| arrow.verdict))
        .map(Sign::from)
        .collect();
    html! {
        ul.legend {
            @for sign in shown {
                li class=(sign.class()) { (sign.mark()) " " (sign.word()) }
            }
            @if graph.arrows.iter().any(|arrow| arrow.is_outside) {
                li.fail { svg.dash aria-hidden="true" viewBox="0 0 30 8" { path d="M0 4h30" {} } " gets in, and should not" }
            }
        }
    }
}

/// The resources beside the picture, by what they are.
fn alone(graph: &Graph, report: &Report) -> Markup {
    let mut kinds: Vec<(&str, Vec<&Node>)> = Vec::new();
    for node in &graph.alone {
        match kinds.iter_mut().find(|(what, _)| *what == node.what) {
            Some((_, nodes)) => nodes.push(node),
            None => kinds.push((&node.what, vec![node])),
        }
    }
    html! {
        @if !kinds.is_empty() {
            dl.alone {
                @for (what, nodes) in kinds {
                    div {
                        dt { (what) }
                        @for node in nodes {
                            @let sign = Sign::from(node.verdict);
                            dd {
                                a class={ "chip " (sign.class()) } href=(anchor(&node.findings, report)) data-on=(node.key) data-n=(node.name) {
                                    (sign.mark()) " " (node.name) " " small { (said(node.verdict, &node.findings, report)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Where the findings of something are, for a page without JavaScript: at the worst of them.
fn anchor(findings: &[usize], report: &Report) -> String {
    let worst = findings.iter().min_by_key(|&&at| (Sign::of(&report.findings[at]), at));
    worst.map_or_else(|| "#findings".to_owned(), |&at| format!("#f-{}", report.findings[at].id))
}

/// How many of the findings on something have its verdict.
fn said(verdict: Verdict, findings: &[usize], report: &Report) -> String {
    let sign = Sign::from(verdict);
    let all = findings.len();
    let like = findings.iter().filter(|&&at| Sign::of(&report.findings[at]) == sign).count();
    match (all, like) {
        (0, _) if sign == Sign::NotApplicable => "nothing asked".to_owned(),
        (_, 0) => sign.word().to_owned(),
        _ if like == all => format!("{all} {}", sign.word()),
        _ => format!("{like} of {all} {}", sign.word()),
    }
}

/// What a box holds, measured.
struct Text {
    name: Vec<String>,
    said: String,
    width: i32,
    height: i32,
}

fn text(node: &Node, most: usize, report: &Report) -> Text {
    let name = measure::lines(&node.name, most);
    let is_tight = most <= TIGHT;
    let said = match node.is_outside {
        true if is_tight => "unwanted".to_owned(),
        true => "should not get in".to_owned(),
        false if is_tight => Sign::from(node.verdict).word().to_owned(),
        false => said(node.verdict, &node.findings, report),
    };
    let named = name.iter().map(|line| measure::name(line, NAME)).max().unwrap_or_default();
    let mut width = named.max(measure::words(&node.what, WHAT)).max(measure::words(&said, SAID * 1.1) + 16) + 2 * PAD;
    let mut height = LINE * (2 + i32::try_from(name.len()).unwrap_or(1)) + 2 * PAD - 6;
    if let Some(parent) = &node.parent {
        width = width
            .max(measure::name(&measure::clipped(&parent.name, most), NAME) + 20)
            .max(measure::words(&parent.what, WHAT));
        width += 2 * FRAME_PAD;
        height += FRAME_HEAD + FRAME_PAD;
    }
    Text { name, said, width, height }
}

fn svg(graph: &Graph, layers: &Layers, way: Way, report: &Report) -> Markup {
    // A narrow window has room for one name in full, and for parts of two or three.
    let most = match (way, layers.fullest()) {
        (Way::Right, _) => 22,
        (Way::Down, 0 | 1) => 30,
        (Way::Down, 2) => 17,
        (Way::Down, _) => TIGHT,
    };
    let texts: Vec<Text> = graph.nodes.iter().map(|node| text(node, most, report)).collect();
    let word = |arrow: &Arrow| measure::words(arrow.word, WHAT);
    let sizes = match way {
        Way::Right => Sizes {
            boxes: texts.iter().map(|text| (text.width, text.height)).collect(),
            arrows: graph
                .arrows
                .iter()
                .map(|arrow| word(arrow) + if is_one_of_several(graph, arrow) { 70 } else { 30 })
                .collect(),
            gap_along: 52,
            gap_across: 22,
            stretch: true,
        },
        Way::Down => Sizes {
            boxes: texts.iter().map(|text| (text.height, text.width)).collect(),
            arrows: vec![0; graph.arrows.len()],
            gap_along: 50,
            gap_across: if most <= TIGHT { 8 } else { 12 },
            stretch: false,
        },
    };
    let layout = layers.place(&sizes);
    let left = if way == Way::Down { beyond_the_left(&layout, graph) } else { 0 };
    let turn = |point: Point| match way {
        Way::Right => (point.along + MARGIN, point.across + MARGIN),
        Way::Down => (point.across + MARGIN + left, point.along + MARGIN),
    };
    let (width, height) = size(&layout, graph, way);
    let width = width + left;
    let class = match way {
        Way::Right if width > LONG => "wide long",
        Way::Right => "wide",
        Way::Down => "tall",
    };
    html! {
        svg class=(class) viewBox={ "0 0 " (width) " " (height) } width=(width) height=(height) role="group" aria-label="Architecture" {
            @for (arrow, route) in graph.arrows.iter().zip(&layout.arrows) {
                (arrow_drawn(graph, arrow, &levelled(graph, arrow, route, way), way, &turn, report))
            }
            @for ((node, text), spot) in graph.nodes.iter().zip(&texts).zip(&layout.boxes) {
                @let (x, y) = turn(spot.at);
                @let (w, h) = extent(spot, way);
                (box_drawn(node, text, (x, y, w, h), report))
            }
        }
    }
}

fn extent(spot: &Spot, way: Way) -> (i32, i32) {
    match way {
        Way::Right => (spot.length, spot.breadth),
        Way::Down => (spot.breadth, spot.length),
    }
}

/// The size of the whole. What stands beside an arrow that goes down may reach beyond the boxes.
fn size(layout: &Layout, graph: &Graph, way: Way) -> (i32, i32) {
    let (length, breadth) = (layout.length + 2 * MARGIN, layout.breadth + 2 * MARGIN);
    match way {
        Way::Right => (length, breadth),
        Way::Down => {
            let beside = graph.arrows.iter().zip(&layout.arrows).map(|(arrow, route)| {
                label_place(arrow, route).across + 16 + measure::words(&beside(graph, arrow), WHAT) + 2 * MARGIN
            });
            (beside.chain([breadth]).max().unwrap_or(breadth), length)
        }
    }
}

/// How far what stands to the left of arrows that go down reaches beyond the boxes.
fn beyond_the_left(layout: &Layout, graph: &Graph) -> i32 {
    let reach = graph
        .arrows
        .iter()
        .zip(&layout.arrows)
        .filter(|(arrow, _)| stands_left(graph, arrow))
        .map(|(arrow, route)| measure::words(&beside(graph, arrow), WHAT) + 16 - label_place(arrow, route).across);
    reach.max().unwrap_or_default().max(0)
}

/// Whether what is beside an arrow that goes down stands to its left, since at its right somebody gets in, or an arrow
/// leads back.
fn stands_left(graph: &Graph, arrow: &Arrow) -> bool {
    let is_at_its_right =
        |other: &Arrow| (other.is_outside && other.to == arrow.to) || (other.from, other.to) == (arrow.to, arrow.from);
    !arrow.is_outside && graph.arrows.iter().any(is_at_its_right)
}

/// Whether other arrows of the architecture begin where this one does, or end where it ends.
fn is_one_of_several(graph: &Graph, arrow: &Arrow) -> bool {
    let shares = |other: &&Arrow| !other.is_outside && (other.from == arrow.from || other.to == arrow.to);
    graph.arrows.iter().filter(shares).count() > 1
}

/// What stands beside an arrow that goes down: nothing where others go beside it, for which there is no room.
fn beside(graph: &Graph, arrow: &Arrow) -> String {
    match Sign::from(arrow.verdict) {
        // The box it comes from says so.
        _ if arrow.is_outside || is_one_of_several(graph, arrow) => String::new(),
        Sign::Pass => arrow.word.to_owned(),
        sign => format!("{}: {}", arrow.word, sign.word()),
    }
}

/// `route` with a straight stretch for what the arrow is called, where others part from it or meet it.
fn levelled(graph: &Graph, arrow: &Arrow, route: &Route, way: Way) -> Route {
    let mut route = route.clone();
    if way == Way::Right && !arrow.is_outside && is_one_of_several(graph, arrow) {
        let at = route.labelled;
        let (from, to) = (route.points[at], route.points[at + 1]);
        let stretch = (measure::words(arrow.word, WHAT) + 26) * (to.along - from.along).signum();
        // What ends with others, and begins alone, is called something where it begins.
        let alike = |end: fn(&Arrow) -> usize| {
            graph.arrows.iter().filter(|other| !other.is_outside && end(other) == end(arrow)).count()
        };
        let is_alone_at_first = alike(|arrow| arrow.from) == 1;
        if at + 2 == route.points.len() && !is_alone_at_first {
            route.points.insert(at + 1, Point { along: to.along - stretch, ..to });
            route.labelled += 1;
        } else {
            route.points.insert(at + 1, Point { along: from.along + stretch, ..from });
        }
    }
    route
}

/// Where the sign of an arrow stands, on its line.
fn label_place(arrow: &Arrow, route: &Route) -> Point {
    let (from, to) = (route.points[route.labelled], route.points[route.labelled + 1]);
    // Arrows that part are furthest from each other near their ends, and those that meet, where they begin.
    let at = match () {
        () if arrow.is_outside => 0.22,
        () if from.across == to.across => 0.47,
        () if route.labelled + 2 == route.points.len() => 0.66,
        () => 0.34,
    };
    let bent = at * at * (3.0 - 2.0 * at);
    let along_part = 1.5 * at * (1.0 - at) + at * at * at;
    let between = |a: i32, b: i32, part: f64| f64::from(a) + f64::from(b - a) * part;
    #[allow(clippy::cast_possible_truncation, reason = "between two i32")]
    let point = Point {
        along: between(from.along, to.along, along_part).round() as i32,
        across: between(from.across, to.across, bent).round() as i32,
    };
    point
}

fn arrow_drawn(
    graph: &Graph,
    arrow: &Arrow,
    route: &Route,
    way: Way,
    turn: &dyn Fn(Point) -> (i32, i32),
    report: &Report,
) -> Markup {
    let sign = Sign::from(arrow.verdict);
    let (from, to) = (&graph.nodes[arrow.from], &graph.nodes[arrow.to]);
    let line = path(route, turn);
    let (x, y) = turn(label_place(arrow, route));
    let (tip_x, tip_y) = turn(route.points[route.points.len() - 1]);
    let back = route.points[0].along > route.points[route.points.len() - 1].along;
    let (head, word_at) = match (way, back) {
        (Way::Right, false) => (format!("M{tip_x} {tip_y}l-10-5v10z"), (x, y - 14)),
        (Way::Right, true) => (format!("M{tip_x} {tip_y}l10-5v10z"), (x, y - 14)),
        (Way::Down, false) => (format!("M{tip_x} {tip_y}l-5-10h10z"), (x + 14, y + 4)),
        (Way::Down, true) => (format!("M{tip_x} {tip_y}l-5 10h10z"), (x + 14, y + 4)),
    };
    let name = match arrow.is_outside {
        true => format!("{} gets into {} {}", from.name, to.what, to.name),
        false => format!("{} from {} to {}", arrow.word, from.name, to.name),
    };
    let label = match arrow.is_outside {
        true => format!("{name}, and should not"),
        false => format!("{name}: {}", said(arrow.verdict, &arrow.findings, report)),
    };
    let class = format!("a {}{}", sign.class(), if arrow.is_outside { " out" } else { "" });
    html! {
        (link(&class, &label, &arrow.findings, Target::Arrow(arrow, name), report, html! {
            path.hit d=(line) {}
            path.line d=(line) {}
            path.head d=(head) {}
            use.s href={ "#s-" (sign.class()) } x=(x - 8) y=(y - 8) width="16" height="16" {}
            @match way {
                Way::Right => {
                    @if back {
                        // Above stands what leads there.
                        text.what x=(x) y=(y + 22) text-anchor="middle" { (arrow.word) ": " (sign.word()) }
                    } @else if !arrow.is_outside {
                        text.what x=(word_at.0) y=(word_at.1) text-anchor="middle" { (arrow.word) }
                    }
                    @if sign != Sign::Pass && !arrow.is_outside && !back {
                        text.said x=(x) y=(y + 22) text-anchor="middle" { (sign.word()) }
                    }
                }
                Way::Down if arrow.is_outside => {}
                Way::Down if stands_left(graph, arrow) => {
                    text.what x=(x - 14) y=(word_at.1) text-anchor="end" { (beside(graph, arrow)) }
                }
                Way::Down => text.what x=(word_at.0) y=(word_at.1) { (beside(graph, arrow)) },
            }
        }))
    }
}

/// The line of an arrow, which ends in its head.
fn path(route: &Route, turn: &dyn Fn(Point) -> (i32, i32)) -> String {
    let (x, y) = turn(route.points[0]);
    let mut path = format!("M{x} {y}");
    let last = route.points.len() - 1;
    for (at, pair) in route.points.windows(2).enumerate() {
        let mut end = pair[1];
        if at + 1 == last {
            end.along -= 8 * (pair[1].along - pair[0].along).signum();
        }
        let (x, y) = turn(end);
        if pair[0].across == end.across {
            let _ = write!(path, "L{x} {y}");
        } else {
            let middle = (pair[0].along + end.along) / 2;
            let (ax, ay) = turn(Point { along: middle, ..pair[0] });
            let (bx, by) = turn(Point { along: middle, ..end });
            let _ = write!(path, "C{ax} {ay} {bx} {by} {x} {y}");
        }
    }
    path
}

fn box_drawn(node: &Node, text: &Text, (x, y, w, h): (i32, i32, i32, i32), report: &Report) -> Markup {
    let sign = Sign::from(node.verdict);
    let Some(parent) = &node.parent else {
        return inner_box(node, text, sign, (x, y, w, h), report);
    };
    let inside = (x + FRAME_PAD, y + FRAME_HEAD, w - 2 * FRAME_PAD, h - FRAME_HEAD - FRAME_PAD);
    html! {
        (frame(parent, (x, y, w, h), report))
        (inner_box(node, text, sign, inside, report))
    }
}

/// What a resource hangs on, drawn around it.
fn frame(parent: &Parent, (x, y, w, h): (i32, i32, i32, i32), report: &Report) -> Markup {
    let sign = Sign::from(parent.verdict);
    let name = measure::clipped(&parent.name, usize::try_from((w - 34) * 10 / 76).unwrap_or(8).max(6));
    let label = format!("{} {}: {}", parent.what, parent.name, said(parent.verdict, &parent.findings, report));
    link(
        &format!("n frame {}", sign.class()),
        &label,
        &parent.findings,
        Target::Resource(&parent.key, &parent.name),
        report,
        html! {
            rect.box x=(x) y=(y) width=(w) height=(h) rx="10" {}
            text.what x=(x + FRAME_PAD + 1) y=(y + 16) { (parent.what) }
            text.name x=(x + FRAME_PAD + 1) y=(y + 32) { (name) }
            use.s href={ "#s-" (sign.class()) } x=(x + w - 22) y=(y + 8) width="14" height="14" {}
        },
    )
}

fn inner_box(node: &Node, text: &Text, sign: Sign, (x, y, w, h): (i32, i32, i32, i32), report: &Report) -> Markup {
    let label = if node.is_outside {
        format!("Outside: {} ({})", node.name, node.what)
    } else {
        format!("{} {}: {}", node.what, node.name, text.said)
    };
    let class = format!("n {}{}", sign.class(), if node.is_outside { " out" } else { "" });
    let target =
        if node.is_outside { Target::Findings(&node.findings) } else { Target::Resource(&node.key, &node.name) };
    let left = x + PAD;
    // What stands in the box stands in its middle, however high its layer makes it.
    let lines = i32::try_from(text.name.len()).unwrap_or(1) + 2;
    let first = y + (h - lines * LINE) / 2 + 12;
    let last = first + (lines - 1) * LINE;
    link(
        &class,
        &label,
        &node.findings,
        target,
        report,
        html! {
            rect.box x=(x) y=(y) width=(w) height=(h) rx="8" {}
            text.what x=(left) y=(first) { (node.what) }
            @for (line, name) in (1..).zip(&text.name) {
                text.name x=(left) y=(first + line * LINE) { (name) }
            }
            use.s href={ "#s-" (sign.class()) } x=(left) y=(last - 10) width="12" height="12" {}
            text.said x=(left + 16) y=(last) { (text.said) }
        },
    )
}

/// What a link in the picture leads to.
enum Target<'g> {
    /// The findings on a resource: its key and name.
    Resource(&'g str, &'g str),
    /// Those of a flow, and what the flow is called.
    Arrow(&'g Arrow, String),
    /// These, by their places in the report.
    Findings(&'g [usize]),
}

fn link(class: &str, label: &str, findings: &[usize], target: Target<'_>, report: &Report, drawn: Markup) -> Markup {
    let ids =
        |findings: &[usize]| findings.iter().map(|&at| report.findings[at].id.as_str()).collect::<Vec<_>>().join(",");
    let (on, only, name) = match target {
        Target::Resource(key, name) => (Some(key), None, name.to_owned()),
        Target::Arrow(arrow, name) => (None, Some(ids(&arrow.findings)), name),
        Target::Findings(findings) => (None, Some(ids(findings)), label.to_owned()),
    };
    let hint = counted(findings.len(), "finding", "findings");
    html! {
        a class=(class) href=(anchor(findings, report)) data-on=[on] data-only=[only] data-n=(name) aria-label={ (label) " (" (hint) ")" } {
            title { (label) }
            (drawn)
        }
    }
}
