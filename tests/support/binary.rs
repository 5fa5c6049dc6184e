//! The program as its users start it, with nothing of this machine's AWS configuration in reach.
//!
//! Knows how it is started and what comes back; knows nothing of what a report says.

use super::folder::Folder;
use super::report::Report;
use std::process::{Child, Command, Output, Stdio};

/// An access key, as the environment gives it to the program.
#[derive(Debug, Clone)]
pub(crate) struct Key {
    id: String,
    secret: String,
}

impl Key {
    /// The key with this id and secret.
    pub(crate) fn new(id: &str, secret: &str) -> Self {
        Self { id: id.to_owned(), secret: secret.to_owned() }
    }

    /// The key `id` of an administrator of a test server; their secrets are not checked.
    pub(crate) fn administrator(id: &str) -> Self {
        Self::new(id, "test")
    }
}

#[cfg(feature = "live")]
impl From<&aws_credential_types::Credentials> for Key {
    fn from(credentials: &aws_credential_types::Credentials) -> Self {
        Self::new(credentials.access_key_id(), credentials.secret_access_key())
    }
}

/// What a run gave.
#[derive(Debug)]
pub(crate) struct Run {
    /// The exit code; -1 when a signal ended it.
    pub(crate) code: i32,
    /// All of standard output.
    pub(crate) stdout: String,
    /// All of standard error.
    pub(crate) stderr: String,
}

impl Run {
    /// The report on standard output, which must hold that and nothing else.
    ///
    /// # Panics
    /// When standard output is not one JSON document.
    pub(crate) fn report(&self) -> Report {
        Report::parse(&self.stdout).unwrap_or_else(|e| {
            panic!("stdout is not a report ({e}); exit code {}\n{}{}", self.code, self.stdout, self.stderr)
        })
    }
}

/// One start of the program. Nothing is inherited: no credentials, no region, no home, no instance metadata.
#[derive(Debug)]
pub(crate) struct Plimsoll {
    command: Command,
    home: Folder,
}

impl Plimsoll {
    /// With these arguments.
    pub(crate) fn new(arguments: &[&str]) -> Self {
        let home = Folder::new();
        let mut command = Command::new(env!("CARGO_BIN_EXE_plimsoll"));
        command.args(arguments).env_clear().current_dir(env!("CARGO_MANIFEST_DIR"));
        command.env("HOME", home.path()).env("USERPROFILE", home.path()).env("AWS_EC2_METADATA_DISABLED", "true");
        for needed in ["PATH", "SystemRoot", "LD_LIBRARY_PATH", "LLVM_PROFILE_FILE"] {
            if let Some(value) = std::env::var_os(needed) {
                command.env(needed, value);
            }
        }
        command.stdin(Stdio::null());
        Self { command, home }
    }

    /// `plimsoll scan RULES --endpoint-url ENDPOINT --format json` with `key`.
    pub(crate) fn scan(endpoint: &str, rules: &str, key: &Key) -> Self {
        Self::new(&["scan", rules, "--endpoint-url", endpoint, "--format", "json"]).key(key)
    }

    /// With more arguments.
    pub(crate) fn with(mut self, arguments: &[&str]) -> Self {
        self.command.args(arguments);
        self
    }

    /// With an environment variable.
    pub(crate) fn variable(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// Without an environment variable that [`Plimsoll::new`] sets.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.command.env_remove(name);
        self
    }

    /// With an access key in the environment.
    pub(crate) fn key(self, key: &Key) -> Self {
        self.variable("AWS_ACCESS_KEY_ID", &key.id).variable("AWS_SECRET_ACCESS_KEY", &key.secret)
    }

    /// Runs it to its end.
    ///
    /// # Panics
    /// When it cannot be started, or prints what is not UTF-8.
    pub(crate) fn run(mut self) -> Run {
        let Output { status, stdout, stderr } =
            self.command.output().unwrap_or_else(|e| panic!("cannot start the program: {e}"));
        let text = |bytes| String::from_utf8(bytes).unwrap_or_else(|e| panic!("it printed what is not UTF-8: {e}"));
        Run { code: status.code().unwrap_or(-1), stdout: text(stdout), stderr: text(stderr) }
    }

    /// Starts it and returns at once; the caller sees to its end. `home` must outlive it.
    ///
    /// # Panics
    /// When it cannot be started.
    pub(crate) fn start(mut self) -> (Child, Folder) {
        self.command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = self.command.spawn().unwrap_or_else(|e| panic!("cannot start the program: {e}"));
        (child, self.home)
    }
}
