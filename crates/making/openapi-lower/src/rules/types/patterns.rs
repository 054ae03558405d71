//! Regular expressions of requests.

use super::{Draft, Rule};
use crate::document;
use crate::keyed::Keyed;
use crate::report::Scribe;

pub(crate) const RULE: Rule = Rule {
    name: "patterns",
    statement: "Accepts a pattern in any dialect, between slashes as well; emits those of ECMAScript with the flag u, as JSON Schema has them; any other, and one with flags, is left to the provider.",
    apply,
};

fn apply(document: &mut Draft, scribe: &mut Scribe<'_>) {
    document::each_schema_mut(document, &mut |at, schema| {
        let Some(found) = schema.text("pattern") else {
            return;
        };
        let read = match between_slashes(found) {
            Some((pattern, "")) => Ok(pattern),
            Some((_, flags)) => Err(format!("JSON Schema knows no flags, such as {flags}")),
            None => Ok(found),
        };
        let pattern = read.and_then(|pattern| match regress::Regex::with_flags(pattern, "u") {
            Ok(_) => Ok(pattern.to_owned()),
            Err(error) => Err(error.to_string()),
        });
        match pattern {
            Ok(pattern) if pattern == found => {}
            Ok(pattern) => {
                scribe.note(
                    at,
                    format!("the slashes around the pattern {found:?} are no part of it"),
                );
                schema.insert("pattern".to_owned(), pattern.into());
            }
            Err(cause) => {
                scribe.note(
                    at,
                    format!("pattern {found:?} is left to the provider: {cause}"),
                );
                schema.remove("pattern");
            }
        }
    });
}

/// The pattern and the flags of a literal such as `/^a$/i`. Slashes before the beginning or behind the end of
/// a text could never be met, so that they belong to the literal; without an anchor they may be meant.
fn between_slashes(pattern: &str) -> Option<(&str, &str)> {
    let (inner, flags) = pattern.strip_prefix('/')?.rsplit_once('/')?;
    let are_flags = flags.chars().all(|flag| "dgimsuvxy".contains(flag));
    let anchored = inner.starts_with('^') || inner.ends_with('$') && !inner.ends_with(r"\$");
    (are_flags && anchored).then_some((inner, flags))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::lower_request_schema;

    #[test]
    fn a_pattern_that_is_not_ecmascript_is_left_to_the_provider() {
        let foreign = [
            "(?P<year>[0-9]+)",
            "(?i)abc",
            "[a-z",
            r"\p{Alpha}+(?>x)",
            // With the flag, nothing is escaped that needs no escape.
            r"^[a-z\-\_]+$",
        ];
        for foreign in foreign {
            let text = json!({"type": "string", "pattern": foreign});
            let (schema, report) = lower_request_schema(text);
            assert_eq!(schema, json!({"type": "string"}), "{foreign}");
            assert_eq!(report.counts()["patterns"], 1, "{foreign}");
        }
    }

    #[test]
    fn slashes_around_a_pattern_are_no_part_of_it() {
        let text = |pattern: &str| json!({"type": "string", "pattern": pattern});
        let (schema, report) = lower_request_schema(text("/^[0-9]+$/"));
        assert_eq!(schema, text("^[0-9]+$"));
        assert_eq!(report.counts()["patterns"], 1);
        for (with_flags, flags) in [("/^[a-z]+$/i", "i"), ("/[a-z]+$/gi", "gi")] {
            let (schema, report) = lower_request_schema(text(with_flags));
            assert_eq!(schema, json!({"type": "string"}), "{with_flags}");
            let told = report.to_string();
            assert!(told.contains(&format!("such as {flags}")), "{told}");
        }
        for of_a_path in ["/v1/", "^/v1/$", "/a/^", "/[a-z]+/x$"] {
            let (schema, _) = lower_request_schema(text(of_a_path));
            assert_eq!(schema, text(of_a_path));
        }
    }

    #[test]
    fn a_pattern_of_ecmascript_stays() {
        for pattern in ["^(?:[A-Z]{3})$", r"^\p{L}+$"] {
            let text = json!({"type": "string", "pattern": pattern});
            assert_eq!(lower_request_schema(text.clone()).0, text);
        }
    }
}
