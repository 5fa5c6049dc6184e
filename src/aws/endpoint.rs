//! Which hosts may be asked.
//!
//! A request carries a signature and, with temporary credentials, the session token: an auditor that sends it to any
//! host that a variable or a shared file names gives the token away. Without the user's word only AWS's own hosts and
//! this machine are asked. Knows names and addresses as they are written; resolves nothing.

use std::net::IpAddr;

/// The domains that AWS serves its APIs under, in all partitions.
const AWS_DOMAINS: [&str; 12] = [
    "amazonaws.com",
    "amazonaws.com.cn",
    "api.aws",
    "api.amazonwebservices.com.cn",
    "c2s.ic.gov",
    "sc2s.sgov.gov",
    "cloud.adc-e.uk",
    "csp.hci.ic.gov",
    "amazonaws.eu",
    "api.amazonwebservices.eu",
    "api.aws.ic.gov",
    "api.aws.scloud",
];

/// The services that are asked, as their hosts name them.
const HOSTS: [&str; 14] = [
    "apigateway",
    "apigateway-fips",
    "dynamodb",
    "dynamodb-fips",
    "iam",
    "iam-fips",
    "lambda",
    "lambda-fips",
    "sns",
    "sns-fips",
    "sqs",
    "sqs-fips",
    "sts",
    "sts-fips",
];

/// Raised for a host that may not be asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0} is neither AWS nor this machine")]
pub(crate) struct Remote(pub(crate) String);

/// Checks an endpoint that the user, a variable or a shared file gave in place of AWS's own.
pub(crate) fn check_override(url: &str) -> Result<(), Remote> {
    match host(url) {
        Some(host) if is_loopback(&host) => Ok(()),
        Some(host) => Err(Remote(host)),
        None => Err(Remote(url.chars().take(200).collect())),
    }
}

/// Checks the address that a request is about to be sent to, wherever it came from.
pub(crate) fn check_request(url: &str) -> Result<(), Remote> {
    match host(url) {
        Some(host) if is_loopback(&host) || is_aws(&host) && url.starts_with("https://") => Ok(()),
        Some(host) => Err(Remote(host)),
        None => Err(Remote(url.chars().take(200).collect())),
    }
}

/// The host of an absolute URL, in small letters.
pub(crate) fn host(url: &str) -> Option<String> {
    let (_, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#', '\\']).next()?;
    // What precedes an `@` is a user name: `http://localhost@example.com` asks example.com.
    let host = authority.rsplit('@').next()?;
    let host = match host.strip_prefix('[') {
        Some(v6) => v6.split_once(']')?.0,
        None => host.split(':').next()?,
    };
    (!host.is_empty()).then(|| host.to_ascii_lowercase())
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Whether `host` is one of the services that are asked, in any region: `iam.amazonaws.com`,
/// `sqs.eu-west-1.amazonaws.com`. Other names under AWS's domains can belong to anyone, such as a bucket's.
fn is_aws(host: &str) -> bool {
    AWS_DOMAINS.iter().any(|domain| {
        let Some(labels) = host.strip_suffix(domain).and_then(|labels| labels.strip_suffix('.')) else { return false };
        match labels.split_once('.') {
            None => HOSTS.contains(&labels),
            Some((service, region)) => {
                HOSTS.contains(&service)
                    && !region.contains('.')
                    && (region == "global"
                        || region == "us-gov"
                        || region.contains('-') && region.ends_with(|c: char| c.is_ascii_digit()))
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_may_be_asked() {
        for url in [
            "http://localhost:5102",
            "http://127.0.0.1:5102/path",
            "http://127.8.9.10",
            "http://[::1]:80/",
            "https://LOCALHOST/",
        ] {
            assert_eq!(check_override(url), Ok(()), "{url}");
            assert_eq!(check_request(url), Ok(()), "{url}");
        }
    }

    #[test]
    fn the_services_of_aws_may_be_asked() {
        for url in [
            "https://iam.amazonaws.com/",
            "https://iam.cn-north-1.amazonaws.com.cn/",
            "https://iam.us-gov.amazonaws.com/",
            "https://iam.global.api.aws/",
            "https://sqs.us-east-1.amazonaws.com/",
            "https://sqs-fips.us-east-1.amazonaws.com/",
            "https://sts.us-gov-west-1.amazonaws.com/",
            "https://sqs.eusc-de-east-1.amazonaws.eu/",
        ] {
            assert_eq!(check_request(url), Ok(()), "{url}");
            assert!(check_override(url).is_err(), "{url}");
        }
    }

    #[test]
    fn no_other_host_is_asked() {
        for url in [
            "https://example.com",
            "http://localhost@example.com/",
            "http://localhost.example.com/",
            "http://127.0.0.1.example.com/",
            "http://10.0.0.1/",
            "http://0.0.0.0/",
            "http://[::ffff:10.0.0.1]/",
            "https://sqs.s3.amazonaws.com/",
            "https://evil.execute-api.us-east-1.amazonaws.com/",
            "https://sqs.execute-api.us-east-1.amazonaws.com/",
            "https://sqs.us-east-1.amazonaws.com.example.com/",
            "https://xamazonaws.com/",
            "http://sqs.us-east-1.amazonaws.com/",
            "http://example.com\\@localhost/",
            "localhost:5102",
            "",
        ] {
            assert!(check_override(url).is_err(), "{url}");
            assert!(check_request(url).is_err(), "{url}");
        }
    }
}
