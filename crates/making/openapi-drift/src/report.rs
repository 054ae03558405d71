//! A drift with what the caller knows besides: what is printed.

use serde::{Deserialize, Serialize};

use crate::{Class, Drift};

/// What a new document changes for the users of a crate.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Name of the provider; nothing when two documents were compared that belong to none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// Why nothing could be compared; all else is empty then. For one provider of several, the others being told all
    /// the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<String>,
    /// What the old document is, for people: `specs/tazapay/openapi.json`, or a revision.
    pub from: String,
    /// What the new document is, for people.
    pub to: String,
    /// What was compared of both.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub compared: Vec<Compared>,
    /// Lines that were written for a path that moved, with what they are to be; the comparison is made as if they were
    /// so.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mends: Vec<Mend>,
    /// The changes of the wire.
    pub drift: Drift,
    /// The changes of the crate; nothing when they were not compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rust: Option<RustSide>,
    /// The overlay actions that the new document asks to be edited.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overlay: Vec<OverlayFinding>,
    /// Parts of the transcription that the provider publishes by now, or that nothing refers to then; they are compared as
    /// published.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub transcribed: Vec<Transcribed>,
    /// What else the reader has to know, a sentence each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

impl Report {
    /// The worst of the wire, the crate and the overlay; nothing when all is as it was. A crate that breaks its users
    /// is breaking, whatever the wire says; an overlay action to edit is to be read.
    pub fn class(&self) -> Option<Class> {
        let rust = self.rust.as_ref().and_then(|rust| match rust.step {
            Step::None => None,
            Step::Patch | Step::Minor => Some(Class::Compatible),
            Step::Major => Some(Class::Breaking),
        });
        let overlay = !self.overlay.is_empty() || !self.mends.is_empty();
        let overlay = overlay.then_some(Class::ReadThis);
        let transcribed = self.transcribed.iter().map(|part| match part.state {
            TranscribedState::Differs | TranscribedState::Moved => Class::ReadThis,
            TranscribedState::Same | TranscribedState::Unused => Class::Compatible,
        });
        let transcribed = transcribed.max();
        self.drift.class().max(rust).max(overlay).max(transcribed)
    }

    /// The transcribed parts that can go.
    pub(crate) fn going(&self) -> usize {
        let parts = self.transcribed.iter();
        parts
            .filter(|part| part.state != TranscribedState::Moved)
            .count()
    }

    /// The transcribed parts of which the page says something else, or that it has in another place.
    pub fn differing(&self) -> impl Iterator<Item = &Transcribed> {
        let parts = self.transcribed.iter();
        parts.filter(|part| {
            matches!(
                part.state,
                TranscribedState::Differs | TranscribedState::Moved
            )
        })
    }

    /// 0 for no change, 1 for compatible ones and those to be read, 2 for breaking ones, 3 if nothing could be compared;
    /// for the exit of a command.
    pub fn exit_code(&self) -> u8 {
        match self.class() {
            _ if self.failed.is_some() => 3,
            None => 0,
            Some(Class::Compatible | Class::ReadThis) => 1,
            Some(Class::Breaking) => 2,
        }
    }
}

/// What was compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Compared {
    /// The documents with the overlay's corrections.
    EffectiveDocuments,
    /// The documents as the pages and the transcription have them.
    PublishedDocuments,
    /// What the pages say around and within their documents.
    PageText,
    /// The public surface of the crate.
    Crate,
}

impl Compared {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::EffectiveDocuments => "documents with the overlay",
            Self::PublishedDocuments => "documents without it",
            Self::PageText => "text of the pages",
            Self::Crate => "public surface of the crate",
        }
    }
}

/// How far a crate's version has to go, as if it were 1.0 or later.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// Nothing that a user could see.
    #[default]
    None,
    /// Behaviour only.
    Patch,
    /// Something new; code that compiled still does.
    Minor,
    /// Code that compiled may not any more.
    Major,
}

impl Step {
    /// As in the JSON report: `none`, `patch`, `minor`, `major`.
    pub fn code(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        }
    }
}

/// What becomes of the crate.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RustSide {
    /// The largest step of [`changes`](Self::changes).
    pub step: Step,
    /// The changes of the public surface, the largest step first.
    pub changes: Vec<RustChange>,
    /// Where wire and types disagree, a sentence each: compatible on the wire and breaking in the types, or the
    /// other way round.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub disagreements: Vec<String>,
    /// Version of the crate now.
    pub current_version: String,
    /// Version to release, by the rules of Cargo, from the worst of wire and types.
    pub recommended_version: String,
    /// Entry for the CHANGELOG, Markdown in the form of Keep a Changelog.
    pub changelog: String,
}

/// A change of the public surface.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RustChange {
    /// The step that it needs.
    pub step: Step,
    /// Path of the item, such as `types::RefundData::status`.
    pub item: String,
    /// Its line in the old listing; nothing when it is new.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// Its line in the new listing; nothing when it is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// Why it needs the step.
    pub why: String,
}

/// What becomes of a part of a transcription.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TranscribedState {
    /// The page says the same: it can go.
    Same,
    /// The page says something else; the page counts.
    Differs,
    /// No page has it, and nothing refers to it once the others are gone.
    Unused,
    /// No page has it, and one has an operation like it in another place: it stays until a person has decided.
    Moved,
}

impl TranscribedState {
    /// As in the JSON report: `same`, `differs`, `unused`, `moved`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Differs => "differs",
            Self::Unused => "unused",
            Self::Moved => "moved",
        }
    }

    /// In a sentence.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Same => "the page says the same, so that it can go",
            Self::Differs => "the page says something else, and counts",
            Self::Unused => "nothing refers to it any more, so that it can go",
            Self::Moved => {
                "a page has one like it in another place, and it stays: see whether it moved there"
            }
        }
    }
}

/// A part of a transcription that goes, or that may have moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transcribed {
    /// What it is: `GET /v3/refund/{id}`, `webhook refund.paid` or `components/schemas/Refund`.
    pub part: String,
    /// File and line.
    pub place: String,
    /// What becomes of it.
    pub state: TranscribedState,
    /// How the page says it otherwise, a sentence each, with the class in front.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub differences: Vec<String>,
}

/// A line to be written anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mend {
    /// File and line, such as `specs/optty/overlay.yaml:12`.
    pub place: String,
    /// The line as it is.
    pub before: String,
    /// The line as it is to be.
    pub after: String,
}

/// What is the matter with an overlay action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OverlayState {
    /// Its target matches nothing any more.
    Stale,
    /// It no longer fits the page: it cannot be applied, repeats what is there, or hides what the provider changed.
    Wrong,
    /// It changes nothing: the provider says the same now.
    Superfluous,
}

impl OverlayState {
    /// As in the JSON report: `stale`, `wrong`, `superfluous`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Stale => "stale",
            Self::Wrong => "wrong",
            Self::Superfluous => "superfluous",
        }
    }
}

/// An overlay action that the new document asks to be edited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OverlayFinding {
    /// Number of the action in the file, from 1.
    pub action: usize,
    /// Its target, a JSONPath.
    pub target: String,
    /// Its description.
    pub description: String,
    /// What is the matter.
    pub state: OverlayState,
    /// Why, in a sentence.
    pub why: String,
    /// The edit to make, as text: what to delete, or the YAML to put in its place.
    pub edit: String,
    /// File and lines, such as `specs/optty/overlay.yaml:12-20`.
    pub place: String,
}
