//! What a refusal and a failure to answer mean.

use super::{About, Refusal, Row, Rule, Sending, Table};

impl Table {
    /// What a refusal means by its status and codes, if rows know all of them: the gravest of what they mean.
    pub(crate) fn refusal(self, status: u16, codes: &[String]) -> Option<(Refusal, &'static Row)> {
        let mut all = if codes.is_empty() {
            vec![self.refusal_of(status, None)?]
        } else {
            let codes = codes.iter();
            codes
                .map(|code| self.refusal_of(status, Some(code)))
                .collect::<Option<Vec<_>>>()?
        };
        let gravest = all
            .iter()
            .position(|(means, _)| *means != Refusal::Definite);
        Some(all.swap_remove(gravest.unwrap_or(0)))
    }

    fn refusal_of(self, status: u16, code: Option<&str>) -> Option<(Refusal, &'static Row)> {
        let fitting = |is_named: bool| {
            self.rows(About::Refusal)
                .find_map(move |row| match &row.rule {
                    Rule::Refused {
                        statuses,
                        codes,
                        means,
                    } => {
                        let fits = statuses
                            .iter()
                            .any(|(from, to)| (*from..=*to).contains(&status));
                        let named = match is_named {
                            true => code.is_some_and(|code| codes.contains(&code)),
                            false => codes.is_empty(),
                        };
                        (fits && named).then_some((*means, row))
                    }
                    _ => None,
                })
        };
        // A row that names the code says more than one for all of them, wherever they stand; what it says is for its own
        // statuses, and under another one nobody knows what the code means.
        fitting(true).or_else(|| {
            let is_known = code.is_some_and(|code| self.names(code));
            (!is_known).then(|| fitting(false)).flatten()
        })
    }

    /// Whether a row about refusals names the code.
    fn names(self, code: &str) -> bool {
        self.rows(About::Refusal)
            .any(|row| matches!(&row.rule, Rule::Refused { codes, .. } if codes.contains(&code)))
    }

    /// The row about how far a request got; with the row switched off, what would be in doubt is taken
    /// for a plain failure, as is done where nobody thinks of it.
    pub(crate) fn sending(self, sending: Sending) -> Option<&'static Row> {
        self.rows(About::Sending)
            .find(|row| matches!(row.rule, Rule::Sent(known) if known == sending))
    }

    /// Whether no row about a repetition of this kind is switched off.
    pub(crate) fn allows(self, repetition: super::Repetition) -> bool {
        let rows = self.own.iter();
        let mut rows =
            rows.filter(|row| matches!(row.rule, Rule::Repeats(known) if known == repetition));
        rows.all(|row| self.off != Some(row.id))
    }
}
