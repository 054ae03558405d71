//! Serves one connection.

use std::io::{self, Read, Write};
use std::net::TcpStream;

use super::Shared;
use super::reader::{ReadError, Reader};
use super::reply::{Action, Answer, Ending, Reply};

/// The size of the chunks in which a body is sent.
const CHUNK: usize = 8 * 1024;

/// What becomes of the connection after a reply.
#[derive(PartialEq, Eq)]
enum Then {
    Continue,
    Close,
}

/// Answers requests until either side closes the connection.
pub(super) fn serve(stream: TcpStream, number: usize, shared: &Shared) {
    let mut reader = Reader::new(&stream, number);
    loop {
        let request = match reader.next_request() {
            Ok(Some(request)) => request,
            Err(ReadError::Malformed(reason)) => {
                let _ = send(&stream, &Reply::body(400, "text/plain", reason), shared);
                return;
            }
            Ok(None) | Err(ReadError::Connection(_)) => return,
        };
        let keeps_connection = request.keeps_connection();
        shared.state().requests.push(request.clone());
        let reply = (shared.script)(&request);
        // A client that has gone away is a case that tests are about.
        if !matches!(send(&stream, &reply, shared), Ok(Then::Continue)) || !keeps_connection {
            return;
        }
    }
}

fn send(stream: &TcpStream, reply: &Reply, shared: &Shared) -> io::Result<Then> {
    if !reply.delay.is_zero() {
        shared.wait(reply.delay);
    }
    match &reply.action {
        Action::Answer(answer) => send_answer(stream, answer),
        Action::Raw(bytes) => {
            let mut stream = stream;
            stream.write_all(bytes)?;
            Ok(Then::Close)
        }
        Action::Close => Ok(Then::Close),
    }
}

fn send_answer(mut stream: &TcpStream, answer: &Answer) -> io::Result<Then> {
    let mut head = answer.head();
    match answer.ending {
        Ending::Announced => {
            head.extend(&answer.body);
            stream.write_all(&head)?;
            Ok(Then::Continue)
        }
        Ending::Chunked => {
            stream.write_all(&head)?;
            for chunk in answer.body.chunks(CHUNK) {
                write!(stream, "{:x}\r\n", chunk.len())?;
                stream.write_all(chunk)?;
                stream.write_all(b"\r\n")?;
            }
            stream.write_all(b"0\r\n\r\n")?;
            Ok(Then::Continue)
        }
        Ending::Missing(_) => {
            head.extend(&answer.body);
            stream.write_all(&head)?;
            Ok(Then::Close)
        }
        Ending::Stalled(after) => {
            let sent = answer.body.get(..after).unwrap_or(&answer.body);
            head.extend(sent);
            stream.write_all(&head)?;
            // Ends when the client closes, or the server stops.
            while stream.read(&mut [0; 512])? > 0 {}
            Ok(Then::Close)
        }
    }
}
