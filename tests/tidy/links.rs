//! Relative links in Markdown lead to files and headings that exist.

use std::collections::BTreeSet;

use percent_encoding::percent_decode_str;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use crate::tree::{Tree, is_published, line_of};

pub(crate) fn problems(tree: &Tree) -> Vec<String> {
    let mut problems = Vec::new();
    for (path, text) in tree.texts().filter(|(path, _)| is_checked(path)) {
        for (line, link) in links(text) {
            if let Err(reason) = resolve(tree, path, text, &link) {
                problems.push(format!(
                    "{path}:{line}: the link `{link}` is broken: {reason}"
                ));
            }
        }
    }
    problems
}

/// Pictures of crates' READMEs that are files beside them, which the documentation that is made of a README does not have.
pub(crate) fn pictures(tree: &Tree) -> Vec<String> {
    let mut problems = Vec::new();
    let is_readme = |path: &str| path.starts_with("crates/") && path.ends_with("/README.md");
    for (path, text) in tree.texts().filter(|(path, _)| is_readme(path)) {
        for event in Parser::new_ext(text, Options::all()) {
            match event {
                Event::Start(Tag::Image { dest_url, .. }) if !has_scheme(&dest_url) => {
                    problems.push(format!("{path}: the picture `{dest_url}` is not in the documentation: put it there, and link it"));
                }
                _ => {}
            }
        }
    }
    problems
}

fn is_checked(path: &str) -> bool {
    path.ends_with(".md") && !is_published(path)
}

/// All links and images with their lines.
fn links(text: &str) -> Vec<(usize, String)> {
    let events = Parser::new_ext(text, Options::all()).into_offset_iter();
    events
        .filter_map(|(event, range)| match event {
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                Some((line_of(text, range.start), dest_url.into_string()))
            }
            _ => None,
        })
        .collect()
}

fn resolve(tree: &Tree, from: &str, from_text: &str, link: &str) -> Result<(), String> {
    if has_scheme(link) || link.starts_with("//") {
        return Ok(());
    }
    let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
    let path = percent_decode_str(path).decode_utf8_lossy();
    let target = if path.is_empty() {
        Some(from.to_owned())
    } else {
        join(from, &path)
    };
    let target = target.ok_or("it leads out of the workspace")?;
    if !tree.contains(&target) {
        return Err(format!("there is no {target}"));
    }
    if anchor.is_empty() || !target.ends_with(".md") {
        return Ok(());
    }
    let text = if target == from {
        from_text
    } else {
        tree.texts()
            .find(|(path, _)| *path == target)
            .map_or("", |(_, text)| text)
    };
    match anchors(text).contains(anchor) {
        true => Ok(()),
        false => Err(format!("{target} has no heading for `#{anchor}`")),
    }
}

fn has_scheme(link: &str) -> bool {
    link.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|letter: char| letter.is_ascii_alphabetic())
            && scheme
                .chars()
                .all(|letter| letter.is_ascii_alphanumeric() || "+.-".contains(letter))
    })
}

/// `relative` seen from the directory of the file `from`.
fn join(from: &str, relative: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    if !relative.starts_with('/') {
        parts.extend(from.split('/'));
        parts.pop();
    }
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// What a `#…` may name: headings, by the rule of GitHub, and `id`s in HTML.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut anchors = BTreeSet::new();
    let mut heading: Option<String> = None;
    for event in Parser::new_ext(text, Options::all() - Options::ENABLE_HEADING_ATTRIBUTES) {
        match event {
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::End(TagEnd::Heading(_)) => {
                if let Some(heading) = heading.take() {
                    add_heading(&heading, &mut anchors);
                }
            }
            Event::Text(part) | Event::Code(part) => {
                if let Some(heading) = &mut heading {
                    heading.push_str(&part);
                }
            }
            Event::Html(html) | Event::InlineHtml(html) => {
                let ids = html
                    .split("id=\"")
                    .skip(1)
                    .filter_map(|rest| rest.split('"').next());
                anchors.extend(ids.map(str::to_owned));
            }
            _ => {}
        }
    }
    anchors
}

/// The second heading with the same words gets `-1`, the third `-2`.
fn add_heading(heading: &str, anchors: &mut BTreeSet<String>) {
    let kept = |letter: &char| letter.is_alphanumeric() || " -_".contains(*letter);
    let slug: String = heading.trim().to_lowercase().chars().filter(kept).collect();
    let slug = slug.replace(' ', "-");
    let mut free = slug.clone();
    let mut count = 0;
    while !anchors.insert(free) {
        count += 1;
        free = format!("{slug}-{count}");
    }
}

#[test]
fn links_to_files_directories_and_headings_are_accepted() {
    let readme = "
# The *first* `thing`, & more
## Twice
## Twice
<a id=\"by-hand\"></a>
[a](docs/guide.md) [b](docs) [c](./docs/guide.md#set-up) [d](#the-first-thing--more) [e](#twice-1)
[f](#by-hand) [g](https://example.com/x) [h](mailto:a@example.com) [i](docs/a%20b.txt) [j][ref]
`[code](gone.md)`

    [code](gone.md)

[ref]: /docs/guide.md";
    let tree = Tree::of([
        ("README.md", readme),
        ("docs/guide.md", "Set up\n======\n[up](../README.md#twice)"),
        ("docs/a b.txt", ""),
    ]);
    assert_eq!(problems(&tree), Vec::<String>::new());
}

#[test]
fn links_that_lead_nowhere_are_found() {
    let guide = "# Here\n\n[a](gone.md)\n![b](gone.png)\n[c](#there)\n[d](../README.md#there)\n[e](../../out.md)\n[f][g]\n\n[g]: gone.md";
    let tree = Tree::of([
        ("README.md", "# Here"),
        ("docs/guide.md", guide),
        ("specs/p/published/page.md", "[x](gone.md)"),
    ]);
    assert_eq!(
        problems(&tree),
        [
            "docs/guide.md:3: the link `gone.md` is broken: there is no docs/gone.md",
            "docs/guide.md:4: the link `gone.png` is broken: there is no docs/gone.png",
            "docs/guide.md:5: the link `#there` is broken: docs/guide.md has no heading for `#there`",
            "docs/guide.md:6: the link `../README.md#there` is broken: README.md has no heading for `#there`",
            "docs/guide.md:7: the link `../../out.md` is broken: it leads out of the workspace",
            "docs/guide.md:8: the link `gone.md` is broken: there is no docs/gone.md",
        ]
    );
}
