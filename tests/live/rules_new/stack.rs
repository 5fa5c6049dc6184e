//! A template deployed with the CloudFormation of a test server.

use crate::support::http;
use crate::support::lab::Lab;
use crate::support::servers::Server;
use crate::{KEY, REGION};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

/// The name of the stack.
pub(super) const NAME: &str = "shop";
/// The address that notices go to.
pub(super) const ADDRESS: &str = "student@example.com";

/// How long the server may take to answer.
const PATIENCE: Duration = Duration::from_secs(60);

/// What was deployed.
#[derive(Debug)]
pub(super) struct Stack {
    /// Clients of its account.
    pub(super) lab: Lab,
    /// The physical id of each resource, by its name in the template.
    names: BTreeMap<String, String>,
}

impl Stack {
    /// Deploys the template in the file `path` with these parameters, some of it spelt otherwise.
    ///
    /// # Panics
    /// When the server refuses it.
    pub(super) fn deploy(server: &Server, path: &Path, parameters: &[(&str, &str)], respelt: &[(&str, &str)]) -> Self {
        let endpoint = server.endpoint();
        let port = endpoint.rsplit(':').next().and_then(|port| port.parse().ok());
        let port = port.unwrap_or_else(|| panic!("{endpoint} has no port"));
        let mut template = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        for (from, to) in respelt {
            assert!(template.contains(from), "{} has no `{from}`", path.display());
            template = template.replace(from, to);
        }
        let mut fields = vec![
            ("Action".to_owned(), "CreateStack".to_owned()),
            ("Version".to_owned(), "2010-05-15".to_owned()),
            ("StackName".to_owned(), NAME.to_owned()),
            ("TemplateBody".to_owned(), template),
            ("Capabilities.member.1".to_owned(), "CAPABILITY_NAMED_IAM".to_owned()),
        ];
        for (at, (name, value)) in parameters.iter().enumerate() {
            fields.push((format!("Parameters.member.{}.ParameterKey", at + 1), (*name).to_owned()));
            fields.push((format!("Parameters.member.{}.ParameterValue", at + 1), (*value).to_owned()));
        }
        ask(port, &fields);
        let of = |action: &str| {
            let fields = [("Action", action), ("Version", "2010-05-15"), ("StackName", NAME)];
            ask(port, &fields.map(|(name, value)| (name.to_owned(), value.to_owned())))
        };
        for _ in 0..200 {
            match element(&of("DescribeStacks"), "StackStatus").as_deref() {
                Some("CREATE_COMPLETE") => break,
                Some(status) if !status.ends_with("_IN_PROGRESS") => panic!("{}: {status}", path.display()),
                _ => std::thread::sleep(Duration::from_millis(25)),
            }
        }
        let resources = of("DescribeStackResources");
        let names = resources
            .split("<member>")
            .skip(1)
            .filter_map(|member| Some((element(member, "LogicalResourceId")?, element(member, "PhysicalResourceId")?)));
        let names: BTreeMap<String, String> = names.collect();
        assert!(!names.is_empty(), "{}: nothing was made: {resources}", path.display());
        Self { lab: Lab::of(&endpoint, REGION, KEY, server.account()), names }
    }

    /// The physical id of the resource that the template calls `name`.
    ///
    /// # Panics
    /// When there is none.
    pub(super) fn id(&self, name: &str) -> String {
        self.names.get(name).unwrap_or_else(|| panic!("no {name} among {:?}", self.names)).clone()
    }

    /// The text with the ARN of each queue that it names as `{Name}`.
    pub(super) fn text(&self, text: &str) -> String {
        let mut text = self.lab.own(text);
        for (name, id) in &self.names {
            let arn = match id.rsplit_once('/') {
                Some((_, queue)) if id.starts_with("http") => self.lab.queue_arn(queue),
                _ => id.clone(),
            };
            text = text.replace(&format!("{{{name}}}"), &arn);
        }
        text
    }
}

fn ask(port: u16, fields: &[(String, String)]) -> String {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    match http::post_form(port, &fields, PATIENCE) {
        Ok((200, body)) => body,
        Ok((status, body)) => panic!("{:?} was answered with {status}: {body}", fields[0]),
        Err(error) => panic!("{:?} was not answered: {error}", fields[0]),
    }
}

fn element(text: &str, name: &str) -> Option<String> {
    let (_, rest) = text.split_once(&format!("<{name}>"))?;
    Some(rest.split_once("</")?.0.to_owned())
}
