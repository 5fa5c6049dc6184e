//! What the policy of a REST API means for its methods: with IAM authorization it decides together with the account of
//! whoever asks, without authorization alone, and an authorizer asks for more than the policy.

use super::super::Case;
use super::super::own::{Allowing, Asked, Own};
use super::super::settings::{Rows, text};
use crate::iam::Outsider;
use crate::model::{Gap, METHOD, Resource, not_read};
use crate::reach::{Guarded, outsider};

/// What a method asks for.
enum Asks {
    /// Nothing, or credentials of AWS: the policy is what is left.
    Signed(bool),
    /// A token, or nothing that reaches anything.
    Enough,
}

/// Whether strangers can call a method by the statement, and what is to be said of the methods.
pub(super) fn ask(case: &Case<'_>, own: &Own, allowing: &Allowing<'_>, rows: &mut Rows) -> (Asked, String) {
    let mut asked = Asked::default();
    let (mut open, mut gaps): (Vec<String>, Vec<Gap>) = (Vec::new(), Vec::new());
    let (calls, unlisted) = case.reach.lists(METHOD, &case.resource.region, Some(&[case.resource]));
    rows.rest_on(&calls);
    gaps.extend(unlisted);
    let base = own.targets.first().and_then(|target| target.arn.strip_suffix('*')).unwrap_or_default();
    let methods = case.reach.listed(METHOD, &case.resource.region).iter();
    let mut any = false;
    for method in methods.filter(|method| method.parent.as_deref() == Some(case.resource.id.as_str())) {
        any = true;
        rows.rest_on(&method.calls);
        let signed = match asks(method) {
            Ok(Asks::Enough) => continue,
            Ok(Asks::Signed(signed)) => signed,
            Err(gap) => {
                gaps.push(gap.clone());
                continue;
            }
        };
        let (verb, path) = match (text(method, &["HttpMethod"]), text(method, &["ResourcePath"])) {
            (Ok(verb), Ok(path)) => (verb.unwrap_or_default(), path.unwrap_or_default()),
            (Err(gap), _) | (_, Err(gap)) => {
                gaps.push(gap.clone());
                continue;
            }
        };
        let targets = arns(base, &verb, &path).map(|arn| Guarded { arn, account: own.account().to_owned() });
        let who = if signed { Outsider::SignedStranger } else { Outsider::Stranger };
        let found = allowing.ask(&targets, |policy, on, action| outsider(policy, on, action, who));
        if !found.actions.is_empty() {
            let whom = if signed { " for any AWS principal whose own account permits it" } else { "" };
            open.push(format!("{verb} {path}{whom}"));
        }
        for action in found.actions {
            if !asked.actions.contains(&action) {
                asked.actions.push(action);
            }
        }
        asked.witness = asked.witness.or(found.witness);
        asked.undecided = asked.undecided.or(found.undecided);
    }
    if !gaps.is_empty() {
        asked.undecided = asked.undecided.or_else(|| Some(not_read(&gaps)));
        rows.rest_on(gaps.iter().map(|gap| &gap.call));
    }
    let of = match (open.as_slice(), any) {
        ([], false) => "; the API has no methods".to_owned(),
        ([], true) => " to a method that asks for nothing but the policy".to_owned(),
        (open, _) => format!(": {}", open.join("; ")),
    };
    (asked, of)
}

fn asks(method: &Resource) -> Result<Asks, &Gap> {
    let authorization = text(method, &["AuthorizationType"])?;
    match authorization.as_deref() {
        Some("AWS_IAM") => Ok(Asks::Signed(true)),
        Some("NONE") | None => {
            let is = |path: &[&str], wanted: &str| text(method, path).map(|found| found.as_deref() == Some(wanted));
            let preflight = match (is(&["HttpMethod"], "OPTIONS"), is(&["Integration", "Type"], "MOCK")) {
                (Ok(false), _) | (_, Ok(false)) => false,
                (verb, integration) => verb? && integration?,
            };
            Ok(if preflight { Asks::Enough } else { Asks::Signed(false) })
        }
        Some(_) => Ok(Asks::Enough),
    }
}

/// What is asked about of a method: a plain request, which shows more than the shortest that a pattern has, and the
/// pattern of all. `base` is the ARN of the API on which methods are called, up to the stage.
pub(in crate::checks) fn arns(base: &str, verb: &str, path: &str) -> [String; 2] {
    [format!("{base}prod/{}", plain(verb, path)), format!("{base}*/{}", pattern(verb, path))]
}

/// A request's part of the ARN of a method behind the stage: `GET/orders/id`.
fn plain(verb: &str, path: &str) -> String {
    let verb = if verb == "ANY" { "GET" } else { verb };
    format!("{verb}{}", path.replace(['{', '}', '+'], ""))
}

/// The part of the ARN of a method behind the stage: `GET/orders/*` for GET on `/orders/{id}`.
fn pattern(verb: &str, path: &str) -> String {
    let verb = if verb == "ANY" { "*" } else { verb };
    let part = |part: &str| if part.starts_with('{') { "*".to_owned() } else { part.to_owned() };
    format!("{verb}{}", path.split('/').map(part).collect::<Vec<_>>().join("/"))
}

#[cfg(test)]
mod tests {
    use super::{pattern, plain};

    #[test]
    fn parameters_of_a_path_stand_for_anything() {
        assert_eq!(pattern("POST", "/"), "POST/");
        assert_eq!(pattern("GET", "/orders/{id}/items"), "GET/orders/*/items");
        assert_eq!(pattern("ANY", "/{proxy+}"), "*/*");
        assert_eq!(plain("ANY", "/{proxy+}"), "GET/proxy");
    }
}
