//! Answers that a well-behaved server does not send.

use std::{io, time::Duration};

use hyper::StatusCode;
use tokio::{io::AsyncWriteExt, net::TcpStream, time::sleep};

use crate::{answer::Answer, exchange::Wire};

/// In how many pieces a slow body comes.
const PIECES: u32 = 8;

/// What becomes of the connection.
pub(super) enum Then {
    Close,
    ServeOn,
}

pub(super) async fn send(stream: &mut TcpStream, wire: Wire) -> io::Result<Then> {
    match wire {
        Wire::Nothing => stream.shutdown().await?,
        Wire::Reset => stream.set_zero_linger()?,
        Wire::CutHead => {
            stream.write_all(b"HTTP/1.1 500 Inter").await?;
            stream.shutdown().await?;
        }
        Wire::Half(answer) => {
            let (head, body) = message(&answer);
            let half = body.len() / 2;
            // Without a body, what is cut is the head.
            let sent = if body.is_empty() {
                head[..head.len() / 2].to_vec()
            } else {
                [&head, &body[..half]].concat()
            };
            stream.write_all(&sent).await?;
            stream.shutdown().await?;
        }
        Wire::Pieces(answer, over) => {
            write_slowly(stream, &answer, over).await?;
            stream.shutdown().await?;
        }
        Wire::Twice(answer) => {
            let (head, body) = message(&answer);
            let once = [head, body].concat();
            stream.write_all(&[once.clone(), once].concat()).await?;
            return Ok(Then::ServeOn);
        }
        Wire::Bytes {
            bytes,
            held,
            serves_on,
        } => {
            stream.write_all(&bytes).await?;
            sleep(held).await;
            if serves_on {
                return Ok(Then::ServeOn);
            }
            stream.shutdown().await?;
        }
        Wire::Whole(answer) => {
            let (head, body) = message(&answer);
            stream.write_all(&[head, body].concat()).await?;
            return Ok(Then::ServeOn);
        }
    }
    Ok(Then::Close)
}

async fn write_slowly(stream: &mut TcpStream, answer: &Answer, over: Duration) -> io::Result<()> {
    let (head, body) = message(answer);
    stream.write_all(&head).await?;
    let size = body.len().div_ceil(PIECES as usize).max(1);
    for piece in body.chunks(size) {
        sleep(over / PIECES).await;
        stream.write_all(piece).await?;
    }
    Ok(())
}

/// Head and body of an HTTP/1.1 answer.
fn message(answer: &Answer) -> (Vec<u8>, Vec<u8>) {
    let body = answer.body_bytes();
    let reason = StatusCode::from_u16(answer.status)
        .ok()
        .and_then(|status| status.canonical_reason())
        .unwrap_or_default();
    let mut head = format!("HTTP/1.1 {} {reason}\r\n", answer.status);
    for (name, value) in answer.headers() {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(&format!("content-length: {}\r\n\r\n", body.len()));
    (head.into_bytes(), body)
}
