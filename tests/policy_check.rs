//! `plimsoll policy check` as it is typed: what is read, where findings stand, exit codes.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

fn document(statements: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#)
}

fn allow(action: &str) -> String {
    document(&format!(r#"{{"Effect":"Allow","Action":"{action}","Resource":"*"}}"#))
}

/// Runs `plimsoll policy check` on what comes in.
fn check(typed: &[&str], stdin: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .args(["policy", "check"])
        .args(typed)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    // A program that refuses its arguments does not read.
    drop(child.stdin.take().expect("a pipe").write_all(stdin.as_bytes()));
    child.wait_with_output().expect("the program ends")
}

/// The exit code and the answer, of JSON.
fn answer(stdin: &str) -> (Option<i32>, serde_json::Value) {
    let output = check(&["-", "--format", "json"], stdin);
    (output.status.code(), serde_json::from_slice(&output.stdout).expect("JSON"))
}

/// Code, line and name of each finding.
fn found(answer: &serde_json::Value) -> Vec<(String, u64, String)> {
    let one = |finding: &serde_json::Value| {
        let text = |field: &str| finding[field].as_str().unwrap_or_default().to_owned();
        (text("code"), finding["line"].as_u64().unwrap_or_default(), text("policy"))
    };
    answer["findings"].as_array().expect("findings").iter().map(one).collect()
}

fn triple(code: &str, line: u64, policy: &str) -> (String, u64, String) {
    (code.to_owned(), line, policy.to_owned())
}

#[test]
fn the_exit_code_says_how_grave_it_is() {
    for (text, code) in [
        (allow("sqs:SendMessage"), 0),
        (allow("sqs:SendMesage"), 1),
        (allow("sqs:SendMessage").replace("\"Version\":\"2012-10-17\",", ""), 0),
        (r#"{"Statement":[],"Statement":[]}"#.to_owned(), 2),
        ("{".to_owned(), 2),
        (String::new(), 2),
    ] {
        assert_eq!(answer(&text).0, Some(code), "{text}");
    }
    assert_eq!(check(&["no/such/file"], "").status.code(), Some(2));
    assert_eq!(check(&["-", "-"], "").status.code(), Some(2));
    assert_eq!(check(&[], "").status.code(), Some(2));
}

#[test]
fn a_person_sees_the_place_and_the_next_step_within_80_columns() {
    let text = "{\n\"Version\":\"2012-10-17\",\n\"Statement\":{\"Sid\":\"Send\",\"Effect\":\"Allow\",\
                \"Action\":\"sqs:SendMesage\",\"Resource\":\"*\"}}";
    let output = check(&["-"], text);
    let said = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(said.starts_with("warning action-unknown · -:3 · statement \"Send\"\n"), "{said}");
    assert!(said.contains("did you mean `sqs:SendMessage`?"), "{said}");
    assert!(said.ends_with("\n1 document: 0 errors, 1 warning, 0 notes\n"), "{said}");
    assert!(said.lines().all(|line| line.chars().count() <= 80), "{said}");
    let hostile = check(&["-"], &allow("sqs:\\u001b[31mX"));
    assert!(!hostile.stdout.contains(&0x1b));
}

#[test]
fn documents_are_found_in_what_aws_prints() {
    let bad = allow("sqs:SendMesage");
    let quoted = serde_json::to_string(&bad).expect("JSON");
    for text in [
        bad.clone(),
        quoted.clone(),
        format!("[{bad}]"),
        format!(r#"{{"PolicyVersion":{{"Document":{bad},"VersionId":"v1","IsDefaultVersion":true}}}}"#),
        format!(r#"{{"RoleName":"r","PolicyName":"p","PolicyDocument":{bad}}}"#),
        format!(r#"{{"Attributes":{{"Policy":{quoted}}}}}"#),
        format!(r#"{{"Policy":{quoted},"RevisionId":"1"}}"#),
        bad.replace('{', "%7B").replace('}', "%7D").replace('"', "%22"),
    ] {
        let (code, answer) = answer(&text);
        assert_eq!((code, answer["documents"].as_u64()), (Some(1), Some(1)), "{text}");
        assert_eq!(answer["findings"][0]["code"], "action-unknown", "{text}");
    }
}

#[test]
fn an_account_is_read_as_the_cli_prints_it() {
    let account = format!(
        r#"{{
  "UserDetailList": [
    {{
      "UserName": "ann",
      "UserPolicyList": [
        {{ "PolicyName": "a", "PolicyDocument":
          {bad} }},
        {{ "PolicyName": "long", "PolicyDocument": {long} }}
      ]
    }}
  ],
  "GroupDetailList": [],
  "RoleDetailList": [
    {{
      "RoleName": "worker",
      "AssumeRolePolicyDocument": {trust},
      "RolePolicyList": []
    }}
  ],
  "Policies": [
    {{
      "PolicyName": "writer",
      "Arn": "arn:aws:iam::111122223333:policy/writer",
      "PolicyVersionList": [
        {{ "Document": {bad}, "VersionId": "v2", "IsDefaultVersion": true }},
        {{ "Document": {bad}, "VersionId": "v1", "IsDefaultVersion": false }}
      ]
    }},
    {{
      "PolicyName": "AdministratorAccess",
      "Arn": "arn:aws:iam::aws:policy/AdministratorAccess",
      "PolicyVersionList": [
        {{ "Document": {bad}, "VersionId": "v1", "IsDefaultVersion": true }}
      ]
    }}
  ]
}}"#,
        bad = allow("sqs:SendMesage"),
        long = document(&format!(
            r#"{{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::{}/*"}}"#,
            "b".repeat(2_000)
        )),
        trust = document(r#"{"Effect":"Allow","Principal":{"AWS":"AROAEXAMPLEEXAMPLE123"},"Action":"sts:AssumeRole"}"#),
    );
    let (code, answer) = answer(&account);
    assert_eq!(
        found(&answer),
        [
            triple("action-unknown", 7, "-, user ann, policy a"),
            triple("too-long", 7, "-, user ann"),
            triple("principal-deleted", 16, "-, role worker, trust policy"),
            triple("action-unknown", 25, "-, policy writer"),
        ]
    );
    assert_eq!(code, Some(1));
    assert_eq!((answer["documents"].as_u64(), answer["old_versions"].as_u64()), (Some(4), Some(1)));
    assert_eq!(answer["of_aws"], 1);
}

#[test]
fn json_lines_keep_their_lines_and_their_names() {
    let lines = [
        allow("sqs:SendMessage"),
        format!(r#"{{"id":"second","policy":{}}}"#, allow("sqs:SendMesage")),
        "nonsense".to_owned(),
        serde_json::to_string(&allow("sqs")).expect("JSON"),
    ];
    let (code, answer) = answer(&lines.join("\n"));
    assert_eq!(
        found(&answer),
        [triple("action-unknown", 2, "-, second"), triple("malformed", 3, "-"), triple("action-form", 4, "-")]
    );
    assert_eq!((code, answer["documents"].as_u64()), (Some(2), Some(3)));
}

#[test]
fn hostile_files_end_in_a_finding() {
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    let nested = "{\"Policy\":".repeat(60) + "1" + &"}".repeat(60);
    for text in [deep.as_str(), &nested, "\u{0}", "[[],{}]", "{\"Statement\":{\"Statement\":1}}", "\"\"", "null"] {
        assert_eq!(answer(text).0, Some(2), "{}", text.get(..40).unwrap_or(text));
    }
}
