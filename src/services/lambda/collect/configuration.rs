//! A function's configuration between the SDK's types and the kind: the same parts, whichever call they came from.

use super::super::{DeadLetterConfig, Environment, EphemeralStorage, LoggingConfig, TracingConfig, VpcConfig};
use super::Context;
use crate::aws::gap;
use crate::model::{Arn, Call, Gap, Read, Reason, Set, Timestamp, harmless};
use crate::services::{Reader, text_if_any, texts};
use aws_sdk_lambda::operation::get_function_configuration::GetFunctionConfigurationOutput;
use aws_sdk_lambda::types::FunctionConfiguration;
use std::collections::BTreeMap;

/// What a call told of a function.
pub(super) struct Configuration<'a> {
    pub(super) told: &'a FunctionConfiguration,
    pub(super) reader: Reader<'a>,
}

/// The answer about one function in the form that the list has it in.
pub(super) fn as_listed(answer: GetFunctionConfigurationOutput) -> FunctionConfiguration {
    FunctionConfiguration::builder()
        .set_function_name(answer.function_name)
        .set_function_arn(answer.function_arn)
        .set_runtime(answer.runtime)
        .set_role(answer.role)
        .set_handler(answer.handler)
        .set_description(answer.description)
        .set_timeout(answer.timeout)
        .set_memory_size(answer.memory_size)
        .set_last_modified(answer.last_modified)
        .set_code_sha256(answer.code_sha256)
        .set_vpc_config(answer.vpc_config)
        .set_dead_letter_config(answer.dead_letter_config)
        .set_environment(answer.environment)
        .set_kms_key_arn(answer.kms_key_arn)
        .set_tracing_config(answer.tracing_config)
        .set_layers(answer.layers)
        .set_state(answer.state)
        .set_last_update_status(answer.last_update_status)
        .set_package_type(answer.package_type)
        .set_architectures(answer.architectures)
        .set_ephemeral_storage(answer.ephemeral_storage)
        .set_logging_config(answer.logging_config)
        .build()
}

impl Configuration<'_> {
    pub(super) fn role(&self) -> Read<Arn> {
        match self.reader.arn("Role", self.told.role()) {
            Read::Absent => self.reader.always("Role", None),
            read => read,
        }
    }

    pub(super) fn architectures(&self) -> Read<Set<String>> {
        match self.told.architectures() {
            [] => Read::Known(Set(vec!["x86_64".to_owned()])),
            some => Read::Known(some.iter().map(|architecture| architecture.as_str().to_owned()).collect()),
        }
    }

    pub(super) fn package_type(&self) -> Read<String> {
        Read::Known(self.told.package_type().map_or("Zip", |package| package.as_str()).to_owned())
    }

    /// The environment. AWS leaves the variables out and says why where the caller may not use the key that they are
    /// encrypted with.
    pub(super) fn environment(&self, context: &Context<'_>) -> Read<Environment> {
        let call = self.reader.call;
        let Some(environment) = self.told.environment() else { return Read::Absent };
        if let Some(error) = environment.error() {
            return Read::Known(Environment { variables: Read::unread(&encrypted(call, error.error_code())) });
        }
        let Some(variables) = environment.variables().filter(|variables| !variables.is_empty()) else {
            return Read::Absent;
        };
        let disclosed = |(name, value): (&String, &String)| (name.clone(), context.asker.disclosed(call, value));
        let variables: BTreeMap<_, _> = variables.iter().map(disclosed).collect();
        Read::Known(Environment { variables: Read::Known(variables) })
    }

    pub(super) fn dead_letter_config(&self) -> Read<DeadLetterConfig> {
        let target = self.told.dead_letter_config().and_then(|config| config.target_arn());
        match self.reader.arn("DeadLetterConfig's TargetArn", target) {
            Read::Absent => Read::Absent,
            target_arn => Read::Known(DeadLetterConfig { target_arn }),
        }
    }

    pub(super) fn tracing_config(&self) -> Read<TracingConfig> {
        let mode = self.told.tracing_config().and_then(|config| config.mode());
        Read::from_option(mode.map(|mode| TracingConfig { mode: Read::Known(mode.as_str().to_owned()) }))
    }

    /// The network. AWS goes on sending one without subnets and groups for a function that was disconnected.
    pub(super) fn vpc_config(&self) -> Read<VpcConfig> {
        match self.told.vpc_config() {
            Some(config) if !(config.subnet_ids().is_empty() && config.security_group_ids().is_empty()) => {
                Read::Known(VpcConfig {
                    subnet_ids: Read::Known(texts(config.subnet_ids())),
                    security_group_ids: Read::Known(texts(config.security_group_ids())),
                })
            }
            _ => Read::Absent,
        }
    }

    pub(super) fn layers(&self) -> Read<Vec<Arn>> {
        let layers = self.told.layers();
        if layers.is_empty() {
            return Read::Absent;
        }
        let arns: Option<Vec<Arn>> = layers.iter().map(|layer| layer.arn()?.parse().ok()).collect();
        arns.map_or_else(|| self.reader.malformed("one of its Layers has no ARN"), Read::Known)
    }

    pub(super) fn ephemeral_storage(&self) -> Read<EphemeralStorage> {
        let size = self.told.ephemeral_storage().map_or(512, |storage| storage.size().into());
        Read::Known(EphemeralStorage { size: Read::Known(size) })
    }

    pub(super) fn logging_config(&self, name: &str) -> Read<LoggingConfig> {
        let config = self.told.logging_config();
        let group = config.and_then(|config| config.log_group()).filter(|group| !group.is_empty());
        let format = config.and_then(|config| config.log_format()).map_or("Text", |format| format.as_str());
        Read::Known(LoggingConfig {
            log_group: Read::Known(group.map_or_else(|| format!("/aws/lambda/{name}"), str::to_owned)),
            log_format: Read::Known(format.to_owned()),
        })
    }

    pub(super) fn last_modified(&self) -> Read<Timestamp> {
        let text = self.told.last_modified().unwrap_or_default();
        match in_utc(text) {
            Some(time) => Read::Known(time),
            None => self.reader.malformed("its LastModified cannot be read"),
        }
    }

    pub(super) fn runtime(&self) -> Read<String> {
        text_if_any(self.told.runtime().map(|runtime| runtime.as_str()))
    }

    pub(super) fn whole(&self, name: &str, part: Option<i32>) -> Read<i64> {
        self.reader.always(name, part.map(i64::from))
    }
}

/// The gap where the variables are encrypted with a key that the caller may not use.
fn encrypted(call: &Call, code: Option<&str>) -> Gap {
    match code.map(harmless) {
        Some(code) if code.starts_with("AccessDenied") => {
            Gap { action: "kms:Decrypt".to_owned(), ..gap(call, Reason::Denied(code)) }
        }
        code => gap(call, Reason::Failed(code.unwrap_or_else(|| "EnvironmentError".to_owned()))),
    }
}

/// `2026-01-02T03:04:05.678+0000`, to the second.
fn in_utc(text: &str) -> Option<Timestamp> {
    let (second, rest) = text.split_at_checked(19)?;
    let digits = second.bytes().enumerate().all(|(at, byte)| match at {
        4 | 7 => byte == b'-',
        10 => byte == b'T',
        13 | 16 => byte == b':',
        _ => byte.is_ascii_digit(),
    });
    let zone = rest.trim_start_matches(|c: char| c == '.' || c.is_ascii_digit());
    (digits && matches!(zone, "Z" | "+0000" | "+00:00")).then(|| Timestamp(format!("{second}Z")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_in_the_forms_that_are_utc() {
        for text in ["2026-01-02T03:04:05.678+0000", "2026-01-02T03:04:05Z", "2026-01-02T03:04:05+00:00"] {
            assert_eq!(in_utc(text), Some(Timestamp("2026-01-02T03:04:05Z".to_owned())), "{text}");
        }
        for text in ["", "2026-01-02", "2026-01-02 03:04:05Z", "2026-01-02T03:04:05+0200", "2026-01-02T03:04:0é"] {
            assert_eq!(in_utc(text), None, "{text}");
        }
    }
}
