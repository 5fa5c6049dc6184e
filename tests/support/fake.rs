//! A server on this machine that answers every request alike, or with what a test works out, and remembers them.
//!
//! For answers that no AWS-compatible server gives: pages of a proxy, silence, a list of pages without an end.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// The first line, such as `POST / HTTP/1.1`.
    pub(crate) line: String,
    /// The headers, their names in small letters.
    pub(crate) headers: Vec<(String, String)>,
    /// The body.
    pub(crate) body: String,
}

impl Request {
    /// The value of a header; empty when there is none.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }
}

/// What to answer.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    /// This status, content type and body.
    Page(u16, &'static str, String),
    /// Nothing, while the connection stays open.
    Silence,
}

/// A running server. It stops listening when the test program ends.
#[derive(Debug)]
pub(crate) struct Fake {
    port: u16,
    seen: Arc<Mutex<Vec<Request>>>,
}

impl Fake {
    /// Answers every request with what `answer` makes of it.
    ///
    /// # Panics
    /// When it cannot listen on 127.0.0.1.
    pub(crate) fn start(answer: impl Fn(&Request) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap_or_else(|e| panic!("cannot listen: {e}"));
        let port = listener.local_addr().unwrap_or_else(|e| panic!("cannot listen: {e}")).port();
        let seen: Arc<Mutex<Vec<Request>>> = Arc::default();
        let (answer, remembered) = (Arc::new(answer), Arc::clone(&seen));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (answer, remembered) = (Arc::clone(&answer), Arc::clone(&remembered));
                thread::spawn(move || {
                    // A client that goes away in the middle has what it wanted.
                    let _ = serve(stream, &*answer, &remembered);
                });
            }
        });
        Self { port, seen }
    }

    /// Answers every request with one page.
    pub(crate) fn page(status: u16, content_type: &'static str, body: &str) -> Self {
        let body = body.to_owned();
        Self::start(move |_| Answer::Page(status, content_type, body.clone()))
    }

    /// The base URL.
    pub(crate) fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The requests so far.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until there was a request.
    ///
    /// # Panics
    /// When there is none in 30 seconds.
    pub(crate) fn wait_for_a_request(&self) {
        let start = Instant::now();
        while self.requests().is_empty() {
            assert!(start.elapsed() < Duration::from_secs(30), "no request came");
            thread::sleep(Duration::from_millis(5));
        }
    }
}

/// A loopback address that nothing listens on.
///
/// # Panics
/// When it cannot listen on 127.0.0.1.
pub(crate) fn nothing_listens() -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr());
    format!("http://{}", listener.unwrap_or_else(|e| panic!("cannot listen: {e}")))
}

fn serve(stream: TcpStream, answer: &dyn Fn(&Request) -> Answer, seen: &Mutex<Vec<Request>>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut writer = stream;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let mut headers = Vec::new();
        loop {
            let mut header = String::new();
            reader.read_line(&mut header)?;
            let Some((name, value)) = header.trim_end().split_once(':') else { break };
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        let mut request = Request { line: line.trim_end().to_owned(), headers, body: String::new() };
        let mut body = vec![0; request.header("content-length").parse().unwrap_or(0)];
        reader.read_exact(&mut body)?;
        request.body = String::from_utf8_lossy(&body).into_owned();
        let answer = answer(&request);
        seen.lock().unwrap_or_else(PoisonError::into_inner).push(request);
        match answer {
            Answer::Page(status, content_type, body) => write!(
                writer,
                "HTTP/1.1 {status} Fake\r\ncontent-type: {content_type}\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            )?,
            Answer::Silence => thread::sleep(Duration::from_secs(3600)),
        }
    }
}
