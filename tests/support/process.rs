//! One server process on a free loopback port.
//!
//! Knows how to start it, wait until it answers, and end it with all that it started; knows nothing of what it serves.

use super::{http, python};
use std::ffi::OsString;
use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// How long a server may take until it answers. They take 1 to 2 seconds; this is for a machine under load.
const START: Duration = Duration::from_secs(90);
/// How long one answer to a control request may take.
const ANSWER: Duration = Duration::from_secs(30);
/// How often a port is picked anew when another program was quicker.
const ATTEMPTS: usize = 8;

/// What to run.
pub(crate) struct Launch<'a> {
    /// A name for messages and for the list of requirements that it is installed from.
    pub(crate) name: &'a str,
    /// The Python module that is the server.
    pub(crate) module: &'a str,
    /// Its arguments, given the port.
    pub(crate) arguments: &'a dyn Fn(u16) -> Vec<String>,
    /// Its environment variables, given the port. Of ours it sees only what a program needs to run at all.
    pub(crate) variables: &'a dyn Fn(u16) -> Vec<(&'static str, String)>,
    /// The path that answers 200 when it is ready.
    pub(crate) ready: &'a str,
}

/// A running server. It ends when this is dropped. When the test program ends without dropping it (a `static`, a
/// kill), the server sees its standard input close and ends as well.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    port: u16,
    folder: PathBuf,
}

impl Process {
    /// Starts the server and waits until it is ready.
    ///
    /// # Panics
    /// With the server's log when it ends or does not answer in time.
    pub(crate) fn start(launch: &Launch<'_>) -> Self {
        let python = python::environment(launch.name);
        for _ in 0..ATTEMPTS {
            let Some(claim) = Claim::take() else { continue };
            let mut process = Self::spawn(launch, &python, claim.port);
            match process.wait_until_ready(launch.ready) {
                Ok(()) => return process,
                Err(_) if process.found_its_port_taken() => {}
                Err(what) => panic!("the test server {} {what}; its log:\n{}", launch.name, process.log()),
            }
        }
        panic!("found no free loopback port for the test server {} in {ATTEMPTS} attempts", launch.name)
    }

    fn spawn(launch: &Launch<'_>, python: &Path, port: u16) -> Self {
        let folder = python::folder().join("running").join(format!("{}-{}-{port}", launch.name, std::process::id()));
        let spawned = fs::create_dir_all(&folder).and_then(|()| {
            let log = File::create(folder.join("log"))?;
            let serve = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/servers/serve.py");
            let mut command = Command::new(python);
            command.arg(serve).arg(launch.module).args((launch.arguments)(port)).current_dir(&folder);
            command.env_clear().envs(essentials()).env("TMPDIR", &folder).envs((launch.variables)(port));
            command.stdin(Stdio::piped()).stdout(log.try_clone()?).stderr(log);
            #[cfg(unix)]
            std::os::unix::process::CommandExt::process_group(&mut command, 0);
            command.spawn()
        });
        let child = spawned.unwrap_or_else(|e| panic!("cannot start the test server {}: {e}", launch.name));
        Self { child, port, folder }
    }

    fn wait_until_ready(&mut self, path: &str) -> Result<(), String> {
        let started = Instant::now();
        while started.elapsed() < START {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Err(format!("ended while it started ({status})"));
            }
            if matches!(self.request("GET", path, ""), Ok((200, _))) {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(20));
        }
        Err(format!("did not answer in {} seconds", START.as_secs()))
    }

    fn found_its_port_taken(&self) -> bool {
        let log = self.log().to_lowercase();
        log.contains("already in use") || log.contains("only one usage of each socket address")
    }

    /// The port on 127.0.0.1 that it listens on.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// What it has printed so far.
    pub(crate) fn log(&self) -> String {
        let log = fs::read(self.folder.join("log")).unwrap_or_default();
        String::from_utf8_lossy(&log).into_owned()
    }

    /// Sends one request and returns the status and the body.
    ///
    /// # Errors
    /// When it does not answer with HTTP.
    pub(crate) fn request(&self, method: &str, path: &str, body: &str) -> std::io::Result<(u16, String)> {
        http::request(self.port, method, path, body, ANSWER)
    }

    /// Sends one request that must be answered with 200.
    ///
    /// # Panics
    /// When it is not.
    pub(crate) fn command(&self, method: &str, path: &str, body: &str) {
        match self.request(method, path, body) {
            Ok((200, _)) => {}
            Ok((status, body)) => panic!("{method} {path} was answered with {status}: {body}"),
            Err(error) => panic!("{method} {path} was not answered: {error}; the server's log:\n{}", self.log()),
        }
    }
}

impl Drop for Process {
    /// Ends the server, and whatever it started. The log stays when the test failed.
    fn drop(&mut self) {
        // The server leads a process group. Its id cannot have passed to another process as long as nobody has waited
        // for it, which `try_wait` would have done had it ended.
        if cfg!(unix) && matches!(self.child.try_wait(), Ok(None)) {
            let group = self.child.id().to_string();
            let _ = Command::new("/bin/sh").args(["-c", "kill -s KILL -- -\"$1\"", "sh", &group]).output();
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
        if !thread::panicking() {
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

/// What any program needs to run at all; nothing that names an account, a region or an endpoint.
fn essentials() -> impl Iterator<Item = (OsString, OsString)> {
    const NAMES: [&str; 6] = ["PATH", "LANG", "LC_ALL", "SystemRoot", "TEMP", "LD_LIBRARY_PATH"];
    std::env::vars_os().filter(|(name, _)| NAMES.iter().any(|known| name == known))
}

/// A free port that no other test takes while this is held. Other programs may: then the server says so.
struct Claim {
    port: u16,
    _held: File,
}

impl Claim {
    /// Ports share 64 lock files, which hold by themselves between threads and processes and are never removed. None
    /// when a port with the same file is being claimed elsewhere.
    fn take() -> Option<Self> {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr());
        let port = port.unwrap_or_else(|e| panic!("cannot listen on 127.0.0.1: {e}")).port();
        let claims = python::folder().join("ports");
        let held = fs::create_dir_all(&claims).and_then(|()| File::create(claims.join((port % 64).to_string())));
        let held = held.unwrap_or_else(|e| panic!("cannot create a file in {}: {e}", claims.display()));
        held.try_lock().ok().map(|()| Self { port, _held: held })
    }
}
