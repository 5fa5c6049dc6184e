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

fn quoted(of: &[Piece]) -> String {
    serde_json::Value::String(pieces(of)).to_string()
}

fn wanted(wanted: &Wanted, depth: usize, text: &mut String) {
    let indent = "  ".repeat(depth);
    match wanted {
        Wanted::Bool(value) => writeln!(text, " {value}"),
        Wanted::Number(value) => writeln!(text, " {value}"),
        Wanted::Text(of) => writeln!(text, " {}", quoted(of)),
        Wanted::Like(of) => writeln!(text, " like {}", quoted(of)),
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
            writeln!(told, "  name {}", quoted(name)).expect("a text takes all");
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
    // The transform knows the partition, and puts a hash into the id of a deployment; IAM takes actions in any case.
    let text = shown(&sorted).replace("${AWS::Partition}", "aws").replace("sns:publish", "sns:Publish");
    let (mut told, mut rest) = (String::new(), text.as_str());
    while let Some((before, after)) = rest.split_once("-deployment") {
        told.push_str(before);
        told.push_str("-deployment");
        rest = after.trim_start_matches(|c: char| c.is_ascii_hexdigit());
    }
    let text = told + rest;
    text.lines().map(str::to_owned).collect()
}

#[test]
fn a_template_of_sam_means_what_the_processed_template_does() {
    let of = |name: &str| {
        let text = std::fs::read_to_string(folder().join(name)).expect("a template is readable");
        told(&read(&text, &[]).unwrap_or_else(|error| panic!("{error}")))
    };
    let only = |a: &[String], b: &[String]| a.iter().filter(|line| !b.contains(line)).cloned().collect::<Vec<_>>();
    for (written, processed) in
        [("sam-bookings.yaml", "processed/sam-bookings.json"), ("processed/sam-forms.yaml", "processed/sam-forms.json")]
    {
        let (written, processed) = (of(written), of(processed));
        assert_eq!((only(&written, &processed), only(&processed, &written)), (Vec::new(), Vec::new()));
    }
}

/// A template with these resources, and what else stands before them.
fn of(before: &str, resources: &str) -> String {
    format!("{before}\nResources:\n{resources}")
}

fn intent(text: &str, given: &[(&str, &str)]) -> String {
    match read(text, given) {
        Ok(intent) => shown(&intent),
        Err(error) => panic!("{error}"),
    }
}

fn has(text: &str, lines: &[&str]) {
    for line in lines {
        assert!(text.contains(line), "{line:?} is not in:\n{text}");
    }
}

#[test]
fn a_condition_decides_what_there_is_and_where_it_cannot_the_resource_is_left() {
    let text = of(
        "Parameters:\n  Stage: {Type: String}\nConditions:\n  Live: !Equals [!Ref Stage, live]\n  \
         Here: !Equals [!Ref AWS::Region, eu-west-1]\n  Either: !Or [!Condition Live, !Condition Here]\n  \
         Both: !And [!Condition Live, !Condition Here]",
        "  A: {Type: AWS::SQS::Queue, Condition: Live, Properties: {QueueName: a}}\n  \
         B: {Type: AWS::SQS::Queue, Condition: Either, Properties: {QueueName: b}}\n  \
         C: {Type: AWS::SQS::Queue, Condition: Both, Properties: {QueueName: c}}\n  \
         D: {Type: AWS::SQS::Queue, Properties: {QueueName: d, DelaySeconds: !If [Live, 5, !Ref AWS::NoValue]}}\n",
    );
    let live = intent(&text, &[("Stage", "live")]);
    has(
        &live,
        &[
            "\na: AWS",
            "\nb: AWS",
            "left C (AWS::SQS::Queue), line 11",
            "AWS::Region is not known here",
            "DelaySeconds: 5",
        ],
    );
    let test = intent(&text, &[("Stage", "test")]);
    has(&test, &["left B (AWS::SQS::Queue)", "\nd: AWS"]);
    assert!(!test.contains("\na: AWS") && !test.contains("\nc: AWS") && !test.contains("DelaySeconds"), "{test}");
    let nobody = intent(&text, &[]);
    has(&nobody, &["left A (AWS::SQS::Queue)", "nobody gave the parameter Stage a value", "DelaySeconds: unknown:"]);
    let here = intent(&text, &[("Stage", "live"), ("AWS::Region", "eu-west-1")]);
    has(&here, &["\na: AWS", "\nb: AWS", "\nc: AWS"]);
}

#[test]
fn what_only_aws_knows_is_unknown_and_never_a_guess() {
    let text = of(
        "Parameters:\n  Secret: {Type: String, NoEcho: true, Default: hush}\n  \
         Stored: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /path}",
        "  R: {Type: AWS::IAM::Role, Properties: {RoleName: r, Path: !ImportValue x, Description: !Ref Secret, \
         PermissionsBoundary: !Ref Stored, AssumeRolePolicyDocument: {Statement: []}}}\n  \
         T: {Type: AWS::DynamoDB::Table, Properties: {TableName: t, StreamSpecification: {StreamViewType: NEW_IMAGE}}}\n  \
         F: {Type: AWS::Lambda::Function, Properties: {FunctionName: f, Role: !GetAtt R.Arn, \
         Description: !Select [1, !Split [/, !GetAtt R.Arn]], Runtime: !Select [3, !Split [/, !GetAtt T.StreamArn]], Handler: !GetAtt R.Nothing, Environment: \
         {Variables: {AA: !Ref Secret, BB: plain, CC: !GetAtt T.Arn, DD: '', EE: !Ref AWS::Region, FF: !Ref T}}}}\n",
    );
    let told = intent(&text, &[]);
    has(
        &told,
        &[
            "Path: unknown: another stack exports it",
            "parameter secret = no default",
            "parameter stored = no default",
            "Description: unknown: Fn::Split takes apart what is not known",
            "Runtime: \"${t.LatestStreamLabel}\"",
            "Handler: unknown: Plimsoll does not read Nothing",
            "AA: unknown: it holds a parameter that is not echoed",
            "BB: unknown: such a text may be a secret",
            "CC: \"${t.Arn}\"",
            "EE: \"${AWS::Region}\"",
            "FF: \"${t}\"",
        ],
    );
    assert!(!told.contains("hush"), "{told}");
}

#[test]
fn a_name_of_its_own_a_made_up_one_and_one_that_is_shortened() {
    let long = "L".repeat(60);
    let text = of(
        "",
        &format!(
            "  A: {{Type: AWS::IAM::Role, Properties: {{AssumeRolePolicyDocument: {{}}}}}}\n  \
             {long}: {{Type: AWS::Lambda::Function, Properties: {{Role: !GetAtt A.Arn}}}}\n"
        ),
    );
    has(&intent(&text, &[]), &["by RoleName like \"${stack}-A-*\"", "shortened: give it a name"]);
    let stack = "s".repeat(60);
    has(&intent(&text, &[("stack", &stack)]), &["left A (AWS::IAM::Role)"]);
    has(&intent(&text, &[("stack", "shop")]), &["parameter stack = \"shop\""]);
}

#[test]
fn what_rests_on_a_thing_that_is_left_is_left_or_unknown_with_it() {
    let text = of(
        "Conditions: {Here: !Equals [!Ref AWS::Region, eu-west-1]}",
        "  T: {Type: AWS::SNS::Topic, Condition: Here, Properties: {TopicName: t}}\n  \
         S: {Type: AWS::SNS::Subscription, Properties: {TopicArn: !Ref T, Protocol: sqs, Endpoint: !GetAtt Q.Arn}}\n  \
         Q: {Type: AWS::SQS::Queue, Properties: {QueueName: q}}\n  \
         P: {Type: AWS::SQS::QueuePolicy, Properties: {Queues: [!Ref Q], PolicyDocument: {Statement: [{Effect: Allow, \
         Principal: '*', Action: 'sqs:SendMessage', Condition: {ArnEquals: {'aws:SourceArn': !Ref T}}}]}}}\n",
    );
    let told = intent(&text, &[]);
    has(
        &told,
        &[
            "left T (AWS::SNS::Topic)",
            "left S (AWS::SNS::Subscription)",
            "aws:SourceArn: unknown: whether there is T is not known",
        ],
    );
}

#[test]
fn an_address_of_a_person_becomes_a_parameter() {
    let text = of(
        "",
        "  T: {Type: AWS::SNS::Topic, Properties: {TopicName: t, Subscription: [{Protocol: email, Endpoint: a@example.com}]}}\n",
    );
    has(
        &intent(&text, &[]),
        &["parameter t-subscription-endpoint = \"a@example.com\"", "by Endpoint \"${t-subscription-endpoint}\""],
    );
}

#[test]
fn what_is_wrong_is_said_with_its_place_all_at_once() {
    let text = of(
        "Parameters:\n  Env: {Type: String, Default: stage, AllowedValues: [dev, prod]}\nConditions: {A: !Condition A}",
        "  Q: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: soon, QueueName: !Ref Envv}}\n  \
         R-1: {Type: AWS::SQS::Queue}\n  \
         S: {Type: AWS::SQS::Queue, Proprties: {}}\n  \
         F: {Type: AWS::Serverless::Function}\n",
    );
    let error = read(&text, &[("Nv", "x")]).expect_err("it is wrong in many ways");
    has(
        &error,
        &[
            "template.yaml:2:3",
            "the parameter `Env` cannot be `stage`",
            "a value is given for `Nv`",
            "the condition `A` rests on itself",
            "`VisibilityTimeout` is a whole number",
            "did you mean `Env`?",
            "a logical id is made of letters and digits",
            "did you mean `Properties`?",
            "add `Transform: AWS::Serverless-2016-10-31`",
        ],
    );
    for (text, wanted) in [
        ("", "there is nothing in this file"),
        ("Resources: {A: {Type: x}}\n---\nb: c", "here a second one begins"),
        ("a: &b c\nd: *b", "CloudFormation takes no"),
        ("Resources: {A: !Reff b}", "did you mean `!Ref`?"),
        ("Resources: {A: {Type: x}, A: {Type: y}}", "`A` is written twice"),
        ("{\"Resources\": [}", "this is not JSON"),
        (
            "Resources: {F: {Type: AWS::Lambda::Function, Properties: {FunctionName: f, Environment: {Variables: {A: b}}}}}",
            "`A` cannot be the name of an environment variable",
        ),
        ("plimsoll: 1", "no section `plimsoll`"),
        ("Resources: {\"\\u001b[31m\": 1}", "a logical id"),
    ] {
        let error = read(text, &[]).expect_err(text);
        assert!(error.contains(wanted), "{wanted:?} is not in:\n{error}");
        assert!(!error.contains('\u{1b}'), "{error}");
    }
}

#[test]
fn nothing_grows_or_goes_in_circles() {
    let mut conditions = String::from("Conditions:\n  C0: !Equals [a, a]\n");
    for n in 1..200 {
        let before = n - 1;
        writeln!(conditions, "  C{n}: !And [!Condition C{before}, !Condition C{before}]").expect("a text takes all");
    }
    let queue = "  Q: {Type: AWS::SQS::Queue, Condition: C199, Properties: {QueueName: q}}\n";
    has(&intent(&of(&conditions, queue), &[]), &["q: AWS::SQS::Queue"]);

    let circle = "  A: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: !Sub '${B}${B}'}}\n  \
                  B: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: !Sub '${A}${A}'}}\n  \
                  Q: {Type: AWS::SQS::Queue, Properties: {QueueName: !Ref A}}\n";
    has(&intent(&of("", circle), &[]), &["left Q (AWS::SQS::Queue)"]);

    let mapping = "Mappings: {M: {a: {b: !FindInMap [M, a, b]}}}";
    let queue = "  Q: {Type: AWS::SQS::Queue, Properties: {QueueName: !FindInMap [M, a, b]}}\n";
    let error = read(&of(mapping, queue), &[]).expect_err("a mapping holds texts");
    has(&error, &["a mapping holds texts"]);

    let circle = "  A: {Type: AWS::ApiGateway::RestApi, Properties: {Name: a}}\n  \
                  X: {Type: AWS::ApiGateway::Resource, Properties: {RestApiId: !Ref A, ParentId: !Ref X, PathPart: x}}\n  \
                  M: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !Ref A, ResourceId: !Ref X, HttpMethod: GET}}\n";
    has(&intent(&of("", circle), &[]), &["left M (AWS::ApiGateway::Method)", "in a circle"]);

    let deep = format!("Resources: {}1{}", "[".repeat(200), "]".repeat(200));
    has(&read(&deep, &[]).expect_err("it is too deep"), &["nested more than 64 deep"]);
}

/// Damages templates in ways that a person or a file system might, and looks for nothing but an answer.
#[test]
fn no_damaged_template_makes_it_panic() {
    let texts: Vec<String> =
        templates().iter().map(|path| std::fs::read_to_string(path).expect("a template is readable")).collect();
    let mut seed: u64 = 0x5eed;
    let mut next = |most: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap_or(0) % most.max(1)
    };
    let pieces = [
        "!Ref ",
        "!GetAtt ",
        "!Sub ",
        "!If [",
        "${",
        "}",
        "{",
        "[",
        "]",
        "- ",
        ": ",
        "'",
        "\"",
        "\n",
        "\t",
        "é",
        "*",
        "&a ",
        "!",
        "0",
        "null",
        "AWS::NoValue",
    ];
    let (mut read_well, mut refused) = (0, 0);
    for round in 0..1_000 {
        let mut lines: Vec<String> = texts[round % texts.len()].lines().map(str::to_owned).collect();
        for _ in 0..=next(3) {
            let at = next(lines.len());
            let other = lines[next(lines.len())].clone();
            match next(5) {
                0 => drop(lines.remove(at)),
                1 => lines.insert(at, other),
                2 => lines[at] = other,
                3 => {
                    let line = &lines[at];
                    let to = line.char_indices().map(|(at, _)| at).nth(next(line.len())).unwrap_or(line.len());
                    lines[at].truncate(to);
                }
                _ => {
                    let line = &lines[at];
                    let to = line.char_indices().map(|(at, _)| at).nth(next(line.len())).unwrap_or(line.len());
                    lines[at].insert_str(to, pieces[next(pieces.len())]);
                }
            }
            if lines.is_empty() {
                break;
            }
        }
        match read(&lines.join("\n"), &[]) {
            Ok(_) => read_well += 1,
            Err(error) => {
                refused += 1;
                assert!(error.contains("template.yaml"), "it says where: {error}");
            }
        }
    }
    assert!(read_well > 100 && refused > 100, "{read_well} {refused}");
}
