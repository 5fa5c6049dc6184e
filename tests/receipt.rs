//! A receipt finds a change of any byte, in the report and in itself, and says what it cannot show.

#[path = "judging/mod.rs"]
mod judging;

use plimsoll::grade::{Answers, Checked, Receipt};
use plimsoll::model::Report;
use plimsoll::report::write_harmless;
use std::collections::BTreeMap;
use std::path::Path;

const KEY: &[u8] = &[7; 32];

fn report() -> (Report, Answers) {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("receipt.yaml");
    let rules = "plimsoll: 1\ntitle: Orders\nresources:\n  orders: { type: AWS::SQS::Queue, name: orders }\n";
    std::fs::write(&path, rules).expect("a file for the test");
    let rules = judging::rules(&path, &BTreeMap::new()).unwrap_or_else(|why| panic!("{why:?}"));
    let account = judging::account("resources:\n  - { type: AWS::SQS::Queue, name: orders }\n");
    (judging::judge(&rules, &account), Answers::of(&account))
}

/// Whether anything of it is said to differ.
fn differs(receipt: &[u8], report: &[u8], key: Option<&[u8]>) -> bool {
    let Ok(read) = Receipt::parse(receipt) else { return true };
    read.check(receipt, report, key).iter().any(|check| check.checked == Checked::Differs)
}

#[test]
fn a_change_of_any_byte_is_found() {
    let (report, answers) = report();
    let whole = write_harmless(&report).into_bytes();
    for (of_run, key) in [(None, None), (Some(KEY), None), (Some(KEY), Some(KEY))] {
        let receipt = Receipt::new(&report, &answers, of_run).to_json().into_bytes();
        assert!(!differs(&receipt, &whole, key));
        for at in 0..receipt.len() {
            let mut changed = receipt.clone();
            changed[at] ^= 1;
            // The HMAC itself is held against nothing without the key.
            let of_hmac = key.is_none() && text(&receipt[..at]).contains("\"hmac_sha256\": \"");
            assert!(differs(&changed, &whole, key) || of_hmac, "byte {at} of {}", text(&receipt));
            let mut shorter = receipt.clone();
            shorter.remove(at);
            assert!(differs(&shorter, &whole, key) || of_hmac, "without byte {at}");
        }
        for at in (0..whole.len()).step_by(7) {
            let mut changed = whole.clone();
            changed[at] ^= 1;
            assert!(differs(&receipt, &changed, key), "byte {at} of the report");
        }
        let longer = [&whole[..], b" "].concat();
        assert!(differs(&receipt, &longer, key));
    }
}

/// Whoever makes a receipt anew for a changed report is found out by the key alone.
#[test]
fn only_the_key_tells_who_made_it() {
    let (mut report, answers) = report();
    let right = Receipt::new(&report, &answers, Some(KEY));
    report.account = "999988887777".to_owned();
    let forged = write_harmless(&report).into_bytes();
    let without = Receipt::new(&report, &answers, None);
    let mut lent = Receipt::new(&report, &answers, None);
    lent.hmac_sha256 = right.hmac_sha256;
    let guessed = Receipt::new(&report, &answers, Some(b"some other key of more bytes"));
    for receipt in [without, lent, guessed] {
        let text = receipt.to_json().into_bytes();
        assert!(!differs(&text, &forged, None), "a receipt alone cannot know");
        assert!(differs(&text, &forged, Some(KEY)), "{receipt:?}");
    }
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("UTF-8")
}
