//! The ARNs that an action could be granted on: of what the flows have the principal act on, else of the things that the
//! architecture names, else of those that were read of the account, else the form that AWS documents.

use super::Case;
use crate::iam::catalogue::{Action, ArnFormat, ResourceType};
use std::collections::BTreeSet;

/// Things of one type that are listed; a grant on more than these is no narrower than a person would want to read.
const LISTED: usize = 5;

/// The ARNs on which `action` could be granted, in order: at least one for each type of resource that it needs.
pub(super) fn scope(case: &Case<'_>, action: Action) -> BTreeSet<String> {
    let targets: Vec<_> = action.resource_types().collect();
    let needed = targets.iter().any(|target| target.is_required());
    let targets = targets.into_iter().filter(|target| !needed || target.is_required());
    targets.flat_map(|target| of_type(case, target.resource_type())).collect()
}

/// The ARNs of the things of one type.
fn of_type(case: &Case<'_>, of: ResourceType) -> BTreeSet<String> {
    let forms: Vec<ArnFormat> = of.arn_formats().collect();
    for stated in [case.flows, case.named] {
        let fitted = fitting(&forms, stated.iter().map(String::as_str));
        if !fitted.is_empty() {
            return fitted;
        }
    }
    let read = case.reach.account.resources.iter().map(|resource| resource.id.as_str());
    let fitted = fitting(&forms, read);
    if !fitted.is_empty() && fitted.len() <= LISTED {
        return fitted;
    }
    forms.iter().take(1).map(|form| filled(*form, case)).collect()
}

/// Those of `arns` that are of one of the forms; if there are none, what hangs on them and is.
fn fitting<'a>(forms: &[ArnFormat], arns: impl Iterator<Item = &'a str> + Clone) -> BTreeSet<String> {
    let fits = |hangs: bool| -> BTreeSet<String> {
        let of_form = |form: &ArnFormat| arns.clone().filter_map(|arn| fit(*form, arn)).collect::<Vec<_>>();
        forms.iter().flat_map(of_form).filter(|fit| fit.1 == hangs).map(|fit| fit.0).collect()
    };
    let exact = fits(false);
    if exact.is_empty() { fits(true) } else { exact }
}

/// `arn`, if it is of this form; or the pattern of all that hangs on it, if those are: the streams of a table. The flag
/// says which.
fn fit(form: ArnFormat, arn: &str) -> Option<(String, bool)> {
    let mut parts = arn.splitn(6, ':');
    for wanted in form.head().split(':').take(5) {
        let part = parts.next()?;
        let some = (wanted.starts_with("${") || wanted == "*") && !part.is_empty();
        if part != wanted && !some {
            return None;
        }
    }
    let mut left = parts.next()?;
    let mut form = form.resource();
    loop {
        let fixed = form.find("${").unwrap_or(form.len());
        // What is left of the form begins where a thing ends, so that it hangs on it.
        if left.is_empty() && !form.is_empty() {
            let hangs = form.starts_with(['/', ':']);
            return hangs.then(|| (format!("{arn}{}", with_placeholders(form, |_| "*".to_owned())), true));
        }
        left = left.strip_prefix(&form[..fixed])?;
        form = &form[fixed..];
        let Some(close) = form.find('}') else { break };
        let whole_path = form[..close].ends_with("WithPath");
        let end = left.find(|c| c == ':' || (c == '/' && !whole_path)).unwrap_or(left.len());
        if end == 0 {
            return None;
        }
        (left, form) = (&left[end..], &form[close + 1..]);
    }
    (left.is_empty() && form.is_empty()).then(|| (arn.to_owned(), false))
}

/// The form with what is known filled in, and the names that nobody knows in `<>`.
fn filled(form: ArnFormat, case: &Case<'_>) -> String {
    with_placeholders(&form.to_string(), |name| match name {
        "Partition" => case.place.partition.clone(),
        "Region" => case.place.region.clone(),
        "Account" | "AccountId" => case.reach.account.caller.account.clone(),
        // Not `${…}`, which a policy would take for a variable.
        other => format!("<{other}>"),
    })
}

fn with_placeholders(form: &str, fill: impl Fn(&str) -> String) -> String {
    let mut text = String::new();
    let mut rest = form;
    while let Some((before, (name, after))) =
        rest.split_once("${").and_then(|(before, open)| Some((before, open.split_once('}')?)))
    {
        text.push_str(before);
        text.push_str(&fill(name));
        rest = after;
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::fit;
    use crate::iam::catalogue::Catalogue;

    #[test]
    fn things_are_told_by_the_form_of_their_arns() {
        let fitted = |service: &str, name: &str, arn: &str| {
            let of = Catalogue::embedded().resource_type(service, name).expect("a type");
            of.arn_formats().find_map(|form| fit(form, arn)).map(|(arn, _)| arn)
        };
        let table = "arn:aws:dynamodb:us-east-1:123456789012:table/orders";
        assert_eq!(fitted("dynamodb", "table", table).as_deref(), Some(table));
        assert_eq!(fitted("dynamodb", "stream", table), Some(format!("{table}/stream/*")));
        let stream = format!("{table}/stream/2026-11-23T00:00:00.000");
        assert_eq!(fitted("dynamodb", "table", &stream), None);
        let queue = "arn:aws:sqs:us-east-1:123456789012:orders";
        assert_eq!(fitted("sqs", "queue", queue).as_deref(), Some(queue));
        assert_eq!(fitted("sns", "topic", queue), None);
        let subscription = "arn:aws:sns:us-east-1:123456789012:orders:0a-1b";
        assert_eq!(fitted("sns", "topic", subscription), None);
        let role = "arn:aws:iam::123456789012:role/service-role/r";
        assert_eq!(fitted("iam", "role", role).as_deref(), Some(role));
        assert_eq!(fitted("iam", "user", role), None);
        assert_eq!(fitted("s3", "object", "arn:aws:s3:::b").as_deref(), Some("arn:aws:s3:::b/*"));
    }
}
