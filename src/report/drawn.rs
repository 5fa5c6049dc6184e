//! The picture of the architecture in characters: the layout that the HTML report draws as well, with boxes and lines
//! of text. From left to right where the window is wide enough, else from top to bottom.

use super::picture::{Arrow, Graph, Layers, Layout, Node, Point, Sizes};
use super::text::{clip, word};
use crate::model::{Verdict, harmless};
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// The longest that a name may be, in columns.
const LONGEST: usize = 28;
/// The rows of a box: its two edges, what it is, its name and its verdict.
const ROWS: usize = 5;

/// A picture: its lines, each in runs of one verdict.
pub(super) type Picture = Vec<Vec<(String, Option<Verdict>)>>;

/// `graph` within `width` columns; none where there is nothing to draw or no room for it.
pub(super) fn drawn(graph: &Graph, width: usize) -> Option<Picture> {
    if graph.nodes.is_empty() {
        return None;
    }
    let layers = Layers::of(graph);
    [Way::Right, Way::Down].into_iter().find_map(|way| {
        let layout = layers.place(&sizes(graph, way));
        let canvas = Canvas::of(graph, &layout, way);
        (canvas.columns <= width).then(|| canvas.lines())
    })
}

/// Which way the picture runs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Right,
    Down,
}

/// What stands in a box.
fn texts(node: &Node) -> [String; 3] {
    let what = match &node.parent {
        Some(parent) => format!("{} of {}", node.what, parent.name),
        None => node.what.clone(),
    };
    let verdict = if node.is_outside { "should not get in" } else { word(node.verdict) };
    [clip(&harmless(&what), LONGEST), clip(&harmless(&node.name), LONGEST), verdict.to_owned()]
}

/// What an arrow is called: what joins its ends, and how that is.
fn called(word_of_it: &str, verdict: Verdict) -> String {
    format!("{word_of_it} {}", word(verdict))
}

fn sizes(graph: &Graph, way: Way) -> Sizes {
    let columns = |node: &Node| int(texts(node).iter().map(|text| text.width()).max().unwrap_or_default() + 4);
    let rows = int(ROWS);
    let boxes = graph.nodes.iter().map(columns);
    match way {
        Way::Right => Sizes {
            boxes: boxes.map(|columns| (columns, rows)).collect(),
            arrows: graph.arrows.iter().map(|arrow| int(called(arrow.word, arrow.verdict).width() + 6)).collect(),
            gap_along: 6,
            gap_across: 1,
            stretch: false,
        },
        Way::Down => {
            // What an arrow is called stands beside it, and must not run into what the next is called.
            let label = |arrow: &Arrow| arrow.word.width().max(word(arrow.verdict).width());
            let label = graph.arrows.iter().map(label).max().unwrap_or_default();
            let narrowest = boxes.clone().min().unwrap_or_default();
            Sizes {
                boxes: boxes.map(|columns| (rows, columns)).collect(),
                arrows: vec![0; graph.arrows.len()],
                gap_along: 5,
                gap_across: (int(label) + 4 - narrowest).max(3),
                stretch: false,
            }
        }
    }
}

fn int(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// A cell: what is written there, and the verdict that it is painted as.
#[derive(Clone, Copy)]
struct Cell {
    written: Written,
    verdict: Option<Verdict>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Written {
    Nothing,
    /// Lines that leave the cell: up, right, down and left, one bit each; and whether they are broken.
    Lines(u8, bool),
    Letter(char),
    /// The second half of a wide letter.
    Half,
}

const UP: u8 = 1;
const RIGHT: u8 = 2;
const DOWN: u8 = 4;
const LEFT: u8 = 8;

struct Canvas {
    rows: Vec<Vec<Cell>>,
    columns: usize,
}

impl Canvas {
    fn of(graph: &Graph, layout: &Layout, way: Way) -> Self {
        let mut canvas = Self { rows: Vec::new(), columns: 0 };
        let turned = |along: i32, across: i32| match way {
            Way::Right => (along, across),
            Way::Down => (across, along),
        };
        for (arrow, route) in graph.arrows.iter().zip(&layout.arrows) {
            let count = |is: &dyn Fn(&Arrow) -> bool| graph.arrows.iter().filter(|other| is(other)).count();
            // Where several arrive at one place, each keeps to itself as long as it can.
            let is_late = count(&|other| other.to == arrow.to) > 1 && count(&|other| other.from == arrow.from) == 1;
            for (at, pair) in route.points.windows(2).enumerate() {
                let (from, to) = (pair[0], pair[1]);
                let forward = if to.along >= from.along { 1 } else { -1 };
                let bend = if is_late { to.along - 2 * forward } else { from.along + forward };
                let stops =
                    [from, Point { along: bend, across: from.across }, Point { along: bend, across: to.across }, to];
                let is_last = at + 2 == route.points.len();
                for stretch in stops.windows(2) {
                    canvas.line(
                        turned(stretch[0].along, stretch[0].across),
                        turned(stretch[1].along, stretch[1].across),
                        arrow.is_outside,
                        arrow.verdict,
                    );
                }
                if is_last {
                    let head = match (way, forward) {
                        (Way::Right, 1) => '▶',
                        (Way::Right, _) => '◀',
                        (Way::Down, 1) => '▼',
                        (Way::Down, _) => '▲',
                    };
                    let (x, y) = turned(to.along - forward.max(0), to.across);
                    canvas.write(x, y, &head.to_string(), Some(arrow.verdict));
                }
                if at == route.labelled && !arrow.is_outside {
                    let text = called(arrow.word, arrow.verdict);
                    let across = if is_late { from.across } else { to.across };
                    let (least, most) = (from.along.min(to.along), from.along.max(to.along));
                    match way {
                        Way::Right => {
                            let start = (least + most - int(text.width())) / 2;
                            canvas.write(start.max(least + 2), across - 1, &text, Some(arrow.verdict));
                        }
                        Way::Down => {
                            let row = if is_late { least + 1 } else { most - 3 };
                            canvas.write(across + 2, row, arrow.word, Some(arrow.verdict));
                            canvas.write(across + 2, row + 1, word(arrow.verdict), Some(arrow.verdict));
                        }
                    }
                }
            }
        }
        for (node, spot) in graph.nodes.iter().zip(&layout.boxes) {
            let (x, y) = turned(spot.at.along, spot.at.across);
            let (columns, rows) = turned(spot.length, spot.breadth);
            canvas.rectangle((x, y), (columns, rows), node);
        }
        canvas
    }

    fn cell(&mut self, x: i32, y: i32) -> Option<&mut Cell> {
        let (x, y) = (usize::try_from(x).ok()?, usize::try_from(y).ok()?);
        let empty = Cell { written: Written::Nothing, verdict: None };
        if self.rows.len() <= y {
            self.rows.resize(y + 1, Vec::new());
        }
        let row = &mut self.rows[y];
        if row.len() <= x {
            row.resize(x + 1, empty);
        }
        self.columns = self.columns.max(x + 1);
        row.get_mut(x)
    }

    /// Draws a line between two places that share a row or a column.
    fn line(&mut self, from: (i32, i32), to: (i32, i32), is_broken: bool, verdict: Verdict) {
        let step = ((to.0 - from.0).signum(), (to.1 - from.1).signum());
        let (ahead, behind) = match step {
            (1, _) => (RIGHT, LEFT),
            (-1, _) => (LEFT, RIGHT),
            (_, 1) => (DOWN, UP),
            (_, -1) => (UP, DOWN),
            _ => return,
        };
        let mut at = from;
        while at != to {
            let next = (at.0 + step.0, at.1 + step.1);
            for (place, bit) in [(at, ahead), (next, behind)] {
                if let Some(cell) = self.cell(place.0, place.1)
                    && !matches!(cell.written, Written::Letter(_) | Written::Half)
                {
                    let (bits, broken) = match cell.written {
                        Written::Lines(bits, broken) => (bits, broken && is_broken),
                        _ => (0, is_broken),
                    };
                    cell.written = Written::Lines(bits | bit, broken);
                    cell.verdict = Some(cell.verdict.map_or(verdict, |other| other.max(verdict)));
                }
            }
            at = next;
        }
    }

    fn write(&mut self, x: i32, y: i32, text: &str, verdict: Option<Verdict>) {
        let mut at = x;
        for letter in text.chars() {
            let columns = letter.width().unwrap_or_default();
            for half in 0..columns {
                if let Some(cell) = self.cell(at, y) {
                    let written = if half == 0 { Written::Letter(letter) } else { Written::Half };
                    *cell = Cell { written, verdict };
                }
                at += 1;
            }
        }
    }

    fn rectangle(&mut self, (x, y): (i32, i32), (columns, rows): (i32, i32), node: &Node) {
        let verdict = Some(node.verdict).filter(|_| node.is_outside || node.verdict != Verdict::NotApplicable);
        let (along, down) = if node.is_outside { ("╌", "╎") } else { ("─", "│") };
        let edge = along.repeat(usize::try_from(columns - 2).unwrap_or_default());
        for row in 0..rows {
            let blank = " ".repeat(usize::try_from(columns - 2).unwrap_or_default());
            let text = match row {
                0 => format!("┌{edge}┐"),
                row if row == rows - 1 => format!("└{edge}┘"),
                _ => format!("{down}{blank}{down}"),
            };
            self.write(x, y + row, &text, verdict);
        }
        for (row, text) in texts(node).iter().enumerate() {
            let painted = if row == 2 { verdict } else { None };
            self.write(x + 2, y + 1 + int(row), text, painted);
        }
    }

    fn lines(&self) -> Picture {
        let line = |row: &Vec<Cell>| {
            let mut runs: Vec<(String, Option<Verdict>)> = Vec::new();
            for cell in row {
                let letter = match cell.written {
                    Written::Nothing => ' ',
                    Written::Half => continue,
                    Written::Letter(letter) => letter,
                    Written::Lines(bits, is_broken) => joint(bits, is_broken),
                };
                match runs.last_mut() {
                    Some((run, verdict)) if *verdict == cell.verdict => run.push(letter),
                    _ => runs.push((letter.to_string(), cell.verdict)),
                }
            }
            runs
        };
        let is_empty = |row: &&Vec<Cell>| row.iter().all(|cell| cell.written == Written::Nothing);
        self.rows.iter().skip_while(is_empty).map(line).collect()
    }
}

/// The character in which lines leave a cell on these sides.
fn joint(sides: u8, is_broken: bool) -> char {
    const UP_DOWN: u8 = UP | DOWN;
    const LEFT_RIGHT: u8 = LEFT | RIGHT;
    match sides {
        UP | DOWN | UP_DOWN => {
            if is_broken {
                '╎'
            } else {
                '│'
            }
        }
        LEFT | RIGHT | LEFT_RIGHT => {
            if is_broken {
                '╌'
            } else {
                '─'
            }
        }
        sides if sides == DOWN | RIGHT => '┌',
        sides if sides == DOWN | LEFT => '┐',
        sides if sides == UP | RIGHT => '└',
        sides if sides == UP | LEFT => '┘',
        sides if sides == UP_DOWN | RIGHT => '├',
        sides if sides == UP_DOWN | LEFT => '┤',
        sides if sides == LEFT_RIGHT | DOWN => '┬',
        sides if sides == LEFT_RIGHT | UP => '┴',
        _ => '┼',
    }
}
