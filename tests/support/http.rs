//! One HTTP request to a server on this machine.
//!
//! Knows enough of HTTP/1.1 for the control addresses of the test servers, which are asked before any client of
//! theirs exists; knows nothing of AWS.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

/// Sends one request to a loopback port and returns the status and the body.
///
/// # Errors
/// When nothing listens there, nothing comes for `patience`, or the answer is not HTTP.
pub(crate) fn request(
    port: u16,
    method: &str,
    path: &str,
    body: &str,
    patience: Duration,
) -> io::Result<(u16, String)> {
    send(port, (method, path), ("application/json", body), patience)
}

/// Posts a form to a loopback port and returns the status and the body.
///
/// # Errors
/// As [`request`] does.
pub(crate) fn post_form(port: u16, fields: &[(&str, &str)], patience: Duration) -> io::Result<(u16, String)> {
    let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let pairs: Vec<String> =
        fields.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
    send(port, ("POST", "/"), ("application/x-www-form-urlencoded", &pairs.join("&")), patience)
}

fn send(
    port: u16,
    (method, path): (&str, &str),
    (content_type, body): (&str, &str),
    patience: Duration,
) -> io::Result<(u16, String)> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    // A port that nobody listens on can, by chance, be the very port that the connection is made from.
    if stream.local_addr()? == stream.peer_addr()? {
        return Err(io::ErrorKind::ConnectionRefused.into());
    }
    stream.set_read_timeout(Some(patience))?;
    stream.set_write_timeout(Some(patience))?;
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\
         Content-Type: {content_type}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let answer = String::from_utf8_lossy(&answer);
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    let status = status.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "the answer is not HTTP"))?;
    Ok((status, body.to_owned()))
}
