//! What day it is for a check says the answer that told of the resource, and never the clock of the machine.

mod judging;

use plimsoll::model::{Answer, Verdict};
use std::collections::BTreeMap;
use std::path::Path;

#[test]
fn a_runtime_is_judged_by_the_day_of_the_answer() {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("runtime-days.yaml");
    let text = "plimsoll: 1\ntitle: t\nrules:\n  \
                - { id: supported, check: lambda-runtime-end-of-life, each: AWS::Lambda::Function }\n";
    std::fs::write(&path, text).expect("a file for the test");
    let rules = judging::rules(&path, &BTreeMap::new()).expect("the rules are right");
    let mut account = judging::account(
        "resources: [{ type: AWS::Lambda::Function, name: f, properties: { Runtime: dotnet8, PackageType: Zip } }]",
    );
    let call = account.resources[0].calls[0].clone();
    for (at, wanted) in
        [("", Verdict::Pass), ("2026-11-09T23:59:59.999Z", Verdict::Pass), ("2026-11-10T00:00:00.000Z", Verdict::Fail)]
    {
        let answer = Answer { status: Some(200), request_id: None, sha256: None, attempts: 1, at: at.to_owned() };
        account.answers.insert(call.clone(), answer);
        let report = judging::judge(&rules, &account);
        assert_eq!(report.findings[0].verdict, wanted, "{at}: {}", report.findings[0].found);
    }
}
