//! The regions there are.
//!
//! As of 2026-11-23, from `partitions.json` of botocore 1.44.5, the data that the AWS CLI and the SDKs choose endpoints
//! by. An account has not enabled all of them, and AWS opens new ones: this is where to look, not what there is. A
//! region's name is judged by its form alone (`is_region_name`), so that one which is not here can be named in rules.

/// The regions of each partition, both in order.
const REGIONS: [(&str, &[&str]); 8] = [
    (
        "aws",
        &[
            "af-south-1",
            "ap-east-1",
            "ap-east-2",
            "ap-northeast-1",
            "ap-northeast-2",
            "ap-northeast-3",
            "ap-south-1",
            "ap-south-2",
            "ap-southeast-1",
            "ap-southeast-2",
            "ap-southeast-3",
            "ap-southeast-4",
            "ap-southeast-5",
            "ap-southeast-6",
            "ap-southeast-7",
            "ca-central-1",
            "ca-west-1",
            "eu-central-1",
            "eu-central-2",
            "eu-north-1",
            "eu-south-1",
            "eu-south-2",
            "eu-west-1",
            "eu-west-2",
            "eu-west-3",
            "il-central-1",
            "me-central-1",
            "me-south-1",
            "me-west-1",
            "mx-central-1",
            "sa-east-1",
            "sa-west-1",
            "us-east-1",
            "us-east-2",
            "us-west-1",
            "us-west-2",
        ],
    ),
    ("aws-cn", &["cn-north-1", "cn-northwest-1"]),
    ("aws-eusc", &["eusc-de-east-1"]),
    ("aws-iso", &["us-iso-east-1", "us-iso-west-1"]),
    ("aws-iso-b", &["us-isob-east-1", "us-isob-west-1"]),
    ("aws-iso-e", &["eu-isoe-west-1"]),
    ("aws-iso-f", &["us-isof-east-1", "us-isof-south-1"]),
    ("aws-us-gov", &["us-gov-east-1", "us-gov-west-1"]),
];

/// Whether `text` is the name of a region that the list has.
pub(super) fn is_known(text: &str) -> bool {
    REGIONS.iter().any(|(_, regions)| regions.contains(&text))
}

/// The regions of `partition`, in order; none of one that is not known.
pub fn regions_of(partition: &str) -> &'static [&'static str] {
    REGIONS.iter().find(|(name, _)| *name == partition).map_or(&[], |(_, regions)| regions)
}

#[cfg(test)]
mod tests {
    use super::REGIONS;
    use crate::model::{is_region_name, partition_of_region};

    #[test]
    fn every_region_is_one_of_its_partition() {
        assert!(REGIONS.is_sorted());
        for (partition, regions) in REGIONS {
            assert!(regions.is_sorted(), "{partition}");
            for region in regions {
                assert!(is_region_name(region), "{region}");
                assert_eq!(partition_of_region(region), partition, "{region}");
            }
        }
    }
}
