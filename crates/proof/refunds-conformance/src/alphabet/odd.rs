//! What any server, and whatever stands before it, can answer or fail to.

use super::{Binds, Loss, Odd};

pub const LOSSES: &[Loss] = &[
    Loss::Cut(b""),
    Loss::Cut(b"HTTP/1.1 500 Internal Server Error\r\ncontent-le"),
    Loss::Cut(b"HTTP/1.1 20"),
    Loss::Silence,
];

const HTML: &[(&str, &str)] = &[("content-type", "text/html")];
const JSON: &[(&str, &str)] = &[("content-type", "application/json")];
const TEXT: &[(&str, &str)] = &[("content-type", "text/plain")];

const fn odd(
    status: u16,
    headers: &'static [(&'static str, &'static str)],
    body: &'static str,
    binds: Binds,
) -> Odd {
    Odd {
        status,
        headers,
        body,
        binds,
    }
}

/// Successes that hold nothing readable, of a provider that documents what a success holds.
pub const UNREADABLE: &[Odd] = &[
    odd(200, &[], "", Binds::NothingYet),
    odd(204, &[], "", Binds::NothingYet),
    odd(200, JSON, "null", Binds::Nothing),
    odd(200, JSON, "{}", Binds::Nothing),
    odd(200, JSON, "[]", Binds::Nothing),
    odd(200, JSON, "true", Binds::Nothing),
    odd(200, JSON, "\"success\"", Binds::Nothing),
    odd(200, TEXT, "OK", Binds::NothingYet),
    odd(
        200,
        HTML,
        "<html><h1>Down for maintenance</h1></html>",
        Binds::NothingYet,
    ),
];

/// Other statuses. That 401, 403, 404 and 429 mean that nothing was done is HTTP's own word; of 400, 409 and
/// 422 only the documented ones are taken at theirs.
pub const ELSEWHERE: &[Odd] = &[
    odd(
        302,
        &[("location", "https://elsewhere.example/")],
        "",
        Binds::Nothing,
    ),
    odd(304, &[], "", Binds::Nothing),
    odd(
        307,
        &[("location", "https://elsewhere.example/")],
        "",
        Binds::Nothing,
    ),
    odd(400, &[], "", Binds::Nothing),
    odd(400, HTML, "<h1>Bad Request</h1>", Binds::Nothing),
    odd(400, JSON, "{}", Binds::Nothing),
    odd(401, HTML, "<h1>Unauthorized</h1>", Binds::DidNothing),
    odd(403, HTML, "<h1>Forbidden</h1>", Binds::DidNothing),
    odd(404, HTML, "<h1>Not Found</h1>", Binds::DidNothing),
    odd(408, HTML, "<h1>Request Timeout</h1>", Binds::NothingYet),
    odd(409, &[], "", Binds::Nothing),
    odd(409, JSON, "{\"message\":\"conflict\"}", Binds::Nothing),
    odd(410, HTML, "<h1>Gone</h1>", Binds::Nothing),
    odd(422, JSON, "{\"message\":\"unprocessable\"}", Binds::Nothing),
    odd(423, &[], "", Binds::Nothing),
    odd(425, &[], "", Binds::NothingYet),
    odd(429, HTML, "<h1>Too Many Requests</h1>", Binds::DidNothing),
    odd(499, &[], "", Binds::NothingYet),
    odd(500, HTML, "<h1>Server Error</h1>", Binds::NothingYet),
    odd(500, &[], "", Binds::NothingYet),
    odd(502, HTML, "<h1>Bad Gateway</h1>", Binds::NothingYet),
    odd(503, &[("retry-after", "1")], "", Binds::NothingYet),
    odd(504, HTML, "<h1>Gateway Timeout</h1>", Binds::NothingYet),
    odd(599, &[], "", Binds::NothingYet),
];

/// Hints of when to call again, readable and not.
pub(super) const HINTS: &[Odd] = &[
    odd(429, &[("retry-after", "7")], "", Binds::DidNothing),
    odd(429, &[("retry-after", "-5")], "", Binds::DidNothing),
    odd(429, &[("retry-after", "1.5")], "", Binds::DidNothing),
    odd(
        429,
        &[("retry-after", "0"), ("retry-after", "120")],
        "",
        Binds::DidNothing,
    ),
    odd(
        429,
        &[("retry-after", "99999999999999999999")],
        "",
        Binds::DidNothing,
    ),
];
