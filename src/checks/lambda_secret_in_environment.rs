//! `lambda-secret-in-environment`: functions that are given secrets in their variables.
//!
//! The values of variables are redacted where they enter, so that a value is judged by the shape that was told there and
//! by the name of its variable, and never shown.

use super::settings::{Rows, read};
use super::{Analysis, Case, Judged};
use crate::model::{Check, Control, FUNCTION, Gap, Reads, Reason, SecretShape, Severity, Value};

pub(super) static CHECK: Analysis = Analysis {
    check: Check {
        name: "lambda-secret-in-environment",
        title: "No function has a secret in its environment variables",
        finds: "Each environment variable whose value looks like an AWS access key or a private key, or has a password in it as the address of a database may (postgres://user:password@host); or like a long random token, unless its name says that it is an id, a name, an address or the like; or whose name says that it is a secret (PASSWORD, DB_PASS, SECRET, TOKEN, API_KEY, PRIVATE_KEY and others), unless it ends in what says that it only leads to one (ARN, NAME, ID, URL, PATH and others).\n\n\
            Values never leave the place where they enter: what they look like is told there, and nothing else is kept of them. So a name that says secret over a value that is none is found too; rename the variable, or waive the finding. An empty value is none, nor is an ARN, such as that of a secret in Secrets Manager. Numbers in hexadecimal, which may be digests, are judged by the name alone.",
        matters: "Whoever may read the configuration of the function, which ReadOnlyAccess allows, reads the secret; and it stays in each published version.",
        mend: "Secrets Manager console > Store a new secret; then Lambda console > Functions > the function > Configuration > Environment variables > Edit: the ARN of the secret in its place, which the code reads when it runs. Change the secret, which has been seen.",
        severity: Severity::High,
        controls: &[
            Control::new("Prowler", "awslambda_function_no_secrets_in_variables"),
            Control::new("Powerpipe", "lambda_function_variables_no_sensitive_data"),
            Control::new("Checkov", "CKV_AWS_45"),
        ],
        reads: Reads::Fields(FUNCTION, &["Environment"]),
        beside: &[],
    },
    run,
};

fn run(case: &Case<'_>) -> Judged {
    const ALL: &str = "its variables";
    let mut rows = Rows::new(case);
    match read(case.resource, &["Environment", "Variables"]) {
        Ok(Some(Value::Map(variables))) => {
            let mut gaps: Vec<&Gap> = Vec::new();
            for (name, value) in variables {
                let Value::Unread(gap) = value else { continue };
                match suspicion(name, &gap.reason) {
                    Some(why) => rows.fail(format!("the variable {name}"), why),
                    None if gap.reason.is_redaction() => {}
                    None => gaps.push(gap.as_ref()),
                }
            }
            if !gaps.is_empty() {
                rows.unread(ALL, &gaps);
            }
        }
        Ok(_) => {}
        Err(gap) => rows.unread(ALL, &[gap]),
    }
    rows.judged("no variable looks like a secret")
}

/// Why the value of a variable that was left out for `reason` is taken for a secret, if it is.
fn suspicion(name: &str, reason: &Reason) -> Option<String> {
    let words = words(name);
    match reason {
        Reason::Secret(SecretShape::Token) if leads_elsewhere(&words) => None,
        Reason::Secret(_) => Some(reason.to_string()),
        Reason::Redacted if is_named_like_a_secret(&words) && !leads_elsewhere(&words) => {
            Some("redacted, and its name says that it is a secret".to_owned())
        }
        _ => None,
    }
}

/// The words that a name is made of, in capitals: `dbPassword` and `DB_PASSWORD` have two.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_small = false;
    for letter in name.chars() {
        if !letter.is_ascii_alphanumeric() || (was_small && letter.is_ascii_uppercase()) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| letter.is_ascii_alphanumeric()) {
            word.push(letter.to_ascii_uppercase());
        }
        was_small = letter.is_ascii_lowercase() || letter.is_ascii_digit();
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Whether one of the words, or two in a row, say that it is a secret.
fn is_named_like_a_secret(words: &[String]) -> bool {
    const WORDS: [&str; 6] = ["CREDENTIAL", "CREDENTIALS", "PASSCODE", "PASSPHRASE", "PASSWD", "PWD"];
    // What names are often run together with: DBPASSWORD.
    const ENDINGS: [&str; 7] = ["ACCESSKEY", "APIKEY", "PASSWORD", "PRIVATEKEY", "SECRET", "SECRETKEY", "TOKEN"];
    const KEYS: [&str; 8] = ["ACCESS", "API", "APP", "AUTH", "ENCRYPTION", "MASTER", "PRIVATE", "SIGNING"];
    let says = |word: &String| WORDS.contains(&word.as_str()) || ENDINGS.iter().any(|ending| word.ends_with(ending));
    let pass = words.len() > 1 && words.last().is_some_and(|last| last == "PASS");
    pass || words.iter().any(says) || words.windows(2).any(|pair| KEYS.contains(&pair[0].as_str()) && pair[1] == "KEY")
}

/// Whether the last word says that it leads to something, or says something of it, and is not the thing itself.
fn leads_elsewhere(words: &[String]) -> bool {
    const LAST: [&str; 40] = [
        "ALIAS",
        "ARN",
        "AUDIENCE",
        "BUCKET",
        "COUNT",
        "ENABLED",
        "ENDPOINT",
        "EXPIRATION",
        "EXPIRES",
        "EXPIRY",
        "FILE",
        "HEADER",
        "HOST",
        "ID",
        "IDS",
        "ISSUER",
        "LENGTH",
        "LIFETIME",
        "LIMIT",
        "LOCATION",
        "MINUTES",
        "NAME",
        "NAMES",
        "PARAM",
        "PARAMETER",
        "PATH",
        "POLICY",
        "PREFIX",
        "QUEUE",
        "REF",
        "REGION",
        "SECONDS",
        "SIZE",
        "SUFFIX",
        "TABLE",
        "TIMEOUT",
        "TTL",
        "TYPE",
        "URI",
        "URL",
    ];
    words.last().is_some_and(|last| LAST.contains(&last.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets_are_told_from_names_of_what_leads_to_them() {
        for name in [
            "PASSWORD",
            "DB_PASSWORD",
            "DB_PASS",
            "dbPassword",
            "DBPASSWORD",
            "db-passwd",
            "STRIPE_SECRET",
            "GITHUB_TOKEN",
            "apiKey",
            "API_KEY",
            "X_APIKEY",
            "PRIVATE_KEY",
            "privateKeyPem",
            "AWS_SECRET_ACCESS_KEY",
            "SIGNING_KEY",
            "REDIS_PWD",
            "PASSWORD_HASH",
            "SECRET_1",
        ] {
            assert!(suspicion(name, &Reason::Redacted).is_some(), "{name}");
        }
        for name in [
            "",
            "TABLE",
            "STAGE",
            "KEY",
            "PARTITION_KEY",
            "PASS",
            "PASS_THROUGH",
            "BYPASS",
            "SECRET_ARN",
            "secretArn",
            "SECRET_NAME",
            "DB_PASSWORD_PARAMETER",
            "TOKEN_URL",
            "API_KEY_ID",
            "MAX_TOKENS",
            "SECRETS_REGION",
            "TOKENIZER",
            "PASSWORD_MIN_LENGTH",
            "TOKEN_TTL",
            "MONKEY",
            "PRIVATE_SUBNET",
        ] {
            assert_eq!(suspicion(name, &Reason::Redacted), None, "{name}");
        }
    }

    #[test]
    fn a_shape_says_more_than_a_name() {
        let of = |name: &str, shape| suspicion(name, &Reason::Secret(shape)).is_some();
        assert!(of("SETTINGS", SecretShape::AccessKey) && of("KEY_ID", SecretShape::AccessKey));
        assert!(of("PEM_PATH", SecretShape::PrivateKey) && of("SETTINGS", SecretShape::Token));
        assert!(!of("CLIENT_ID", SecretShape::Token) && of("DATABASE_URL", SecretShape::Password));
        assert_eq!(suspicion("PASSWORD", &Reason::Denied("AccessDenied".to_owned())), None);
    }
}
