//! The AWS CLI, for scripts that are run against a test server.

use super::folder::Folder;
use super::process::{Launch, Process};
use super::python;
use super::servers::Server;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

/// The AWS CLI with an administrator's key, speaking to one server.
#[derive(Debug)]
pub(crate) struct AwsCli {
    /// Holds `aws`, and a `sleep` that does not.
    folder: Folder,
    _process: Process,
}

/// What a script did.
#[derive(Debug)]
pub(crate) struct Ran {
    /// Its exit code; -1 when a signal ended it.
    pub(crate) code: i32,
    /// What it printed, and its complaints.
    pub(crate) said: String,
}

impl AwsCli {
    /// Starts it. The first start ever installs it.
    ///
    /// # Panics
    /// When there is no suitable Python, or it cannot be installed or started.
    pub(crate) fn start(server: &Server, region: &str, key: &str) -> Self {
        let servers = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/servers");
        let (endpoint, region, key) = (server.endpoint(), region.to_owned(), key.to_owned());
        let folder = Folder::new();
        let process = Process::start(&Launch {
            name: "awscli",
            module: "commands",
            arguments: &|port| vec![port.to_string()],
            variables: &|_| {
                vec![
                    ("PYTHONPATH", servers.to_string_lossy().into_owned()),
                    ("HOME", folder.path().to_string_lossy().into_owned()),
                    ("ENDPOINT", endpoint.clone()),
                    ("AWS_DEFAULT_REGION", region.clone()),
                    ("AWS_ACCESS_KEY_ID", key.clone()),
                    ("AWS_SECRET_ACCESS_KEY", "test".to_owned()),
                    ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
                ]
            },
            ready: "/",
        });
        let python = python::environment("awscli");
        let aws = format!(
            "#!/bin/sh\nexec '{}' -I -S '{}' {} \"$@\"\n",
            python.display(),
            servers.join("command.py").display(),
            process.port()
        );
        // The servers know at once what AWS takes seconds to know everywhere.
        for (name, text) in [("aws", aws.as_str()), ("sleep", "#!/bin/sh\n")] {
            let path = folder.path().join(name);
            let made = std::fs::write(&path, text)
                .and_then(|()| std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)));
            made.unwrap_or_else(|e| panic!("cannot write {}: {e}", path.display()));
        }
        Self { folder, _process: process }
    }

    /// Runs a script with `sh`, which finds this `aws` and what the system has.
    ///
    /// # Panics
    /// When there is no `sh`.
    pub(crate) fn sh(&self, script: &str) -> Ran {
        let path = self.folder.path().join("script");
        std::fs::write(&path, script).unwrap_or_else(|e| panic!("cannot write {}: {e}", path.display()));
        let mut sh = Command::new("/bin/sh");
        sh.arg(&path).env_clear().env("PATH", format!("{}:/usr/bin:/bin", self.folder.path().display()));
        let run = sh.output().unwrap_or_else(|e| panic!("cannot start sh: {e}"));
        let said = [run.stdout, run.stderr].concat();
        Ran { code: run.status.code().unwrap_or(-1), said: String::from_utf8_lossy(&said).into_owned() }
    }
}
