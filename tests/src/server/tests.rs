use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::{LoopbackServer, Reply, url_where_nothing_listens};

/// A connection on which a test fails rather than hangs.
fn connect(server: &LoopbackServer) -> TcpStream {
    let stream = TcpStream::connect(server.address).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    stream
}

/// All that the server sends for these bytes until it closes.
fn exchange(server: &LoopbackServer, request: &str) -> String {
    let mut stream = connect(server);
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

const GET: &str = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
const LAST_GET: &str = "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";

#[test]
fn a_request_is_recorded_as_it_was_sent() {
    let server = LoopbackServer::start(|_| Reply::status(204)).unwrap();
    let head = "POST /a%2Fb/../c?q=%20&q= HTTP/1.1\r\nhOsT: 127.0.0.1:1\r\nX-Two: 1\r\nx-two: 2\r\ncontent-length: 7\r\nConnection: close\r\n\r\n";
    let answer = exchange(&server, &format!("{head}{{\"a\":1}}"));

    assert_eq!(answer, "HTTP/1.1 204 \r\n\r\n");
    let requests = server.requests();
    let [request] = requests.as_slice() else {
        panic!("{requests:?}")
    };
    assert_eq!(request.method, "POST");
    assert_eq!(request.target, "/a%2Fb/../c?q=%20&q=");
    let names: Vec<&str> = request
        .headers
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(
        names,
        ["hOsT", "X-Two", "x-two", "content-length", "Connection"]
    );
    assert_eq!(request.header("X-TWO"), Some("1"));
    assert_eq!(request.json().unwrap(), serde_json::json!({"a": 1}));
    assert_eq!(request.head, head.as_bytes());
    assert_eq!(
        request.transcript(),
        "POST /a%2Fb/../c?q=%20&q= HTTP/1.1\nhOsT: <host>\nX-Two: 1\nx-two: 2\n\
         content-length: 7\nConnection: close\n\n{\"a\":1}"
    );
}

#[test]
fn a_chunked_request_is_put_together() {
    let server = LoopbackServer::start(|_| Reply::status(204)).unwrap();
    let request = "PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n\
                   3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n";
    exchange(&server, request);
    assert_eq!(server.requests()[0].body, b"abc0123456789");
}

#[test]
fn a_connection_is_kept_for_several_requests() {
    let server = LoopbackServer::start(|request| Reply::json(200, request.target.clone())).unwrap();
    let answer = exchange(
        &server,
        &format!(
            "GET /one HTTP/1.1\r\n\r\n{}",
            LAST_GET.replace(" / ", " /two ")
        ),
    );
    assert_eq!(
        answer,
        "HTTP/1.1 200 \r\ncontent-type: application/json\r\ncontent-length: 4\r\n\r\n/one\
         HTTP/1.1 200 \r\ncontent-type: application/json\r\ncontent-length: 4\r\n\r\n/two"
    );
    assert_eq!(server.connections(), 1);
}

#[test]
fn connections_are_served_at_the_same_time() {
    let server = LoopbackServer::start(|request| match request.target.as_str() {
        "/slow" => Reply::status(200).after(Duration::from_secs(60)),
        _ => Reply::status(204),
    })
    .unwrap();
    let mut slow = connect(&server);
    slow.write_all(GET.replace(" / ", " /slow ").as_bytes())
        .unwrap();
    while server.requests().is_empty() {
        std::thread::yield_now();
    }
    assert_eq!(exchange(&server, LAST_GET), "HTTP/1.1 204 \r\n\r\n");
    let numbers: Vec<usize> = server
        .requests()
        .iter()
        .map(|request| request.connection)
        .collect();
    assert_eq!(numbers, [0, 1]);
}

#[test]
fn headers_of_an_answer_keep_their_order() {
    let server = LoopbackServer::start(|_| {
        Reply::body(502, "text/html", "<p>")
            .with_header("Retry-After", "3")
            .with_header("a", "b")
    })
    .unwrap();
    assert_eq!(
        exchange(&server, LAST_GET),
        "HTTP/1.1 502 \r\ncontent-type: text/html\r\nRetry-After: 3\r\na: b\r\ncontent-length: 3\r\n\r\n<p>"
    );
}

#[test]
fn raw_bytes_are_sent_unchanged() {
    let server = LoopbackServer::start(|_| Reply::raw("nothing like HTTP")).unwrap();
    assert_eq!(exchange(&server, GET), "nothing like HTTP");
}

#[test]
fn a_connection_can_close_after_the_request_without_an_answer() {
    let server = LoopbackServer::start(|_| Reply::close()).unwrap();
    assert_eq!(exchange(&server, GET), "");
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn the_first_connections_can_close_before_anything_is_read() {
    let server = LoopbackServer::start_dropping(1, |_| Reply::status(204)).unwrap();
    let mut first = connect(&server);
    let _ = first.write_all(GET.as_bytes());
    let mut answer = Vec::new();
    // The end of the stream or a reset, as the request arrives before or after.
    let _ = first.read_to_end(&mut answer);
    assert!(answer.is_empty());
    assert!(server.requests().is_empty());

    assert_eq!(exchange(&server, LAST_GET), "HTTP/1.1 204 \r\n\r\n");
    assert_eq!(server.connections(), 2);
}

#[test]
fn a_body_can_end_before_its_announced_length() {
    let server = LoopbackServer::start(|_| Reply::json(200, "{\"a\"").missing(3)).unwrap();
    assert_eq!(
        exchange(&server, GET),
        "HTTP/1.1 200 \r\ncontent-type: application/json\r\ncontent-length: 7\r\n\r\n{\"a\""
    );
}

#[test]
fn a_big_body_can_be_sent_with_and_without_its_length() {
    let body = vec![b'x'; 3_000_000];
    let server = LoopbackServer::start(move |request| {
        let reply = Reply::body(200, "text/plain", body.clone());
        if request.target == "/chunked" {
            reply.chunked()
        } else {
            reply
        }
    })
    .unwrap();
    let announced = exchange(&server, LAST_GET);
    let chunked = exchange(&server, &LAST_GET.replace(" / ", " /chunked "));

    assert!(announced.contains("content-length: 3000000\r\n"));
    assert!(
        chunked.contains("transfer-encoding: chunked\r\n") && chunked.ends_with("\r\n0\r\n\r\n")
    );
    let count = |answer: &str| {
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        body.bytes().filter(|byte| *byte == b'x').count()
    };
    assert_eq!((count(&announced), count(&chunked)), (3_000_000, 3_000_000));
}

#[test]
fn a_delayed_answer_comes_later() {
    let server =
        LoopbackServer::start(|_| Reply::status(204).after(Duration::from_millis(50))).unwrap();
    let start = Instant::now();
    assert_eq!(exchange(&server, LAST_GET), "HTTP/1.1 204 \r\n\r\n");
    assert!(start.elapsed() >= Duration::from_millis(50));
}

#[test]
fn a_stalled_body_stops_in_the_middle_and_keeps_the_connection() {
    let server =
        LoopbackServer::start(|_| Reply::json(200, "0123456789").stalled_after(4)).unwrap();
    let mut stream = connect(&server);
    stream.write_all(GET.as_bytes()).unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n0123") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        answer.extend(byte);
    }
    stream
        .set_read_timeout(Some(Duration::from_millis(50)))
        .unwrap();
    let error = stream.read(&mut [0]).unwrap_err();
    assert!(
        matches!(
            error.kind(),
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
        ),
        "{error}"
    );
}

#[test]
fn dropping_the_server_ends_what_is_under_way() {
    let server = LoopbackServer::start(|request| match request.target.as_str() {
        "/stall" => Reply::json(200, "0123").stalled_after(1),
        _ => Reply::status(200).after(Duration::from_secs(600)),
    })
    .unwrap();
    let address = server.address;
    let mut clients = [connect(&server), connect(&server), connect(&server)];
    clients[0]
        .write_all(GET.replace(" / ", " /stall ").as_bytes())
        .unwrap();
    clients[1].write_all(GET.as_bytes()).unwrap();
    while server.requests().len() < 2 {
        std::thread::yield_now();
    }
    let start = Instant::now();
    drop(server);
    assert!(start.elapsed() < Duration::from_secs(60));
    assert!(TcpStream::connect(address).is_err());
}

#[test]
fn a_request_that_is_not_http_is_answered_with_the_reason() {
    let server = LoopbackServer::start(|_| Reply::status(204)).unwrap();
    let answer = exchange(&server, "\u{1} nonsense\r\n\r\n");
    assert!(answer.starts_with("HTTP/1.1 400 \r\n"), "{answer}");
    assert!(server.requests().is_empty());
}

#[test]
fn a_script_that_panics_closes_its_connection_only() {
    let server = LoopbackServer::start(|request| {
        assert_ne!(request.target, "/panic", "a panic that this test wants");
        Reply::status(204)
    })
    .unwrap();
    assert_eq!(exchange(&server, &GET.replace(" / ", " /panic ")), "");
    assert_eq!(exchange(&server, LAST_GET), "HTTP/1.1 204 \r\n\r\n");
}

#[test]
fn connecting_is_refused_where_nothing_listens() {
    let url = url_where_nothing_listens().unwrap();
    let address = url.strip_prefix("http://").unwrap();
    let error = TcpStream::connect(address).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
}
