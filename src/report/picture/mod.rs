//! A picture of the architecture: which boxes there are, which arrows join them, and where all of it stands.
//!
//! It is worked out in two steps, neither of which knows what draws it. A [`Graph`] says what a report shows: resources
//! with AWS's words for them, flows with the words for what joins them, and whoever else can get in. [`Layers`] puts its
//! boxes in layers along the way that data goes, so that arrows point onward, and its [`place`](Layers::place) gives
//! each a place, in whatever unit the drawer measures its boxes. *Along* is the way that data goes, to the right or down,
//! and *across* the other.
//!
//! The same report gives the same picture: nothing here depends on a hash's order or on chance.

mod graph;
mod layers;
mod order;
mod place;
mod words;

pub use graph::{Arrow, Graph, Node, Parent};
pub use layers::Layers;
pub use place::{Layout, Point, Route, Sizes, Spot};
pub use words::{in_aws_words, joined_by};
