//! Documentation of generated items.

use openapi_model::hidden::is_hidden;
use syn::Attribute;
use syn::visit_mut::{self, VisitMut};

use super::attributes::{doc, text_of};

/// Where typify starts to print the schema that a type was made from: the lowered one, which nobody published.
const SCHEMA: &str = "<details>";

/// Writes the documentation of items.
pub(super) struct Docs;

impl VisitMut for Docs {
    fn visit_item_mut(&mut self, item: &mut syn::Item) {
        if let Some(attributes) = super::attributes_of(item) {
            rewrite(attributes);
        }
        visit_mut::visit_item_mut(self, item);
    }

    fn visit_impl_item_fn_mut(&mut self, function: &mut syn::ImplItemFn) {
        rewrite(&mut function.attrs);
        visit_mut::visit_impl_item_fn_mut(self, function);
    }

    fn visit_field_mut(&mut self, field: &mut syn::Field) {
        rewrite(&mut field.attrs);
        let mut lines = field.attrs.iter().filter_map(text_of);
        if let (Some(text), None, Some(name)) = (lines.next(), lines.next(), &field.ident)
            && repeats(&text, &name.to_string())
        {
            field.attrs.retain(|attribute| text_of(attribute).is_none());
        }
        visit_mut::visit_field_mut(self, field);
    }

    fn visit_variant_mut(&mut self, variant: &mut syn::Variant) {
        rewrite(&mut variant.attrs);
        visit_mut::visit_variant_mut(self, variant);
    }
}

/// The documentation first, one attribute per line, since a text of several lines would be printed as a block comment.
fn rewrite(attributes: &mut Vec<Attribute>) {
    let (mut lines, mut others): (Vec<String>, Vec<Attribute>) = (Vec::new(), Vec::new());
    for attribute in std::mem::take(attributes) {
        match text_of(&attribute) {
            Some(text) if text.trim().is_empty() => lines.push(String::new()),
            Some(text) => lines.extend(tidy(&text)),
            None => others.push(attribute),
        }
    }
    attributes.extend(normal(&mut lines).iter().map(|line| doc(line)));
    attributes.append(&mut others);
}

/// Lines without empty ones at their ends, and without two in a row.
pub(super) fn normal(lines: &mut Vec<String>) -> &[String] {
    lines.dedup_by(|next, line| next.is_empty() && line.is_empty());
    let first = lines.iter().position(|line| !line.is_empty());
    let last = lines.iter().rposition(|line| !line.is_empty());
    let range = first.zip(last).map(|(first, last)| first..=last);
    range.map_or(&[], |range| &lines[range])
}

/// The lines of `text` without the schema, and without indentation, which rustdoc would take for code.
pub(super) fn tidy(text: &str) -> Vec<String> {
    let text = text.split(SCHEMA).next().unwrap_or_default().trim();
    let mut open: Option<Fence<'_>> = None;
    let lines = text.lines().map(|line| {
        let plain = line.trim();
        let line = match (open, Fence::of(plain)) {
            (Some(begin), Some(end)) if end.ends(begin) => {
                open = None;
                plain.to_owned()
            }
            // What stands in code is written as it is there.
            (Some(_), _) => line.trim_end().to_owned(),
            (None, Some(fence)) => {
                open = Some(fence);
                format!("{}{}", fence.marks, fence.language())
            }
            (None, None) => plain.to_owned(),
        };
        if line.is_empty() {
            line
        } else {
            format!(" {}", line.replace(misleads, ""))
        }
    });
    lines.collect()
}

/// What begins or ends code (CommonMark, Fenced code blocks).
#[derive(Clone, Copy)]
struct Fence<'a> {
    marks: &'a str,
    info: &'a str,
}

impl<'a> Fence<'a> {
    fn of(line: &'a str) -> Option<Self> {
        let mark = line.chars().next().filter(|mark| "`~".contains(*mark))?;
        let info = line.trim_start_matches(mark);
        let marks = &line[..line.len() - info.len()];
        let is_span = mark == '`' && info.contains('`');
        (marks.len() >= 3 && !is_span).then(|| Self {
            marks,
            info: info.trim(),
        })
    }

    /// Whether it ends what another began.
    fn ends(self, begin: Self) -> bool {
        self.info.is_empty() && self.marks.starts_with(begin.marks)
    }

    /// Its language. An example that rustdoc would take for Rust is a text: it would be compiled, or counted as a skipped
    /// test.
    fn language(self) -> &'a str {
        let word = self.info.split([' ', '\t', ',', '{']).next();
        let word = word.unwrap_or_default();
        let is_error_code = word.len() == 5
            && word.starts_with('E')
            && word[1..].bytes().all(|byte| byte.is_ascii_digit());
        let is_rust = matches!(
            word,
            "" | "rust"
                | "should_panic"
                | "no_run"
                | "compile_fail"
                | "test_harness"
                | "standalone_crate"
                | "custom"
        ) || ["ignore", "edition"]
            .iter()
            .any(|begin| word.starts_with(begin));
        match is_rust || is_error_code {
            true => "text",
            false => word,
        }
    }
}

/// Whether a text says nothing but a name.
pub(super) fn repeats(text: &str, name: &str) -> bool {
    let letters = |text: &str| -> String {
        let plain = text.chars().filter(|found| found.is_alphanumeric());
        plain.flat_map(char::to_lowercase).collect()
    };
    letters(text) == letters(name)
}

/// Whether a character hides, or changes the direction of the text around it, which the compiler refuses in a comment.
fn misleads(character: char) -> bool {
    character != '\t' && is_hidden(character)
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::*;

    #[test]
    fn the_schema_and_the_indentation_of_a_description_are_left_out() {
        let lines = tidy("`A`\n\n    indented\n\n<details><summary>JSON schema</summary>\n```json");
        assert_eq!(lines, [" `A`", "", " indented"]);
    }

    #[test]
    fn code_in_a_description_keeps_its_indentation_and_is_no_test() {
        let lines = tidy("As in\n  ```\n{\n  \"a\": 1\n}\n```\n  and\n```json\n[]\n```");
        assert_eq!(
            lines,
            [
                " As in",
                " ```text",
                " {",
                "   \"a\": 1",
                " }",
                " ```",
                " and",
                " ```json",
                " []",
                " ```"
            ]
        );
    }

    #[test]
    fn code_that_rustdoc_would_compile_is_a_text_however_it_is_fenced() {
        for info in [
            "",
            "rust",
            "Rust",
            "rust,no_run",
            "ignore",
            "ignore-wasm",
            "should_panic",
            "no_run",
            "compile_fail",
            "edition2021",
            "compile_fail,E0308",
            "E0308",
            "{.rust}",
            " rust",
            "custom,rust",
            "test_harness",
        ] {
            for marks in ["```", "~~~", "`````"] {
                let lines = tidy(&format!("{marks}{info}\npay(\n{marks}\n  after"));
                let begin = match info {
                    // Rustdoc knows its word in small letters only.
                    "Rust" => format!(" {marks}Rust"),
                    _ => format!(" {marks}text"),
                };
                assert_eq!(
                    lines,
                    [begin, " pay(".into(), format!(" {marks}"), " after".into()]
                );
            }
        }
    }

    #[test]
    fn code_ends_with_what_it_began_with() {
        let lines =
            tidy("````json\n```\n  ~~~~\n```` x\n`````\n  after ```one``` and\n```two```\n  end");
        assert_eq!(
            lines,
            [
                " ````json",
                " ```",
                "   ~~~~",
                " ```` x",
                " `````",
                " after ```one``` and",
                " ```two```",
                " end"
            ]
        );
    }

    #[test]
    fn a_note_that_repeats_a_name_is_left_out() {
        let mut file: syn::File = parse_quote! {
            pub struct A {
                /// Card number.
                pub card_number: u8,
                /// Card number, without spaces.
                pub number: u8,
            }
        };
        Docs.visit_file_mut(&mut file);
        let source = prettyplease::unparse(&file);
        assert_eq!(source.matches("///").count(), 1, "{source}");
    }

    #[test]
    fn a_mark_that_turns_the_direction_of_the_text_is_left_out() {
        assert_eq!(tidy("\u{202B}a\u{202C} b\u{0007}"), [" a b"]);
    }

    #[test]
    fn a_description_of_two_lines_is_written_as_two_comment_lines() {
        let mut file: syn::File = parse_quote! {
            #[doc = "First.\nSecond."]
            pub struct A;
        };
        Docs.visit_file_mut(&mut file);
        assert_eq!(
            prettyplease::unparse(&file),
            "/// First.\n/// Second.\npub struct A;\n"
        );
    }
}
