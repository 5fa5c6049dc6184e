//! AWS-compatible servers for tests of the live path.
//!
//! Knows how each is started, reset and spoken to. Where their answers differ from AWS's is no matter of this module.

use super::process::{Launch, Process};

/// Which server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// ministack: quick, with correct permissions when asked for.
    Ministack,
    /// moto: slower, and a second opinion, since its code and its faults are other ones.
    Moto,
}

/// A running server, listening on 127.0.0.1 alone. It is ended when dropped.
#[derive(Debug)]
pub(crate) struct Server {
    kind: Kind,
    process: Process,
}

impl Server {
    /// Starts a server that lets anyone do anything. The first start ever installs it.
    ///
    /// # Panics
    /// When there is no suitable Python, or the server cannot be installed or started. It is never skipped.
    pub(crate) fn start(kind: Kind) -> Self {
        Self { kind, process: start(kind, false) }
    }

    /// Starts a ministack that enforces IAM policies on every access key that it has issued, and refuses keys that it
    /// has not. The access keys `test` and of twelve digits stay administrators, whatever their secret.
    ///
    /// # Panics
    /// As [`Server::start`] does.
    pub(crate) fn start_enforcing() -> Self {
        Self { kind: Kind::Ministack, process: start(Kind::Ministack, true) }
    }

    /// The base URL for clients.
    pub(crate) fn endpoint(&self) -> String {
        endpoint(&self.process)
    }

    /// The account that the access key `test` belongs to. In ministack an access key of twelve digits belongs to the
    /// account of that number; moto has one account for every key that it did not issue.
    pub(crate) fn account(&self) -> &'static str {
        match self.kind {
            Kind::Ministack => "000000000000",
            Kind::Moto => "123456789012",
        }
    }

    /// Forgets every resource of every account.
    ///
    /// # Panics
    /// When the server refuses.
    pub(crate) fn reset(&self) {
        match self.kind {
            Kind::Ministack => self.process.command("POST", "/_ministack/reset", ""),
            Kind::Moto => self.process.command("POST", "/moto-api/reset", ""),
        }
    }

    /// What the server has printed so far.
    pub(crate) fn log(&self) -> String {
        self.process.log()
    }
}

fn start(kind: Kind, enforcing: bool) -> Process {
    match kind {
        Kind::Ministack => Process::start(&Launch {
            name: "ministack",
            module: "ministack",
            arguments: &|_| Vec::new(),
            variables: &|port| {
                vec![
                    ("BIND_HOST", "127.0.0.1".to_owned()),
                    ("MINISTACK_HOST", "127.0.0.1".to_owned()),
                    ("GATEWAY_PORT", port.to_string()),
                    ("AUTH", enforcing.to_string()),
                ]
            },
            ready: "/_ministack/ready",
        }),
        Kind::Moto => Process::start(&Launch {
            name: "moto",
            module: "moto.server",
            arguments: &|port| ["-H", "127.0.0.1", "-p", &port.to_string()].map(str::to_owned).to_vec(),
            // Without it the policies that AWS manages do not exist.
            variables: &|_| vec![("MOTO_IAM_LOAD_MANAGED_POLICIES", "true".to_owned())],
            ready: "/moto-api/",
        }),
    }
}

/// A proxy in front of a server that injects faults as AWS would answer them: throttling, latency, server errors,
/// expired tokens, answers cut short. Without rules it passes everything on.
#[derive(Debug)]
pub(crate) struct Faults {
    process: Process,
}

impl Faults {
    /// Starts the proxy in front of `server`, which must outlive it.
    ///
    /// # Panics
    /// As [`Server::start`] does.
    pub(crate) fn start(server: &Server) -> Self {
        let upstream = server.endpoint();
        let process = Process::start(&Launch {
            name: "microburst",
            module: "microburst",
            arguments: &|port| {
                ["--host", "127.0.0.1", "--port", &port.to_string(), "--upstream", &upstream, "--no-resign"]
                    .map(str::to_owned)
                    .to_vec()
            },
            variables: &|_| Vec::new(),
            ready: "/_microburst/health",
        });
        Self { process }
    }

    /// The base URL for clients.
    pub(crate) fn endpoint(&self) -> String {
        endpoint(&self.process)
    }

    /// Replaces the rules by a JSON list in microburst's language, such as
    /// `[{"service": "sqs", "error": {"code": "ThrottlingException"}, "sequence": {"fail": 1, "pass": 4}}]`.
    ///
    /// # Panics
    /// When the proxy refuses them.
    pub(crate) fn set(&self, rules: &str) {
        self.process.command("POST", "/_microburst/rules", rules);
        self.process.command("DELETE", "/_microburst/fired", "");
    }

    /// How many faults it has injected since the rules were set, at most the 10,000 that it remembers.
    ///
    /// # Panics
    /// When the proxy does not tell.
    pub(crate) fn injected(&self) -> usize {
        let answer = self.process.request("GET", "/_microburst/fired?limit=10000", "");
        let (_, body) = answer.unwrap_or_else(|e| panic!("the proxy does not tell what it did: {e}"));
        let faults: Vec<serde_json::Value> =
            serde_json::from_str(&body).unwrap_or_else(|e| panic!("the proxy does not tell what it did: {e}: {body}"));
        faults.len()
    }
}

fn endpoint(process: &Process) -> String {
    format!("http://127.0.0.1:{}", process.port())
}
