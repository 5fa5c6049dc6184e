//! The report as one HTML page: no other file, nothing from the network, and whole without JavaScript, which adds the
//! filters and closes what is as it should be.
//!
//! Whatever others wrote goes through [`maud`], which escapes every text and every attribute, and at last through
//! [`Page::put`], which spells out every character that could reorder or hide what is shown. The page's own style and
//! script are named by their hashes in a Content-Security-Policy, so that nothing else could act even if it got in.

mod drawing;
mod finding;
mod findings;
mod head;
mod measure;
#[cfg(test)]
mod palette;
mod policies;
mod sign;
mod summary;
mod words;

use super::picture::Graph;
use crate::model::{Report, harmless};
use base64::Engine as _;
use maud::{DOCTYPE, Markup, PreEscaped, html as markup};
use sha2::{Digest as _, Sha256};
use std::io::{Result, Write};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// Writes `report` to `to` as an HTML page, finding by finding.
///
/// # Errors
/// Those of writing.
pub fn html(report: &Report, to: &mut dyn Write) -> Result<()> {
    let mut page = Page(to);
    let graph = Graph::of(report);
    let order = findings::worst_first(report);
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; img-src data:; base-uri 'none'; form-action 'none'",
        hash(STYLE),
        hash(SCRIPT)
    );
    page.put(&markup! {
        (DOCTYPE)
        // What is opened here is closed where the page's own style and its end are written.
        (PreEscaped("<html lang=\"en\"><head>"))
        meta charset="utf-8";
        meta http-equiv="Content-Security-Policy" content=(policy);
        meta name="viewport" content="width=device-width, initial-scale=1";
        meta name="generator" content={ "Plimsoll " (report.tool) };
        meta name="color-scheme" content="light dark";
        link rel="icon" href="data:,";
        title { (head::outcome(report)) " \u{b7} " (report.title) " \u{b7} " (report.account) }
    })?;
    page.raw(&format!("<style>{STYLE}</style>\n</head>\n<body>\n"))?;
    page.put(&markup! {
        a.skip href="#findings" { "Skip to the findings" }
        (sign::symbols())
        (head::head(report))
        (PreEscaped("<main>"))
        (drawing::section(&graph, report))
        (summary::section(report))
        (findings::filters(report))
    })?;
    findings::each(report, &order, &mut |markup| page.put(markup))?;
    page.put(&markup! {
        (PreEscaped("</main>"))
        (head::foot(report))
    })?;
    page.raw(&format!("<script>{SCRIPT}</script>\n</body>\n</html>\n"))
}

/// What is written to.
struct Page<'w>(&'w mut dyn Write);

impl Page<'_> {
    /// Writes what may hold names that others chose.
    fn put(&mut self, markup: &Markup) -> Result<()> {
        for line in markup.0.split('\n') {
            self.raw(&harmless(line))?;
            self.raw("\n")?;
        }
        Ok(())
    }

    /// Writes what is the page's own.
    fn raw(&mut self, text: &str) -> Result<()> {
        self.0.write_all(text.as_bytes())
    }
}

/// A hash as a Content-Security-Policy has it.
fn hash(text: &str) -> String {
    base64::engine::general_purpose::STANDARD.encode(Sha256::digest(text))
}

#[cfg(test)]
mod tests {
    use super::{SCRIPT, STYLE};

    #[test]
    fn the_pages_own_parts_end_where_they_should_and_call_for_nothing() {
        for part in [STYLE, SCRIPT] {
            assert!(part.is_ascii(), "no encoding can change what was hashed");
            assert!(!part.contains("</") && !part.contains("<!--"), "it would end there");
            assert!(!part.contains("http:") && !part.contains("https:") && !part.contains("url("), "one file");
        }
        for dangerous in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"] {
            assert!(!SCRIPT.contains(dangerous), "{dangerous}");
        }
    }
}
