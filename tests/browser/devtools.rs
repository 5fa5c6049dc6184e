//! A headless Chromium, driven over its DevTools protocol by two pipes: no port, no driver, no further crate.

use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// Where the browser is, if `CHROMIUM` does not say.
const NAMES: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

pub(crate) struct Browser {
    child: Child,
    commands: ChildStdin,
    answers: Receiver<Value>,
    last: u64,
    /// What the browser told of its own accord, with the page it is about.
    told: Vec<Value>,
    profile: std::path::PathBuf,
}

/// A tab that shows one page.
pub(crate) struct Tab<'b> {
    browser: &'b mut Browser,
    session: String,
    target: String,
}

impl Browser {
    pub(crate) fn start(profile: std::path::PathBuf) -> Self {
        let named = std::env::var("CHROMIUM").ok();
        let on_path = |name: &&&str| {
            std::env::var_os("PATH")
                .is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(**name).is_file()))
        };
        let name = named.or_else(|| NAMES.iter().find(on_path).map(|name| (*name).to_owned()));
        let name = name.expect("no Chromium: install Debian's package `chromium`, or name one in CHROMIUM");
        // The protocol is spoken on the file descriptors 3 and 4.
        let script = "exec \"$0\" \"$@\" 3<&0 4>&1 </dev/null >/dev/null 2>/dev/null";
        let mut child = Command::new("sh")
            .args(["-c", script, &name, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"])
            .args(["--no-first-run", "--disable-background-networking", "--disable-component-update"])
            .args(["--remote-debugging-pipe", "--hide-scrollbars", "--force-prefers-reduced-motion"])
            .arg(format!("--user-data-dir={}", profile.display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a shell");
        let commands = child.stdin.take().expect("a pipe");
        let mut from = BufReader::new(child.stdout.take().expect("a pipe"));
        let (send, answers) = channel();
        std::thread::spawn(move || {
            let mut message = Vec::new();
            while from.read_until(0, &mut message).is_ok_and(|read| read > 0) {
                message.pop();
                let Ok(value) = serde_json::from_slice(&message) else { break };
                if send.send(value).is_err() {
                    break;
                }
                message.clear();
            }
        });
        Self { child, commands, answers, last: 0, told: Vec::new(), profile }
    }

    fn call(&mut self, session: Option<&str>, method: &str, params: Value) -> Value {
        self.last += 1;
        let mut message = json!({ "id": self.last, "method": method, "params": params });
        if let Some(session) = session {
            message["sessionId"] = session.into();
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        self.commands.write_all(&bytes).expect("the browser listens");
        loop {
            let answer = self.answers.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("no answer to {method}"));
            if answer["id"] == self.last {
                assert!(answer["error"].is_null(), "{method}: {}", answer["error"]);
                return answer["result"].clone();
            }
            self.told.push(answer);
        }
    }

    /// Opens `path` in a window of `width`.
    pub(crate) fn open(&mut self, path: &std::path::Path, width: u32, with_script: bool) -> Tab<'_> {
        let target = self.call(None, "Target.createTarget", json!({ "url": "about:blank" }));
        let target = target["targetId"].as_str().expect("a target").to_owned();
        let attached = self.call(None, "Target.attachToTarget", json!({ "targetId": target, "flatten": true }));
        let session = attached["sessionId"].as_str().expect("a session").to_owned();
        self.told.clear();
        let mut tab = Tab { browser: self, session, target };
        for domain in ["Page", "Runtime", "Log", "Network"] {
            tab.call(&format!("{domain}.enable"), json!({}));
        }
        let size = json!({ "width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 600 });
        tab.call("Emulation.setDeviceMetricsOverride", size);
        if !with_script {
            tab.call("Emulation.setScriptExecutionDisabled", json!({ "value": true }));
        }
        tab.call("Page.navigate", json!({ "url": format!("file://{}", path.display()) }));
        let start = Instant::now();
        while !tab.browser.told.iter().any(|told| told["method"] == "Page.loadEventFired") {
            assert!(start.elapsed() < PATIENCE, "the page does not load");
            tab.call("Page.getFrameTree", json!({}));
        }
        tab
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
        drop(std::fs::remove_dir_all(&self.profile));
    }
}

impl Tab<'_> {
    pub(crate) fn call(&mut self, method: &str, params: Value) -> Value {
        self.browser.call(Some(&self.session), method, params)
    }

    /// The value of an expression in the page.
    #[track_caller]
    pub(crate) fn value(&mut self, expression: &str) -> Value {
        let asked = json!({ "expression": expression, "returnByValue": true, "userGesture": true });
        let answer = self.call("Runtime.evaluate", asked);
        assert!(answer["exceptionDetails"].is_null(), "{expression}: {}", answer["exceptionDetails"]);
        answer["result"]["value"].clone()
    }

    #[track_caller]
    pub(crate) fn holds(&mut self, expression: &str) {
        assert_eq!(self.value(expression), true, "{expression}");
    }

    /// Lets the page do what it does of its own accord, such as after a step back, and takes in what it told.
    pub(crate) fn wait(&mut self) {
        std::thread::sleep(Duration::from_millis(80));
        self.call("Page.getFrameTree", json!({}));
    }

    /// Presses a key, as a person does.
    pub(crate) fn press(&mut self, key: &str) {
        let (code, text) = match key {
            "Tab" => (9, None),
            "Enter" => (13, Some("\r")),
            " " => (32, Some(" ")),
            "ArrowDown" => (40, None),
            _ => panic!("no such key: {key}"),
        };
        let named = if key == " " { "Space" } else { key };
        let mut event = json!({ "type": "keyDown", "key": key, "code": named, "windowsVirtualKeyCode": code });
        if let Some(text) = text {
            event["text"] = text.into();
        }
        self.call("Input.dispatchKeyEvent", event.clone());
        event["type"] = "keyUp".into();
        self.call("Input.dispatchKeyEvent", event);
    }

    /// Types `text` where the focus is.
    pub(crate) fn type_text(&mut self, text: &str) {
        self.call("Input.insertText", json!({ "text": text }));
    }

    /// Presses Tab until what has the focus is like `selector`.
    #[track_caller]
    pub(crate) fn tab_to(&mut self, selector: &str) {
        for _ in 0..200 {
            self.press("Tab");
            if self.value(&format!("document.activeElement.matches({})", Value::from(selector))) == true {
                return;
            }
        }
        panic!("the keyboard does not reach {selector}");
    }

    /// Whatever the page complained of, and every address it asked for beside its own.
    pub(crate) fn complaints(&mut self) -> Vec<String> {
        self.wait();
        let wrong = |told: &Value| match told["method"].as_str()? {
            "Runtime.exceptionThrown" | "Runtime.consoleAPICalled" | "Log.entryAdded" => {
                Some(told["params"].to_string())
            }
            "Network.requestWillBeSent" => {
                let url = told["params"]["request"]["url"].as_str()?.to_owned();
                let own = told["params"]["type"] == "Document" && url.starts_with("file:");
                (!own && !url.starts_with("data:")).then_some(url)
            }
            _ => None,
        };
        self.browser.told.iter().filter_map(wrong).collect()
    }
}

impl Drop for Tab<'_> {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.browser.call(None, "Target.closeTarget", json!({ "targetId": self.target }));
        }
    }
}
