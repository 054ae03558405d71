//! A request as it came over the wire.

use std::fmt::Write as _;

/// One request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The number of its connection, from 0.
    pub connection: usize,
    /// The method, such as `POST`.
    pub method: String,
    /// The path and query as sent, with every escape.
    pub target: String,
    /// The headers in order, names as sent; bytes beyond UTF-8 are replaced.
    pub headers: Vec<(String, String)>,
    /// The body, without the framing of chunks.
    pub body: Vec<u8>,
    /// The request line and headers, byte for byte, with the empty line.
    pub head: Vec<u8>,
}

impl Request {
    /// The value of the first header of this name, whatever its case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// When the body is not JSON.
    pub fn json(&self) -> serde_json::Result<serde_json::Value> {
        serde_json::from_slice(&self.body)
    }

    /// The request as text for a snapshot: what was sent, but for the port in
    /// `Host`, which differs from run to run.
    #[must_use]
    pub fn transcript(&self) -> String {
        let mut text = format!("{} {} HTTP/1.1\n", self.method, self.target);
        for (name, value) in &self.headers {
            let value = if name.eq_ignore_ascii_case("host") {
                "<host>"
            } else {
                value
            };
            // Writing to a string does not fail.
            let _ = writeln!(text, "{name}: {value}");
        }
        text.push('\n');
        text.push_str(&String::from_utf8_lossy(&self.body));
        text
    }

    /// Whether the client wants to send more on this connection.
    pub(super) fn keeps_connection(&self) -> bool {
        self.header("connection")
            .is_none_or(|value| !value.eq_ignore_ascii_case("close"))
    }
}
