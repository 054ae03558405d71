//! Overlay actions that a new page asks to be edited, with the edit.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use openapi_drift::{OverlayFinding, OverlayState};
use serde_json::Value;
use spec_documents::Provider;
use spec_documents::overlay::{self, Action, Overlay, Problem};
use spec_documents::provider::OVERLAY;

use super::effects::{self, Outcome, Step};
use super::short;
use super::swallowed::{self, Swallowed};

/// The effective document that new pages give, and what becomes of the overlay.
#[derive(Debug)]
pub(super) struct Applied {
    /// With every action that fits, and without those that are superfluous.
    pub(super) document: Value,
    pub(super) findings: Vec<OverlayFinding>,
    /// Numbers of the actions that can be deleted without changing more than words.
    pub(super) superfluous: BTreeSet<usize>,
    /// Numbers of the actions that a person has to edit before anything can be generated.
    pub(super) blocking: BTreeSet<usize>,
}

impl Applied {
    /// What `--accept` does with the overlay.
    pub(super) fn notes(&self) -> Vec<String> {
        let actions = |numbers: &BTreeSet<usize>| {
            let listed: Vec<String> = numbers.iter().map(usize::to_string).collect();
            let word = if listed.len() == 1 {
                "action"
            } else {
                "actions"
            };
            format!("{word} {}", listed.join(", "))
        };
        let mut notes = Vec::new();
        if !self.blocking.is_empty() {
            notes.push(format!(
                "Before the page can be accepted, edit overlay {} as said below.",
                actions(&self.blocking)
            ));
        }
        if !self.superfluous.is_empty() {
            notes.push(format!(
                "`--accept` deletes overlay {}, which the provider has made superfluous.",
                actions(&self.superfluous)
            ));
        }
        notes
    }
}

/// Applies the overlay to the pages of `after` and compares its effects with those on `known`, the merged document of the
/// pages before.
pub(super) fn apply(known: Option<Value>, after: &Provider) -> Result<Applied> {
    let merged = after.merged()?;
    let Some(overlay) = after.overlay()? else {
        return Ok(Applied {
            document: merged,
            findings: Vec::new(),
            superfluous: BTreeSet::new(),
            blocking: BTreeSet::new(),
        });
    };
    // Pages that cannot be read any more have no effects to compare with.
    let known = known.unwrap_or_else(|| merged.clone());
    let text = after.inputs().get(OVERLAY).map_or("", String::as_str);
    let lines = overlay::lines(OVERLAY, text)?;
    let (old_document, old_steps) = effects::run(&known, &overlay);
    let (document, steps) = effects::run(&merged, &overlay);
    let mut applied = Applied {
        document: document.clone(),
        findings: Vec::new(),
        superfluous: BTreeSet::new(),
        blocking: BTreeSet::new(),
    };
    let mut taken_away = Vec::new();
    for ((step, old), action) in steps.iter().zip(&old_steps).zip(&overlay.actions) {
        let place = lines
            .get(action.number - 1)
            .with_context(|| format!("{OVERLAY}: action {} has no lines", action.number))?;
        let text: Vec<&str> = text.lines().collect();
        let told = Told {
            action,
            file: format!("specs/{}/{OVERLAY}", after.config.name),
            lines: (*place.start(), *place.end()),
            yaml: text[place.start() - 1..*place.end()].join("\n"),
        };
        let verdict = match &step.outcome {
            Outcome::Idle(Problem::MatchesNothing) => Some(told.stale()),
            Outcome::Idle(Problem::ChangesNothing) => Some(told.superfluous(false)),
            // What an action does as ever is as needed as ever.
            _ if old.effects != step.effects
                && !matters(&merged, &document, &overlay, action.number)
                && matters(&known, &old_document, &overlay, action.number) =>
            {
                Some(told.superfluous(true))
            }
            Outcome::Refused(message) => Some(told.refused(message)),
            Outcome::Repeats(pointer) => Some(told.repeats(pointer, step)),
            Outcome::Applied => {
                let swallowed = swallowed::of(old, step, &known);
                let finding = told.swallows(old, &swallowed);
                if finding.is_some() {
                    applied.blocking.insert(action.number);
                }
                taken_away.extend(swallowed);
                finding.or_else(|| told.hides(old, step))
            }
        };
        let Some(finding) = verdict else { continue };
        match (&step.outcome, finding.state) {
            (_, OverlayState::Superfluous) => {
                applied.superfluous.insert(action.number);
            }
            (Outcome::Applied, _) => {}
            _ => {
                applied.blocking.insert(action.number);
            }
        }
        applied.findings.push(finding);
    }
    if !applied.superfluous.is_empty() {
        let mut rest = overlay;
        rest.actions
            .retain(|action| !applied.superfluous.contains(&action.number));
        applied.document = effects::run(&merged, &rest).0;
    }
    // Nobody has decided yet that what is new is wrong: users are to see it.
    for swallowed in &taken_away {
        swallowed::put_back(&mut applied.document, swallowed);
    }
    applied
        .findings
        .sort_by_key(|finding| (finding.state != OverlayState::Stale, finding.action));
    Ok(applied)
}

/// The overlay's text without some of its actions; nothing if none is left.
pub(super) fn without(text: &str, superfluous: &BTreeSet<usize>) -> Result<Option<String>> {
    let lines = overlay::lines(OVERLAY, text)?;
    if lines.len() == superfluous.len() {
        return Ok(None);
    }
    let mut kept: Vec<&str> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let gone = superfluous
            .iter()
            .filter_map(|number| lines.get(number - 1))
            .any(|place| place.contains(&(index + 1)));
        // The empty line after an action that is gone would be a second one.
        let doubled =
            line.trim().is_empty() && kept.last().is_some_and(|last| last.trim().is_empty());
        if !gone && !doubled {
            kept.push(line);
        }
    }
    Ok(Some(format!("{}\n", kept.join("\n").trim_end())))
}

/// Whether the effective document differs in more than words without an action.
fn matters(merged: &Value, with: &Value, overlay: &Overlay, number: usize) -> bool {
    let without = effects::without(merged, overlay, number);
    effects::wordless(with) != effects::wordless(&without)
}

/// An action and where it stands.
struct Told<'a> {
    action: &'a Action,
    file: String,
    lines: (usize, usize),
    yaml: String,
}

impl Told<'_> {
    fn finding(&self, state: OverlayState, why: String, edit: String) -> OverlayFinding {
        OverlayFinding {
            action: self.action.number,
            target: self.action.target.trim().to_owned(),
            description: self.action.description.trim().to_owned(),
            state,
            why,
            edit,
            place: format!("{}:{}-{}", self.file, self.lines.0, self.lines.1),
        }
    }

    fn span(&self) -> String {
        format!("lines {} to {}", self.lines.0, self.lines.1)
    }

    fn stale(&self) -> OverlayFinding {
        self.finding(
            OverlayState::Stale,
            "Its target matches nothing in the new document: what it corrects has moved or is gone.".to_owned(),
            format!(
                "Correct the target, or delete {} if nothing is left to correct:\n{}",
                self.span(),
                self.yaml
            ),
        )
    }

    fn superfluous(&self, but_words: bool) -> OverlayFinding {
        let why = if but_words {
            "The provider has corrected this: without the action, the effective document differs in words only."
        } else {
            "The document says so already."
        };
        self.finding(
            OverlayState::Superfluous,
            why.to_owned(),
            format!("Delete {}:\n{}", self.span(), self.yaml),
        )
    }

    fn refused(&self, message: &str) -> OverlayFinding {
        self.finding(
            OverlayState::Wrong,
            format!("It cannot be applied to the new document: {message}."),
            format!("Edit {} to fit the new page:\n{}", self.span(), self.yaml),
        )
    }

    /// The action adds to a list of the page what the page lists by now.
    fn repeats(&self, pointer: &str, step: &Step) -> OverlayFinding {
        let list =
            |value: Option<&Value>| value.and_then(Value::as_array).cloned().unwrap_or_default();
        let (before, after) = step
            .effects
            .get(pointer)
            .map(|(before, after)| (list(before.as_ref()), list(after.as_ref())))
            .unwrap_or_default();
        let left: Vec<String> = after
            .iter()
            .skip(before.len())
            .filter(|entry| !before.contains(entry))
            .map(|entry| {
                entry
                    .as_str()
                    .map_or_else(|| entry.to_string(), str::to_owned)
            })
            .collect();
        let keyword = pointer.rsplit('/').next().unwrap_or_default();
        let edit = if left.is_empty() {
            format!(
                "In {}, delete the {keyword}: the page lists every entry of it.",
                self.span()
            )
        } else {
            format!(
                "In {}, keep what the page does not list:\n      {keyword}: [{}]",
                self.span(),
                left.join(", ")
            )
        };
        self.finding(
            OverlayState::Wrong,
            format!(
                "The page has a list at {pointer} by now, {}, and the action would repeat entries of it.",
                short(&Value::Array(before))
            ),
            edit,
        )
    }

    /// The action takes away what is new in the page.
    fn swallows(&self, old: &Step, swallowed: &[Swallowed]) -> Option<OverlayFinding> {
        let first = swallowed.first()?;
        let taken: Vec<String> = swallowed
            .iter()
            .map(|one| format!("{} at {}", short(&one.value), one.pointer))
            .collect();
        let target = self.action.target.trim();
        let edit = match swallowed::narrower(target, old, first) {
            Some(narrower) => format!(
                "In {}, take away only what the action was written for:\n  - target: {narrower}",
                self.span()
            ),
            None => format!(
                "Narrow the target in {} so that it leaves this alone:\n{}",
                self.span(),
                self.yaml
            ),
        };
        Some(self.finding(
            OverlayState::Wrong,
            format!(
                "It takes away what is new in the page: {}. This report counts it as there.",
                taken.join(", ")
            ),
            edit,
        ))
    }

    /// The action makes the same of another text: the provider's change does not show in the effective document.
    fn hides(&self, old: &Step, new: &Step) -> Option<OverlayFinding> {
        let hidden: Vec<String> = new
            .effects
            .iter()
            .filter_map(|(pointer, (from, to))| {
                let (old_from, old_to) = old.effects.get(pointer)?;
                (to == old_to && from != old_from).then(|| {
                    let text = |value: &Option<Value>| {
                        value.as_ref().map_or_else(|| "nothing".to_owned(), short)
                    };
                    format!(
                        "{pointer} was {} in the page and is {}",
                        text(old_from),
                        text(from)
                    )
                })
            })
            .collect();
        if hidden.is_empty() || old.outcome != Outcome::Applied {
            return None;
        }
        Some(self.finding(
            OverlayState::Wrong,
            format!(
                "It replaces what the provider has changed, so that the change does not show in the effective document: {}.",
                hidden.join("; ")
            ),
            format!(
                "Read the new page and decide whether the correction still holds; edit {} if not:\n{}",
                self.span(),
                self.yaml
            ),
        ))
    }
}
