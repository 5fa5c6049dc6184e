//! The table of a class as one page: no script, nothing from elsewhere, readable in light and dark and on paper.

use super::{Class, Student, status};
use crate::model::harmless;

/// Colours have a contrast of at least 4.5 with what is behind them (WCAG AA); no status is told by colour alone.
const STYLE: &str = "\
:root{color-scheme:light dark;--line:#d0d4da;--soft:#f4f5f7;--bad:#a3231b;--good:#1a6b33;--open:#7a4d00}\
@media(prefers-color-scheme:dark){:root{--line:#444b55;--soft:#22262c;--bad:#ff9d94;--good:#7ddb9a;--open:#f0c674}}\
body{font:15px/1.45 system-ui,sans-serif;margin:1.5rem auto;padding:0 1rem;max-width:80rem}\
h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:2rem}\
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%}\
th,td{text-align:left;vertical-align:top;padding:.35rem .6rem;border-bottom:1px solid var(--line);overflow-wrap:break-word;max-width:26rem}\
th{background:var(--soft)}.n{text-align:right;white-space:nowrap;overflow-wrap:normal}\
.passed{color:var(--good)}.not-passed,.not-read{color:var(--bad)}.undecided{color:var(--open)}\
@media print{body{max-width:none}.scroll{overflow:visible}}";

/// `class` as an HTML page.
pub fn class_html(class: &Class) -> String {
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>{title}: class</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n<p>{summary}</p>\n",
        title = escaped(&class.title),
        summary = escaped(&summary(class)),
    );
    page.push_str(
        "<h2>Who</h2>\n<div class=\"scroll\"><table>\n<thead><tr><th scope=\"col\">Id</th><th scope=\"col\">Name</th>\
         <th scope=\"col\">Account</th><th scope=\"col\" class=\"n\">Score</th><th scope=\"col\" class=\"n\">Percent</th>\
         <th scope=\"col\">Status</th><th scope=\"col\">What cost most</th><th scope=\"col\">Other accounts named</th>\
         <th scope=\"col\">Notes</th></tr></thead>\n<tbody>\n",
    );
    for student in &class.students {
        page.push_str(&row(class, student));
    }
    page.push_str("</tbody>\n</table></div>\n");
    if !class.rules.is_empty() {
        page.push_str(
            "<h2>Which rules most failed</h2>\n<div class=\"scroll\"><table>\n<thead><tr><th scope=\"col\">Rule</th>\
             <th scope=\"col\">What it asks</th><th scope=\"col\" class=\"n\">Failed</th>\
             <th scope=\"col\" class=\"n\">Waiting</th><th scope=\"col\" class=\"n\">Unknown</th>\
             <th scope=\"col\" class=\"n\">Points lost</th></tr></thead>\n<tbody>\n",
        );
        for tally in &class.rules {
            page.push_str(&format!(
                "<tr><td>{}</td><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td>\
                 <td class=\"n\">{}</td></tr>\n",
                escaped(&tally.rule),
                escaped(&tally.title),
                tally.fail,
                tally.blocked,
                tally.unknown,
                tally.points,
            ));
        }
        page.push_str("</tbody>\n</table></div>\n");
    }
    page.push_str("</body>\n</html>\n");
    page
}

fn row(class: &Class, student: &Student) -> String {
    let status = status(student);
    let who = format!("<td>{}</td><td>{}</td>", escaped(&student.id), escaped(&student.name));
    let class_name = status.replace(' ', "-");
    match &student.result {
        Err(not_read) => format!(
            "<tr>{who}<td></td><td class=\"n\"></td><td class=\"n\"></td><td class=\"{class_name}\">{status}</td>\
             <td></td><td></td><td>{}</td></tr>\n",
            escaped(&not_read.reason)
        ),
        Ok(marks) => {
            let cause = marks.causes.first().map(|(cause, costs)| format!("{cause}: {costs}")).unwrap_or_default();
            format!(
                "<tr>{who}<td>{}</td><td class=\"n\">{} of {}</td><td class=\"n\">{}</td>\
                 <td class=\"{class_name}\">{status}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
                escaped(&marks.account),
                marks.points.earned,
                marks.points.possible,
                marks.percent,
                escaped(&cause),
                escaped(&class.foreign(marks)),
                escaped(&marks.notes.join("; ")),
            )
        }
    }
}

fn summary(class: &Class) -> String {
    super::text::summary(class).join(" · ")
}

/// `text` as it may stand in an element or an attribute.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in harmless(text).chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}
