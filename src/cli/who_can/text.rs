//! The answer to "who can?" for a person: those alike stand together, and what each rests on is said once.

use crate::cli::output;
use crate::cli::paragraph::hanging;
use crate::model::{Arn, harmless, not_read};
use crate::reach::effective::{Administrator, By, Effective, NOT_CHECKED, Through, Way, WhoCan};
use std::collections::{BTreeMap, BTreeSet};

/// Names that are told one by one.
const SHOWN: usize = 12;

/// All answers.
pub(super) fn of(action: &str, account: &str, answers: &[WhoCan], effective: &Effective<'_>, several: bool) -> String {
    let width = output::width().clamp(40, 100);
    let mut text = format!("who can {} · {}\n", harmless(action), harmless(account));
    if several {
        text.push('\n');
        text.push_str(&in_short(answers, width));
    } else {
        for answer in answers {
            text.push_str(&one(answer, width));
        }
    }
    let unlisted = effective.unlisted();
    if !unlisted.is_empty() {
        text.push_str("\nthere may be others: the lists of principals were not read to their end\n");
        text.push_str(&hanging(2, "", 0, &not_read(unlisted), width));
    }
    text.push_str("\nnot checked\n");
    for what in NOT_CHECKED {
        text.push_str(&hanging(2, "", 0, what, width));
    }
    text
}

/// Every resource: those that have the same answer together.
fn in_short(answers: &[WhoCan], width: usize) -> String {
    let mut same: BTreeMap<Vec<String>, Vec<&str>> = BTreeMap::new();
    for answer in answers {
        let mut who: Vec<String> = answer.principals.iter().map(|of| called(of.kind, &of.principal)).collect();
        let today = answer.administrators.iter().filter(|of| of.can_today == Some(true));
        who.extend(today.map(|of| format!("{} (administrator)", called(of.kind, &of.principal))));
        who.extend(
            answer
                .unknown
                .iter()
                .filter(|of| of.about.is_none())
                .map(|of| format!("{}: not known", called(of.kind, &of.principal))),
        );
        same.entry(who).or_default().push(&answer.name);
    }
    if same.is_empty() {
        return "  there is none\n".to_owned();
    }
    let mut groups: Vec<(Vec<String>, Vec<&str>)> = same.into_iter().collect();
    groups.sort_by(|a, b| a.1.cmp(&b.1));
    let mut text = String::new();
    for (who, of) in groups {
        text.push_str(&hanging(0, "", 0, &listed(&of), width));
        let who = if who.is_empty() { vec!["nobody".to_owned()] } else { who };
        text.push_str(&hanging(2, "", 0, &listed(&who), width));
    }
    text
}

/// One resource.
fn one(answer: &WhoCan, width: usize) -> String {
    let mut text = hanging(0, "", 0, &format!("  on {}", answer.resource), width);
    text = text.replacen("on ", "  on ", 1);
    let always = always(answer);
    for denies in &always {
        text.push_str(&hanging(2, "nobody if", 9, denies, width));
    }
    let known = if answer.complete { "nobody" } else { "nobody of whom it is known" };
    if answer.principals.is_empty() {
        text.push_str(&format!("\n{known}\n"));
    }
    for by in [By::Identity, By::Resource] {
        let mut groups: BTreeMap<Key, Vec<(String, &Way)>> = BTreeMap::new();
        for entry in &answer.principals {
            for way in entry.ways.iter().filter(|way| way.by == by) {
                let group = groups.entry(key(way, entry.note, &always)).or_default();
                group.push((called(entry.kind, &entry.principal), way));
            }
        }
        if groups.is_empty() {
            continue;
        }
        text.push_str(match by {
            By::Identity => "\nby their own policies\n",
            By::Resource => "\nby the policy of the resource\n",
        });
        for (key, group) in in_order(groups) {
            text.push_str(&grouped(&key, &group, width));
        }
    }
    text.push_str(&administrators(&answer.administrators, width));
    text.push_str(&through(&answer.through_roles, width));
    if !answer.unknown.is_empty() {
        text.push_str("\nnot known\n");
        let mut same: BTreeMap<(Option<&str>, &str), Vec<String>> = BTreeMap::new();
        for of in &answer.unknown {
            same.entry((of.about.as_deref(), &of.why)).or_default().push(called(of.kind, &of.principal));
        }
        for ((about, why), who) in same {
            let about = about.map(|about| format!(" ({about})")).unwrap_or_default();
            text.push_str(&hanging(2, "", 0, &format!("{}{about}", listed(&who)), width));
            text.push_str(&hanging(4, "", 0, why, width));
        }
    }
    text
}

/// What ways have in common: the note, statements, conditions, and what denies.
type Key = (Vec<String>, Vec<String>, Vec<String>, Option<&'static str>);

fn key(way: &Way, note: Option<&'static str>, always: &[String]) -> Key {
    let unless = way.unless.iter().filter(|denies| !always.contains(denies)).cloned().collect();
    (way.statements.clone(), way.conditions.clone(), unless, note)
}

/// What denies it to everybody who is told: said once.
fn always(answer: &WhoCan) -> Vec<String> {
    let mut ways = answer.principals.iter().flat_map(|entry| &entry.ways);
    let first = ways.next().map(|way| way.unless.clone()).unwrap_or_default();
    let ways: Vec<&Way> = ways.collect();
    first.into_iter().filter(|denies| !ways.is_empty() && ways.iter().all(|way| way.unless.contains(denies))).collect()
}

/// The groups by the first of each.
fn in_order(groups: BTreeMap<Key, Vec<(String, &Way)>>) -> Vec<(Key, Vec<(String, &Way)>)> {
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by(|a, b| a.1[0].0.cmp(&b.1[0].0));
    groups
}

fn grouped((statements, conditions, unless, note): &Key, group: &[(String, &Way)], width: usize) -> String {
    const WIDE: usize = 6;
    let names: Vec<&str> = group.iter().map(|(name, _)| name.as_str()).collect();
    let mut text = hanging(2, "", 0, &listed(&names), width);
    let mut line = |label: &str, said: &str| text.push_str(&hanging(4, label, WIDE, said, width));
    line("by", &statements.join(" and "));
    if !conditions.is_empty() {
        line("if", &conditions.join(" and "));
    }
    for denies in unless {
        line("unless", denies);
    }
    if let Some(note) = note {
        line("but", note);
    }
    if let Some((_, way)) = group.first() {
        line("proof", &way.request.to_string());
    }
    text
}

fn administrators(all: &[Administrator], width: usize) -> String {
    if all.is_empty() {
        return String::new();
    }
    let mut text = "\nadministrators: they could rewrite the policy of the resource, or their own grants\n".to_owned();
    // Whose facts differ only in that each is about itself are alike.
    let mut same: BTreeMap<(Vec<String>, Option<bool>), Vec<String>> = BTreeMap::new();
    for one in all {
        let fact = |fact: &crate::reach::effective::Fact| {
            let on = if fact.resource == one.principal { "itself".to_owned() } else { short(&fact.resource) };
            format!("{} on {on}", fact.action)
        };
        let facts = one.facts.iter().map(fact).collect();
        same.entry((facts, one.can_today)).or_default().push(called(one.kind, &one.principal));
    }
    for ((facts, today), who) in same {
        text.push_str(&hanging(2, "", 0, &listed(&who), width));
        text.push_str(&hanging(4, "may", 6, &facts.join(", "), width));
        let today = match today {
            Some(true) => "can",
            Some(false) => "cannot",
            None => "not known",
        };
        text.push_str(&hanging(4, "today", 6, today, width));
    }
    text.push_str(&hanging(2, "", 0, "the account's root user, whom no policy of the account limits", width));
    text
}

/// The hops, the roles that follow, and who is led on.
type Led<'t> = (usize, &'t Vec<String>, BTreeSet<String>);

fn through(all: &[Through], width: usize) -> String {
    if all.is_empty() {
        return String::new();
    }
    let mut text = "\nby assuming a role that can\n".to_owned();
    let mut by_role: BTreeMap<(usize, &Vec<String>, &str), BTreeSet<String>> = BTreeMap::new();
    for one in all {
        let note = one.note.map(|note| format!(" ({note})")).unwrap_or_default();
        let conditions: Vec<&str> = one.ways.iter().flat_map(|way| &way.conditions).map(String::as_str).collect();
        let when = if conditions.is_empty() { String::new() } else { format!(" if {}", conditions.join(" and ")) };
        let who = format!("{}{when}{note}", called(one.kind, &one.principal));
        by_role.entry((one.hops, &one.via, &one.role)).or_default().insert(who);
    }
    // Roles that the same may assume stand together.
    let mut same: BTreeMap<Led<'_>, Vec<String>> = BTreeMap::new();
    for ((hops, via, role), who) in by_role {
        same.entry((hops, via, who)).or_default().push(called("role", role));
    }
    for ((_, via, who), roles) in same {
        let then: Vec<String> = via.iter().map(|arn| called("role", arn)).collect();
        let roles = std::iter::once(listed(&roles)).chain(then).collect::<Vec<_>>().join(", then ");
        let who: Vec<String> = who.into_iter().collect();
        text.push_str(&hanging(2, "", 0, &roles, width));
        text.push_str(&hanging(4, "is for", 6, &listed(&who), width));
    }
    text
}

/// Names in a row, those of roles and of users behind one word; of many the first, and how many more there are.
fn listed<S: AsRef<str>>(names: &[S]) -> String {
    let mut shown: Vec<String> = Vec::new();
    let mut last = "";
    for name in names.iter().take(SHOWN).map(AsRef::as_ref) {
        let (kind, bare) = match name.split_once(' ') {
            Some((kind @ ("role" | "user"), bare)) => (kind, bare),
            _ => ("", name),
        };
        match kind {
            "" => shown.push(name.to_owned()),
            kind if kind == last => shown.push(bare.to_owned()),
            kind => {
                let of_kind = names.iter().filter(|of| of.as_ref().split(' ').next() == Some(kind)).count();
                shown.push(format!("{kind}{} {bare}", if of_kind > 1 { "s" } else { "" }));
            }
        }
        last = kind;
    }
    let mut text = shown.join(", ");
    if names.len() > SHOWN {
        text.push_str(&format!(" and {} more", names.len() - SHOWN));
    }
    text
}

/// What a person calls somebody: `role APIGateway-SQS`, `anyone`, `account 111122223333`.
fn called(kind: &str, principal: &str) -> String {
    match kind {
        "anyone" | "others" => {
            format!("{kind}{}", if kind == "others" { " than principals of the account" } else { "" })
        }
        "role" | "user" | "session" => format!("{kind} {}", short(principal)),
        "service" => principal.to_owned(),
        "federated" => format!("whoever {principal} vouches for"),
        "canonical-user" => format!("the canonical user {principal}"),
        kind => format!("{kind} {principal}"),
    }
}

/// The name in an ARN.
fn short(arn: &str) -> String {
    match arn.parse::<Arn>() {
        Ok(parsed) if parsed.resource.starts_with("assumed-role/") => {
            parsed.resource["assumed-role/".len()..].to_owned()
        }
        Ok(parsed) => parsed.name().to_owned(),
        Err(_) => arn.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::listed;

    #[test]
    fn a_kind_is_said_once() {
        assert_eq!(listed(&["role a", "role b", "user c"]), "roles a, b, user c");
        assert_eq!(listed(&["anyone", "sns.amazonaws.com", "role a"]), "anyone, sns.amazonaws.com, role a");
        let many: Vec<String> = (0..20).map(|at| format!("role r{at}")).collect();
        assert!(listed(&many).ends_with("r11 and 8 more"), "{}", listed(&many));
    }
}
