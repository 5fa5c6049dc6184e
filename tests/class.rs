//! A class at once: 300 replayed accounts with different mistakes, some of them broken; the same bytes every time; a run
//! that is killed goes on; and whatever somebody is called or wrote stays text.

use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant, SystemTime};

const RECORDING: &str = include_str!("../src/cli/demo/serverless-poc.recording.json");
/// The account of the recording.
const ACCOUNT: &str = "111122223333";

/// What students write in place of what the lab asks for.
const SLIPS: [(&str, &str); 6] = [
    ("NEW_IMAGE", "KEYS_ONLY"),
    ("orderID", "orderId"),
    ("POC-Lambda-2", "POC-Lambda-B"),
    ("dynamodb%3APutItem", "dynamodb%3AGetItem"),
    ("POC-Topic", "POC-Thema"),
    ("lambda.amazonaws.com", "ec2.amazonaws.com"),
];

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("class").join(name);
    drop(std::fs::remove_dir_all(&folder));
    std::fs::create_dir_all(&folder).expect("a folder for the test");
    folder
}

fn write(path: &Path, bytes: impl AsRef<[u8]>) {
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("its folder");
    std::fs::write(path, bytes).expect("a file for the test");
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_plimsoll"));
    command
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .env("HOME", folder)
        // Nothing is looked for beyond this machine.
        .env("AWS_EC2_METADATA_DISABLED", "true");
    command
}

fn plimsoll(folder: &Path, arguments: &[&str]) -> Output {
    command(folder, arguments).output().expect("the binary runs")
}

fn class(folder: &Path, more: &[&str]) -> Output {
    plimsoll(folder, &[&["grade", "serverless-poc", "--roster", "class.csv", "--results", "out"], more].concat())
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The files below `folder` with what `of` says of each, by their path.
fn tree<T>(folder: &Path, of: &dyn Fn(&Path) -> T) -> BTreeMap<String, T> {
    fn walk<T>(root: &Path, folder: &Path, of: &dyn Fn(&Path) -> T, found: &mut BTreeMap<String, T>) {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                walk(root, &path, of, found);
            } else {
                let name = path.strip_prefix(root).expect("below the root").to_string_lossy().into_owned();
                found.insert(name, of(&path));
            }
        }
    }
    let mut found = BTreeMap::new();
    walk(folder, folder, of, &mut found);
    found
}

/// All that must be the same: everything but the manifest, which holds the times.
fn bytes(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = tree(folder, &|path| std::fs::read(path).expect("a file"));
    found.remove("run.json").expect("a manifest");
    found
}

/// The recording of the student `nth`: an account of their own, with a mistake of their own.
fn recording(nth: usize) -> String {
    let account = format!("2000{nth:08}");
    let mut recording: Value = serde_json::from_str(&RECORDING.replace(ACCOUNT, &account)).expect("JSON");
    let entries = recording["entries"].as_array_mut().expect("entries");
    // The first entry says whose account it is.
    let at = 1 + nth % (entries.len() - 1);
    match nth % 4 {
        0 => drop(entries.remove(at)),
        1 => {
            entries[at]["answer"] = serde_json::json!({ "response": {
            "status": 403,
            "headers": { "x-amzn-errortype": "AccessDeniedException" },
            "body": ["{\"__type\":\"AccessDeniedException\",\"message\":\"no\"}"],
        } })
        }
        2 => {
            let (right, wrong) = SLIPS[nth / 4 % SLIPS.len()];
            let whole = recording.to_string();
            assert!(whole.contains(right), "{right}");
            return whole.replace(right, wrong);
        }
        _ => {
            // A neighbour's account, in the policy of the queue and wherever else it is named.
            let neighbour = format!("2000{:08}", nth - 1);
            let of_root = format!("arn:aws:iam::{account}:root");
            return recording.to_string().replace(&of_root, &format!("arn:aws:iam::{neighbour}:root")).replacen(
                &format!("arn:aws:iam::{neighbour}:root"),
                &of_root,
                1,
            );
        }
    }
    recording.to_string()
}

/// Recordings that are broken, each in a way of its own; what the table says of it.
fn broken(folder: &Path) -> Vec<(String, &'static str)> {
    let value = || serde_json::from_str::<Value>(RECORDING).expect("JSON");
    let mut version = value();
    version["plimsoll_recording"] = 2.into();
    let mut nobody = value();
    nobody["entries"].as_array_mut().expect("entries").remove(0);
    let mut twice = value();
    let again = twice["entries"][1].clone();
    twice["entries"].as_array_mut().expect("entries").push(again);
    let mut whose = value();
    whose["entries"][0]["answer"]["response"]["body"] = serde_json::json!(["<html>no</html>"]);
    let rows: [(&str, Option<Vec<u8>>, &str); 9] = [
        ("truncated", Some(RECORDING.as_bytes()[..RECORDING.len() / 2].to_vec()), "not a recording"),
        ("empty", Some(Vec::new()), "not a recording"),
        ("other", Some(b"{}".to_vec()), "no `plimsoll_recording`"),
        ("version", Some(version.to_string().into_bytes()), "has format 2"),
        ("bytes", Some(vec![0xff, 0xfe, 0]), "not UTF-8"),
        ("nobody", Some(nobody.to_string().into_bytes()), "whose account"),
        ("twice", Some(twice.to_string().into_bytes()), "two answers"),
        ("whose", Some(whose.to_string().into_bytes()), "not AWS"),
        ("missing", None, "cannot read"),
    ];
    std::fs::create_dir_all(folder.join("rec/folder.json")).expect("a folder");
    let mut broken = vec![("folder".to_owned(), "cannot read")];
    for (name, bytes, said) in rows {
        if let Some(bytes) = bytes {
            write(&folder.join(format!("rec/{name}.json")), bytes);
        }
        broken.push((name.to_owned(), said));
    }
    broken
}

fn is_done(path: &Path) -> usize {
    let files = std::fs::read_dir(path.join(".plimsoll")).into_iter().flatten().flatten();
    files.filter(|file| file.file_name().to_string_lossy().ends_with(".json")).count()
}

fn killed_after(mut child: Child, students: usize, results: &Path) {
    let start = Instant::now();
    while is_done(results) < students {
        assert!(start.elapsed() < Duration::from_secs(300), "it grades");
        assert!(child.try_wait().expect("a child").is_none(), "it is still at work");
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().expect("it is killed");
    child.wait().expect("it ends");
}

#[test]
fn three_hundred_accounts_of_which_ten_are_broken() {
    let folder = folder("three-hundred");
    let broken = broken(&folder);
    let mut roster = "recording,id,name\n".to_owned();
    for nth in 0..300 - broken.len() {
        write(&folder.join(format!("rec/{nth}.json")), recording(nth));
        roster.push_str(&format!("rec/{nth}.json,s{nth:03},Student {nth}\n"));
        // The broken ones stand among the others.
        if nth % 25 == 0
            && let Some((name, _)) = broken.get(nth / 25)
        {
            roster.push_str(&format!("rec/{name}.json,{name},\n"));
        }
    }
    write(&folder.join("class.csv"), &roster);
    assert_eq!(roster.lines().count(), 301);

    // Killed half way, and continued.
    let arguments = ["grade", "serverless-poc", "--roster", "class.csv", "--results", "killed"];
    let child = command(&folder, &arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
    let results = folder.join("killed");
    killed_after(child, 120, &results);
    let manifest: Value = serde_json::from_str(&read(&results.join("run.json"))).expect("JSON");
    assert_eq!(manifest["state"], "running");
    let done: Vec<String> = (0..290)
        .map(|nth| format!("s{nth:03}"))
        .filter(|id| results.join(format!(".plimsoll/{id}.json")).exists())
        .collect();
    assert!((100..280).contains(&done.len()), "{}", done.len());
    let written = |path: &Path| path.metadata().and_then(|of| of.modified()).expect("a time");
    let times = |of: &str| -> BTreeMap<String, SystemTime> { tree(&results.join(of), &written) };
    // What it may have been writing when it was killed.
    for half in [".plimsoll/.s299.json.1.tmp", ".class.csv.1.tmp", ".run.json.1.tmp", "s289/.grade.txt.1.tmp"] {
        write(&results.join(half), "half");
    }
    let before: Vec<_> = done.iter().map(|id| times(id)).collect();
    let run = plimsoll(&folder, &arguments);
    assert_eq!(run.status.code(), Some(3), "{}", text(&run.stderr));
    assert!(text(&run.stderr).contains("goes on where it was stopped"), "{}", text(&run.stderr));
    for (id, before) in done.iter().zip(before) {
        assert_eq!(times(id), before, "{id} was asked about twice");
    }
    let manifest: Value = serde_json::from_str(&read(&results.join("run.json"))).expect("JSON");
    assert_eq!(manifest["state"], "finished");

    // In one go, with more at once: the same bytes.
    let run = class(&folder, &["--parallel", "8"]);
    assert_eq!(run.status.code(), Some(3), "{}", text(&run.stderr));
    let out = folder.join("out");
    let (once, continued) = (bytes(&out), bytes(&results));
    assert_eq!(once.keys().collect::<Vec<_>>(), continued.keys().collect::<Vec<_>>());
    for (name, bytes) in &once {
        assert!(continued[name] == *bytes, "{name} differs");
    }
    let said = text(&run.stdout);
    assert!(said.contains("290 graded, 10 could not be read"), "{said}");

    let table = read(&out.join("class.csv"));
    assert_eq!(table.lines().count(), 301);
    for (name, reason) in &broken {
        let line = table.lines().find(|line| line.starts_with(&format!("{name},"))).expect(name);
        assert!(line.contains("not read") && line.contains(reason), "{line}");
        assert_eq!(std::fs::read_dir(out.join(name)).expect("a folder").count(), 0, "{name} has no grade");
    }
    // What a student did wrong differs, and so do the points; a neighbour's account is named with whose it is.
    let mut percents: Vec<&str> = table.lines().skip(1).filter_map(|line| line.split(',').nth(7)).collect();
    percents.sort_unstable();
    percents.dedup();
    assert!(percents.len() > 5, "{percents:?}");
    let neighbour = table.lines().find(|line| line.starts_with("s003,")).expect("s003");
    assert!(neighbour.contains("200000000002 (s002)"), "{neighbour}");
    let student = read(&out.join("s003/grade.txt")) + &read(&out.join("s003/grade.json"));
    assert!(!student.contains("Other accounts") && !student.contains("\"foreign\""), "that is for staff");
    let grade: Value = serde_json::from_str(&read(&out.join("s003/grade.json"))).expect("JSON");
    assert_eq!((&grade["standing"], &grade["audience"]), (&"counts".into(), &"student".into()));
}

/// A class of three, of whom one cannot be read.
fn three(name: &str) -> PathBuf {
    let folder = folder(name);
    write(&folder.join("a.json"), RECORDING);
    write(&folder.join("b.json"), RECORDING.replace(ACCOUNT, "444455556666"));
    write(&folder.join("class.csv"), "id,name,recording\nann,Ann,a.json\nbo,Bo,b.json\ncy,Cy,c.json\n");
    folder
}

#[test]
fn a_finished_run_asks_anew_and_keeps_what_it_is_told_to_keep() {
    let folder = three("again");
    let out = folder.join("out");
    let written = |file: &str| out.join(file).metadata().and_then(|of| of.modified()).expect(file);
    assert_eq!(class(&folder, &["--write", "text", "--write", "gradescope"]).status.code(), Some(3));
    assert!(out.join("ann/gradescope.json").exists());
    let (ann, bo) = (written("ann/grade.txt"), written("bo/grade.txt"));

    // Anew, in fewer forms: nothing of the earlier run is left over.
    assert_eq!(class(&folder, &["--write", "text"]).status.code(), Some(3));
    assert!(written("ann/grade.txt") > ann && written("bo/grade.txt") > bo);
    assert!(!out.join("ann/gradescope.json").exists());
    let (ann, bo) = (written("ann/grade.txt"), written("bo/grade.txt"));

    // The third has been recorded meanwhile, and a fourth is new.
    write(&folder.join("c.json"), RECORDING.replace(ACCOUNT, "777788889999"));
    write(
        &folder.join("class.csv"),
        "id,name,recording\nann,Ann Li,a.json\nbo,Bo,./b.json\ncy,Cy,c.json\ndi,Di,a.json\n",
    );
    let run = class(&folder, &["--write", "text", "--keep-unchanged"]);
    assert_eq!(run.status.code(), Some(0), "{}", text(&run.stderr));
    assert_eq!(written("ann/grade.txt"), ann, "her row is the same");
    assert!(written("bo/grade.txt") > bo, "his is not");
    let table = read(&out.join("class.csv"));
    assert!(table.contains("ann,Ann Li,111122223333,graded,"), "{table}");
    assert!(table.contains("the same account as ann"), "{table}");

    let bo = written("bo/grade.txt");
    let run = class(&folder, &["--write", "text", "--pass-mark", "50", "--keep", "bo,ann"]);
    assert_eq!(run.status.code(), Some(0), "{}", text(&run.stderr));
    assert_eq!((written("ann/grade.txt"), written("bo/grade.txt")), (ann, bo));
    let run = class(&folder, &["--keep", "nobody"]);
    assert_eq!(run.status.code(), Some(2));
    assert!(text(&run.stderr).contains("--keep nobody"), "{}", text(&run.stderr));

    // Who cannot be read any more has no grade of an earlier run.
    std::fs::remove_file(folder.join("a.json")).expect("it goes");
    write(&folder.join("class.csv"), "id,recording\nann,a.json\n");
    let run = class(&folder, &[]);
    assert_eq!(run.status.code(), Some(4), "nobody could be read");
    assert!(text(&run.stderr).contains("bo, cy, di"), "{}", text(&run.stderr));
    assert!(!out.join("ann/grade.txt").exists());
    assert!(out.join("bo/grade.txt").exists(), "whoever left keeps their folder");
}

#[test]
fn mistakes_of_the_roster_are_said_at_once_and_nothing_is_asked() {
    let folder = three("mistakes");
    let says = |roster: &str, more: &[&str], said: &[&str]| {
        write(&folder.join("class.csv"), roster);
        let run = class(&folder, more);
        let stderr = text(&run.stderr);
        assert_eq!(run.status.code(), Some(2), "{roster}\n{stderr}");
        for said in said {
            assert!(stderr.contains(said), "{roster}: {said}\n{stderr}");
        }
    };
    says("id,recrding\nann,a.json\n", &[], &["class.csv:1, column 2", "did you mean `recording`?"]);
    says(
        "id,recording,region\nann,a.json,eu-west-1\n../x,a.json,\nANN,a.json,\n",
        &[],
        &[
            "class.csv:3, column 1 (id): `../x` cannot name a folder",
            "class.csv:4, column 1 (id): `ANN` is the id in line 2",
        ],
    );
    says("id,recording,region\nann,a.json,eu-west-1\n", &[], &["class.csv:2: the region is eu-west-1"]);
    says("id,account\nann,111122223333\n", &[], &["--role-name"]);
    says("id,recording\nann,a.json\n", &["--replay", "a.json"], &["--replay names one account"]);
    says("id,recording\nann,a.json\n", &["--write", "text=x.txt"], &["a class has one for each student"]);
    says("id,recording\nann,a.json\n", &["--receipt-key", "a.json"], &["--write receipt"]);
    says("id,notify,recording\nann,a@example.com,a.json\n", &["--set", "notify=b@example.com"], &["--set as well"]);
    assert!(!folder.join("out").exists(), "nothing was begun");

    write(&folder.join("out/class.csv"), "id\n");
    says("id,recording\nann,a.json\n", &[], &["no run of a class wrote it"]);
    let inside = ["grade", "serverless-poc", "--roster", "out/class.csv", "--results", "out"];
    write(&folder.join("out/class.csv"), "id,recording\nann,../a.json\n");
    let run = plimsoll(&folder, &inside);
    assert_eq!(run.status.code(), Some(2));
    assert!(text(&run.stderr).contains("take the place of"), "{}", text(&run.stderr));
    assert_eq!(read(&folder.join("out/class.csv")), "id,recording\nann,../a.json\n");
}

#[test]
fn a_column_sets_a_parameter_for_its_row() {
    let folder = three("parameters");
    write(&folder.join("class.csv"), "notify,id,recording\na@example.com,ann,a.json\n,bo,b.json\n");
    // The recording holds no address, so that whether it is this one is not known.
    assert_eq!(class(&folder, &[]).status.code(), Some(3));
    let table = read(&folder.join("out/class.csv"));
    assert!(table.contains("ann,,111122223333,undecided,") && table.contains("bo,,444455556666,graded,"), "{table}");
    let said = |id: &str| read(&folder.join(format!("out/{id}/grade.json")));
    let left_out = "the optional parameter `notify` was not given";
    assert!(!said("ann").contains(left_out) && said("bo").contains(left_out));
}

#[test]
fn whoever_cannot_be_reached_stops_nobody() {
    let folder = three("unreachable");
    write(
        &folder.join("class.csv"),
        "id,role,external_id,profile,recording\n\
         role,arn:aws:iam::123456789012:role/Audit,secret-of-the-course,,\n\
         profile,,,nobody,\n\
         ann,,,,a.json\n",
    );
    // A port of this machine that nobody listens on.
    let free = std::net::TcpListener::bind("127.0.0.1:0").and_then(|of| of.local_addr()).expect("a port");
    let address = format!("http://{free}");
    let run = class(&folder, &["--endpoint-url", &address]);
    assert_eq!(run.status.code(), Some(3), "{}", text(&run.stderr));
    let table = read(&folder.join("out/class.csv"));
    for (id, said) in [("role", "not read"), ("profile", "nobody"), ("ann", "111122223333,graded")] {
        let line = table.lines().find(|line| line.starts_with(&format!("{id},"))).expect(id);
        assert!(line.contains(said), "{line}");
    }
    for (name, bytes) in tree(&folder.join("out"), &|path| std::fs::read(path).expect("a file")) {
        assert!(!text(&bytes).contains("secret-of-the-course"), "{name} tells the external id");
    }
}

#[test]
fn names_stay_text() {
    let folder = three("hostile");
    let name = "=HYPERLINK(\"\"http://x\"\")<script>alert(1)</script>&\u{202e}\u{1b}[31m";
    write(
        &folder.join("class.csv"),
        format!("id,name,recording\nann,\"{name}\",a.json\nbo,\"  @SUM(1)\",b.json\ncy,\"-1\",<b>.json\n"),
    );
    assert_eq!(class(&folder, &[]).status.code(), Some(3));
    let (csv, html) = (read(&folder.join("out/class.csv")), read(&folder.join("out/class.html")));
    for cell in csv.split(['\n', ',']).map(|cell| cell.trim_start_matches('"')) {
        assert!(!cell.trim_start().starts_with(['=', '+', '-', '@']), "{cell}");
    }
    for said in [&csv, &html] {
        assert!(!said.contains(['\u{1b}', '\u{202e}']), "{said}");
    }
    let body = html.split_once("<body>").expect("a body").1;
    assert!(body.contains("&lt;script&gt;alert(1)&lt;/script&gt;&amp;") && body.contains("&lt;b&gt;.json"), "{body}");
    assert!(!body.contains("<script") && !body.contains("<b>") && !html.contains("src="), "{body}");
}

#[test]
fn a_receipt_finds_every_change() {
    let folder = three("receipts");
    write(&folder.join("key"), [7; 32]);
    write(&folder.join("other-key"), [8; 32]);
    let run = class(&folder, &["--write", "text", "--write", "receipt", "--receipt-key", "key"]);
    assert_eq!(run.status.code(), Some(3), "{}", text(&run.stderr));
    assert!(folder.join("out/ann/report.json").exists(), "a receipt is of a report");
    let (receipt, report) = ("out/ann/receipt.json", "out/ann/report.json");
    let verify = |more: &[&str]| plimsoll(&folder, &[&["verify", receipt, report], more].concat());
    let whole = verify(&["--receipt-key", "key"]);
    assert_eq!(whole.status.code(), Some(0), "{}", text(&whole.stdout));
    assert!(text(&whole.stdout).contains("Nobody without the key"), "{}", text(&whole.stdout));
    let without = verify(&[]);
    assert_eq!(without.status.code(), Some(0));
    assert!(text(&without.stdout).contains("Who made the receipt it does not show"), "{}", text(&without.stdout));
    assert_eq!(verify(&["--receipt-key", "other-key"]).status.code(), Some(1));
    write(&folder.join("short"), "secret");
    assert_eq!(verify(&["--receipt-key", "short"]).status.code(), Some(2));

    // The recorded clock: the same receipt every time.
    let value: Value = serde_json::from_str(&read(&folder.join(receipt))).expect("JSON");
    let recorded: Value = serde_json::from_str(RECORDING).expect("JSON");
    assert_eq!(value["time"], recorded["recorded_at"]);
    let single = ["scan", "serverless-poc", "--replay", "a.json", "--output", "r.json", "--receipt", "r.receipt"];
    assert_eq!(plimsoll(&folder, &[&single[..], &["--receipt-key", "key"]].concat()).status.code(), Some(1));
    assert_eq!(read(&folder.join("r.receipt")), read(&folder.join(receipt)));
    let graded =
        ["grade", "serverless-poc", "--replay", "a.json", "--write", "report=g.json", "--receipt", "g.receipt"];
    plimsoll(&folder, &graded);
    assert_eq!(plimsoll(&folder, &["verify", "g.receipt", "r.json"]).status.code(), Some(0));
    assert_eq!(plimsoll(&folder, &["verify", "r.json", "g.receipt"]).status.code(), Some(2), "the wrong way round");
    let keyless = plimsoll(&folder, &["verify", "g.receipt", "r.json", "--receipt-key", "key"]);
    assert_eq!(keyless.status.code(), Some(1), "a receipt without a key where one is asked for");
    assert_eq!(plimsoll(&folder, &["verify", receipt, "out/bo/report.json"]).status.code(), Some(1));
}
