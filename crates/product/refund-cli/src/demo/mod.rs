//! The demonstration: refunds at all four providers, in a sandbox inside this process.

mod bulk;
mod scene;
mod steps;
mod view;

use anyhow::Result;

use crate::{exit::Exit, printed::Printed, report::Word, terminal::Terminal};

/// What was done, and what became of it.
#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
pub(crate) struct Step {
    provider: &'static str,
    asked: &'static str,
    outcome: Word,
    why: String,
    /// How often money goes out under the reference, as the sandbox's ledger tells it.
    payments: usize,
}

/// All of them, and what the ledger says.
#[derive(serde::Serialize, schemars::JsonSchema)]
pub(crate) struct Demo {
    steps: Vec<Step>,
    refunds_made: usize,
    refunded_twice: usize,
}

/// Runs it.
///
/// # Errors
/// The sandbox cannot be started, or something went otherwise than it should.
pub(crate) async fn run(terminal: &mut Terminal) -> Result<Exit> {
    terminal.progress("starting the four providers");
    let scene = scene::Scene::new()?;
    let steps = steps::run(&scene, terminal).await?;
    let ledger = scene.sandbox().ledger();
    let demo = Demo {
        steps,
        refunds_made: ledger.entries().len(),
        refunded_twice: ledger.refunded_twice().len(),
    };
    if terminal.is_json() {
        terminal.object(&Printed::Demonstration(&demo))?;
    } else {
        let text = view::text(&demo.steps, demo.refunds_made, demo.refunded_twice);
        terminal.text(&text)?;
    }
    Ok(if demo.refunded_twice == 0 {
        Exit::Done
    } else {
        Exit::Failed
    })
}
