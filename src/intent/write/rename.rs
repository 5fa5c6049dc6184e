//! Keys as rules can have them: not too long, and unlike the parameters and the word for everyone.

use super::draft::short;
use crate::intent::{Intent, Piece, Wanted};
use std::collections::{BTreeMap, BTreeSet};

/// How long a key may be, so that the ids that are made of it are not too long either.
const LONGEST: usize = 40;

/// The intent with such keys, and with references to match.
pub(super) fn renamed(mut intent: Intent) -> Intent {
    let mut taken: BTreeSet<String> = intent.parameters.iter().map(|parameter| parameter.name.clone()).collect();
    taken.insert("anyone".to_owned());
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    for resource in &intent.resources {
        let of_type = resource.type_name.rsplit("::").next().unwrap_or("resource").to_lowercase();
        let with_type = || format!("{}-{of_type}", short(&resource.key, LONGEST - of_type.len() - 4));
        let numbered = (2..).map(|number| format!("{}-{number}", short(&resource.key, LONGEST - 4)));
        let wanted = [short(&resource.key, LONGEST), with_type()].into_iter().chain(numbered);
        if let Some(key) = wanted.into_iter().find(|key| !taken.contains(key)) {
            taken.insert(key.clone());
            names.insert(resource.key.clone(), key);
        }
    }
    for resource in &mut intent.resources {
        if let Some(new) = names.get(&resource.key) {
            resource.key.clone_from(new);
        }
        if let Some(new) = resource.of.as_ref().and_then(|of| names.get(of)) {
            resource.of = Some(new.clone());
        }
        resource.properties.values_mut().for_each(|wanted| rename(wanted, &names));
        resource.select.iter_mut().for_each(|(_, wanted)| rename(wanted, &names));
    }
    intent
}

fn rename(wanted: &mut Wanted, names: &BTreeMap<String, String>) {
    match wanted {
        Wanted::Text(pieces) | Wanted::Like(pieces) => {
            for piece in pieces {
                let Piece::Reference(reference) = piece else { continue };
                let (key, rest) = match reference.split_once('.') {
                    Some((key, rest)) => (key, format!(".{rest}")),
                    None => (reference.as_str(), String::new()),
                };
                // A reference without an attribute may be to a parameter, whose name stays.
                if let Some(new) = names.get(key) {
                    *reference = format!("{new}{rest}");
                }
            }
        }
        Wanted::List(items) => items.iter_mut().for_each(|item| rename(item, names)),
        Wanted::Map(parts) => parts.values_mut().for_each(|part| rename(part, names)),
        Wanted::Bool(_) | Wanted::Number(_) | Wanted::Unknown(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intent::{Intended, Parameter};

    fn resource(key: &str, of: Option<&str>, arn: &str) -> Intended {
        Intended {
            key: key.to_owned(),
            type_name: "AWS::SQS::Queue".to_owned(),
            name: None,
            of: of.map(str::to_owned),
            select: vec![("Arn".to_owned(), Wanted::Text(vec![Piece::Reference(arn.to_owned())]))],
            properties: BTreeMap::new(),
            origin: String::new(),
        }
    }

    #[test]
    fn references_follow_their_resources() {
        let long = "x".repeat(50);
        let parameters = vec![Parameter { name: "stage".to_owned(), about: None, default: None }];
        let resources = vec![resource(&long, None, &format!("{long}.Arn")), resource("anyone", Some(&long), "anyone")];
        let renamed = renamed(Intent { parameters, resources, ..Intent::default() });
        let short = "x".repeat(40);
        let of = |at: usize| (renamed.resources[at].key.clone(), renamed.resources[at].select[0].1.clone());
        let to = |name: String| Wanted::Text(vec![Piece::Reference(name)]);
        assert_eq!(of(0), (short.clone(), to(format!("{short}.Arn"))));
        assert_eq!(of(1), ("anyone-queue".to_owned(), to("anyone-queue".to_owned())));
        assert_eq!(renamed.resources[1].of.as_deref(), Some(short.as_str()));
    }
}
