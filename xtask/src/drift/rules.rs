//! Classes that this project gives changes by rules of its own, each with its reason.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use openapi_drift::{Change, Class, Drift, Judged, Kind};
use serde::Deserialize;
use spec_documents::matching::matches;

/// Where the rules are if no other file is named.
pub const RULES: &str = "specs/drift.toml";

/// The rules, in order: the first that describes a change counts.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    rules: Vec<Rule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default)]
    rule: Vec<Rule>,
}

/// What a change has to be like; all that is given has to hold. `*` stands for any characters.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    fingerprint: Option<String>,
    kind: Option<Kind>,
    provider: Option<String>,
    operation: Option<String>,
    pointer: Option<String>,
    page: Option<String>,
    class: Class,
    reason: String,
}

impl Rules {
    /// The rules of `file`; without one, those of `specs/drift.toml`, if there are any.
    ///
    /// # Errors
    ///
    /// A file that cannot be read, and a rule that describes everything or gives no reason.
    pub fn load(root: &Path, file: Option<&Path>) -> Result<Self> {
        let path = file.map_or_else(|| root.join(RULES), PathBuf::from);
        if file.is_none() && !path.is_file() {
            return Ok(Self::default());
        }
        let name = path
            .strip_prefix(root)
            .unwrap_or(&path)
            .display()
            .to_string();
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {name}"))?;
        Self::parse(&text).with_context(|| name)
    }

    fn parse(text: &str) -> Result<Self> {
        let written: Written = toml::from_str(text)
            .context("write [[rule]] with class, reason, and what it is about: fingerprint, kind, provider, operation, pointer or page")?;
        for (number, rule) in (1..).zip(&written.rule) {
            if rule.reason.trim().is_empty() {
                bail!("rule {number} gives no reason: say why the class is another one here");
            }
            if rule.is_about_everything() {
                bail!(
                    "rule {number} is about every change: name a fingerprint, kind, operation, pointer or page"
                );
            }
        }
        Ok(Self {
            rules: written.rule,
        })
    }

    /// Gives the changes of a provider their classes.
    pub(super) fn judge(&self, provider: Option<&str>, drift: &mut Drift) {
        for change in &mut drift.changes {
            let rule = self
                .rules
                .iter()
                .find(|rule| rule.describes(provider, change));
            if let Some(rule) = rule
                && rule.class != change.class
            {
                change.judged = Some(Judged {
                    was: change.class,
                    reason: rule.reason.trim().to_owned(),
                });
                change.class = rule.class;
            }
        }
        drift.sort();
    }
}

impl Rule {
    fn is_about_everything(&self) -> bool {
        self.fingerprint.is_none()
            && self.kind.is_none()
            && [&self.operation, &self.pointer, &self.page]
                .into_iter()
                .all(|pattern| {
                    pattern
                        .as_ref()
                        .is_none_or(|pattern| pattern.chars().all(|one| one == '*'))
                })
    }

    fn describes(&self, provider: Option<&str>, change: &Change) -> bool {
        let fits = |pattern: &Option<String>, text: Option<&str>| {
            let pattern = pattern.as_deref();
            pattern.is_none_or(|pattern| text.is_some_and(|text| matches(pattern, text)))
        };
        let operations = self.operation.is_none()
            || change
                .operations()
                .any(|operation| fits(&self.operation, Some(operation)));
        // What is about money is called compatible by whoever has read that very change.
        let may_judge =
            !change.money || self.class > Class::Compatible || self.fingerprint.is_some();
        may_judge
            && fits(&self.fingerprint, Some(&change.fingerprint))
            && self.kind.is_none_or(|kind| kind == change.kind)
            && fits(&self.provider, provider)
            && operations
            && fits(&self.pointer, Some(&change.pointer))
            && fits(
                &self.page,
                change.page.as_ref().map(|page| page.file.as_str()),
            )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_without_a_reason_or_about_everything_is_refused() {
        for (text, told) in [
            (
                "[[rule]]\nkind = \"field-added\"\nclass = \"breaking\"\nreason = \" \"",
                "gives no reason",
            ),
            (
                "[[rule]]\nkind = \"field-added\"\nclass = \"breaking\"",
                "reason",
            ),
            (
                "[[rule]]\nprovider = \"a\"\nclass = \"breaking\"\nreason = \"r\"",
                "about every change",
            ),
            (
                "[[rule]]\npointer = \"*\"\nclass = \"compatible\"\nreason = \"r\"",
                "about every change",
            ),
            (
                "[[rule]]\nkind = \"field-add\"\nclass = \"breaking\"\nreason = \"r\"",
                "field-add",
            ),
            (
                "[[rule]]\nknd = \"field-added\"\nclass = \"breaking\"\nreason = \"r\"",
                "knd",
            ),
        ] {
            let error = Rules::parse(text).unwrap_err();
            assert!(format!("{error:#}").contains(told), "{error:#}");
        }
    }
}
