//! The files of a crate, from the disk or from memory.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use crate::error::SurfaceError;

/// The text of a crate's files by path.
pub(crate) struct Sources {
    root: String,
    files: BTreeMap<String, String>,
}

impl Sources {
    pub(crate) fn in_memory<P, S>(root: &str, files: impl IntoIterator<Item = (P, S)>) -> Self
    where
        P: Into<String>,
        S: Into<String>,
    {
        Self {
            root: root.to_owned(),
            files: files
                .into_iter()
                .map(|(path, source)| (path.into(), source.into()))
                .collect(),
        }
    }

    pub(crate) fn of_crate(crate_dir: &Path) -> Result<Self, SurfaceError> {
        if !crate_dir.join("src/lib.rs").is_file() {
            return Err(SurfaceError::NoRoot {
                root: crate_dir.join("src/lib.rs").display().to_string(),
            });
        }
        let mut sources = Self {
            root: "src/lib.rs".to_owned(),
            files: BTreeMap::new(),
        };
        sources.read_directory(&crate_dir.join("src"), "src")?;
        Ok(sources)
    }

    pub(crate) fn root(&self) -> &str {
        &self.root
    }

    pub(crate) fn get(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    fn read_directory(&mut self, directory: &Path, name: &str) -> Result<(), SurfaceError> {
        let unread = |path: &Path| {
            let path = path.display().to_string();
            move |source: io::Error| SurfaceError::Read { path, source }
        };
        for entry in fs::read_dir(directory).map_err(unread(directory))? {
            let path = entry.map_err(unread(directory))?.path();
            let Some(file_name) = path.file_name().and_then(|name| name.to_str()) else {
                continue;
            };
            let name = format!("{name}/{file_name}");
            if path.is_dir() {
                self.read_directory(&path, &name)?;
            } else if file_name.ends_with(".rs") {
                let source = fs::read_to_string(&path).map_err(unread(&path))?;
                self.files.insert(name, source);
            }
        }
        Ok(())
    }
}
