//! What the README shows works, and what it says of the command line is what the command line says of itself.

use std::process::{Command, Output};
use std::sync::LazyLock;

const README: &str = include_str!("../README.md");

/// The README with each command on one line.
fn joined() -> String {
    README.replace("\\\n", "")
}

fn plimsoll(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .args(arguments)
        .env_clear()
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("the binary runs")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("UTF-8")
}

/// The rules file that the README shows, written once: the tests run side by side.
fn example() -> String {
    static EXAMPLE: LazyLock<String> = LazyLock::new(written);
    EXAMPLE.clone()
}

fn written() -> String {
    let (_, block) = README.split_once("```yaml\n").expect("a block of YAML");
    let (yaml, _) = block.split_once("```").expect("the end of the block");
    let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("readme.yaml");
    std::fs::write(&file, yaml).expect("a file for the test");
    file.to_str().expect("UTF-8").to_owned()
}

#[test]
fn the_rules_file_of_the_readme_has_no_mistakes() {
    let check = plimsoll(&["rules", "check", &example()]);
    assert_eq!(check.status.code(), Some(0), "{}", text(&check.stderr));
    assert!(text(&check.stdout).contains("no mistakes; 3 resources and 7 rules"), "{}", text(&check.stdout));
    let plan = plimsoll(&["plan", &example(), "--set", "prefix=shop", "--format", "json"]);
    assert!(text(&plan.stdout).contains("shop-intake"), "{}", text(&plan.stdout));
}

#[test]
fn the_waivers_file_of_the_readme_has_no_mistakes() {
    let (_, section) = README.split_once("## Accept a finding for a time").expect("the section");
    let (_, block) = section.split_once("```yaml\n").expect("a block of YAML");
    let (yaml, _) = block.split_once("```").expect("the end of the block");
    let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("readme-waivers.yaml");
    std::fs::write(&file, yaml).expect("a file for the test");
    let file = file.to_str().expect("UTF-8");
    let check = plimsoll(&["waivers", "check", file, "--rules", &example(), "--day", "2026-11-23"]);
    assert_eq!(check.status.code(), Some(0), "{}{}", text(&check.stdout), text(&check.stderr));
    let later = plimsoll(&["waivers", "check", file, "--day", "2027-02-01"]);
    assert_eq!(later.status.code(), Some(1), "{}", text(&later.stdout));
}

/// What the README shows of `policy check` and `policy compare` is what they say of the documents that it shows.
#[test]
fn the_policies_of_the_readme_are_judged_as_it_says() {
    let (_, section) = README.split_once("## Policies alone").expect("the section");
    let blocks = |language: &str| -> Vec<&'static str> {
        let begins = format!("```{language}\n");
        section.split(&begins).skip(1).filter_map(|rest| rest.split_once("```")).map(|(block, _)| block).collect()
    };
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("readme-policies");
    std::fs::create_dir_all(&folder).expect("a folder for the test");
    for (name, block) in ["policy.json", "at-most.json"].iter().zip(blocks("json")) {
        std::fs::write(folder.join(name), block).expect("a file for the test");
    }
    let readme = joined();
    let commands = readme.lines().filter_map(|line| line.strip_prefix("    plimsoll policy "));
    let said = |line: &str| {
        let words: Vec<&str> = line.split('#').next().unwrap_or_default().split_whitespace().collect();
        let output = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
            .arg("policy")
            .args(words)
            .current_dir(&folder)
            .output()
            .expect("the binary runs");
        text(&output.stdout).to_owned()
    };
    let shown = blocks("text");
    let of = |question: &str| {
        let line = commands.clone().find(|line| line.starts_with(question)).expect(question);
        said(line)
    };
    assert_eq!(of("check"), shown[0]);
    assert!(of("compare").starts_with(shown[1]), "{}", of("compare"));
    assert!(of("can").starts_with("allowed: sqs:SendMessage"), "{}", of("can"));
}

/// What the README shows of `policy narrow` is how its answer on the demo's recording begins.
#[cfg(feature = "live")]
#[test]
fn the_proposal_of_the_readme_is_the_demos() {
    let readme = joined();
    let line = readme.lines().find_map(|line| line.strip_prefix("    plimsoll policy narrow ")).expect("a command");
    let words: Vec<&str> = line.split('#').next().unwrap_or_default().split_whitespace().collect();
    let replay = ["--replay", "src/cli/demo/serverless-poc.recording.json"];
    let told = plimsoll(&[&["policy", "narrow"], &words[..], &replay].concat());
    assert_eq!(told.status.code(), Some(1), "{}", text(&told.stderr));
    let (_, after) = README.split_once("## Policies that grant no more").expect("the section");
    let (_, block) = after.split_once("```text\n").expect("a block");
    let (shown, _) = block.split_once("```").expect("the end of the block");
    assert!(text(&told.stdout).starts_with(shown), "{}", text(&told.stdout));
}

/// Every command line in the README names commands and options that there are.
#[test]
fn every_command_of_the_readme_parses() {
    let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let readme = joined();
    let lines = readme.lines().filter_map(|line| line.strip_prefix("    plimsoll "));
    let mut seen = 0;
    for line in lines {
        let line = line.split('#').next().unwrap_or_default();
        let mut command = words(line);
        let subcommand = command
            .iter()
            .take_while(|word| !word.starts_with('-'))
            .count()
            .min(if matches!(command[0].as_str(), "rules" | "policy" | "waivers") { 2 } else { 1 });
        // Without the SDK there is no account to ask.
        let asks = ["can", "fix", "grade", "scan", "snapshot", "who-can"].contains(&command[0].as_str())
            || line.starts_with("policy narrow")
            || line.contains(" --live ");
        if cfg!(not(feature = "live")) && asks {
            continue;
        }
        let options: Vec<String> = command.split_off(subcommand);
        let help = plimsoll(&[&command.iter().map(String::as_str).collect::<Vec<_>>()[..], &["--help"]].concat());
        assert_eq!(help.status.code(), Some(0), "{line}");
        for option in options.iter().filter(|option| option.starts_with("--")) {
            assert!(text(&help.stdout).contains(option.as_str()), "{line}: {option}");
        }
        seen += 1;
    }
    assert!(seen >= 2, "the README shows commands");
}

/// Each command in the table of exit codes says in its help, too, what its exit codes mean.
#[test]
fn the_help_of_each_command_tells_its_exit_codes() {
    let (_, section) = README.split_once("## Exit codes").expect("the section");
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    let names = rows.flat_map(|row| row.split('|').nth(1).expect("a cell").split('`').skip(1).step_by(2));
    let mut seen = 0;
    for name in names {
        let words: Vec<&str> =
            name.split(' ').take_while(|word| word.starts_with(|c: char| c.is_ascii_lowercase())).collect();
        let asks = ["can", "demo", "fix", "grade", "scan", "snapshot", "who-can"].contains(&words[0]);
        if cfg!(not(feature = "live")) && (asks || words == ["policy", "narrow"]) {
            continue;
        }
        let help = plimsoll(&[&words[..], &["--help"]].concat());
        let help = text(&help.stdout).split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(help.contains("Exit code"), "{words:?}: {help}");
        seen += 1;
    }
    assert!(seen >= 8, "{seen}");
}

/// Every link within the README leads to one of its headings.
#[test]
fn every_link_of_the_readme_leads_somewhere() {
    let anchor = |heading: &str| {
        let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-'));
        kept.collect::<String>().to_lowercase().replace(' ', "-")
    };
    let headings: Vec<String> = README
        .lines()
        .filter(|line| line.starts_with("##"))
        .map(|line| anchor(line.trim_start_matches(['#', ' '])))
        .collect();
    let links: Vec<&str> = README.split("](#").skip(1).filter_map(|rest| rest.split(')').next()).collect();
    assert!(links.len() > 20, "{links:?}");
    for link in links {
        assert!(headings.iter().any(|heading| heading == link), "{link}");
    }
}

/// The roster that the README shows has no mistake: of a copy with one more row, that row alone is refused.
#[cfg(feature = "live")]
#[test]
fn the_roster_of_the_readme_can_be_read() {
    let (_, block) = README.split_once("```csv\n").expect("a block of CSV");
    let (csv, _) = block.split_once("```").expect("the end of the block");
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    let file = folder.join("readme-class.csv");
    std::fs::write(&file, format!("{csv}../x,,arn:aws:iam::111122223333:role/Audit,,\n")).expect("a file for the test");
    let results = folder.join("readme-class");
    let [file, results] = [&file, &results].map(|path| path.to_str().expect("UTF-8"));
    let run = plimsoll(&["grade", "serverless-poc", "--roster", file, "--results", results]);
    assert_eq!(run.status.code(), Some(2));
    assert_eq!(text(&run.stderr).matches("error:").count(), 1, "{}", text(&run.stderr));
    assert!(text(&run.stderr).contains(":4, column 1 (id)"), "{}", text(&run.stderr));
}

/// The list of accounts that the README shows has no mistake.
#[test]
fn the_list_of_accounts_of_the_readme_can_be_read() {
    let (_, section) = README.split_once("## Many accounts").expect("the section");
    let (_, block) = section.split_once("```yaml\n").expect("a block of YAML");
    let (yaml, _) = block.split_once("```").expect("the end of the block");
    let list = plimsoll::accounts::list("accounts.yaml", yaml.to_owned());
    let list = list.unwrap_or_else(|mistakes| panic!("{}", mistakes.render(false, 100)));
    assert_eq!(list.entries.len(), 5);
    assert_eq!(list.entries[1].whom.role.as_deref(), Some("Audit"));
    assert_eq!((&list.entries[2].whom.role, &list.entries[4].whom.role), (&None, &None));
}

#[test]
fn a_plan_prints_a_policy_that_permits_its_calls_and_reads_alone() {
    let policy = plimsoll(&["plan", "serverless-poc", "--format", "policy", "--account", "111122223333"]);
    let policy: serde_json::Value = serde_json::from_slice(&policy.stdout).expect("JSON");
    let plan = plimsoll(&["plan", "serverless-poc", "--format", "json"]);
    let plan: serde_json::Value = serde_json::from_slice(&plan.stdout).expect("JSON");
    let statements = policy["Statement"].as_array().expect("statements");
    let permitted: Vec<&str> = statements
        .iter()
        .flat_map(|statement| statement["Action"].as_array().expect("actions"))
        .map(|action| action.as_str().expect("a text"))
        .collect();
    for call in plan["calls"].as_array().expect("calls") {
        let action = call["action"].as_str().expect("a text");
        assert!(action.is_empty() || permitted.contains(&action), "{action}");
    }
    for action in permitted {
        let (service, name) = action.split_once(':').expect("an action");
        let reads = ["Describe", "Get", "List"].iter().any(|verb| name.starts_with(verb));
        // All that API Gateway has to read is one action on paths.
        assert!(reads || (service, name) == ("apigateway", "GET"), "{action}");
    }
    let resources: Vec<&str> = statements.iter().filter_map(|statement| statement["Resource"].as_str()).collect();
    assert!(resources.contains(&"arn:aws:sqs:us-east-1:111122223333:POC-Queue"), "{resources:?}");
    assert!(!resources.iter().any(|resource| resource.starts_with("arn:aws:sns:*")), "{resources:?}");
    let wider = ["plan", "serverless-poc", "--format", "policy", "--account", "111122223333", "--locate"];
    let wider = plimsoll(&wider);
    assert!(text(&wider.stdout).contains("\"arn:aws:sns:*:111122223333:"), "{}", text(&wider.stdout));
}

#[test]
fn explain_answers_and_says_what_was_meant() {
    for what in [
        &["AWS::SQS::Queue"][..],
        &["AWS::SNS::Subscription"],
        &["AWS::ApiGateway::Method"],
        &["AWS::IAM::Role", "MaxSessionDuration"],
        &["$contains"],
        &["$policy"],
        &["only"],
        &["access"],
        &["permissions"],
        &["flow"],
        &["check"],
        &["iam-avoidable-resource-star"],
        &["expected"],
        &["unexpected"],
        &[],
    ] {
        let explained = plimsoll(&[&["rules", "explain"], what].concat());
        assert_eq!(explained.status.code(), Some(0), "{what:?}: {}", text(&explained.stderr));
        assert!(explained.stdout.len() > 40, "{what:?}");
    }
    let rule = plimsoll(&["rules", "explain", "serverless-poc", "queue-standard"]);
    assert!(text(&rule.stdout).contains("FifoQueue false"), "{}", text(&rule.stdout));
    let rule = plimsoll(&["rules", "explain", &example(), "only-the-worker-receives"]);
    assert!(text(&rule.stdout).contains("exactly worker"), "{}", text(&rule.stdout));
    for (slip, meant) in [
        (&["AWS::SQS::Quue"][..], "AWS::SQS::Queue"),
        (&["AWS::IAM::Role", "MaxSesionDuration"], "MaxSessionDuration"),
        (&["serverless-poc", "queue-standart"], "queue-standard"),
        (&["iam-avoidable-resource-stars"], "iam-avoidable-resource-star"),
    ] {
        let explained = plimsoll(&[&["rules", "explain"], slip].concat());
        assert_eq!(explained.status.code(), Some(2));
        assert!(text(&explained.stderr).contains(meant), "{}", text(&explained.stderr));
    }
}
