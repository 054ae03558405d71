use std::io;

/// Why a crate could not be listed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SurfaceError {
    /// The root module is not there.
    #[error(
        "{root} was not found; give the directory that holds the Cargo.toml of a library crate"
    )]
    NoRoot {
        /// The path that was looked for.
        root: String,
    },
    /// A file or directory could not be read.
    #[error("{path} could not be read; check that it exists, may be read and is UTF-8")]
    Read {
        /// The file or directory.
        path: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A file is not Rust.
    #[error(
        "{path}:{line}:{column} does not parse: {message}; run `cargo check` on the crate and mend it first"
    )]
    Syntax {
        /// The file.
        path: String,
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
        /// What the parser said.
        message: String,
    },
    /// A `mod name;` has no file.
    #[error("{path} declares `mod {module};`, but there is no {}; add the file or remove the declaration", tried.join(" or "))]
    NoModuleFile {
        /// The file with the declaration.
        path: String,
        /// The module's name.
        module: String,
        /// The paths at which the module could have been.
        tried: Vec<String>,
    },
}
