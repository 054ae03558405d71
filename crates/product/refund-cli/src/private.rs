//! Files that others must not change, or not even read.

use std::{
    fs::File,
    io::{self, Read},
};

/// What became of opening such a file.
pub(crate) enum Opened {
    /// Its text.
    Text(String),
    /// Others have a hand in it: whose it is, or what its mode allows.
    Exposed(String),
}

/// Reads a file unless it is another user's, or its mode has one of these bits. It looks at the open file and not at
/// its path, which could be exchanged in between.
pub(crate) fn read(mut file: File, forbidden: u32) -> io::Result<Opened> {
    if let Some(what) = exposed(&file, forbidden)? {
        return Ok(Opened::Exposed(what));
    }
    let mut text = String::new();
    file.read_to_string(&mut text)?;
    Ok(Opened::Text(text))
}

/// The line of a text at which reading it as TOML failed, from 1.
pub(crate) fn line_of(text: &str, error: &toml::de::Error) -> usize {
    let before = error.span().and_then(|span| text.get(..span.start));
    before.unwrap_or_default().matches('\n').count() + 1
}

#[cfg(unix)]
fn exposed(file: &File, forbidden: u32) -> io::Result<Option<String>> {
    use std::os::unix::fs::MetadataExt as _;

    let metadata = file.metadata()?;
    let (owner, mode) = (metadata.uid(), metadata.mode() & 0o7777);
    // Root may do as it likes anyway.
    let is_mine = owner == 0 || owner == rustix::process::geteuid().as_raw();
    Ok(if !is_mine {
        Some(format!("it belongs to the user {owner}"))
    } else if mode & forbidden != 0 {
        Some(format!("mode {mode:04o}"))
    } else {
        None
    })
}

/// Elsewhere, permissions are not told by a mode: the file is taken as it is.
#[cfg(not(unix))]
fn exposed(_file: &File, _forbidden: u32) -> io::Result<Option<String>> {
    Ok(None)
}
