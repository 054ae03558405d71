//! Fenced code blocks of Markdown (CommonMark), and the tab or heading that they stand under.

use std::ops::Range;

/// A fenced block.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Block<'a> {
    /// First word of the info string, in lower case: the language.
    pub(crate) language: String,
    /// The lines between the fences.
    pub(crate) text: &'a str,
    /// Where they begin in the page, in bytes.
    pub(crate) start: usize,
    /// Line of the page on which the text begins, from 1.
    pub(crate) line: usize,
    /// Title of the tab around the block, else of the nearest heading above.
    pub(crate) title: String,
    /// Whether a closing fence was found.
    pub(crate) closed: bool,
}

impl Block<'_> {
    /// Where the lines between the fences are in the page, in bytes.
    pub(crate) fn span(&self) -> Range<usize> {
        self.start..self.start + self.text.len()
    }
}

/// Every fenced block of `page`, in order.
pub(crate) fn blocks(page: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut title = String::new();
    let mut lines = Lines::new(page);
    while let Some((_, line)) = lines.next() {
        if let Some(found) = tab_title(line).or_else(|| heading(line)) {
            title = found;
        } else if let Some(fence) = Fence::open(line) {
            blocks.push(block(page, &mut lines, &fence, title.clone()));
        }
    }
    blocks
}

fn block<'a>(page: &'a str, lines: &mut Lines<'a>, fence: &Fence<'_>, title: String) -> Block<'a> {
    let (start, first_line) = (lines.offset, lines.number + 1);
    let mut end = page.len();
    let mut closed = false;
    while let Some((offset, line)) = lines.next() {
        if fence.is_closed_by(line) {
            end = offset;
            closed = true;
            break;
        }
    }
    Block {
        language: fence.language.to_ascii_lowercase(),
        text: &page[start.min(end)..end],
        start: start.min(end),
        line: first_line,
        title,
        closed,
    }
}

/// Lines with their byte offsets.
struct Lines<'a> {
    text: &'a str,
    /// Where the next line begins.
    offset: usize,
    /// Number of the line last given, from 1.
    number: usize,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text,
            offset: 0,
            number: 0,
        }
    }

    fn next(&mut self) -> Option<(usize, &'a str)> {
        let rest = self
            .text
            .get(self.offset..)
            .filter(|rest| !rest.is_empty())?;
        let length = rest.find('\n').map_or(rest.len(), |end| end + 1);
        let start = self.offset;
        self.offset += length;
        self.number += 1;
        Some((start, rest[..length].trim_end_matches(['\n', '\r'])))
    }
}

/// An opening fence.
struct Fence<'a> {
    mark: char,
    length: usize,
    language: &'a str,
}

impl<'a> Fence<'a> {
    fn open(line: &'a str) -> Option<Self> {
        let inner = without_indent(line)?;
        let mark = inner
            .chars()
            .next()
            .filter(|mark| matches!(mark, '`' | '~'))?;
        let info = inner.trim_start_matches(mark);
        let length = inner.len() - info.len();
        if length < 3 || (mark == '`' && info.contains('`')) {
            return None;
        }
        let language = info.split_whitespace().next().unwrap_or_default();
        Some(Self {
            mark,
            length,
            language,
        })
    }

    fn is_closed_by(&self, line: &str) -> bool {
        let Some(inner) = without_indent(line) else {
            return false;
        };
        let rest = inner.trim_start_matches(self.mark);
        inner.len() - rest.len() >= self.length && rest.trim().is_empty()
    }
}

/// The line without up to three spaces; more of them make it code.
fn without_indent(line: &str) -> Option<&str> {
    let inner = line.trim_start_matches(' ');
    (line.len() - inner.len() <= 3).then_some(inner)
}

/// `Title` of `{% tab title="Title" %}`; empty where a group of tabs ends, so that no title outlives it.
fn tab_title(line: &str) -> Option<String> {
    let inner = line.trim().strip_prefix("{%")?.strip_suffix("%}")?.trim();
    if inner == "endtab" || inner == "endtabs" {
        return Some(String::new());
    }
    let title = inner
        .strip_prefix("tab ")?
        .trim()
        .strip_prefix("title=\"")?;
    Some(title.rsplit_once('"')?.0.trim().to_owned())
}

fn heading(line: &str) -> Option<String> {
    let inner = without_indent(line)?;
    let text = inner.trim_start_matches('#');
    let level = inner.len() - text.len();
    let is_heading = (1..=6).contains(&level) && (text.is_empty() || text.starts_with([' ', '\t']));
    is_heading.then(|| text.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_longer_fence_holds_a_shorter_one_and_words_may_follow_the_language() {
        let page = "# Refund\n\n````yaml POST /refunds\na: |\n  ```\n  x\n  ```\n````\nafter";
        let found = blocks(page);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].language, "yaml");
        assert_eq!(found[0].text, "a: |\n  ```\n  x\n  ```\n");
        assert_eq!((found[0].line, found[0].title.as_str()), (4, "Refund"));
        assert!(found[0].closed);
    }

    #[test]
    fn a_block_stands_under_its_tab_and_not_under_an_earlier_one() {
        let page = "{% tab title=\"401 Say \"no\"\" %}\r\n~~~json\r\n1\r\n~~~\r\n{% endtab %}\r\n```\r\n2\r\n```\r\n";
        let found = blocks(page);
        assert_eq!(found[0].title, "401 Say \"no\"");
        assert_eq!(found[0].text, "1\r\n");
        assert_eq!(
            (found[1].title.as_str(), found[1].language.as_str()),
            ("", "")
        );
    }

    #[test]
    fn a_block_that_is_never_closed_is_marked() {
        let found = blocks("text\n```json\n{");
        assert_eq!((found[0].text, found[0].closed), ("{", false));
        assert_eq!(blocks("```json").len(), 1);
    }

    #[test]
    fn inline_code_and_indented_fences_are_no_blocks() {
        assert!(blocks("``` not a `fence\n    ```\ntext ``` text\n").is_empty());
    }
}
