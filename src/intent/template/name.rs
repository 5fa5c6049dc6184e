//! The physical names of resources: given ones, and those that CloudFormation makes up.
//!
//! A resource without a name is called `<stack>-<logical id>-<random>` (CloudFormation template reference, "Name type").
//! Where that is longer than the service takes, CloudFormation shortens it in a way that nothing documents, so such a
//! name is not known.

use super::build::{Build, Resource};
use super::resolve::STACK;
use super::value::What;
use crate::intent::{Piece, Wanted};
use crate::model::Kind;

/// How long names may be, by type: "Constraints" of the name in each service's API reference.
const LONGEST: [(&str, usize); 8] = [
    ("AWS::DynamoDB::Table", 255),
    ("AWS::IAM::Group", 128),
    ("AWS::IAM::ManagedPolicy", 128),
    ("AWS::IAM::Role", 64),
    ("AWS::IAM::User", 64),
    ("AWS::Lambda::Function", 64),
    ("AWS::SNS::Topic", 256),
    ("AWS::SQS::Queue", 80),
];

/// The hyphen and the random letters and digits at the end of a name that CloudFormation makes up.
const RANDOM: usize = 14;

/// How a resource is found.
pub(super) struct Found {
    pub(super) name: Option<Vec<Piece>>,
    pub(super) select: Vec<(String, Wanted)>,
}

/// How `resource`, of a `kind` with names, is found; why it cannot be, if its name is not known.
pub(super) fn found(build: &mut Build<'_>, resource: &Resource, kind: &'static Kind) -> Result<Found, String> {
    if let Some(value) = build.property(resource, kind.name_field) {
        return match &value.what {
            What::Text { pieces, .. } if build.scope.literal(pieces).is_some_and(|name| name.is_empty()) => {
                Err(format!("its {} is an empty text", kind.name_field))
            }
            What::Text { pieces, .. } if build.scope.has_secret(pieces) => {
                Err("its name holds a parameter that is not echoed".to_owned())
            }
            What::Text { pieces, .. } => Ok(Found { name: Some(pieces.clone()), select: Vec::new() }),
            What::Unknown(why) => Err(format!("its {} is not known: {why}", kind.name_field)),
            _ => {
                build.wrong(&value, kind.name_field, "a text");
                Err("its name is no text".to_owned())
            }
        };
    }
    let longest =
        LONGEST.iter().find(|(type_name, _)| *type_name == kind.type_name).map_or(usize::MAX, |(_, most)| *most);
    let stack = build.scope.given.get("AWS::StackName").map_or(1, |stack| stack.chars().count());
    let fifo = build.property(resource, "FifoQueue").and_then(|value| build.scope.literal(value.as_pieces()?));
    let suffix = if fifo.is_some_and(|fifo| fifo.eq_ignore_ascii_case("true")) { "*.fifo" } else { "*" };
    if stack + 1 + resource.id.len() + RANDOM > longest {
        let why = "it has no name of its own, and the one that CloudFormation makes up is shortened: give it a name";
        return Err(why.to_owned());
    }
    let pieces = vec![Piece::Reference(STACK.to_owned()), Piece::Text(format!("-{}-{suffix}", resource.id))];
    Ok(Found { name: None, select: vec![(kind.name_field.to_owned(), Wanted::Like(pieces))] })
}
