//! Where the actions of an overlay stand in its text.

use std::ops::RangeInclusive;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_saphyr::Spanned;

use super::OverlayError;

#[derive(Deserialize)]
struct Written {
    actions: Vec<Spanned<IgnoredAny>>,
}

/// The lines of each action, from 1, from its first key to its last value; the comments above it are not among them.
///
/// # Errors
///
/// [`OverlayError::Malformed`] if the text is no overlay.
pub fn lines(file: &str, text: &str) -> Result<Vec<RangeInclusive<usize>>, OverlayError> {
    let written: Written =
        serde_saphyr::from_str(text).map_err(|error| OverlayError::Malformed {
            file: file.to_owned(),
            message: error.without_snippet().to_string(),
        })?;
    let number = |line: u64| usize::try_from(line).unwrap_or(usize::MAX);
    let starts: Vec<usize> = written
        .actions
        .iter()
        .map(|action| number(action.defined.line()))
        .collect();
    let all: Vec<&str> = text.lines().collect();
    let ends = starts
        .iter()
        .skip(1)
        .map(|next| next - 1)
        .chain([all.len()]);
    Ok(starts
        .iter()
        .zip(ends)
        .map(|(start, end)| *start..=last_of_content(&all, *start, end))
        .collect())
}

/// The last line from `start` to `end` that is neither empty nor a comment.
fn last_of_content(lines: &[&str], start: usize, end: usize) -> usize {
    (start..=end)
        .rev()
        .find(|number| {
            let line = lines.get(number - 1).map_or("", |line| line.trim());
            !line.is_empty() && !line.starts_with('#')
        })
        .unwrap_or(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_ends_before_the_empty_lines_and_comments_of_the_next_one() {
        let text = "overlay: 1.1.0\ninfo: {title: t, version: '1'}\nactions:\n  - target: $.a\n    remove: true\n\n  # Next.\n  - target: $.b\n    update:\n      x: >-\n        words\n";
        assert_eq!(lines("overlay.yaml", text), Ok(vec![4..=5, 8..=11]));
    }

    #[test]
    fn what_is_no_overlay_is_refused_with_its_file() {
        let error = lines("overlay.yaml", "actions: 1\n").unwrap_err();
        assert!(error.to_string().starts_with("overlay.yaml: "), "{error}");
    }
}
