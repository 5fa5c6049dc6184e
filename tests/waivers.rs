//! Waivers: files with mistakes beside what is said of them (`tests/waivers/NAME.yaml`, `NAME.stderr.txt`, byte for byte;
//! `UPDATE=1` rewrites what is said), what waivers do to findings, and `plimsoll waivers` as it is typed.

mod judging;

use plimsoll::audit::{day_of, waive};
use plimsoll::model::{Finding, Report, Verdict, WaiverMatter, WaiverStatus};
use plimsoll::report::{Format, Look};
use plimsoll::rules::{Rules, Waivers};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const RULES: &str = "\
plimsoll: 1
title: Shop
resources:
  orders: { type: AWS::SQS::Queue, name: orders }
  gone: { type: AWS::SQS::Queue, name: gone }
  role: { type: AWS::IAM::Role, name: worker }
rules:
  - { id: delay, on: orders, expect: { DelaySeconds: 0, VisibilityTimeout: 30 } }
  - { id: gone-delay, on: gone, expect: { DelaySeconds: 0 } }
  - { id: after-gone, on: orders, needs: [gone-delay], expect: { MaximumMessageSize: 1 } }
  - { id: after-both, on: orders, needs: [gone-delay, delay], expect: { DelaySeconds: 0 } }
  - { id: encrypted, each: AWS::SQS::Queue, expect: { SqsManagedSseEnabled: true } }
  - { id: path, on: role, expect: { Path: / } }
";

const ACCOUNT: &str = r#"
resources:
  - { type: AWS::SQS::Queue, name: orders, properties: { DelaySeconds: 5, VisibilityTimeout: 30, SqsManagedSseEnabled: false } }
  - { type: AWS::SQS::Queue, name: other, properties: { SqsManagedSseEnabled: false } }
  - { type: AWS::SQS::Queue, name: fine, properties: { SqsManagedSseEnabled: true } }
  - { type: AWS::IAM::Role, name: worker, unread: { Path: denied } }
at: 2026-11-23T10:00:00.000Z
"#;

fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("waivers");
    std::fs::create_dir_all(&folder).expect("a folder for the test");
    folder
}

/// A file of this name with this text.
fn file(name: &str, text: &str) -> PathBuf {
    let path = folder().join(name);
    std::fs::write(&path, text).expect("a file for the test");
    path
}

fn rules() -> Rules {
    // The tests run side by side, and each reads the file while another may be writing it.
    let name = format!("rules-{:?}.yaml", std::thread::current().id());
    judging::rules(&file(&name, RULES), &BTreeMap::new()).unwrap_or_else(|said| panic!("{}", said.render(false, 100)))
}

/// The waivers of this list, each in braces.
fn waivers(name: &str, list: &[&str]) -> Waivers {
    let list: String = list.iter().map(|waiver| format!("  - {{ owner: shop, reason: known, {waiver} }}\n")).collect();
    let text = if list.is_empty() {
        "plimsoll_waivers: 1\nwaivers: []\n".to_owned()
    } else {
        format!("plimsoll_waivers: 1\nwaivers:\n{list}")
    };
    Waivers::read(&file(&format!("{name}.yaml"), &text)).unwrap_or_else(|said| panic!("{}", said.render(false, 100)))
}

/// The report on the account with these waivers.
fn waived(name: &str, account: &str, list: &[&str]) -> Report {
    let (rules, account) = (rules(), judging::account(account));
    let mut report = judging::judge(&rules, &account);
    let day = day_of(&account).expect("the answers have a day");
    waive(&mut report, &rules, &waivers(name, list), &day);
    report
}

fn finding<'r>(report: &'r Report, rule: &str, on: &str) -> &'r Finding {
    let is_it = |finding: &&Finding| finding.rule == rule && finding.resource == on;
    report.findings.iter().find(is_it).unwrap_or_else(|| panic!("{rule} on {on}"))
}

fn verdict(report: &Report, rule: &str, on: &str) -> Verdict {
    finding(report, rule, on).verdict
}

/// What is said of the waivers: the kinds, and the sentences.
fn notes(report: &Report) -> Vec<(WaiverMatter, &str)> {
    report.waivers.as_ref().expect("waivers").notes.iter().map(|note| (note.kind, note.says.as_str())).collect()
}

#[test]
fn each_mistake_is_told_as_it_should_be() {
    let mut cases: Vec<PathBuf> = std::fs::read_dir("tests/waivers")
        .expect("the folder is there")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "yaml"))
        .collect();
    cases.sort();
    assert!(cases.len() > 5);
    for path in cases {
        let said = Waivers::read(&path).expect_err("each case has a mistake").render(false, 100);
        let beside = path.with_extension("stderr.txt");
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&beside, &said).expect("the folder can be written to");
        }
        assert_eq!(std::fs::read_to_string(&beside).unwrap_or_default(), said, "{}", path.display());
    }
    let missing = Waivers::read(Path::new("tests/waivers/none.yaml")).expect_err("no file").render(false, 100);
    assert!(missing.contains("there is no such file"), "{missing}");
}

#[test]
fn what_fails_is_waived_and_nothing_else() {
    let before = waived("none", ACCOUNT, &[]);
    let after = waived(
        "all",
        ACCOUNT,
        &[
            "rule: delay, resource: orders, expires: 2026-12-31, ticket: OPS-1, approver: ann",
            "rule: encrypted, resource: \"*:o*\", expires: 2026-11-23",
            "rule: path, resource: \"*\", expires: 2026-12-31",
            "rule: gone-delay, resource: gone, expires: 2026-12-31",
        ],
    );
    assert_eq!(verdict(&before, "delay", "orders"), Verdict::Fail);
    assert_eq!(verdict(&after, "delay", "orders"), Verdict::Waived);
    // Through the ARN, on the last day.
    assert_eq!(verdict(&after, "encrypted", "orders"), Verdict::Waived);
    assert_eq!(verdict(&after, "encrypted", "other"), Verdict::Waived);
    assert_eq!(verdict(&after, "encrypted", "fine"), Verdict::Pass);
    assert_eq!(verdict(&after, "path", "role"), Verdict::Unknown, "what was not read is never waived");
    assert_eq!(verdict(&after, "gone-delay", "gone"), Verdict::Blocked, "nor what waits");
    assert!(!after.complete);
    assert_eq!((after.counts.waived, after.counts.fail), (3, before.counts.fail - 3));
    let waiver = finding(&after, "delay", "orders").waiver.as_ref().expect("its waiver");
    assert_eq!((waiver.status, waiver.ticket.as_deref()), (WaiverStatus::Live, Some("OPS-1")));
    assert_eq!((waiver.expires.as_str(), waiver.place.line), ("2026-12-31", 3));
    let parts: Vec<Verdict> = finding(&after, "delay", "orders").parts.iter().map(|part| part.verdict).collect();
    assert_eq!(parts, [Verdict::Waived, Verdict::Pass]);
    // Points are earned by what is right.
    assert_eq!(before.points, after.points);
    let worst = |report: &Report| report.resources[0].verdict;
    assert_eq!(
        (worst(&before), worst(&after)),
        (Verdict::Fail, Verdict::Blocked),
        "what waits is worse than what is waived"
    );
    assert_eq!(
        before.findings.iter().map(|f| (&f.id, &f.state)).collect::<Vec<_>>(),
        after.findings.iter().map(|f| (&f.id, &f.state)).collect::<Vec<_>>(),
        "a waiver changes neither what a finding is nor what was found"
    );
    let kinds: Vec<WaiverMatter> = notes(&after).iter().map(|(kind, _)| *kind).collect();
    assert_eq!(kinds, [WaiverMatter::Soon, WaiverMatter::Undecided, WaiverMatter::Undecided]);
}

/// One setting fails and another was not read: accepting the first says nothing of the second.
#[test]
fn a_waiver_does_not_hide_what_was_not_read() {
    let account = ACCOUNT.replace(
        "name: orders, properties: { DelaySeconds: 5, VisibilityTimeout: 30, SqsManagedSseEnabled: false }",
        "name: orders, properties: { DelaySeconds: 5, SqsManagedSseEnabled: false }, unread: { VisibilityTimeout: denied }",
    );
    let list = [
        "rule: delay, resource: orders, expires: 2027-01-31, ticket: OPS-1",
        "rule: gone-exists, resource: gone, expires: 2027-01-31",
    ];
    let before = waived("part-before", &account, &[]);
    assert_eq!(verdict(&before, "delay", "orders"), Verdict::Fail);
    let after = waived("part-after", &account, &list);
    let open = finding(&after, "delay", "orders");
    assert_eq!(open.verdict, Verdict::Unknown);
    assert_eq!(open.parts.iter().map(|part| part.verdict).collect::<Vec<_>>(), [Verdict::Waived, Verdict::Unknown]);
    assert_eq!(open.waiver.as_ref().map(|waiver| waiver.status), Some(WaiverStatus::Live));
    assert!(open.found.starts_with("VisibilityTimeout "), "{}", open.found);
    assert!(open.found.ends_with("; waived: DelaySeconds 5"), "{}", open.found);
    assert_eq!(open.wanted, "VisibilityTimeout 30");
    assert_eq!(
        (&open.id, &open.state),
        (&finding(&before, "delay", "orders").id, &finding(&before, "delay", "orders").state)
    );
    assert!(!open.counts() && open.is_open() && !after.complete);
    assert_eq!(after.counts.unknown, before.counts.unknown + 1);
    assert!(finding(&after, "after-both", "orders").excused, "what fails of what it waits for is waived");
    let unmended = waived("part-one", &account, &list[..1]);
    assert!(!finding(&unmended, "after-both", "orders").excused, "`gone` is still missing");
    // A file that was waived already is held against the waivers as one that was not.
    let ids: Vec<&str> = ["delay", "gone-exists"].to_vec();
    let again = plimsoll::audit::review(&waivers("part-again", &list), &after, &ids, "2026-11-23");
    assert_eq!(again.notes, []);
    assert_eq!(again.covered.len(), 2);
    let mut shown = Vec::new();
    let look = Look { width: 160, colour: false, quiet: false, picture: false };
    Format::Text.render(&after, look, &mut shown).expect("a writer that takes all");
    assert!(text(&shown).contains("waiver  until 2027-01-31 by shop: known (OPS-1)"), "{}", text(&shown));
    shown.clear();
    Format::Sarif.render(&after, look, &mut shown).expect("a writer that takes all");
    let sarif: serde_json::Value = serde_json::from_slice(&shown).expect("JSON");
    let results = sarif["runs"][0]["results"].as_array().expect("results");
    let result = results
        .iter()
        .find(|one| one["kind"] == "open" && one["ruleId"].as_str().is_some_and(|id| id.starts_with("delay")));
    assert_eq!(result.expect("it is told")["suppressions"], serde_json::json!([]), "nobody accepts what was not read");
}

#[test]
fn what_waits_for_nothing_but_what_is_waived_fails_no_run() {
    let one = waived("one", ACCOUNT, &["rule: gone-exists, resource: gone, expires: 2027-01-31"]);
    let excused = |report: &Report, rule: &str| finding(report, rule, report_key(rule)).excused;
    fn report_key(rule: &str) -> &'static str {
        if rule == "gone-delay" { "gone" } else { "orders" }
    }
    assert!(excused(&one, "gone-delay") && excused(&one, "after-gone"), "the second through the first");
    assert!(finding(&one, "after-gone", "orders").found.ends_with("; what it waits for is waived"));
    assert!(!excused(&one, "after-both"), "it waits for `delay` as well, which fails");
    assert!(finding(&one, "after-both", "orders").counts() && !finding(&one, "after-gone", "orders").counts());
    let both = waived(
        "both",
        ACCOUNT,
        &[
            "rule: gone-exists, resource: gone, expires: 2027-01-31",
            "rule: delay, resource: orders, expires: 2027-01-31",
        ],
    );
    assert!(excused(&both, "after-both"));
    assert_eq!(verdict(&both, "after-both", "orders"), Verdict::Blocked);
}

#[test]
fn what_expired_is_back_and_says_so() {
    let report = waived("expired", ACCOUNT, &["rule: delay, resource: orders, expires: 2026-11-22"]);
    let finding = finding(&report, "delay", "orders");
    assert_eq!(finding.verdict, Verdict::Fail);
    let waiver = finding.waiver.as_ref().expect("the waiver that expired");
    assert_eq!(waiver.status, WaiverStatus::Expired);
    assert!(waiver.says().starts_with("expired on 2026-11-22"), "{}", waiver.says());
    assert_eq!(notes(&report)[0].0, WaiverMatter::Expired);
    // Another that holds covers it.
    let again = waived(
        "renewed",
        ACCOUNT,
        &["rule: delay, resource: orders, expires: 2026-11-22", "rule: delay, resource: ord?rs, expires: 2027-01-31"],
    );
    assert_eq!(verdict(&again, "delay", "orders"), Verdict::Waived);
    assert_eq!(notes(&again).len(), 1);
}

#[test]
fn a_changed_state_voids_a_waiver() {
    let state = finding(&waived("state", ACCOUNT, &[]), "delay", "orders").state.clone();
    let waiver = format!("rule: delay, resource: orders, expires: 2027-01-31, state: \"{state}\"");
    assert_eq!(verdict(&waived("same", ACCOUNT, &[&waiver]), "delay", "orders"), Verdict::Waived);
    let tomorrow = ACCOUNT.replace("11-23T", "11-24T");
    assert_eq!(
        verdict(&waived("later", &tomorrow, &[&waiver]), "delay", "orders"),
        Verdict::Waived,
        "a day is no change"
    );
    let changed = waived("changed", &ACCOUNT.replace("DelaySeconds: 5", "DelaySeconds: 6"), &[&waiver]);
    let back = finding(&changed, "delay", "orders");
    assert_eq!(back.verdict, Verdict::Fail);
    assert_eq!(back.waiver.as_ref().map(|waiver| waiver.status), Some(WaiverStatus::StateChanged));
    assert_eq!(notes(&changed)[0].0, WaiverMatter::StateChanged);
    assert!(notes(&changed)[0].1.contains(&back.state), "{:?}", notes(&changed));
}

#[test]
fn what_is_of_no_use_is_said() {
    let said = |waiver: &str| {
        let report = waived("no-use", ACCOUNT, &[waiver]);
        let notes: Vec<(WaiverMatter, String)> =
            notes(&report).into_iter().map(|(kind, says)| (kind, says.to_owned())).collect();
        notes
    };
    let one = |waiver: &str, kind: WaiverMatter, words: &str| {
        let notes = said(waiver);
        assert!(matches!(&notes[..], [(found, says)] if *found == kind && says.contains(words)), "{waiver}: {notes:?}");
    };
    one("rule: delai, resource: orders, expires: 2027-01-31", WaiverMatter::UnknownRule, "did you mean `delay`?");
    one("rule: delay, resource: order, expires: 2027-01-31", WaiverMatter::Unmatched, "did you mean `orders`?");
    one("rule: encrypted, resource: nowhere, expires: 2027-01-31", WaiverMatter::Unmatched, "remove it");
    one("rule: encrypted, resource: fine, expires: 2027-01-31", WaiverMatter::NotNeeded, "passes now");
    one("rule: path, resource: role, expires: 2027-01-31", WaiverMatter::Undecided, "is unknown");
    // The rest of the list was not read, so nobody knows that the thing is gone.
    let broken = format!("{ACCOUNT}lists: {{ AWS::SQS::Queue: denied }}\n");
    let report = waived("broken", &broken, &["rule: encrypted, resource: nowhere, expires: 2027-01-31"]);
    assert_eq!(notes(&report)[0].0, WaiverMatter::Undecided);
    one("rule: delay, resource: orders, expires: 2027-11-24", WaiverMatter::FarOff, "more than a year");
    assert_eq!(said("rule: delay, resource: orders, expires: 2027-11-23"), []);
    assert_eq!(
        said("rule: delai, resource: orders, expires: 2027-01-31, account: 111122223333"),
        [],
        "another account"
    );
    let twice = waived(
        "twice",
        ACCOUNT,
        &["rule: delay, resource: orders, expires: 2027-01-31", "rule: delay, resource: \"*\", expires: 2027-01-31"],
    );
    assert!(matches!(&notes(&twice)[..], [(WaiverMatter::Overlap, says)] if says.contains("line 3")));
}

#[test]
fn every_format_tells_of_waivers() {
    let report = waived(
        "formats",
        ACCOUNT,
        &[
            "rule: delay, resource: orders, expires: 2026-12-31, ticket: OPS-1",
            "rule: gone-exists, resource: gone, expires: 2026-11-22",
            "rule: delai, resource: \"\\e[2J<b>\", expires: 2026-12-31",
        ],
    );
    let shown = |format: Format| {
        let mut bytes = Vec::new();
        let look = Look { width: 80, colour: false, quiet: false, picture: false };
        format.render(&report, look, &mut bytes).expect("a writer that takes all");
        String::from_utf8(bytes).expect("UTF-8")
    };
    for format in [Format::Text, Format::Markdown, Format::Html, Format::Junit, Format::Sarif, Format::Csv] {
        let text = shown(format);
        assert!(text.contains("OPS") && text.contains("2026"), "{format:?} tells until when\n{text}");
        assert!(!text.contains('\u{1b}') && !text.contains("[2J<b>\"</code>"), "{format:?}");
    }
    assert!(shown(Format::Text).contains("waived   delay · orders until 2026-12-31 by shop: known (OPS-1)"));
    assert!(shown(Format::Text).contains("waiver  expired on 2026-11-22"), "{}", shown(Format::Text));
    assert!(shown(Format::Text).contains("did you mean `delay`?"));
    let sarif: serde_json::Value = serde_json::from_str(&shown(Format::Sarif)).expect("JSON");
    let results = sarif["runs"][0]["results"].as_array().expect("results");
    let of = |rule: &str| results.iter().find(|result| result["ruleId"] == rule).expect(rule)["suppressions"].clone();
    assert_eq!(
        (of("delay")[0]["kind"].clone(), of("delay")[0]["status"].clone()),
        ("external".into(), "accepted".into())
    );
    assert_eq!(of("gone-exists"), serde_json::json!([]), "one that expired accepts nothing");
    assert_eq!(of("encrypted"), serde_json::json!([]), "with one that says so, all say so");
    let back = plimsoll::report::read(&shown(Format::Json)).expect("a report");
    assert_eq!(back, report);
}

fn plimsoll(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_plimsoll")).args(arguments).env_clear().output().expect("the binary runs")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("UTF-8")
}

#[test]
fn the_command_checks_a_file() {
    let path = |path: &Path| path.to_str().expect("UTF-8").to_owned();
    let list = "plimsoll_waivers: 1\nwaivers:\n  - { rule: delay, resource: orders, owner: o, reason: r, expires: 2026-12-01 }\n";
    let waivers = path(&file("check.yaml", list));
    let check = |more: &[&str]| plimsoll(&[&["waivers", "check", &waivers], more].concat());
    let soon = check(&["--day", "2026-11-23"]);
    assert_eq!(soon.status.code(), Some(0), "{}", text(&soon.stderr));
    assert!(text(&soon.stdout).contains("in 8 days"), "{}", text(&soon.stdout));
    let expired = check(&["--day", "2026-12-02"]);
    assert_eq!(expired.status.code(), Some(1));
    assert!(text(&expired.stdout).contains("expired on 2026-12-01"), "{}", text(&expired.stdout));
    let fine = check(&["--day", "2026-07-01"]);
    assert_eq!((fine.status.code(), text(&fine.stdout)), (Some(0), "1 waiver as of 2026-07-01; nothing to mend\n"));
    let unknown = check(&["--day", "2026-07-01", "--rules", "serverless-poc"]);
    assert_eq!(unknown.status.code(), Some(1));
    assert!(text(&unknown.stdout).contains("there is no rule `delay`"), "{}", text(&unknown.stdout));
    assert_eq!(plimsoll(&["waivers", "check", "tests/waivers/many-mistakes.yaml"]).status.code(), Some(2));

    let report = judging::judge(&rules(), &judging::account(ACCOUNT));
    let saved = path(&file("report.json", &plimsoll::report::write_harmless(&report)));
    let held = check(&["--day", "2026-07-01", "--report", &saved]);
    assert_eq!(held.status.code(), Some(0), "{}", text(&held.stdout));
    let mended = judging::judge(&rules(), &judging::account(&ACCOUNT.replace("DelaySeconds: 5", "DelaySeconds: 0")));
    let saved = path(&file("mended.json", &plimsoll::report::write_harmless(&mended)));
    let useless = check(&["--day", "2026-07-01", "--report", &saved]);
    assert_eq!(useless.status.code(), Some(1));
    assert!(text(&useless.stdout).contains("passes now"), "{}", text(&useless.stdout));
}

/// A file of another kind is called what it is, with what takes it, in the place of a mistake on each line.
#[test]
fn another_kind_of_file_is_told_as_what_it_is() {
    let write = |name: &str, text: &str| file(name, text).to_str().expect("UTF-8").to_owned();
    let waivers = write("waivers.yaml", "plimsoll_waivers: 1\nwaivers: []\n");
    let accounts = write("accounts.yaml", "plimsoll_accounts: 1\naccounts: []\n");
    let cases = write("rules.test.yaml", "plimsoll: 1\ncases: []\n");
    let template = write("template.yaml", "Resources:\n  Queue: { Type: AWS::SQS::Queue }\n");
    for (command, given, said) in [
        (["rules", "check"], &waivers, "this is a waivers file, and not a rules file"),
        (["rules", "check"], &accounts, "give it to `plimsoll scan --accounts`"),
        (["rules", "check"], &cases, "give it to `plimsoll rules test`"),
        (["rules", "check"], &template, "make rules of it: `plimsoll rules new --from FILE`"),
        (["waivers", "check"], &accounts, "this is a list of accounts, and not a waivers file"),
        (["waivers", "check"], &"rules/serverless-poc.yaml".to_owned(), "this is a rules file, and not a waivers file"),
    ] {
        let refused = plimsoll(&[&command[..], &[given]].concat());
        let stderr = text(&refused.stderr);
        assert_eq!(refused.status.code(), Some(2), "{command:?} {given}");
        assert!(stderr.contains(said), "{command:?} {given}: {stderr}");
        assert_eq!(stderr.matches("error[").count(), 1, "{command:?} {given}: {stderr}");
    }
}

/// What `waivers new` prints is a waivers file once its blanks are filled, and it waives what it was made for.
#[test]
fn the_command_begins_a_file() {
    let unkind = ACCOUNT.replace("name: other", "name: \"*\\\"\\e[31m?$\\U000E0041: #\"");
    let (rules, account) = (rules(), judging::account(&unkind));
    let mut report = judging::judge(&rules, &account);
    let saved = file("begun.json", &plimsoll::report::write_harmless(&report));
    let begun = plimsoll(&["waivers", "new", "--report", saved.to_str().expect("UTF-8")]);
    assert_eq!(begun.status.code(), Some(0), "{}", text(&begun.stderr));
    let blank = file("blank.yaml", text(&begun.stdout));
    let mistakes = Waivers::read(&blank).expect_err("it has blanks");
    assert!(mistakes.list.iter().all(|mistake| mistake.code == "empty-field"), "{mistakes:?}");
    let filled = text(&begun.stdout)
        .replace("owner:", "owner: shop")
        .replace("reason:", "reason: known")
        .replace("expires:", "expires: 2027-01-31");
    let waivers = Waivers::read(&file("filled.yaml", &filled)).expect("a waivers file");
    assert_eq!(waivers.list.len(), report.counts.fail);
    waive(&mut report, &rules, &waivers, "2026-11-23");
    assert_eq!((report.counts.fail, report.counts.waived), (0, waivers.list.len()));
    assert_eq!(report.waivers.as_ref().expect("waivers").notes, []);
    let wrong = plimsoll(&["waivers", "new", "--report", saved.to_str().expect("UTF-8"), "--finding", "x"]);
    assert_eq!(wrong.status.code(), Some(2));
}

/// An editor accepts what the reader accepts, and underlines what it refuses.
#[test]
fn the_schema_says_what_the_reader_says() {
    let validator = jsonschema::validator_for(&Waivers::schema()).expect("the schema is one");
    let is_valid = |text: &str| {
        let value: serde_json::Value = serde_yaml::from_str(text).expect("YAML");
        validator.is_valid(&value)
    };
    let waiver = |fields: &str| format!("plimsoll_waivers: 1\nwaivers: [{{ {fields} }}]\n");
    let whole = "rule: a, resource: b, owner: c, reason: d, expires: \"2026-11-23\"";
    for (fields, right) in [
        (whole.to_owned(), true),
        (format!("{whole}, ticket: OPS-1, approver: e, account: \"012345678901\", state: \"0123456789abcdef\""), true),
        (whole.replace("owner: c", "owner: \"\""), false),
        (whole.replace("owner: c, ", ""), false),
        (whole.replace("owner", "ownr"), false),
        (whole.replace("2026-11-23", "soon"), false),
        (format!("{whole}, account: \"1\""), false),
        (format!("{whole}, state: \"1\""), false),
    ] {
        let text = waiver(&fields);
        assert_eq!(is_valid(&text), right, "{text}");
        assert_eq!(Waivers::read(&file("schema.yaml", &text)).is_ok(), right, "{text}");
    }
}
