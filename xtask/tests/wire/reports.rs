//! What others' generators got wrong, as public reports tell it, from small documents to the wire: each document
//! in `reports` is one report, and the clients of a kind are compiled into one crate, which calls a server on
//! loopback. What is expected is worked out by hand from the sentence of the specification that decides.

mod bodies;
mod names;
mod numbers;
mod objects;
mod parameters;
mod texts;
mod unions;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use provider_codegen::document;

use super::small_crate;

/// What was sent and read for each report, by its number, in the order of the calls.
type Said = BTreeMap<String, Vec<String>>;

/// Runs `program` with a client of each report that it names, as `r` and the number.
fn run(kind: &str, program: &str) -> Said {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/wire/reports");
    let mut clients = Vec::new();
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    for file in files {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let module = format!("r{}", &name[..2]);
        if program.contains(&format!("{module}::")) {
            let text = fs::read_to_string(&file).unwrap();
            clients.push((
                module,
                document::read(&name, &text, &mut Vec::new()).unwrap(),
            ));
        }
    }
    let modules: String = clients
        .iter()
        .map(|(module, _)| format!("mod {module};\n"))
        .collect();
    let common = include_str!("reports/common.program.txt");
    let clients = clients
        .iter()
        .map(|(module, page)| (module.as_str(), page.clone()))
        .collect();
    small_crate::run(
        &format!("reports-{kind}"),
        clients,
        &format!("#![allow(warnings)]\n{modules}{common}{program}"),
    )
}

/// A request with a body in JSON.
fn sent(line: &str, body: &str) -> String {
    format!("{line}\ncontent-type: application/json\n{body}")
}
