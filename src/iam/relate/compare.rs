//! One comparison: the classes of actions and principals of both sides, and a search for each pair of them.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::actions::{self, Actions, Class};
use super::compile::{self, Compiled, Literal};
use super::key::{Empty, Many, Say, Values};
use super::points::{Line, Points};
use super::search::{Blocker, Dimension, GaveUp, Lit, Region, Search, Table, narrow};
use super::text::{Pattern, Texts, Token};
use super::who::{self, Held, Who};
use super::witness::{self, World};
use super::{Grants, Relation};
use crate::iam::catalogue::{Catalogue, ValueType};
use crate::iam::document::{Effect, Place};
use crate::iam::request::{Context, ContextValue};

/// What is known of the condition keys beforehand.
#[derive(Debug, Clone, Default)]
pub(super) struct Pins {
    /// By key in lower case.
    pub(super) keys: Vec<(Arc<str>, Vec<Say>)>,
    /// The one resource that is asked about.
    resource: Option<Texts>,
    /// Take every condition of the right side on another key as met.
    hopeful: bool,
}

impl Pins {
    pub(super) fn none() -> Self {
        Self::default()
    }

    pub(super) fn of(context: &Context) -> Self {
        let say = |values: &BTreeSet<&String>, many| {
            let exactly = |text: &&String| text.chars().map(Token::Char).collect::<Pattern>();
            let texts = Texts::of(values.iter().map(exactly).collect(), false);
            Say { missing: false, empty: Empty::Out, one: Values::Texts(texts), many }
        };
        let of_key = |value: &ContextValue| {
            let values: BTreeSet<&String> = value.values().iter().collect();
            match values.iter().next() {
                None => vec![Say::missing()],
                Some(one) if values.len() == 1 => vec![Say::one_of(Texts::exactly(one))],
                Some(_) => {
                    // All of the list are of these values, and each of the values is there.
                    let each = values.iter().map(|value| say(&BTreeSet::from([*value]), Many::Some));
                    [Say::several(), say(&values, Many::Every)].into_iter().chain(each).collect()
                }
            }
        };
        let keys = context.iter().map(|(key, value)| (Arc::from(key.to_lowercase()), of_key(value))).collect();
        Self { keys, ..Self::default() }
    }

    /// One resource, or any that is like a pattern with `*`, and what is so of keys.
    pub(super) fn of_request(resource: &str, keys: impl Iterator<Item = (String, Say)>) -> Self {
        let like = || Texts::of(vec![who::glob(resource)], false);
        let texts = if resource.contains('*') { like() } else { Texts::exactly(resource) };
        let mut pins = Self { resource: Some(texts), ..Self::default() };
        for (key, say) in keys {
            match pins.keys.iter_mut().find(|(known, _)| **known == *key) {
                Some((_, says)) => says.push(say),
                None => pins.keys.push((key.into(), vec![say])),
            }
        }
        pins
    }

    /// The same of one resource, with what is so of further keys.
    pub(super) fn on(mut self, resource: &str, keys: impl Iterator<Item = (String, Say)>) -> Self {
        let Self { keys, .. } = Self::of_request(resource, keys);
        for (key, says) in keys {
            match self.keys.iter_mut().find(|(known, _)| *known == key) {
                Some((_, known)) => known.extend(says),
                None => self.keys.push((key, says)),
            }
        }
        self.resource = Some(Texts::exactly(resource));
        self
    }

    pub(super) fn hopeful(self) -> Self {
        Self { hopeful: true, ..self }
    }

    /// What is said of a key; nothing if nothing is.
    fn get(&self, key: &str) -> &[Say] {
        self.keys.iter().find(|(known, _)| **known == *key).map_or(&[], |(_, says)| says)
    }

    fn has(&self, key: &str) -> bool {
        !self.get(key).is_empty()
    }

    /// The one value of a key that has just one.
    fn value(&self, key: &str) -> Option<String> {
        let [Say { missing: false, one: Values::Texts(texts), .. }] = self.get(key) else { return None };
        texts.listed().filter(|listed| listed.len() == 1)?.pop()
    }
}

/// Both sides of a comparison.
pub(super) struct Comparison<'g> {
    pub(super) left: &'g Grants,
    pub(super) right: &'g Grants,
    pub(super) documents: Vec<&'g Arc<Compiled>>,
    pub(super) table: Table,
    /// Of each document, of each statement, the boxes.
    boxes: Vec<Vec<Vec<Blocker>>>,
    /// Of each class of principals, what holds of every request.
    pub(super) whos: Vec<(Who, Region)>,
}

/// Why a comparison is given up.
const TOO_MANY: &str = "the statements are too many to go through";

/// A box of one of the documents, for one class of principals.
#[derive(Clone)]
pub(super) struct At {
    pub(super) document: usize,
    pub(super) statement: usize,
    of_statement: usize,
    /// What must be so for its principals to be meant.
    doubts: Blocker,
}

impl<'g> Comparison<'g> {
    pub(super) fn new(left: &'g Grants, right: &'g Grants, pins: Pins) -> Self {
        Self::of(left, right, pins, None)
    }

    /// `whos`: the classes of principals to look at; all that the policies tell apart if none are given.
    pub(super) fn of(left: &'g Grants, right: &'g Grants, pins: Pins, whos: Option<Vec<Who>>) -> Self {
        let mut documents: Vec<&Arc<Compiled>> = Vec::new();
        for document in left.layers.iter().chain(&right.layers).flatten() {
            if !documents.iter().any(|known| Arc::ptr_eq(known, document)) {
                documents.push(document);
            }
        }
        let mut table = Table::default();
        let of_right =
            |document: &Arc<Compiled>| right.layers.iter().flatten().any(|known| Arc::ptr_eq(known, document));
        let mut boxes = Vec::new();
        for document in &documents {
            let hopeful = pins.hopeful && of_right(document);
            let of_statement = |statement: &compile::Compartment| {
                let hopeful = hopeful.then_some(statement.effect);
                statement.boxes.iter().filter_map(|literals| number(&mut table, literals, &pins, hopeful)).collect()
            };
            boxes.push(document.statements.iter().map(of_statement).collect());
        }
        for (key, _) in &pins.keys {
            table.key(key);
        }
        let whos = whos.unwrap_or_else(|| who::classes(documents.iter().map(|document| &document.policy)));
        let resource = pins.resource.clone().map(|texts| table.literal(&Literal::Resource(texts)));
        let sets: BTreeSet<String> = documents
            .iter()
            .flat_map(|document| compile::keys(&document.policy))
            .filter_map(|(key, set)| set.then_some(key))
            .collect();
        let keys: Vec<(Dimension, Arc<str>)> = table.keys().map(|(at, key)| (at, Arc::clone(key))).collect();
        let mut region_of = |who: Who| {
            let mut region = Region::new();
            narrow(&mut region, resource);
            for (dimension, key) in &keys {
                let mut says: Vec<Say> = of_catalogue(key, sets.contains(&**key)).into_iter().collect();
                says.extend(who.fixes(key));
                says.extend(pins.get(key).iter().cloned());
                let literals: Vec<(Dimension, Lit)> =
                    says.into_iter().map(|say| (*dimension, table.say(*dimension, say))).collect();
                narrow(&mut region, literals);
            }
            (who, region)
        };
        let whos = whos.into_iter().map(&mut region_of).collect();
        Self { left, right, documents, table, boxes, whos }
    }

    pub(super) fn decide(mut self) -> Relation {
        let documents: Vec<&'g Arc<Compiled>> = self.documents.clone();
        let of: Vec<&Actions> = documents.iter().map(|document| &document.actions).collect();
        let mut unsettled: Option<String> = None;
        let known = actions::known(&of);
        for class in &known {
            match self.class(class, World::Known) {
                Relation::Contained => {}
                Relation::Unknown(why) => drop(unsettled.get_or_insert(why)),
                found => return found,
            }
        }
        let relevant = |statements: &[actions::Statements]| self.could_allow(statements);
        match actions::future(&of, relevant, &self.table.effort) {
            Ok(classes) => {
                for class in classes.iter().filter(|class| !known.iter().any(|k| k.statements == class.statements)) {
                    match self.class(class, World::Future) {
                        Relation::Contained => {}
                        Relation::Unknown(why) => drop(unsettled.get_or_insert(why)),
                        found => return found,
                    }
                }
            }
            Err(actions::TooMany) => {
                unsettled.get_or_insert_with(|| "the patterns of actions were too many to tell apart".to_owned());
            }
        }
        unsettled.map_or(Relation::Contained, Relation::Unknown)
    }

    /// Of each box that may allow an action, on the left, whether it does and no statement denies it.
    pub(super) fn reach(mut self, action: &str) -> Vec<Relation> {
        let (class, world) = self.class_of(action);
        let mut found = Vec::new();
        for at in 0..self.whos.len() {
            let who = self.whos[at].0.clone();
            let denied: Vec<At> =
                self.left.layers.iter().flat_map(|layer| self.matching(layer, &class, &who, Effect::Deny)).collect();
            for layer in &self.left.layers {
                for allowing in self.matching(layer, &class, &who, Effect::Allow) {
                    found.push(self.region(&class, at, world, &[allowing], None, &denied));
                }
            }
        }
        found
    }

    /// The same as [`Comparison::decide`] for one action alone.
    pub(super) fn ask(mut self, action: &str) -> Relation {
        let (class, world) = self.class_of(action);
        self.class(&class, world)
    }

    /// The class that holds one action.
    fn class_of(&self, action: &str) -> (Class, World) {
        let matching = |document: &&Arc<Compiled>| actions::matching(&document.policy, action);
        let statements = self.documents.iter().map(matching).collect();
        let known = Catalogue::embedded().action(action);
        let action = known.map_or_else(|| action.to_owned(), |known| known.full_name());
        let world = if known.is_some() { World::Known } else { World::Future };
        (Class { statements, action, known: Vec::new() }, world)
    }

    fn document(&self, compiled: &Arc<Compiled>) -> usize {
        self.documents.iter().position(|known| Arc::ptr_eq(known, compiled)).unwrap_or_default()
    }

    fn effect(&self, document: usize, statement: u16) -> Effect {
        self.documents[document].statements[usize::from(statement)].effect
    }

    /// Whether the left side could allow an action that these statements match.
    pub(super) fn could_allow(&self, statements: &[actions::Statements]) -> bool {
        self.left.layers.iter().all(|layer| {
            layer.iter().any(|compiled| {
                let document = self.document(compiled);
                statements[document].iter().any(|statement| self.effect(document, *statement) == Effect::Allow)
            })
        })
    }

    /// The boxes of a layer's statements that match a class of actions and a class of principals.
    fn matching(&mut self, layer: &[Arc<Compiled>], class: &Class, who: &Who, effect: Effect) -> Vec<At> {
        let mut found = Vec::new();
        for compiled in layer {
            let document = self.document(compiled);
            for at in &class.statements[document] {
                let statement = usize::from(*at);
                let of = &compiled.statements[statement];
                if of.effect != effect {
                    continue;
                }
                let doubts = match who::holds(of.principal.as_ref(), effect, compiled.names_principals, who) {
                    Held::No => continue,
                    Held::Yes => Vec::new(),
                    Held::If(questions) => {
                        let doubt = |(question, answer): (String, bool)| self.table.question(&question, answer);
                        questions.into_iter().map(doubt).collect()
                    }
                };
                let of_statement = 0..self.boxes[document][statement].len();
                found.extend(of_statement.map(|of_statement| At {
                    document,
                    statement,
                    of_statement,
                    doubts: doubts.clone(),
                }));
            }
        }
        found
    }

    /// What a box says, its doubts with it.
    pub(super) fn literals(&self, at: &At) -> Blocker {
        [self.boxes[at.document][at.statement][at.of_statement].as_slice(), &at.doubts].concat()
    }

    pub(super) fn place(&self, at: &At) -> Place {
        let policy = &self.documents[at.document].policy;
        policy.place(&policy.statements[at.statement])
    }

    fn class(&mut self, class: &Class, world: World) -> Relation {
        if !self.could_allow(&class.statements) {
            return Relation::Contained;
        }
        let mut unsettled = None;
        for at in 0..self.whos.len() {
            if !self.table.effort.spend(256) {
                return Relation::Unknown(TOO_MANY.to_owned());
            }
            match self.pair(class, at, world) {
                Relation::Contained => {}
                Relation::Unknown(why) => drop(unsettled.get_or_insert(why)),
                found => return found,
            }
        }
        unsettled.map_or(Relation::Contained, Relation::Unknown)
    }

    /// One class of actions and one of principals.
    fn pair(&mut self, class: &Class, who_at: usize, world: World) -> Relation {
        let allowing = match self.allowing(class, who_at) {
            Ok(allowing) if allowing.is_empty() => return Relation::Contained,
            Ok(allowing) => allowing,
            Err(GaveUp(why)) => return Relation::Unknown(why.to_owned()),
        };
        let goals = self.goals(class, who_at);
        let mut unsettled = None;
        for chosen in &allowing {
            for (deny, blocking) in &goals {
                if !self.table.effort.spend(256 * (1 + blocking.len())) {
                    return Relation::Unknown(TOO_MANY.to_owned());
                }
                match self.region(class, who_at, world, chosen, deny.as_ref(), blocking) {
                    Relation::Contained => {}
                    Relation::Unknown(why) => drop(unsettled.get_or_insert(why)),
                    found => return found,
                }
            }
        }
        unsettled.map_or(Relation::Contained, Relation::Unknown)
    }

    /// Every choice of one allowing box of each layer of the left side.
    pub(super) fn allowing(&mut self, class: &Class, who_at: usize) -> Result<Vec<Vec<At>>, GaveUp> {
        let left = self.left;
        let who = self.whos[who_at].0.clone();
        let mut allowing: Vec<Vec<At>> = vec![Vec::new()];
        for layer in &left.layers {
            let of_layer = self.matching(layer, class, &who, Effect::Allow);
            let with = |chosen: &Vec<At>| {
                of_layer.iter().map(|at| [chosen.as_slice(), std::slice::from_ref(at)].concat()).collect::<Vec<_>>()
            };
            if !self.table.effort.spend(64 * allowing.len() * of_layer.len()) {
                return Err(GaveUp(TOO_MANY));
            }
            allowing = allowing.iter().flat_map(with).collect();
        }
        Ok(allowing)
    }

    /// The ways in which the right side does not allow a request: one of its layers does not allow it, or one of its
    /// statements denies it. Each with what must not hold beside.
    pub(super) fn goals(&mut self, class: &Class, who_at: usize) -> Vec<(Option<At>, Vec<At>)> {
        let (left, right) = (self.left, self.right);
        let who = self.whos[who_at].0.clone();
        let mut denied = Vec::new();
        for layer in &left.layers {
            denied.extend(self.matching(layer, class, &who, Effect::Deny));
        }
        let mut goals = Vec::new();
        for layer in &right.layers {
            let allows = self.matching(layer, class, &who, Effect::Allow);
            goals.push((None, [denied.as_slice(), &allows].concat()));
            for deny in self.matching(layer, class, &who, Effect::Deny) {
                goals.push((Some(deny), denied.clone()));
            }
        }
        goals
    }

    /// One region: the chosen boxes, and the box that denies on the right.
    fn region(
        &mut self,
        class: &Class,
        who_at: usize,
        world: World,
        chosen: &[At],
        deny: Option<&At>,
        blocking: &[At],
    ) -> Relation {
        let region = self.whos[who_at].1.clone();
        self.region_within(region, (class, who_at, world), chosen, deny, blocking)
    }

    /// The same, within a region that is part of what holds of every request.
    pub(super) fn region_within(
        &mut self,
        mut region: Region,
        (class, who_at, world): (&Class, usize, World),
        chosen: &[At],
        deny: Option<&At>,
        blocking: &[At],
    ) -> Relation {
        for at in chosen.iter().chain(deny) {
            narrow(&mut region, self.literals(at));
        }
        let blockers: Vec<Blocker> = blocking.iter().map(|at| self.literals(at)).collect();
        let blockers: Vec<&Blocker> = blockers.iter().collect();
        let mut search = Search::new(&mut self.table);
        let found = search.point(region, &blockers);
        let doubtful = search.doubtful;
        match found {
            Ok(None) if doubtful => {
                Relation::Unknown("whether it is contained depends on the value of a policy variable".to_owned())
            }
            Ok(None) => Relation::Contained,
            Err(GaveUp(why)) => Relation::Unknown(why.to_owned()),
            Ok(Some(region)) => {
                let allowed_by = chosen.iter().map(|at| self.place(at)).collect();
                let denied_by = deny.map(|at| self.place(at));
                let who = &self.whos[who_at].0;
                let scene = self.left.scene.as_deref().or(self.right.scene.as_deref()).cloned().unwrap_or_default();
                let made = witness::make(&self.table, &region, class, (who, &scene), world, allowed_by, denied_by);
                match witness::verify(made, self.left, self.right) {
                    Ok(witness) => Relation::NotContained(Box::new(witness)),
                    Err(why) => {
                        let question = self.table.questions(&region).next().map(str::to_owned);
                        Relation::Unknown(question.unwrap_or(why))
                    }
                }
            }
        }
    }
}

/// Numbers a box's literals, with the values of pinned variables filled in. `hopeful`: what another key than the pinned
/// ones decides is met, so that it is left out of what allows, and what denies only under it is left out whole.
fn number(table: &mut Table, literals: &[Literal], pins: &Pins, hopeful: Option<Effect>) -> Option<Blocker> {
    let mut numbered = Blocker::new();
    for literal in literals {
        let literal = literal.filled(&|key| pins.value(key));
        let free = match &literal {
            Literal::Key(key, _) => !pins.has(key),
            Literal::Resource(_) => false,
            Literal::Open(_) => true,
        };
        match hopeful {
            Some(Effect::Allow) if free || literal.has_variable() => continue,
            Some(Effect::Deny) if free || literal.has_variable() => return None,
            _ => numbered.push(table.literal(&literal)),
        }
    }
    Some(numbered)
}

/// What is so of a key in every request. `set`: some condition asks of it as of a set.
fn of_catalogue(key: &str, set: bool) -> Option<Say> {
    let fold = |text: &str| text.chars().map(Token::Char).collect::<Pattern>();
    match Catalogue::embedded().condition_key(key) {
        Some(known) if known.is_multivalued() => None,
        Some(known) => Some(match known.value_type() {
            ValueType::Bool => {
                let texts = Texts::of(vec![fold("true"), fold("false")], false);
                Say { missing: true, empty: Empty::Out, one: Values::Texts(texts), many: Many::Never }
            }
            ValueType::IpAddress => Say {
                missing: true,
                empty: Empty::Out,
                one: Values::Points(Points::all(Line::Address)),
                many: Many::Never,
            },
            ValueType::Numeric => Say {
                missing: true,
                empty: Empty::Out,
                one: Values::Points(Points::all(Line::Number)),
                many: Many::Never,
            },
            ValueType::Date => Say {
                missing: true,
                empty: Empty::Out,
                one: Values::Points(Points::all(Line::Date)),
                many: Many::Never,
            },
            ValueType::String | ValueType::Arn => Say::single(),
        }),
        None if set => None,
        None => Some(Say::single()),
    }
}
