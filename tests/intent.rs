//! What the templates under `tests/templates` mean: each beside the intent that is read from it.
//!
//! `UPDATE=1 cargo test --test intent` rewrites the intents; look at the difference before you commit it.

use plimsoll::intent::{Intent, Piece, Wanted, template};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/templates")
}

fn templates() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder()).expect("the templates are there");
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "yaml" || ending == "json"))
        .collect();
    paths.sort();
    paths
}

fn read(text: &str, given: &[(&str, &str)]) -> Result<Intent, String> {
    let given = given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    template::read(text, "template.yaml", &given).map_err(|diagnostics| diagnostics.render(false, 120))
}

fn pieces(pieces: &[Piece]) -> String {
    pieces
        .iter()
        .map(|piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Reference(reference) => format!("${{{reference}}}"),
        })
        .collect()
}

fn wanted(wanted: &Wanted, depth: usize, text: &mut String) {
    let indent = "  ".repeat(depth);
    match wanted {
        Wanted::Bool(value) => writeln!(text, " {value}"),
        Wanted::Number(value) => writeln!(text, " {value}"),
        Wanted::Text(of) => writeln!(text, " {:?}", pieces(of)),
        Wanted::Like(of) => writeln!(text, " like {:?}", pieces(of)),
        Wanted::Unknown(why) => writeln!(text, " unknown: {why}"),
        Wanted::List(items) if items.is_empty() => writeln!(text, " []"),
        Wanted::List(items) => {
            text.push('\n');
            for item in items {
                write!(text, "{indent}-").expect("a text takes all");
                self::wanted(item, depth + 1, text);
            }
            Ok(())
        }
        Wanted::Map(parts) => {
            text.push('\n');
            for (name, part) in parts {
                write!(text, "{indent}{name}:").expect("a text takes all");
                self::wanted(part, depth + 1, text);
            }
            Ok(())
        }
    }
    .expect("a text takes all");
}

fn shown(intent: &Intent) -> String {
    let mut text = format!("{}\n", intent.title);
    let mut line = |line: String| {
        text.push_str(&line);
        text.push('\n');
    };
    if let Some(about) = &intent.about {
        line(format!("about {about}"));
    }
    for parameter in &intent.parameters {
        let default = parameter.default.as_ref().map_or("no default".to_owned(), |value| format!("{value:?}"));
        line(format!("\nparameter {} = {default}: {}", parameter.name, parameter.about.as_deref().unwrap_or("?")));
    }
    for resource in &intent.resources {
        let mut told = format!("\n{}: {} ({})\n", resource.key, resource.type_name, resource.origin);
        if let Some(name) = &resource.name {
            writeln!(told, "  name {:?}", pieces(name)).expect("a text takes all");
        }
        if let Some(of) = &resource.of {
            writeln!(told, "  of {of}").expect("a text takes all");
        }
        for (field, value) in &resource.select {
            write!(told, "  by {field}").expect("a text takes all");
            wanted(value, 2, &mut told);
        }
        for (field, value) in &resource.properties {
            write!(told, "  {field}:").expect("a text takes all");
            wanted(value, 2, &mut told);
        }
        line(told.trim_end().to_owned());
    }
    for left in &intent.left {
        line(format!("\nleft {}\n  {}", left.what, left.why));
    }
    text
}

#[test]
fn each_template_means_what_stands_beside_it() {
    let mut wrong = Vec::new();
    for path in templates() {
        let text = std::fs::read_to_string(&path).expect("a template is readable");
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let told = match template::read(&text, &name, &BTreeMap::new()) {
            Ok(intent) => shown(&intent),
            Err(diagnostics) => panic!("{}", diagnostics.render(false, 120)),
        };
        let beside = path.with_extension("intent");
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&beside, &told).expect("an intent is writable");
        } else if std::fs::read_to_string(&beside).ok().as_deref() != Some(told.as_str()) {
            wrong.push(name);
        }
    }
    assert!(wrong.is_empty(), "another intent is read from {wrong:?}; `UPDATE=1` shows which");
}

/// The lines of an intent without what differs by where a thing is written.
fn told(intent: &Intent) -> Vec<String> {
    let mut resources: Vec<_> = intent.resources.clone();
    resources.sort_by(|a, b| (&a.type_name, &a.key).cmp(&(&b.type_name, &b.key)));
    resources.iter_mut().for_each(|resource| resource.origin = String::new());
    let sorted = Intent { resources, left: Vec::new(), ..intent.clone() };
    // The transform knows the partition, and puts a hash into the id of a deployment.
    let text = shown(&sorted).replace("${AWS::Partition}", "aws").replace("deploymentf2aada9f99", "deployment");
    text.lines().map(str::to_owned).collect()
}

#[test]
fn a_template_of_sam_means_what_the_processed_template_does() {
    let of = |name: &str| {
        let text = std::fs::read_to_string(folder().join(name)).expect("a template is readable");
        told(&read(&text, &[]).unwrap_or_else(|error| panic!("{error}")))
    };
    let (written, processed) = (of("sam-bookings.yaml"), of("processed/sam-bookings.json"));
    let only = |a: &[String], b: &[String]| a.iter().filter(|line| !b.contains(line)).cloned().collect::<Vec<_>>();
    assert_eq!((only(&written, &processed), only(&processed, &written)), (Vec::new(), Vec::new()));
}
