//! What tells one address from another, in words: the parts of ARNs that differ, and the slips that people make in them.

/// Accounts that stand in AWS's own examples.
const OF_EXAMPLES: [&str; 5] = ["123456789012", "111122223333", "444455556666", "777788889999", "012345678901"];

/// How the ARN `found` differs from the ARN `wanted`, in words; none if it does not.
pub(super) fn differs(found: &str, wanted: &str) -> Option<String> {
    if found == wanted {
        return None;
    }
    let of = |text: &str| -> Vec<String> { text.splitn(6, ':').map(str::to_owned).collect() };
    let (one, other) = (of(found), of(wanted));
    let ([arn, partition, service, region, account, name], [_, p, s, r, a, n]) = (&one[..], &other[..]) else {
        return Some(format!("{found} is no ARN"));
    };
    if arn != "arn" {
        return Some(format!("{found} is no ARN"));
    }
    if service != s {
        return Some(format!("{found} is of the service {service}, not of {s}"));
    }
    let mut words = Vec::new();
    if partition != p {
        words.push(format!("the partition is {partition}, not {p}"));
    }
    if region != r {
        words.push(other_region(region, r));
    }
    if account != a {
        words.push(other_account(account, a));
    }
    if name != n {
        words.push(other_name(name, n));
    }
    Some(format!("{found}: {}", words.join(", ")))
}

/// That a region is not the one that is wanted.
pub(super) fn other_region(found: &str, wanted: &str) -> String {
    if found.is_empty() {
        format!("it has no region, not {wanted}")
    } else {
        format!("the region is {found}, not {wanted}")
    }
}

/// That an account id is not the one that is wanted, and which slip it looks like.
pub(super) fn other_account(found: &str, wanted: &str) -> String {
    let digits: String = found.chars().filter(char::is_ascii_digit).collect();
    if found.contains('-') && digits.len() == 12 {
        let theirs = if digits == wanted { String::new() } else { format!(", and is not {wanted}") };
        return format!("the account id {found} has hyphens, which AWS leaves out{theirs}");
    }
    if found.starts_with('<') || found.starts_with('{') || found.to_ascii_lowercase().contains("account") {
        return format!("{found} stands where the account id {wanted} goes");
    }
    if OF_EXAMPLES.contains(&found) {
        return format!("the account is {found}, which is one of AWS's examples, not {wanted}");
    }
    format!("the account is {found}, not {wanted}")
}

/// That a name is not the one that is wanted, and which slip it looks like.
pub(super) fn other_name(found: &str, wanted: &str) -> String {
    // What both begin with, up to the last part that is whole, tells nothing.
    let shared = found.char_indices().zip(wanted.chars()).take_while(|((_, one), other)| one == other);
    let head = shared.filter(|((_, one), _)| matches!(one, '/' | ':')).last().map_or(0, |((at, _), _)| at + 1);
    let (found, wanted) = (&found[head..], &wanted[head..]);
    if found.eq_ignore_ascii_case(wanted) {
        return format!("the name is {found}, not {wanted}: case counts");
    }
    format!("the name is {found}, not {wanted}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_that_differs_is_named_and_slips_are_recognised() {
        let wanted = "arn:aws:sqs:us-east-1:210987654321:POC-Queue";
        let of = |found: &str| differs(found, wanted).unwrap_or_default();
        assert_eq!(of(wanted), "");
        assert!(of("arn:aws:sqs:eu-west-1:210987654321:POC-Queue").contains("the region is eu-west-1, not us-east-1"));
        assert!(of("arn:aws:sqs:us-east-1:2109-8765-4321:POC-Queue").contains("has hyphens, which AWS leaves out"));
        assert!(of("arn:aws:sqs:us-east-1:123456789012:POC-Queue").contains("one of AWS's examples"));
        assert!(of("arn:aws:sqs:us-east-1:<account>:POC-Queue").contains("stands where the account id"));
        assert!(of("arn:aws:sqs:us-east-1:210987654321:poc-queue").contains("case counts"));
        assert!(of("arn:aws-cn:sqs:us-east-1:210987654321:POC-Queue").contains("the partition is aws-cn"));
        assert!(of("arn:aws:sns:us-east-1:210987654321:POC-Queue").contains("of the service sns"));
        assert!(of("POC-Queue").contains("is no ARN"));
    }
}
