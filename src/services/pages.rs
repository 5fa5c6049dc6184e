//! Reading a list to its end, page by page.

use crate::aws::{Refusal, gap};
use crate::model::{Call, Gap, Listing, Reason};
use std::collections::BTreeSet;

/// One page of a list.
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    pub(crate) truncated: bool,
    pub(crate) marker: Option<String>,
}

impl<T> Page<T> {
    /// A page of a service that says that there is more by saying where: `next` is there and not empty.
    pub(crate) fn before(items: Vec<T>, next: Option<String>) -> Self {
        let marker = next.filter(|marker| !marker.is_empty());
        Self { items, truncated: marker.is_some(), marker }
    }
}

/// What was read of a list.
pub(crate) struct Pages<T> {
    pub(crate) items: Vec<T>,
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

/// Reads every page of the list that `first` is the call for, with `page` to read one from its marker.
pub(crate) async fn all_pages<T>(
    first: Call,
    page: impl AsyncFn(&Call, Option<String>) -> Result<Page<T>, Refusal>,
) -> Pages<T> {
    let mut pages = Pages { items: Vec::new(), calls: Vec::new(), broken: None };
    let mut markers = BTreeSet::new();
    let mut marker = None;
    let mut call = first.clone();
    loop {
        let read = match page(&call, marker.clone()).await {
            Ok(read) => read,
            Err(refusal) => {
                // What the list is of was listed itself, if it is of anything.
                pages.broken = Some(refusal.of_listed());
                return pages;
            }
        };
        pages.items.extend(read.items);
        pages.calls.push(call.clone());
        if !read.truncated {
            return pages;
        }
        marker = read.marker.filter(|marker| !marker.is_empty());
        let fault = match &marker {
            None => "it says that there is more and not where",
            Some(marker) if !markers.insert(marker.clone()) => "it gives the same next page twice",
            Some(_) => {
                let number = pages.calls.len() + 1;
                let subject = [first.subject.as_str(), &format!("page {number}")].join(" ");
                call.subject = subject.trim_start().to_owned();
                continue;
            }
        };
        pages.malformed(fault);
        return pages;
    }
}

/// The same, of a service that says where there is more and nothing else, with the call that told each item. `page`
/// gives the items of one page and where the next begins.
pub(crate) async fn pages<T>(
    first: Call,
    page: impl AsyncFn(&Call, Option<String>) -> Result<(Vec<T>, Option<String>), Refusal>,
) -> Pages<(T, Call)> {
    all_pages(first, async |call, marker| {
        let (items, next) = page(call, marker).await?;
        Ok(Page::before(items.into_iter().map(|item| (item, call.clone())).collect(), next))
    })
    .await
}
