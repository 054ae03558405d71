//! Prints the document of a provider after a stage: `effective specs/optty [merged|effective|selected|payloads]`.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "printing is what this example is for"
)]

use std::path::Path;
use std::process::ExitCode;

use spec_documents::{Error, Provider, text};

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let Some(folder) = arguments.next() else {
        eprintln!(
            "give the folder of a provider, and optionally merged, effective, selected or payloads"
        );
        return ExitCode::FAILURE;
    };
    let stage = arguments.next().unwrap_or_else(|| "effective".to_owned());
    match print(Path::new(&folder), &stage) {
        Ok(output) => {
            print!("{output}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn print(folder: &Path, stage: &str) -> Result<String, Error> {
    let provider = Provider::load(folder)?;
    if stage == "merged" {
        return Ok(text::sorted(&provider.merged()?));
    }
    let effective = provider.effective()?;
    Ok(match stage {
        "selected" => text::sorted(&provider.select(&effective)?),
        "payloads" => {
            let named = provider.payloads(&effective)?;
            let payloads = named.payloads.iter().map(|payload| {
                format!(
                    "{} ({})\n{}",
                    payload.file,
                    payload.from,
                    text::sorted(&payload.value)
                )
            });
            let unplaced = named
                .unplaced
                .iter()
                .map(|unplaced| format!("{unplaced}\n"));
            payloads.chain(unplaced).collect()
        }
        _ => text::sorted(&effective),
    })
}
