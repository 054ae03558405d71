//! Paths of sources: relative to the crate, with `/`, without `.` and `..`.

/// The directory of a file, without a slash at the end.
pub(crate) fn directory(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(directory, _)| directory)
}

/// `relative` seen from `directory`, with `.` and `..` resolved.
pub(crate) fn join(directory: &str, relative: &str) -> String {
    let mut parts: Vec<&str> = directory
        .split('/')
        .filter(|part| !part.is_empty())
        .collect();
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_at_the_top_has_an_empty_directory() {
        assert_eq!(directory("lib.rs"), "");
        assert_eq!(directory("src/a/b.rs"), "src/a");
    }

    #[test]
    fn dots_in_a_relative_path_are_resolved() {
        assert_eq!(join("src/a", "../b/./c.rs"), "src/b/c.rs");
        assert_eq!(join("", "x.rs"), "x.rs");
        assert_eq!(join("src", "../../x.rs"), "../x.rs");
    }
}
