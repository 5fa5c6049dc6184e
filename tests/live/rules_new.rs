//! `plimsoll rules new`: rules written from a template pass on what the template makes and fail on what somebody changed
//! in it; rules written from a snapshot of the lab pass on the lab and fail on its mistakes.

mod cases;
mod change;
mod mend;
mod stack;

use crate::mistakes;
use crate::support::binary::{Key, Plimsoll};
use crate::support::folder::Folder;
use crate::support::lab::{self, Service};
use crate::support::report::Report;
use crate::support::servers::{Kind, Server};
use crate::{KEY, REGION, RULES};
use cases::{CASES, Case};
use stack::Stack;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The rules that are written from the file `from`, in `folder`.
fn written(from: &Path, folder: &Folder) -> PathBuf {
    let rules = folder.path().join("rules");
    std::fs::create_dir_all(&rules).unwrap_or_else(|e| panic!("{}: {e}", rules.display()));
    let rules = rules.join("written.yaml");
    let (from, to) = (from.display().to_string(), rules.display().to_string());
    let run = Plimsoll::new(&["rules", "new", "--from", &from, "--output", &to, "--force"]).run();
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{from}: {}", run.stdout);
    rules
}

/// The report of a scan of `server` by these rules; `set` are those of their parameters that a deployer knows.
fn scan(server: &Server, rules: &Path, set: &[(&str, &str)]) -> Report {
    let text = std::fs::read_to_string(rules).unwrap_or_else(|e| panic!("{}: {e}", rules.display()));
    let mut scan = Plimsoll::scan(&server.endpoint(), &rules.display().to_string(), &Key::administrator(KEY));
    scan = scan.with(&["--region", REGION]);
    for (name, value) in set {
        if text.contains(&format!("\n  {name}: ")) {
            scan = scan.with(&["--set", &format!("{name}={value}")]);
        }
    }
    scan.run().report()
}

/// What did not pass: rule and verdict.
fn blamed(report: &Report) -> BTreeSet<(String, String)> {
    let not = report.findings().filter(|finding| finding.verdict() != "pass");
    not.map(|finding| (finding.text("rule").to_owned(), finding.verdict().to_owned())).collect()
}

/// What did not pass, with what was found.
fn told(report: &Report) -> String {
    let not = report.findings().filter(|finding| finding.verdict() != "pass");
    not.map(|of| format!("  {} {}: {}\n", of.verdict(), of.text("rule"), of.text("found"))).collect()
}

async fn holds(case: &Case) {
    let server = Server::start(Kind::Ministack);
    let folder = Folder::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let rules = written(&root.join("tests/templates").join(case.template), &folder);
    let deployed = root.join("tests/templates").join(case.deployed.unwrap_or(case.template));
    let deploy = || async {
        server.reset();
        let stack = Stack::deploy(&server, &deployed, case.parameters, case.respelt);
        for mend in case.mends {
            mend.make(&stack).await;
        }
        stack
    };
    deploy().await;
    let intact = scan(&server, &rules, SET);
    assert!(intact.findings().count() >= 7, "{}", case.template);
    let text = || std::fs::read_to_string(&rules).unwrap_or_default();
    let unanswered: BTreeSet<_> =
        case.unanswered.iter().map(|rule| ((*rule).to_owned(), "unknown".to_owned())).collect();
    assert_eq!(blamed(&intact), unanswered, "{}\n{}{}", case.template, told(&intact), text());
    let mut wrong = Vec::new();
    for (change, by) in case.changes {
        let stack = deploy().await;
        change.make(&stack).await;
        let report = scan(&server, &rules, SET);
        let failed: Vec<&str> =
            report.findings().filter(|of| of.verdict() == "fail").map(|of| of.text("rule")).collect();
        if !failed.contains(by) {
            wrong.push(format!("{change:?}: {by} does not fail; {failed:?} do"));
        }
    }
    assert!(wrong.is_empty(), "{}\n{}", case.template, wrong.join("\n"));
    assert!(case.changes.len() >= 5, "{}", case.template);
}

/// The parameters of the written rules that whoever deploys a template knows.
const SET: &[(&str, &str)] = &[("stack", stack::NAME), ("notify-address", stack::ADDRESS)];

macro_rules! templates {
    ($($name:ident)*) => { $(
        #[tokio::test]
        async fn $name() {
            let case = CASES.iter().find(|case| case.name == stringify!($name));
            holds(case.unwrap_or_else(|| panic!("no case is called {}", stringify!($name)))).await;
        }
    )* };
}

templates! {
    api_to_queue fan_out fifo function_url lambda_authorizer order_intake queue_to_function sam_bookings
    stream_to_functions usage_plan
}

/// The snapshot of the account, made with the rules `rules`.
fn snapshot(server: &Server, rules: &str, folder: &Folder) -> PathBuf {
    let file = folder.path().join("golden.json");
    let (endpoint, to) = (server.endpoint(), file.display().to_string());
    let snapshot = Plimsoll::new(&["snapshot", rules, "--endpoint-url", &endpoint, "--region", REGION, "-o", &to]);
    let run = snapshot.key(&Key::administrator(KEY)).run();
    assert!([0, 3].contains(&run.code), "{}{}", run.stdout, run.stderr);
    file
}

/// The mistakes of the lab that rules written from a snapshot of it do not tell, each with the reason.
const NOT_TOLD: &[(&str, &str)] = &[(
    "a FIFO queue is left over beside the queue",
    "it hangs on nothing of the architecture, and an account may hold more than one",
)];

#[tokio::test]
async fn rules_from_a_snapshot_of_the_lab_tell_its_mistakes() {
    let server = Server::start(Kind::Ministack);
    let mut lab = lab::build(&server.endpoint(), REGION, KEY).await;
    let folder = Folder::new();
    let rules = written(&snapshot(&server, "packs/inventory", &folder), &folder);
    let intact = scan(&server, &rules, &[]);
    assert_eq!(blamed(&intact), BTreeSet::new(), "{}", told(&intact));
    let mut not_told = BTreeSet::new();
    let mut tried = 0;
    for case in mistakes::all() {
        let is_mistake = case.changes.iter().any(|(_, _, verdict)| *verdict == "fail");
        if !case.on.contains(&Kind::Ministack) || !is_mistake {
            continue;
        }
        tried += 1;
        server.reset();
        lab::rebuild(&mut lab, &Service::ALL).await;
        for step in case.steps {
            step.make(&lab).await;
        }
        if !blamed(&scan(&server, &rules, &[])).iter().any(|(_, verdict)| verdict == "fail") {
            not_told.insert(case.name);
        }
    }
    let wanted: BTreeSet<&str> = NOT_TOLD.iter().map(|(name, _)| *name).collect();
    assert_eq!(not_told, wanted, "of {tried}");
    assert!(tried - not_told.len() >= 10);
}

#[tokio::test]
async fn rules_from_the_snapshot_of_a_scan_pass_as_well() {
    let server = Server::start(Kind::Ministack);
    lab::build(&server.endpoint(), REGION, KEY).await;
    let folder = Folder::new();
    let rules = written(&snapshot(&server, RULES, &folder), &folder);
    let report = scan(&server, &rules, &[]);
    assert_eq!(blamed(&report), BTreeSet::new(), "{}", told(&report));
}
