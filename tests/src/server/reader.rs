//! Reads requests from a connection.

use std::io::{self, Read};
use std::net::TcpStream;

use httparse::Status;

use super::request::Request;

/// As many headers as a request of a test has at most.
const HEADERS: usize = 64;

/// Why no request could be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum ReadError {
    #[error(transparent)]
    Connection(#[from] io::Error),
    #[error(
        "the request is not HTTP/1.1 as this server reads it: {0}; look at what the client sends"
    )]
    Malformed(String),
}

/// A connection and what was read of it ahead of use.
pub(super) struct Reader<'a> {
    stream: &'a TcpStream,
    connection: usize,
    ahead: Vec<u8>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(stream: &'a TcpStream, connection: usize) -> Self {
        Self {
            stream,
            connection,
            ahead: Vec::new(),
        }
    }

    /// The next request, or nothing when the client has closed the connection.
    pub(super) fn next_request(&mut self) -> Result<Option<Request>, ReadError> {
        let Some((length, mut request)) = self.head()? else {
            return Ok(None);
        };
        request.head = self.take(length)?;
        let chunked = request
            .header("transfer-encoding")
            .is_some_and(|coding| coding.eq_ignore_ascii_case("chunked"));
        request.body = if chunked {
            self.chunks()?
        } else {
            let length = request.header("content-length").unwrap_or("0");
            let length = length
                .parse()
                .map_err(|_| malformed("content-length is no number"))?;
            self.take(length)?
        };
        Ok(Some(request))
    }

    /// The length of the head and what it says.
    fn head(&mut self) -> Result<Option<(usize, Request)>, ReadError> {
        loop {
            let mut headers = [httparse::EMPTY_HEADER; HEADERS];
            let mut parsed = httparse::Request::new(&mut headers);
            if let Status::Complete(length) = parsed.parse(&self.ahead).map_err(malformed)? {
                let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
                let headers = parsed.headers.iter();
                let request = Request {
                    connection: self.connection,
                    method: parsed.method.unwrap_or_default().to_owned(),
                    target: parsed.path.unwrap_or_default().to_owned(),
                    headers: headers
                        .map(|header| (header.name.to_owned(), text(header.value)))
                        .collect(),
                    body: Vec::new(),
                    head: Vec::new(),
                };
                return Ok(Some((length, request)));
            }
            if !self.read_more()? {
                return match self.ahead.as_slice() {
                    [] => Ok(None),
                    _ => Err(malformed("the connection ended within the head")),
                };
            }
        }
    }

    fn chunks(&mut self) -> Result<Vec<u8>, ReadError> {
        let mut body = Vec::new();
        loop {
            let (start, length) = self.chunk_size()?;
            self.take(start)?;
            body.extend(self.take(length)?);
            // Clients of tests send no trailers, so that a line end follows.
            if self.take(2)? != b"\r\n" {
                return Err(malformed("a chunk does not end with a line end"));
            }
            if length == 0 {
                return Ok(body);
            }
        }
    }

    /// The length of the line with the size of a chunk, and that size.
    fn chunk_size(&mut self) -> Result<(usize, usize), ReadError> {
        loop {
            let parsed = httparse::parse_chunk_size(&self.ahead);
            let parsed = parsed.map_err(|_| malformed("the size of a chunk is no number"))?;
            if let Status::Complete((start, length)) = parsed {
                let length = usize::try_from(length).map_err(malformed)?;
                return Ok((start, length));
            }
            self.need_more()?;
        }
    }

    fn take(&mut self, length: usize) -> Result<Vec<u8>, ReadError> {
        while self.ahead.len() < length {
            self.need_more()?;
        }
        Ok(self.ahead.drain(..length).collect())
    }

    fn need_more(&mut self) -> Result<(), ReadError> {
        if self.read_more()? {
            Ok(())
        } else {
            Err(malformed("the connection ended within the body"))
        }
    }

    fn read_more(&mut self) -> io::Result<bool> {
        let mut buffer = [0; 16 * 1024];
        let count = self.stream.read(&mut buffer)?;
        self.ahead.extend(&buffer[..count]);
        Ok(count > 0)
    }
}

fn malformed(reason: impl ToString) -> ReadError {
    ReadError::Malformed(reason.to_string())
}
