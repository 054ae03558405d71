//! Pages are downloaded from a TLS server on loopback.

#![allow(
    clippy::unwrap_used,
    reason = "what a test cannot set up, it reports by failing"
)]

mod server;
#[path = "../shared/mod.rs"]
mod shared;

use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use clap::Parser;
use server::{Server, answer};
use shared::{has, read, write};
use tempfile::TempDir;
use xtask::commands::fetch::Fetch;
use xtask::fetch::{Downloader, FetchError, Settings};

const PAGE: &str = "# Refund\n\n```json\n{\"openapi\":\"3.0.3\",\"info\":{\"title\":\"t\",\"version\":\"1\"},\"paths\":{}}\n```\n";

/// A page that prints payloads and no document.
const PROSE: &str = include_str!("../../../specs/mce/published/create-crypto-refund.txt");

fn settings(server: &Server) -> Settings {
    Settings {
        certificates: vec![server.certificate.clone()],
        proxy: false,
        ..Settings::default()
    }
}

fn downloader(server: &Server) -> Downloader {
    Downloader::new(settings(server)).unwrap()
}

#[derive(Parser)]
struct CommandLine {
    #[command(flatten)]
    fetch: Fetch,
}

/// A workspace with one provider whose page is at `url` (none if empty), published as `published`.
fn workspace(url: &str, published: &str) -> TempDir {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("specs/acme");
    write(&folder, "published/refund.md", published);
    let pages = if url.is_empty() {
        String::new()
    } else {
        format!("[pages.\"refund.md\"]\nurl = \"{url}\"\nsource = \"a test\"\n")
    };
    let config = format!(
        "name = \"acme\"\ntitle = \"Acme\"\n{pages}[authentication]\nscheme = \"bearer\"\nsource = \"a test\"\n\
         [operations.refund]\ncall = \"POST /refunds\"\nmoves_money = true\n"
    );
    write(&folder, "provider.toml", config);
    root
}

fn fetch(root: &Path, server: &Server, arguments: &[&str]) -> Result<String, String> {
    let line = CommandLine::try_parse_from([&["fetch"], arguments].concat()).unwrap();
    let mut out = Vec::new();
    let outcome = line.fetch.run_with(root, &settings(server), &mut out);
    let printed = String::from_utf8(out).unwrap();
    outcome
        .map(|()| printed.clone())
        .map_err(|error| format!("{printed}{error:#}"))
}

#[test]
fn a_page_is_downloaded_over_tls() {
    let server = Server::start(|path, out| {
        assert_eq!(path, "/refund.md");
        answer(out, "200 OK", "", PAGE.as_bytes());
    });
    let text = downloader(&server).download(&server.url("/refund.md"));
    assert_eq!(text.as_deref(), Ok(PAGE));
}

#[test]
fn a_certificate_that_nobody_vouches_for_is_refused() {
    let server = Server::start(|_, out| answer(out, "200 OK", "", PAGE.as_bytes()));
    let trusting_nobody = Downloader::new(Settings {
        certificates: Vec::new(),
        ..settings(&server)
    })
    .unwrap();
    let error = trusting_nobody
        .download(&server.url("/refund.md"))
        .unwrap_err();
    has!(error.to_string(), "certificate");
    assert_eq!(server.requests(), 0);
}

#[test]
fn nothing_but_https_is_asked_for() {
    let server = Server::start(|_, out| answer(out, "200 OK", "", PAGE.as_bytes()));
    for url in [
        server.url("/a").replace("https", "http"),
        "file:///etc/hostname".to_owned(),
        "refund.md".to_owned(),
    ] {
        let error = downloader(&server).download(&url).unwrap_err();
        assert_eq!(error, FetchError::NotHttps { url });
    }
    assert_eq!(server.requests(), 0);
}

#[test]
fn a_redirect_within_the_host_is_followed_and_one_to_another_host_is_not() {
    let server = Server::start(|path, out| match path {
        "/old" => answer(out, "301 Moved", "location: /new\r\n", b""),
        "/new" => answer(out, "200 OK", "", PAGE.as_bytes()),
        away => answer(
            out,
            "302 Found",
            &format!("location: {}\r\n", away.trim_start_matches("/to/")),
            b"",
        ),
    });
    let downloader = downloader(&server);
    assert_eq!(
        downloader.download(&server.url("/old")).as_deref(),
        Ok(PAGE)
    );
    // The other name is the same server and would answer; nothing is to be asked of it.
    let plain = server.url("/new").replace("https", "http");
    for to in [server.url_by_number("/new"), plain] {
        let before = server.requests();
        let url = server.url(&format!("/to/{to}"));
        let error = downloader.download(&url).unwrap_err();
        assert_eq!(error, FetchError::Redirect { url, to });
        assert_eq!(server.requests(), before + 1);
    }
}

#[test]
fn redirects_in_a_circle_end() {
    let server = Server::start(|_, out| answer(out, "301 Moved", "location: /again\r\n", b""));
    let error = downloader(&server)
        .download(&server.url("/again"))
        .unwrap_err();
    assert!(matches!(error, FetchError::Redirect { .. }), "{error}");
    assert!(server.requests() < 10, "{}", server.requests());
}

#[test]
fn an_answer_without_success_is_refused_with_its_status() {
    let server = Server::start(|_, out| answer(out, "404 Not Found", "", PAGE.as_bytes()));
    let url = server.url("/gone");
    let error = downloader(&server).download(&url).unwrap_err();
    assert_eq!(error, FetchError::Status { url, status: 404 });
}

#[test]
fn a_page_above_the_limit_is_refused_whatever_its_length_says() {
    let server = Server::start(|path, out| match path {
        "/fits" => answer(out, "200 OK", "", &[b'a'; 1000]),
        "/announced" => answer(out, "200 OK", "", &[b'a'; 1001]),
        _ => {
            let _ = write!(out, "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n");
            let _ = out.write_all(&[b'a'; 1001]);
        }
    });
    let small = Downloader::new(Settings {
        max_bytes: 1000,
        ..settings(&server)
    })
    .unwrap();
    assert_eq!(small.download(&server.url("/fits")).unwrap().len(), 1000);
    for path in ["/announced", "/unannounced"] {
        let url = server.url(path);
        let error = small.download(&url).unwrap_err();
        assert_eq!(error, FetchError::TooLarge { url, limit: 1000 });
    }
}

#[test]
fn a_server_that_never_ends_its_answer_is_left_in_time() {
    let server = Server::start(|_, out| {
        let _ = write!(out, "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n");
        // A byte now and then keeps a limit per read from ending it.
        while out.write_all(b"a").and_then(|()| out.flush()).is_ok() {
            thread::sleep(Duration::from_millis(50));
        }
    });
    let hasty = Downloader::new(Settings {
        timeout: Duration::from_millis(600),
        ..settings(&server)
    })
    .unwrap();
    let started = Instant::now();
    let error = hasty.download(&server.url("/slow")).unwrap_err();
    has!(error.to_string(), "within the time limit");
    assert!(started.elapsed() < Duration::from_secs(20));
}

#[test]
fn bytes_that_are_no_text_are_refused() {
    let server = Server::start(|_, out| answer(out, "200 OK", "", &[0xff, 0xfe, 0x00]));
    let url = server.url("/binary");
    let error = downloader(&server).download(&url).unwrap_err();
    assert_eq!(error, FetchError::NotText { url });
}

#[test]
fn a_changed_page_lands_in_the_folder_and_the_published_one_stays() {
    let server = Server::start(|_, out| {
        let page = PAGE.replace("\"t\"", "\"new\"");
        answer(out, "200 OK", "", page.as_bytes());
    });
    let root = workspace(&server.url("/refund.md"), PAGE);
    let printed = fetch(root.path(), &server, &["acme"]).unwrap();
    assert_eq!(
        printed,
        format!(
            "acme: refund.md has changed ({} bytes); next: cargo xtask drift acme target/pages/acme/refund.md\n",
            PAGE.len() + 2
        )
    );
    let read = |file: &str| read(&root, file);
    assert!(read("target/pages/acme/refund.md").contains("\"new\""));
    assert_eq!(read("specs/acme/published/refund.md"), PAGE);
}

#[test]
fn a_page_as_published_is_said_to_be_so_and_the_folder_can_be_chosen() {
    let server = Server::start(|_, out| answer(out, "200 OK", "", PAGE.as_bytes()));
    let root = workspace(&server.url("/refund.md"), PAGE);
    let to = root.path().join("elsewhere");
    let printed = fetch(root.path(), &server, &["--to", to.to_str().unwrap()]).unwrap();
    assert!(
        printed.starts_with("acme: refund.md is as published"),
        "{printed}"
    );
    assert_eq!(read(&to, "acme/refund.md"), PAGE);
    assert!(!root.path().join("target").exists());
}

#[test]
fn what_is_no_page_changes_nothing() {
    let bodies: [(&str, &str); 4] = [
        ("", "the page is empty"),
        ("<!doctype html><title>Log in</title>", "this is HTML"),
        ("# Refund\n\nSee our new portal.\n", "nothing found"),
        (
            PROSE,
            "has an OpenAPI document and the downloaded one has none",
        ),
    ];
    for (body, expected) in bodies {
        let server = Server::start(move |_, out| answer(out, "200 OK", "", body.as_bytes()));
        let root = workspace(&server.url("/refund.md"), PAGE);
        let kept = root.path().join("target/pages/acme");
        fs::create_dir_all(&kept).unwrap();
        fs::write(kept.join("refund.md"), "of yesterday").unwrap();
        let error = fetch(root.path(), &server, &[]).unwrap_err();
        assert!(error.starts_with("nothing was written:\nacme: "), "{error}");
        has!(&error, expected);
        let left = read(&kept, "refund.md");
        assert_eq!(left, "of yesterday");
    }
}

#[test]
fn a_provider_whose_page_has_no_known_url_is_said_to_have_none() {
    let server = Server::start(|_, out| answer(out, "200 OK", "", PAGE.as_bytes()));
    let root = workspace("", PAGE);
    let printed = fetch(root.path(), &server, &["acme"]).unwrap();
    assert!(
        printed
            .starts_with("acme: no URL of its pages is known: save them by hand, or add [pages."),
        "{printed}"
    );
    assert_eq!(server.requests(), 0);
    assert!(!root.path().join("target").exists());
}
