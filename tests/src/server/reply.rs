//! What the server does with a request.

use std::time::Duration;

/// An answer, or a way to fail to answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    pub(super) delay: Duration,
    pub(super) action: Action,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Action {
    Answer(Answer),
    Raw(Vec<u8>),
    Close,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
    pub(super) ending: Ending,
}

/// How much of an answer is sent, and how its end is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// All of the body, its length announced.
    Announced,
    /// All of the body, in chunks.
    Chunked,
    /// So many bytes more are announced than sent before the connection closes.
    Missing(usize),
    /// After so many bytes of the body nothing happens any more.
    Stalled(usize),
}

impl Reply {
    /// An answer without body and headers of its own.
    #[must_use]
    pub fn status(status: u16) -> Self {
        Self::answer(status, Vec::new(), Vec::new())
    }

    /// An answer with a body of type `application/json`, which need not be JSON.
    #[must_use]
    pub fn json(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self::body(status, "application/json", body)
    }

    /// An answer with a body of any type.
    #[must_use]
    pub fn body(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let headers = vec![("content-type".to_owned(), content_type.to_owned())];
        Self::answer(status, headers, body.into())
    }

    /// These bytes in place of an answer; then the connection closes.
    #[must_use]
    pub fn raw(bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            delay: Duration::ZERO,
            action: Action::Raw(bytes.into()),
        }
    }

    /// No answer: the connection closes after the request was read.
    #[must_use]
    pub fn close() -> Self {
        Self {
            delay: Duration::ZERO,
            action: Action::Close,
        }
    }

    /// The same with one header more. Only answers have headers: with `raw` and
    /// `close` it changes nothing.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        if let Action::Answer(answer) = &mut self.action {
            answer.headers.push((name.to_owned(), value.to_owned()));
        }
        self
    }

    /// The same, but so much later.
    #[must_use]
    pub fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// The same in chunks, so that the client does not know the length ahead.
    #[must_use]
    pub fn chunked(self) -> Self {
        self.ending(Ending::Chunked)
    }

    /// The same with a `content-length` of so many bytes more than are sent
    /// before the connection closes.
    #[must_use]
    pub fn missing(self, bytes: usize) -> Self {
        self.ending(Ending::Missing(bytes))
    }

    /// The same, but after so many bytes of the body nothing is sent any more
    /// while the connection stays open.
    #[must_use]
    pub fn stalled_after(self, bytes: usize) -> Self {
        self.ending(Ending::Stalled(bytes))
    }

    fn answer(status: u16, headers: Vec<(String, String)>, body: Vec<u8>) -> Self {
        let ending = Ending::Announced;
        let action = Action::Answer(Answer {
            status,
            headers,
            body,
            ending,
        });
        Self {
            delay: Duration::ZERO,
            action,
        }
    }

    fn ending(mut self, ending: Ending) -> Self {
        if let Action::Answer(answer) = &mut self.action {
            answer.ending = ending;
        }
        self
    }
}

impl Answer {
    /// The status line and headers, with the empty line.
    pub(super) fn head(&self) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {} \r\n", self.status);
        for (name, value) in self.headers.iter().cloned().chain(self.framing()) {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        head.into_bytes()
    }

    /// The header that tells where the body ends.
    fn framing(&self) -> Option<(String, String)> {
        let framing = |name: &str, value: String| Some((name.to_owned(), value));
        match self.ending {
            // These answers never have a body.
            Ending::Announced if matches!(self.status, 100..200 | 204 | 304) => None,
            Ending::Announced | Ending::Stalled(_) => {
                framing("content-length", self.body.len().to_string())
            }
            Ending::Missing(bytes) => {
                framing("content-length", (self.body.len() + bytes).to_string())
            }
            Ending::Chunked => framing("transfer-encoding", "chunked".to_owned()),
        }
    }
}
