//! Case files: Markdown that says why a behaviour exists, an account, rules, and the findings that must come out.
//!
//! Blocks in a case file, told apart by the words after the fence: `yaml rules` (perhaps with `--set name=value`),
//! `yaml FILE.yaml` (further rules files beside it), `json FILE.json` (expected documents), `yaml account`, and `text`
//! with the findings. `UPDATE=1` rewrites the
//! findings; read what it wrote.

mod judging;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

datatest_stable::harness! { { test = case, root = "tests/cases", pattern = r"\.md$" } }

struct Block<'a> {
    info: &'a str,
    text: &'a str,
}

fn blocks(markdown: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut rest = markdown;
    while let Some((_, after)) = rest.split_once("```") {
        let (info, after) = after.split_once('\n').expect("a line after the fence");
        let (text, after) = after.split_once("```").expect("an end of the block");
        blocks.push(Block { info, text });
        rest = after;
    }
    blocks
}

fn case(path: &Path) -> datatest_stable::Result<()> {
    let markdown = std::fs::read_to_string(path)?;
    assert!(markdown.starts_with("# "), "a case begins with a heading");
    let blocks = blocks(&markdown);
    let folder = folder(path);
    let mut parameters = BTreeMap::new();
    let (mut account, mut expected) = ("", None);
    for block in &blocks {
        let mut words = block.info.split_whitespace();
        match (words.next(), words.next()) {
            (Some("yaml"), Some("rules")) => {
                std::fs::write(folder.join("rules.yaml"), block.text)?;
                for word in words.filter(|word| *word != "--set") {
                    let (name, value) = word.split_once('=').expect("--set name=value");
                    parameters.insert(name.to_owned(), value.to_owned());
                }
            }
            (Some("yaml"), Some("account")) => account = block.text,
            (Some("yaml"), Some(file)) if file.ends_with(".yaml") => std::fs::write(folder.join(file), block.text)?,
            (Some("json"), Some(file)) if file.ends_with(".json") => std::fs::write(folder.join(file), block.text)?,
            (Some("text"), None) => expected = Some(block.text),
            _ => panic!("the tests do not know a block of `{}`", block.info),
        }
    }
    let rules = match judging::rules(&folder.join("rules.yaml"), &parameters) {
        Ok(rules) => rules,
        Err(diagnostics) => return Err(diagnostics.render(false, 120).into()),
    };
    for entry in std::fs::read_dir(&folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "json") {
            continue;
        }
        let text = std::fs::read_to_string(path)?;
        if let Some(wrong) = wrong_to_an_editor(&text) {
            return Err(format!("the JSON Schema refuses what the rules language takes: {wrong}").into());
        }
    }
    let report = judging::judge(&rules, &judging::account(account));
    let found = judging::findings(&report);
    let expected = expected.ok_or("the case has no block of `text` with the findings")?;
    if found == expected {
        return Ok(());
    }
    if std::env::var_os("UPDATE").is_some() {
        let start = expected.as_ptr() as usize - markdown.as_ptr() as usize;
        std::fs::write(path, [&markdown[..start], &found, &markdown[start + expected.len()..]].concat())?;
        return Ok(());
    }
    Err(format!("the findings differ.\n--- expected\n{expected}\n--- found\n{found}").into())
}

/// What an editor would underline in a rules file: it reads the JSON Schema, which must allow all that is allowed.
fn wrong_to_an_editor(text: &str) -> Option<String> {
    let rules: serde_json::Value = serde_yaml::from_str(text).expect("the rules are YAML");
    let schema = plimsoll::rules::schema(judging::kinds(), plimsoll::checks::all());
    let validator = jsonschema::validator_for(&schema).expect("the schema is one");
    validator.iter_errors(&rules).next().map(|error| format!("{error}, at {}", error.instance_path()))
}

/// A folder for the rules files of the case, empty.
fn folder(case: &Path) -> PathBuf {
    let name = case.file_stem().expect("a case has a name");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cases").join(name);
    drop(std::fs::remove_dir_all(&folder));
    std::fs::create_dir_all(&folder).expect("a folder for the case");
    folder
}
