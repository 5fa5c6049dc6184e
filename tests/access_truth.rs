//! Rules on access judged by the truth table of resource policies, which was written from AWS's documentation before the
//! code: whom a row lets in may be listed exactly, and nobody else; whoever is left out of the list is found.

mod judging;

use plimsoll::model::Verdict;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;

/// One resource policy and whom it lets in. `null` where documentation leaves it open.
#[derive(Debug, Deserialize)]
struct Row {
    id: String,
    resource_type: String,
    account: String,
    resource_arn: String,
    policy: Value,
    action: String,
    principals: Option<Vec<String>>,
}

/// The principal as a rule writes it. None for what no rule can name: all who are like a pattern, and providers that are
/// hosts.
fn written(principal: &str) -> Option<Value> {
    match principal.split_once(':') {
        None => Some(json!(principal)),
        Some(("account", account)) => Some(json!({ "account": account })),
        Some(("service", service)) => Some(json!({ "service": service })),
        Some(("federated", provider)) => provider.starts_with("arn:").then(|| json!(provider)),
        Some(_) if principal.contains(['*', '?']) || !principal.starts_with("arn:") => None,
        Some(_) => Some(json!(principal)),
    }
}

fn verdict(row: &Row, bound: &str, who: &[Value]) -> (Verdict, String) {
    let (kind, field) = match row.resource_type.as_str() {
        "AWS::SQS::Queue" => ("queue", "Policy"),
        _ => ("role", "AssumeRolePolicyDocument"),
    };
    let name = row.resource_arn.rsplit([':', '/']).next().expect("an ARN has a name");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("access-truth");
    std::fs::create_dir_all(&folder).expect("a folder for the test");
    let path = folder.join(format!("{}.yaml", row.id));
    let rules = json!({
        "plimsoll": 1,
        "title": row.id,
        "resources": { kind: { "type": row.resource_type, "name": name } },
        "rules": [{ "id": "access", "access": { "to": kind, "actions": [row.action], bound: who } }],
    });
    std::fs::write(&path, rules.to_string()).expect("a file for the test");
    let rules = judging::rules(&path, &BTreeMap::new())
        .unwrap_or_else(|mistakes| panic!("{}: {}", row.id, mistakes.render(false, 120)));
    let account = json!({
        "resources": [{ "type": row.resource_type, "name": name, "properties": { field: row.policy } }],
    });
    let report = judging::judge(&rules, &judging::account(&account.to_string()));
    let finding = report.findings.iter().find(|finding| finding.rule == "access").expect("the rule gives a finding");
    (finding.verdict, finding.found.clone())
}

#[test]
fn whom_a_policy_lets_in_may_be_listed_exactly_and_nobody_may_be_left_out() {
    let table = std::fs::read_to_string("tests/truth/public.yaml").expect("the table is there");
    let table: Vec<Row> = serde_yaml::from_str(&table).expect("the table is YAML");
    let (mut wrong, mut undecided, mut judged) = (Vec::new(), Vec::new(), 0);
    for row in &table {
        let known = ["AWS::SQS::Queue", "AWS::IAM::Role"].contains(&row.resource_type.as_str());
        // The accounts of these tests are of one owner.
        let Some(principals) = row.principals.as_ref().filter(|_| known && row.account == judging::ACCOUNT) else {
            continue;
        };
        let Some(list) = principals.iter().map(|principal| written(principal)).collect::<Option<Vec<Value>>>() else {
            continue;
        };
        let mut check = |bound: &str, who: &[Value], wanted: Verdict| {
            judged += 1;
            let (verdict, found) = verdict(row, bound, who);
            let told = format!("{}: {bound} {} gives {verdict}: {found}", row.id, json!(who));
            match verdict {
                verdict if verdict == wanted => {}
                Verdict::Unknown => undecided.push(told),
                _ => wrong.push(told),
            }
        };
        check("exactly", &list, Verdict::Pass);
        // That the policy leaves the decision to the owner's IAM is told and never counted.
        let counted = |at: &usize| principals[*at] != format!("account:{}", row.account);
        for left_out in (0..list.len()).filter(counted) {
            let others: Vec<Value> =
                list.iter().enumerate().filter(|(at, _)| *at != left_out).map(|(_, who)| who.clone()).collect();
            check("at_most", &others, Verdict::Fail);
        }
    }
    assert!(judged > 200, "{judged}");
    assert!(undecided.len() <= 1, "{} undecided:\n{}", undecided.len(), undecided.join("\n"));
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}
