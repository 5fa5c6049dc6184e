//! Actions, told apart only as far as the statements of a comparison do.
//!
//! The actions that AWS has today are few: each falls into a class by the statements that match it. The names that AWS
//! may add are without end, but the patterns of a service tell only so many kinds of them apart; one name stands for
//! each kind.

use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;

use super::effort::Effort;
use super::product;
use super::text::{self, Pattern, Texts, Token};
use crate::iam::catalogue::Catalogue;
use crate::iam::document::{Element, Policy};

/// Statements of a document, by their index, in order.
pub(super) type Statements = Box<[u16]>;

/// What the statements of one document say of actions.
#[derive(Debug)]
pub(super) struct Actions {
    /// Sets of statements; the first is that of every action that no pattern but `*` mentions.
    pub(super) signatures: Vec<Statements>,
    /// Actions of the catalogue with another signature: their index in the catalogue and their signature's, sorted.
    mentioned: Vec<(u32, u32)>,
    /// By service, in lower case: the patterns that match names which the catalogue does not have, each with the
    /// statements that have it.
    open: BTreeMap<Box<str>, BTreeMap<Box<str>, Vec<u16>>>,
    /// Patterns with a wildcard before the colon, with the statements that have them.
    across: BTreeMap<Box<str>, Vec<u16>>,
    /// Of each statement: whether it has `*`, and whether it is `NotAction`.
    kinds: Vec<(bool, bool)>,
}

/// The catalogue's actions by service, for look-ups by pattern: lower-case names in order, each with its index.
struct Index {
    services: BTreeMap<String, Vec<(String, u32)>>,
}

fn index() -> &'static Index {
    static INDEX: OnceLock<Index> = OnceLock::new();
    INDEX.get_or_init(|| {
        let mut services: BTreeMap<String, Vec<(String, u32)>> = BTreeMap::new();
        for action in Catalogue::embedded().actions() {
            let name = action.name().to_ascii_lowercase();
            services
                .entry(action.prefix().to_ascii_lowercase())
                .or_default()
                .push((name, u32::try_from(action.id().index()).unwrap_or(u32::MAX)));
        }
        services.values_mut().for_each(|names| names.sort_unstable());
        Index { services }
    })
}

impl Index {
    fn has(&self, service: &str, name: &str) -> bool {
        self.services.get(service).is_some_and(|names| find(names, name).is_some())
    }
}

fn find(names: &[(String, u32)], name: &str) -> Option<u32> {
    names.binary_search_by(|(known, _)| known.as_str().cmp(name)).ok().map(|at| names[at].1)
}

/// The indices of the names that a pattern matches.
fn matched<'n>(names: &'n [(String, u32)], pattern: &str) -> Box<dyn Iterator<Item = u32> + 'n> {
    let fixed = pattern.find(['*', '?']);
    let Some(fixed) = fixed else { return Box::new(find(names, pattern).into_iter()) };
    let (head, tail) = pattern.split_at(fixed);
    let from = names.partition_point(|(name, _)| name.as_str() < head);
    let head = head.to_owned();
    let within = names[from..].iter().take_while(move |(name, _)| name.starts_with(&head));
    if tail == "*" {
        return Box::new(within.map(|(_, at)| *at));
    }
    let pattern = pattern.to_owned();
    Box::new(within.filter(move |(name, _)| is_like(pattern.as_bytes(), name.as_bytes())).map(|(_, at)| *at))
}

/// Whether a name of ASCII is like a pattern, letter by letter.
fn is_like(pattern: &[u8], name: &[u8]) -> bool {
    let (mut at, mut taken) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    while taken < name.len() {
        match pattern.get(at) {
            Some(b'*') => {
                at += 1;
                back = Some((at, taken));
            }
            Some(wanted) if *wanted == b'?' || *wanted == name[taken] => {
                at += 1;
                taken += 1;
            }
            _ => {
                let Some((after, from)) = back else { return false };
                at = after;
                taken = from + 1;
                back = Some((after, taken));
            }
        }
    }
    pattern[at..].iter().all(|wanted| *wanted == b'*')
}

fn tokens(pattern: &str) -> Pattern {
    let token = |c| match c {
        '*' => Token::Many { within: false },
        '?' => Token::One { within: false },
        c => Token::Char(c),
    };
    pattern.chars().map(token).collect()
}

impl Actions {
    pub(super) fn of(policy: &Policy) -> Self {
        let elements: Vec<&Element<String>> = policy.statements.iter().map(|statement| &statement.action).collect();
        let mut actions = Self {
            signatures: Vec::new(),
            mentioned: Vec::new(),
            open: BTreeMap::new(),
            across: BTreeMap::new(),
            kinds: Vec::new(),
        };
        let mut hits: Vec<(u32, u16)> = Vec::new();
        for (at, element) in elements.iter().enumerate() {
            // Documents are bounded in length, and so are their statements.
            let at = u16::try_from(at).unwrap_or(u16::MAX);
            let mut every = false;
            for pattern in &element.values {
                every |= actions.add(pattern, at, &mut hits);
            }
            actions.kinds.push((every, element.not));
        }
        hits.sort_unstable();
        hits.dedup();
        let default = actions.signature(|_| false);
        actions.signatures.push(default);
        let mut known: HashMap<Statements, u32> = HashMap::from([(actions.signatures[0].clone(), 0)]);
        for group in hits.chunk_by(|a, b| a.0 == b.0) {
            let statements: Vec<u16> = group.iter().map(|(_, statement)| *statement).collect();
            let signature = actions.signature(|statement| statements.contains(&statement));
            let next = u32::try_from(known.len()).unwrap_or(u32::MAX);
            let class = *known.entry(signature.clone()).or_insert(next);
            if class == next {
                actions.signatures.push(signature);
            }
            if class != 0 {
                actions.mentioned.push((group[0].0, class));
            }
        }
        actions
    }

    /// Notes one pattern; whether it is `*`.
    fn add(&mut self, pattern: &str, statement: u16, hits: &mut Vec<(u32, u16)>) -> bool {
        let pattern = pattern.to_ascii_lowercase();
        if pattern.chars().all(|c| c == '*') && !pattern.is_empty() {
            return true;
        }
        let Some((service, name)) = pattern.split_once(':') else { return false };
        // No service and no action has other characters, so these match nothing.
        let possible = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '*' | '?'));
        if service.is_empty() || name.is_empty() || !possible(service) || !possible(name) {
            return false;
        }
        if service.chars().all(|c| c == '*') && name.chars().all(|c| c == '*') {
            return true;
        }
        if service.contains(['*', '?']) {
            for (_, names) in index().services.iter().filter(|(known, _)| is_like(service.as_bytes(), known.as_bytes()))
            {
                hits.extend(matched(names, name).map(|at| (at, statement)));
            }
            self.across.entry(pattern.into()).or_default().push(statement);
            return false;
        }
        if let Some(names) = index().services.get(service) {
            hits.extend(matched(names, name).map(|at| (at, statement)));
        }
        if name.contains(['*', '?']) || (!name.is_empty() && !index().has(service, name)) {
            self.open.entry(service.into()).or_default().entry(name.into()).or_default().push(statement);
        }
        false
    }

    /// The statements that match an action, given those that mention it by a pattern other than `*`.
    fn signature(&self, mentions: impl Fn(u16) -> bool) -> Statements {
        let applies = |(at, (every, not)): (usize, &(bool, bool))| {
            let at = u16::try_from(at).unwrap_or(u16::MAX);
            ((*every || mentions(at)) != *not).then_some(at)
        };
        self.kinds.iter().enumerate().filter_map(applies).collect()
    }
}

/// A class of actions: those that every document of the comparison treats alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Class {
    /// Of each document, the statements that match.
    pub(super) statements: Vec<Statements>,
    /// One of the actions, as it is written.
    pub(super) action: String,
    /// The actions of the catalogue that are in the class; empty for names that AWS may add.
    pub(super) known: Vec<u32>,
}

/// The classes of the actions that AWS has.
pub(super) fn known(documents: &[&Actions]) -> Vec<Class> {
    let total = Catalogue::embedded().action_count();
    // Joint signatures, made document by document.
    let mut table: Vec<Vec<u32>> = vec![vec![]];
    let mut of: Vec<(u32, u32)> = Vec::new();
    for document in documents {
        let mut joint: HashMap<(u32, u32), u32> = HashMap::new();
        let mut next_table: Vec<Vec<u32>> = Vec::new();
        let mut class = |a: u32, b: u32| {
            *joint.entry((a, b)).or_insert_with(|| {
                let mut signature = table[a as usize].clone();
                signature.push(b);
                next_table.push(signature);
                u32::try_from(next_table.len() - 1).unwrap_or(u32::MAX)
            })
        };
        class(0, 0);
        let mut merged = Vec::with_capacity(of.len() + document.mentioned.len());
        let (mut a, mut b) = (0, 0);
        loop {
            let (x, y) = (of.get(a), document.mentioned.get(b));
            match (x, y) {
                (None, None) => break,
                (Some((at, left)), Some((other, right))) if at == other => {
                    merged.push((*at, class(*left, *right)));
                    a += 1;
                    b += 1;
                }
                (Some((at, left)), other) if other.is_none_or(|(other, _)| at < other) => {
                    merged.push((*at, class(*left, 0)));
                    a += 1;
                }
                (_, Some((at, right))) => {
                    merged.push((*at, class(0, *right)));
                    b += 1;
                }
                (Some(_), None) => break,
            }
        }
        of = merged;
        table = next_table;
    }
    let mut members: Vec<Vec<u32>> = vec![Vec::new(); table.len()];
    let mut at = 0;
    for action in 0..u32::try_from(total).unwrap_or(u32::MAX) {
        let class = match of.get(at) {
            Some((mentioned, class)) if *mentioned == action => {
                at += 1;
                *class
            }
            _ => 0,
        };
        members[class as usize].push(action);
    }
    let class = |(signature, known): (&Vec<u32>, Vec<u32>)| {
        let first = Catalogue::embedded().action_at(*known.first()? as usize)?;
        Some(Class { statements: of_documents(documents, signature), action: first.full_name(), known })
    };
    table.iter().zip(members).filter_map(class).collect()
}

fn of_documents(documents: &[&Actions], signature: &[u32]) -> Vec<Statements> {
    documents.iter().zip(signature).map(|(document, at)| document.signatures[*at as usize].clone()).collect()
}

/// The statements of a document that match an action.
pub(super) fn matching(policy: &Policy, action: &str) -> Statements {
    let asked = text::word(&action.to_ascii_lowercase());
    let matches = |pattern: &String| {
        let pattern = pattern.to_ascii_lowercase();
        let every = !pattern.is_empty() && pattern.chars().all(|c| c == '*');
        every || (pattern.contains(':') && text::matches(&tokens(&pattern), &asked))
    };
    let of = |(at, element): (usize, &Element<String>)| {
        (element.values.iter().any(matches) != element.not).then(|| u16::try_from(at).unwrap_or(u16::MAX))
    };
    policy.statements.iter().map(|statement| &statement.action).enumerate().filter_map(of).collect()
}

/// The names of a service that may be added are too many to tell apart.
#[derive(Debug)]
pub(super) struct TooMany;

/// States of names before a service is given up.
const STATES: usize = 20_000;

/// The classes of the actions that AWS may add, in the services where `relevant` says that a document set of
/// statements could matter: it is asked with the statements of each document that could match anything in the service.
pub(super) fn future(
    documents: &[&Actions],
    relevant: impl Fn(&[Statements]) -> bool,
    effort: &Effort,
) -> Result<Vec<Class>, TooMany> {
    let mut services: Vec<String> =
        documents.iter().flat_map(|document| document.open.keys()).map(|key| key.to_string()).collect();
    let mut across: Vec<&str> =
        documents.iter().flat_map(|document| document.across.keys()).map(|key| &**key).collect();
    across.sort_unstable();
    across.dedup();
    services.extend(new_services(&across, &services, effort)?);
    services.sort_unstable();
    services.dedup();
    let mut classes = Vec::new();
    for service in &services {
        let possible: Vec<Statements> = documents.iter().map(|document| document.possible(service)).collect();
        if relevant(&possible) {
            of_service(documents, service, &across, &mut classes, effort)?;
        }
    }
    Ok(classes)
}

/// Patterns before the colon that are told apart for services that AWS may add.
const PARTS: usize = 5;

/// A name of a service that AWS does not have for each kind of names that the patterns tell apart.
fn new_services(across: &[&str], named: &[String], effort: &Effort) -> Result<Vec<String>, TooMany> {
    let mut parts: Vec<&str> = across.iter().filter_map(|pattern| Some(pattern.split_once(':')?.0)).collect();
    parts.sort_unstable();
    parts.dedup();
    if parts.len() > PARTS {
        return Err(TooMany);
    }
    let existing = index().services.keys().chain(named).map(|service| tokens(service)).collect();
    let existing = Texts::of(existing, true);
    let mut found = Vec::new();
    for choice in 0..1_u32 << parts.len() {
        let of = |(at, part): (usize, &&str)| Texts::of(vec![tokens(part)], choice & (1 << at) == 0);
        let mut sets: Vec<Texts> = parts.iter().enumerate().map(of).collect();
        sets.push(existing.clone());
        match text::find(&sets.iter().collect::<Vec<_>>(), &[text::word("newservice")], effort) {
            text::Found::Word(word) => found.extend(text::plain(&word)),
            text::Found::Nothing { .. } => {}
            text::Found::TooHard => return Err(TooMany),
        }
    }
    Ok(found)
}

impl Actions {
    /// The statements that could match some new name of a service.
    fn possible(&self, service: &str) -> Statements {
        let mut found: Vec<u16> = self.across.values().flatten().copied().collect();
        found.extend(self.open.get(service).into_iter().flat_map(BTreeMap::values).flatten());
        let all = self.kinds.iter().enumerate().filter(|(_, (every, not))| every != not || *not);
        found.extend(all.filter_map(|(at, _)| u16::try_from(at).ok()));
        found.sort_unstable();
        found.dedup();
        found.into()
    }
}

fn of_service<'d>(
    documents: &[&'d Actions],
    service: &str,
    across: &[&str],
    classes: &mut Vec<Class>,
    effort: &Effort,
) -> Result<(), TooMany> {
    // Patterns that the same statements have are one set.
    let mut groups: BTreeMap<(Vec<&[u16]>, bool), Vec<&str>> = BTreeMap::new();
    let names = documents.iter().filter_map(|document| document.open.get(service)).flat_map(BTreeMap::keys);
    for (pattern, whole) in names.map(|name| (&**name, false)).chain(across.iter().map(|pattern| (*pattern, true))) {
        let of = |document: &&'d Actions| -> &'d [u16] {
            let patterns = if whole { Some(&document.across) } else { document.open.get(service) };
            patterns.and_then(|patterns| patterns.get(pattern)).map_or(&[], |statements| statements)
        };
        groups.entry((documents.iter().map(of).collect(), whole)).or_default().push(pattern);
    }
    let sets: Vec<Texts> =
        groups.values().map(|of| Texts::of(of.iter().map(|pattern| tokens(pattern)).collect(), false)).collect();
    let whole: Vec<bool> = groups.keys().map(|(_, whole)| *whole).collect();
    let having: Vec<&Vec<&[u16]>> = groups.keys().map(|(having, _)| having).collect();
    let is_known = |name: &str| index().has(service, name);
    let kinds = product::kinds(&sets, &whole, &format!("{service}:"), &is_known, STATES, effort).ok_or(TooMany)?;
    for (matched, name) in kinds {
        let has = |(at, document): (usize, &&Actions)| {
            document.signature(|statement| matched.iter().any(|set| having[*set][at].contains(&statement)))
        };
        let statements: Vec<Statements> = documents.iter().enumerate().map(has).collect();
        if !effort.spend(64 * (1 + classes.len())) {
            return Err(TooMany);
        }
        if !classes.iter().any(|class: &Class| class.statements == statements) {
            classes.push(Class { statements, action: format!("{service}:{name}"), known: Vec::new() });
        }
    }
    Ok(())
}
