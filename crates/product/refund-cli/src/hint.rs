//! Commands to paste: they say where calls go as this call does.

use std::{fmt::Write as _, sync::OnceLock};

use crate::{arguments::Options, journal::has_password};

/// The options of this call that say where calls go and what is remembered, as they were given.
static GIVEN: OnceLock<String> = OnceLock::new();

/// Has all commands that are told from now on carry these options.
pub(crate) fn carry(options: &Options) {
    let _ = GIVEN.set(given(options));
}

/// The word of a person that this call puts down.
static SETTLED: OnceLock<&'static str> = OnceLock::new();

/// Has `reconcile` be told with this word of a person's, where the same call is to be made later.
pub(crate) fn carry_word(settled: &'static str) {
    let _ = SETTLED.set(settled);
}

/// `--settle` with the word that this call puts down, if it does.
pub(crate) fn settling<'a>() -> impl Iterator<Item = &'a str> {
    let word: Option<&'a str> = SETTLED.get().copied();
    word.into_iter().flat_map(|word| ["--settle", word])
}

/// Where in a command stands what it is about, after its name and the provider's, say.
const SUBJECT: usize = 2;

/// `refund` with these words, to paste into a shell.
pub(crate) fn command<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let given = GIVEN.get().map_or("", String::as_str);
    let mut text = "refund".to_owned();
    // A reference may begin as options do: it stands at the end then, where none is looked for.
    let mut last = String::new();
    for (place, word) in words.into_iter().enumerate() {
        if place == SUBJECT && word.starts_with('-') {
            last.push_str(" --");
            push(&mut last, word);
        } else {
            push(&mut text, word);
        }
    }
    text + given + &last
}

fn given(options: &Options) -> String {
    let mut text = String::new();
    if options.live {
        text.push_str(" --live");
    }
    let path = |path: &Option<std::path::PathBuf>| path.as_ref().map(|it| it.display().to_string());
    let valued = [
        ("--config", path(&options.config)),
        ("--profile", options.profile.clone()),
        ("--base-url", options.base_url.clone()),
        ("--token-url", options.token_url.clone()),
        ("--credentials", path(&options.credentials)),
        (
            "--journal",
            options.journal.clone().filter(|url| !has_password(url)),
        ),
    ];
    for (name, value) in valued {
        if let Some(value) = value {
            let _ = write!(text, " {name}");
            push(&mut text, &value);
        }
    }
    text
}

fn push(text: &mut String, word: &str) {
    text.push(' ');
    match shlex::try_quote(word) {
        Ok(quoted) => text.push_str(&quoted),
        // Only a zero byte cannot be quoted, and no argument has one.
        Err(_) => text.push_str(word),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_given_is_carried_and_quoted_and_a_password_is_not() {
        let options = Options {
            live: true,
            base_url: Some("http://127.0.0.1:8080".to_owned()),
            journal: Some("my refunds.db".to_owned()),
            ..Options::default()
        };
        assert_eq!(
            given(&options),
            " --live --base-url http://127.0.0.1:8080 --journal 'my refunds.db'"
        );
        let options = Options {
            journal: Some("postgres://me:hidden@db/refunds".to_owned()),
            ..Options::default()
        };
        assert_eq!(given(&options), "");
        assert_eq!(
            command(["reconcile", "mce", "r$1"]),
            "refund reconcile mce 'r$1'"
        );
        assert_eq!(
            command(["reconcile", "mce", "-r1", "--settle", "accepted"]),
            "refund reconcile mce --settle accepted -- -r1"
        );
    }
}
