//! Reading a list to its end whose pages each give the token of the next, as those of SNS and API Gateway do.

use crate::aws::{Refusal, gap};
use crate::model::{Call, Gap, Listing, Reason};
use std::collections::BTreeSet;

/// What was read of a list.
pub(crate) struct Pages<T> {
    /// The items, each with the call that told it.
    pub(crate) items: Vec<(T, Call)>,
    /// The calls that were answered.
    pub(crate) calls: Vec<Call>,
    /// Why it was not read to its end, if it was not.
    pub(crate) broken: Option<Gap>,
}

impl<T> Pages<T> {
    /// Whether it was read to its end.
    pub(crate) fn listing(&self) -> Listing {
        match &self.broken {
            None => Listing::Complete(self.calls.clone()),
            Some(gap) => Listing::Broken(gap.clone()),
        }
    }

    /// Says that the list is not what the API defines, unless it is known to be broken already.
    pub(crate) fn malformed(&mut self, what: &str) {
        if let (None, Some(call)) = (&self.broken, self.calls.last()) {
            self.broken = Some(gap(call, Reason::Malformed(what.to_owned())));
        }
    }
}

/// Reads every page of the list that `first` is the call for, with `page` to read one from its token: its items, and
/// the token of the next.
pub(crate) async fn pages<T>(
    first: Call,
    page: impl AsyncFn(&Call, Option<String>) -> Result<(Vec<T>, Option<String>), Refusal>,
) -> Pages<T> {
    let mut pages = Pages { items: Vec::new(), calls: Vec::new(), broken: None };
    let mut tokens = BTreeSet::new();
    let mut token = None;
    let mut call = first.clone();
    loop {
        let (items, next) = match page(&call, token).await {
            Ok(read) => read,
            Err(refusal) => {
                // What the list is of was listed itself, if it is of anything.
                pages.broken = Some(refusal.of_listed());
                return pages;
            }
        };
        pages.items.extend(items.into_iter().map(|item| (item, call.clone())));
        pages.calls.push(call.clone());
        token = next.filter(|token| !token.is_empty());
        match &token {
            None => return pages,
            Some(token) if tokens.insert(token.clone()) => {}
            Some(_) => {
                pages.malformed("it gives the same next page twice");
                return pages;
            }
        }
        let subject = [first.subject.as_str(), &format!("page {}", pages.calls.len() + 1)].join(" ");
        call.subject = subject.trim_start().to_owned();
    }
}
