//! Virtual environments that the test servers run from.
//!
//! Knows how to find a Python and how to install one list of pinned requirements exactly once, whichever test of
//! whichever process comes first; knows nothing of what the lists contain.
//!
//! Everything is kept under `target/aws-servers/`, where `target` is the directory that Cargo builds into (the parent
//! of `CARGO_TARGET_TMPDIR`), so `cargo clean` removes it.

use sha2::{Digest as _, Sha256};
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The names under which a Python may be installed, the usual ones first.
const NAMES: [&str; 7] = ["python3", "python", "python3.14", "python3.13", "python3.12", "python3.11", "python3.10"];

/// Fails when the Python is too old or lacks the parts that `venv` needs (Debian packages them apart), else says which
/// one it is.
const PROBE: &str =
    "import sys, venv, ensurepip; assert sys.version_info >= (3, 10); print(sys.version, sys.executable)";

const MISSING: &str = "the tests against AWS-compatible servers need Python 3.10 or newer with its `venv` module \
                       (on Debian and Ubuntu: the package `python3-venv`); `cargo test --no-default-features` runs \
                       the tests that do without";

/// The directory for all that the servers need and write.
pub(crate) fn folder() -> PathBuf {
    let tmp = Path::new(env!("CARGO_TARGET_TMPDIR"));
    tmp.parent().unwrap_or(tmp).join("aws-servers")
}

/// The Python of a virtual environment that holds what `tests/servers/requirements-NAME.txt` lists. It is made when
/// there is none for this list, this Python and this place; the others wait meanwhile.
///
/// # Panics
/// When there is no suitable Python, or the installation fails.
pub(crate) fn environment(name: &str) -> PathBuf {
    let requirements = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/servers/requirements-{name}.txt"));
    let list = fs::read(&requirements).unwrap_or_else(|e| panic!("cannot read {}: {e}", requirements.display()));
    let (python, version) = found().unwrap_or_else(|| panic!("{MISSING}"));
    let digest = Sha256::new().chain_update(&list).chain_update(&version).finalize();
    let digest: String = digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    let environment = folder().join(format!("{name}-{digest}"));
    fs::create_dir_all(folder()).unwrap_or_else(|e| panic!("cannot create {}: {e}", folder().display()));

    let lock = folder().join(format!("{name}-{digest}.lock"));
    let lock = File::create(&lock).and_then(|file| file.lock().map(|()| file));
    let lock = lock.unwrap_or_else(|e| panic!("cannot lock {}: {e}", environment.display()));
    install(name, python, &requirements, &environment);
    drop(lock);
    inside(&environment)
}

/// Makes the environment unless a finished one is there. The stamp is written last, and names the place because an
/// environment that was moved or copied does not work.
fn install(name: &str, python: &str, requirements: &Path, environment: &Path) {
    let stamp = environment.join("installed");
    let place = environment.to_string_lossy();
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == place) {
        return;
    }
    say(&format!("installing the test server {name} into {place} (once; may take a minute)"));
    if environment.exists() {
        fs::remove_dir_all(environment).unwrap_or_else(|e| panic!("cannot remove {place}: {e}"));
    }
    let mut venv = Command::new(python);
    run("create a virtual environment", venv.args(["-I", "-m", "venv"]).arg(environment));
    let mut pip = Command::new(inside(environment));
    pip.args(["-I", "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]);
    // Wheels alone, so that nothing of what is installed runs, or fetches more, before its hash was checked.
    pip.args(["--require-hashes", "--only-binary", ":all:", "--requirement"]).arg(requirements);
    for elsewhere in ["PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_DRY_RUN"] {
        pip.env_remove(elsewhere);
    }
    run(&format!("install the test server {name} with pip"), &mut pip);
    fs::write(&stamp, place.as_bytes()).unwrap_or_else(|e| panic!("cannot write {}: {e}", stamp.display()));
}

/// The first Python that will do, and which one it is.
fn found() -> Option<(&'static str, String)> {
    NAMES.into_iter().find_map(|name| {
        let answer = Command::new(name).args(["-I", "-c", PROBE]).output().ok()?;
        answer.status.success().then(|| (name, String::from_utf8_lossy(&answer.stdout).into_owned()))
    })
}

fn inside(environment: &Path) -> PathBuf {
    environment.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" })
}

fn run(what: &str, command: &mut Command) {
    match command.output() {
        Ok(Output { status, .. }) if status.success() => {}
        Ok(Output { status, stdout, stderr }) => panic!(
            "could not {what} ({status}):\n{}{}\nwithout the servers: `cargo test --no-default-features`",
            String::from_utf8_lossy(&stdout),
            String::from_utf8_lossy(&stderr)
        ),
        Err(error) => panic!("could not {what}: {error}"),
    }
}

/// Tells the person who waits. Written past the test harness, which would keep it until a test fails; when standard
/// error is closed there is nobody to tell.
fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
