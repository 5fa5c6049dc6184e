//! Conditions: operators and keys that AWS does not have, and operators that do not suit their key.

use super::{Findings, Severity};
use crate::iam::catalogue::{Catalogue, ConditionKey, ValueType};
use crate::iam::document::{Base, Condition, Effect, Operator, Quantifier, Statement};

pub(super) fn check(findings: &mut Findings<'_>, statement: &Statement, entry: &Condition) {
    let operator = match &entry.operator {
        Ok(operator) => Some(*operator),
        Err(name) => {
            let near = findings.near(|| near_operator(name)).map(|near| format!("did you mean `{near}`?"));
            findings.at(
                "operator-unknown",
                Severity::Error,
                statement,
                entry.line,
                format!("`{name}` is no condition operator of AWS"),
                near.unwrap_or_else(|| "use an operator of AWS, such as StringEquals".to_owned()),
            );
            None
        }
    };
    match Catalogue::embedded().condition_key(&entry.key) {
        None => unknown_key(findings, statement, entry),
        Some(key) => {
            if let Some(operator) = operator {
                types(findings, statement, entry, operator, key);
                sets(findings, statement, entry, operator, key);
            }
        }
    }
}

/// The operator with the nearest name.
fn near_operator(name: &str) -> Option<String> {
    if name.len() > 64 {
        return None;
    }
    let (quantifier, rest) = match name.split_once(':') {
        None => ("", name),
        Some((word, rest)) if word.to_ascii_lowercase().contains("any") => ("ForAnyValue:", rest),
        Some((_, rest)) => ("ForAllValues:", rest),
    };
    let lower = rest.to_ascii_lowercase();
    let (plain, if_exists) = match lower.strip_suffix("ifexists") {
        Some(plain) => (plain, "IfExists"),
        None => (lower.as_str(), ""),
    };
    let distance = |base: &Base| strsim::damerau_levenshtein(plain, &base.name().to_ascii_lowercase());
    let near = Base::ALL.iter().copied().min_by_key(distance).filter(|base| distance(base) <= plain.len() / 3 + 1)?;
    let near = format!("{quantifier}{}{if_exists}", near.name());
    Operator::parse(&near).map(|operator| operator.to_string())
}

fn unknown_key(findings: &mut Findings<'_>, statement: &Statement, entry: &Condition) {
    let catalogue = Catalogue::embedded();
    let key = entry.key.as_str();
    let Some((prefix, _)) = key.split_once(':') else {
        let near = findings.near(|| near_key(key));
        findings.at(
            "key-form",
            Severity::Error,
            statement,
            entry.line,
            format!("`{key}` is no condition key: it has no prefix"),
            near.unwrap_or_else(|| "write it as aws:Name or service:Name".to_owned()),
        );
        return;
    };
    // The keys of identity providers begin with the provider's name, and are not in the catalogue.
    if prefix.contains(['.', '/']) || matches!(prefix, "saml" | "cognito-identity") || has_family(key) {
        return;
    }
    let near = findings.near(|| near_key(key));
    findings.at(
        "key-unknown",
        Severity::Warning,
        statement,
        entry.line,
        format!(
            "`{key}` is no condition key of the catalogue of {}: newer, or misspelt; if so, no request has it",
            catalogue.date()
        ),
        near.unwrap_or_else(|| "look it up in the Service Authorization Reference".to_owned()),
    );
}

/// The key of the same service, or the global one, with the nearest name.
fn near_key(key: &str) -> Option<String> {
    if key.len() > 128 {
        return None;
    }
    let lower = key.to_ascii_lowercase();
    let (prefix, name) = lower.split_once(':').unwrap_or(("", &lower));
    let most = name.len() / 4 + 1;
    let near = |known: ConditionKey| {
        let spelling = known.name().to_ascii_lowercase();
        let (of, rest) = spelling.split_once(':')?;
        if (of != prefix && of != "aws") || rest.len().abs_diff(name.len()) > most {
            return None;
        }
        let distance = strsim::damerau_levenshtein(name, rest);
        (distance <= most).then_some((distance, of != prefix, known))
    };
    let (_, _, nearest) = Catalogue::embedded().condition_keys().filter_map(near).min()?;
    Some(format!("did you mean `{nearest}`?"))
}

/// Whether the catalogue has a key that differs only in what stands behind the `/`: a tag's key, which policies choose.
fn has_family(key: &str) -> bool {
    let Some((family, _)) = key.split_once('/') else { return false };
    let of = |known: ConditionKey| known.name().split_once('/').is_some_and(|(of, _)| of.eq_ignore_ascii_case(family));
    Catalogue::embedded().condition_keys().any(of)
}

/// Whether the operator compares what the key holds.
fn types(findings: &mut Findings<'_>, statement: &Statement, entry: &Condition, operator: Operator, key: ConditionKey) {
    use Base as B;
    let held = key.value_type();
    let suits = match operator.base {
        B::Null | B::BinaryEquals => return,
        B::Bool => held == ValueType::Bool,
        B::NumericEquals
        | B::NumericNotEquals
        | B::NumericLessThan
        | B::NumericLessThanEquals
        | B::NumericGreaterThan
        | B::NumericGreaterThanEquals => matches!(held, ValueType::Numeric | ValueType::Date),
        B::DateEquals
        | B::DateNotEquals
        | B::DateLessThan
        | B::DateLessThanEquals
        | B::DateGreaterThan
        | B::DateGreaterThanEquals => held == ValueType::Date,
        B::IpAddress | B::NotIpAddress => held == ValueType::IpAddress,
        // Many keys that hold ARNs are catalogued as text.
        B::ArnEquals | B::ArnNotEquals | B::ArnLike | B::ArnNotLike => {
            matches!(held, ValueType::Arn | ValueType::String)
        }
        B::StringEquals
        | B::StringNotEquals
        | B::StringEqualsIgnoreCase
        | B::StringNotEqualsIgnoreCase
        | B::StringLike
        | B::StringNotLike => !matches!(held, ValueType::IpAddress | ValueType::Date),
    };
    if !suits {
        findings.at(
            "operator-type",
            Severity::Warning,
            statement,
            entry.line,
            format!("{operator} compares {}, and {key} holds {}", compares(operator.base), holds(held)),
            format!("use {}", suited(held)),
        );
    }
}

fn compares(base: Base) -> &'static str {
    let name = base.name();
    match () {
        () if name.starts_with("Numeric") => "numbers",
        () if name.starts_with("Date") => "dates",
        () if name.ends_with("IpAddress") => "addresses",
        () if name.starts_with("Arn") => "ARNs",
        () if name == "Bool" => "true and false",
        () => "text",
    }
}

fn holds(held: ValueType) -> &'static str {
    match held {
        ValueType::String => "text",
        ValueType::Arn => "an ARN",
        ValueType::Bool => "true or false",
        ValueType::Numeric => "a number",
        ValueType::Date => "a date",
        ValueType::IpAddress => "an address",
    }
}

fn suited(held: ValueType) -> &'static str {
    match held {
        ValueType::String => "StringEquals or StringLike",
        ValueType::Arn => "ArnLike",
        ValueType::Bool => "Bool",
        ValueType::Numeric => "an operator such as NumericLessThan",
        ValueType::Date => "an operator such as DateLessThan",
        ValueType::IpAddress => "IpAddress or NotIpAddress",
    }
}

/// Whether the set operator, or its lack, suits the key.
fn sets(findings: &mut Findings<'_>, statement: &Statement, entry: &Condition, operator: Operator, key: ConditionKey) {
    let multivalued = key.is_multivalued();
    let allow = statement.effect == Effect::Allow;
    match operator.quantifier {
        None if multivalued && operator.base != Base::Null => findings.at(
            "set-operator-missing",
            Severity::Warning,
            statement,
            entry.line,
            format!("{key} may have several values, and {operator} is documented for one"),
            format!("use ForAnyValue:{operator} or ForAllValues:{operator}"),
        ),
        Some(Quantifier::ForAllValues) if !multivalued && allow => findings.at(
            "for-all-values-single",
            Severity::Warning,
            statement,
            entry.line,
            format!(
                "{operator} is also true when the request has no {key}, which is single-valued: it lets that through"
            ),
            "leave out ForAllValues",
        ),
        Some(Quantifier::ForAllValues) if allow && !requires(statement, &entry.key) => findings.at(
            "for-all-values-missing",
            Severity::Note,
            statement,
            entry.line,
            format!("{operator} is also true when the request has no {key}"),
            format!("if that shall not pass, add \"Null\": {{ \"{}\": \"false\" }}", entry.key),
        ),
        Some(Quantifier::ForAnyValue) if !multivalued => findings.at(
            "set-operator-single",
            Severity::Note,
            statement,
            entry.line,
            format!("{key} is single-valued: the set operator of {operator} says nothing"),
            "leave out ForAnyValue",
        ),
        _ => {}
    }
}

/// Whether the statement demands that the request has the key.
fn requires(statement: &Statement, key: &str) -> bool {
    statement.conditions.iter().any(|entry| {
        entry.key.eq_ignore_ascii_case(key)
            && entry.operator.as_ref().is_ok_and(|operator| match (operator.base, operator.quantifier) {
                (Base::Null, _) => entry.values.iter().all(|value| value.eq_ignore_ascii_case("false")),
                (_, Some(Quantifier::ForAnyValue)) => !operator.if_exists,
                _ => false,
            })
    })
}
