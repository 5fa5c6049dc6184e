//! A receipt: what says later whether a report is the one that a run made.
//!
//! It holds the SHA-256 of the rules, of the report as JSON and of the answers, whose account it was, who read it and
//! when, and a SHA-256 over all of that. Anyone can make such hashes, so that they show that nothing was changed by
//! accident, and not who made it. With a key there is an HMAC-SHA256 over the same beside them, which nobody makes
//! without the key. Knows nothing of files and of where a key comes from.

use crate::model::{Account, Report, harmless};
use crate::report::write_harmless;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// The version of the format that is written, and the only one that is read.
const VERSION: u32 = 1;

/// The fewest bytes of a key: one that is shorter can be guessed.
pub const SHORTEST_KEY: usize = 16;

/// What identifies the answers that a report rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answers {
    /// The SHA-256 over all calls and the hashes of their answers, in hexadecimal.
    pub sha256: String,
    /// When the last answer came, in UTC with milliseconds (RFC 3339). A replay answers at the time of its recording.
    pub time: String,
}

/// Says later whether a report is the one that a run made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// The version of this format: 1.
    pub plimsoll_receipt: u32,
    /// The version of Plimsoll that judged.
    pub tool: String,
    /// The SHA-256 over the rules file and all the files it draws on.
    pub rules_sha256: String,
    /// The account, 12 digits.
    pub account: String,
    /// The ARN of the principal that read the account.
    pub caller: String,
    /// When the last answer came, in UTC (RFC 3339).
    pub time: String,
    /// The SHA-256 over all calls and the hashes of their answers.
    pub answers_sha256: String,
    /// The SHA-256 of the report as JSON, byte for byte.
    pub report_sha256: String,
    /// The SHA-256 over all of the above.
    pub receipt_sha256: String,
    /// The HMAC-SHA256 over the same, if there was a key.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub hmac_sha256: Option<String>,
}

/// What came of checking one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checked {
    /// It is as the receipt says.
    Matches,
    /// It is not.
    Differs,
    /// It could not be checked, for want of a key.
    NotChecked,
}

/// One thing that was checked, and what is said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What was checked, in a word or two.
    pub what: &'static str,
    /// What came of it.
    pub checked: Checked,
    /// What is said of it.
    pub said: String,
}

impl Answers {
    /// Of the answers that `account` was made from.
    pub fn of(account: &Account) -> Self {
        let mut hash = Sha256::new();
        for (call, answer) in &account.answers {
            add(&mut hash, &call.to_string());
            add(&mut hash, &answer.status.map_or(String::new(), |status| status.to_string()));
            add(&mut hash, answer.sha256.as_deref().unwrap_or_default());
        }
        let time = account.answers.values().map(|answer| answer.at.as_str()).max().unwrap_or_default().to_owned();
        Self { sha256: hexadecimal(&hash.finalize()), time }
    }
}

impl Receipt {
    /// The receipt of `report`, which rests on `answers`; with an HMAC if there is a key.
    pub fn new(report: &Report, answers: &Answers, key: Option<&[u8]>) -> Self {
        let mut receipt = Self {
            plimsoll_receipt: VERSION,
            tool: report.tool.clone(),
            rules_sha256: report.rules.sha256.clone(),
            account: report.account.clone(),
            caller: report.caller.clone(),
            time: answers.time.clone(),
            answers_sha256: answers.sha256.clone(),
            report_sha256: sha256(write_harmless(report).as_bytes()),
            receipt_sha256: String::new(),
            hmac_sha256: None,
        };
        receipt.receipt_sha256 = sha256(&receipt.message());
        receipt.hmac_sha256 = key.map(|key| hexadecimal(&receipt.mac(key).finalize().into_bytes()));
        receipt
    }

    /// Reads a receipt.
    ///
    /// # Errors
    /// What is wrong with it, if it is none or of another version.
    pub fn parse(text: &[u8]) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Head {
            plimsoll_receipt: u32,
        }
        let head: Head = serde_json::from_slice(text).map_err(|error| format!("it is no receipt: {error}"))?;
        if head.plimsoll_receipt != VERSION {
            return Err(format!("it has format {}; this version reads format {VERSION}", head.plimsoll_receipt));
        }
        serde_json::from_slice(text).map_err(|error| format!("it is no receipt: {error}"))
    }

    /// The receipt as JSON: the same bytes for the same receipt.
    pub fn to_json(&self) -> String {
        write_harmless(self)
    }

    /// Holds this receipt, which was written as `text`, against the bytes of a report and against a key.
    pub fn check(&self, text: &[u8], report: &[u8], key: Option<&[u8]>) -> Vec<Check> {
        let mut checks = vec![self.of_report(report)];
        if let Ok(read) = serde_json::from_slice::<Report>(report) {
            for (what, of_report, of_receipt) in [
                ("rules", &read.rules.sha256, &self.rules_sha256),
                ("account", &read.account, &self.account),
                ("caller", &read.caller, &self.caller),
                ("version", &read.tool, &self.tool),
            ] {
                checks.push(same(what, of_report, of_receipt));
            }
        }
        checks.push(self.itself(text));
        checks.push(self.of_key(key));
        checks
    }

    fn of_report(&self, report: &[u8]) -> Check {
        let found = sha256(report);
        if found == self.report_sha256 {
            let said = format!("is the one the receipt was made of, byte for byte (SHA-256 {found})");
            return Check { what: "report", checked: Checked::Matches, said };
        }
        let said = format!("has the SHA-256 {found}, and the receipt says {}", harmless(&self.report_sha256));
        Check { what: "report", checked: Checked::Differs, said }
    }

    /// Whether the receipt agrees with itself, and stands as it was written.
    fn itself(&self, text: &[u8]) -> Check {
        let (checked, said) = if sha256(&self.message()) != self.receipt_sha256 {
            (Checked::Differs, "was changed: its hash is not that of what it says")
        } else if self.to_json().as_bytes() != text {
            (Checked::Differs, "says what it said, and its text is not as it was written")
        } else {
            (Checked::Matches, "agrees with itself")
        };
        Check { what: "receipt", checked, said: said.to_owned() }
    }

    fn of_key(&self, key: Option<&[u8]>) -> Check {
        let (checked, said) = match (&self.hmac_sha256, key) {
            (None, None) => (Checked::NotChecked, "none: anyone can make such a receipt"),
            (Some(_), None) => (Checked::NotChecked, "the receipt was made with a key, and none was given"),
            (None, Some(_)) => (Checked::Differs, "the receipt was made without a key"),
            (Some(mac), Some(key)) => match bytes(mac).map(|mac| self.mac(key).verify_slice(&mac)) {
                Some(Ok(())) => (Checked::Matches, "the receipt was made with this key"),
                _ => (Checked::Differs, "the receipt was not made with this key, or was changed since"),
            },
        };
        Check { what: "key", checked, said: said.to_owned() }
    }

    fn mac(&self, key: &[u8]) -> Hmac<Sha256> {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
            unreachable!("HMAC takes a key of any length (RFC 2104)")
        };
        mac.update(&self.message());
        mac
    }

    /// All that is hashed, each part with its length before it.
    fn message(&self) -> Vec<u8> {
        let parts = [
            "plimsoll receipt",
            &self.plimsoll_receipt.to_string(),
            &self.tool,
            &self.rules_sha256,
            &self.account,
            &self.caller,
            &self.time,
            &self.answers_sha256,
            &self.report_sha256,
        ];
        let mut message = Vec::new();
        for part in parts {
            message.extend((part.len() as u64).to_be_bytes());
            message.extend(part.as_bytes());
        }
        message
    }
}

fn same(what: &'static str, of_report: &str, of_receipt: &str) -> Check {
    if of_report == of_receipt {
        return Check { what, checked: Checked::Matches, said: harmless(of_report) };
    }
    let said = format!("the report says {}, the receipt {}", harmless(of_report), harmless(of_receipt));
    Check { what, checked: Checked::Differs, said }
}

fn add(hash: &mut Sha256, part: &str) {
    hash.update((part.len() as u64).to_be_bytes());
    hash.update(part.as_bytes());
}

/// The SHA-256 of `bytes`, in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The bytes that `text` writes in small hexadecimal digits.
fn bytes(text: &str) -> Option<Vec<u8>> {
    let digits = text.bytes().map(|c| match c {
        b'0'..=b'9' => Some(c - b'0'),
        b'a'..=b'f' => Some(c - b'a' + 10),
        _ => None,
    });
    let digits: Vec<u8> = digits.collect::<Option<_>>()?;
    digits.len().is_multiple_of(2).then(|| digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}
