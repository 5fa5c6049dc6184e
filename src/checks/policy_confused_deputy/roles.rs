//! The services that say for which resource or account they act when they take on a role.

/// The service principals without `.amazonaws.com`, each with the page of its guide that shows aws:SourceArn or
/// aws:SourceAccount in the trust policy of a role.
const SENDERS: [(&str, &str); 12] = [
    ("appstream", "WorkSpaces Applications Administration Guide, cross-service confused deputy prevention"),
    ("bedrock", "Bedrock User Guide, cross-service confused deputy prevention"),
    ("ecs-tasks", "ECS Developer Guide, task IAM role"),
    ("events", "EventBridge User Guide, cross-service confused deputy prevention: event buses"),
    ("frauddetector", "Fraud Detector User Guide, confused deputy prevention"),
    ("iot", "IoT Core Developer Guide, cross-service confused deputy prevention"),
    ("logs", "CloudWatch Logs User Guide, subscriptions: confused deputy prevention"),
    ("personalize", "Personalize Developer Guide, cross-service confused deputy prevention"),
    ("pipes", "EventBridge User Guide, cross-service confused deputy prevention: pipes"),
    ("scheduler", "EventBridge Scheduler User Guide, confused deputy prevention"),
    ("states", "Step Functions Developer Guide, creating an IAM role for your state machine"),
    ("vpc-flow-logs", "VPC User Guide, IAM role for publishing flow logs to CloudWatch Logs"),
];

/// Whether a service is documented to send its source with sts:AssumeRole; its principal may name a region.
pub(super) fn sends_its_source(service: &str) -> bool {
    let name = service.split('.').next().unwrap_or(service);
    service.contains(".amazonaws.com") && SENDERS.iter().any(|(known, _)| known.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::{SENDERS, sends_its_source};

    #[test]
    fn services_are_known_in_every_region_and_stand_in_order() {
        assert!(sends_its_source("scheduler.amazonaws.com") && sends_its_source("logs.us-east-1.amazonaws.com"));
        assert!(sends_its_source("states.cn-north-1.amazonaws.com.cn"));
        assert!(!sends_its_source("lambda.amazonaws.com") && !sends_its_source("apigateway.amazonaws.com"));
        assert!(SENDERS.is_sorted());
    }
}
