//! Words that matter where money moves: limits, retries, idempotency, duplicates, time, fees, finality, units.
//!
//! Descriptions are documentation, and their edits are no drift. A sentence with one of these words is a statement about
//! what happens to money, and its change is to be read by a person.

use std::collections::BTreeMap;

use openapi_model::Spot;

use super::engine::Engine;
use super::finding::Finding;
use super::units::{self, Unit};
use crate::place::subject;
use crate::{Class, Direction, Kind};

/// Beginnings of words, and phrases, that make a sentence one to be read.
const WATCHED: [&str; 84] = [
    "limit",
    "maxim",
    "minim",
    "at most",
    "at least",
    "up to",
    "exceed",
    "more than",
    "less than",
    "no later",
    "within",
    "before the",
    "retry",
    "retries",
    "retried",
    "try again",
    "repeat",
    "again",
    "attempt",
    "resend",
    "resubmit",
    "idempoten",
    "duplicate",
    "dedup",
    "de-dup",
    "twice",
    "once",
    "only one",
    "unique",
    "same key",
    "same reference",
    "replay",
    "timeout",
    "time out",
    "times out",
    "timed out",
    "hour",
    "day",
    "minute",
    "second",
    "week",
    "month",
    "expir",
    "fee",
    "charged",
    "commission",
    "final",
    "irrevers",
    "undone",
    "undo",
    "partial",
    "full refund",
    "full amount",
    "asynchron",
    "pending",
    "throttl",
    "rate",
    "manual",
    "no longer",
    "key",
    "amount",
    "currenc",
    "decimal",
    "price",
    "balance",
    "cost",
    "charge",
    "penalt",
    "percent",
    "quota",
    "deadline",
    "period",
    "window",
    "valid for",
    "valid until",
    "business",
    "calendar",
    "signature",
    "signed",
    "signing",
    "sign ",
    "hmac",
    "secret",
    "verif",
];

/// How a text differs from another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wording {
    /// In spacing at most.
    Same,
    /// In words of which nothing is known.
    Words,
    /// In sentences about amounts, keys, limits, fees, time, retries, signatures or the like.
    Money,
}

/// How two texts differ, judged by the sentences that only one of them has, or that stand elsewhere.
pub fn wording(before: &str, after: &str) -> Wording {
    if before.split_whitespace().eq(after.split_whitespace()) {
        return Wording::Same;
    }
    let is_watched = |sentence: &str| units::unit(sentence).is_some() || has_watched_word(sentence);
    let is_other = difference(&[before], &[after], is_watched) != (None, None);
    // What stands elsewhere, or more than once, says something else as well.
    let is_moved = difference(&[before], &[after], |_| true) == (None, None)
        && order(before) != order(after)
        && sentences(before).chain(sentences(after)).any(is_watched);
    match is_other || is_moved {
        true => Wording::Money,
        false => Wording::Words,
    }
}

/// The sentences of a text in their order, as they are compared.
fn order(text: &str) -> Vec<String> {
    sentences(text).map(normal).collect()
}

/// A sentence that is compared: as it is written, by how it is compared.
type Sentences = BTreeMap<String, String>;

impl<'a> Engine<'a> {
    /// Compares what descriptions say; each place holds a text.
    pub(crate) fn wording(&mut self, before: &[Spot<'a>], after: &[Spot<'a>]) {
        let texts = |places: &[Spot<'a>]| -> Vec<&'a str> {
            places
                .iter()
                .filter_map(|place| place.value.as_str())
                .collect()
        };
        let (old, new) = (texts(before), texts(after));
        if old == new {
            return;
        }
        let Some(place) = after.first().or(before.first()) else {
            return;
        };
        let is_amount = units::is_amount(&place.pointer());
        let of_unit = |sentence: &str| {
            units::unit(sentence).is_some() && (is_amount || speaks_of_amounts(sentence))
        };
        let units = difference(&old, &new, of_unit);
        // What the unit was said with is told with it.
        let told: Vec<String> = [&units.0, &units.1]
            .into_iter()
            .flatten()
            .cloned()
            .collect();
        let is_told = |sentence: &str| told.iter().any(|told| told.contains(sentence));
        let is_watched =
            |sentence: &str| !is_told(sentence) && !of_unit(sentence) && has_watched_word(sentence);
        self.unit_words(before, after, units);
        self.watched_words(before, after, difference(&old, &new, is_watched));
    }

    fn unit_words(
        &mut self,
        before: &[Spot<'a>],
        after: &[Spot<'a>],
        (old, new): (Option<String>, Option<String>),
    ) {
        if old.is_none() && new.is_none() {
            return;
        }
        let units = (
            old.as_deref().and_then(units::unit),
            new.as_deref().and_then(units::unit),
        );
        let class = match units {
            (Some(Unit::Minor), Some(Unit::Major)) | (Some(Unit::Major), Some(Unit::Minor)) => (
                Class::Breaking,
                "The same number is another amount of money now: a client of the old document is wrong by a factor, \
                 mostly 100. Nothing in the types shows it.",
            ),
            _ => (
                Class::ReadThis,
                "It says in which unit an amount is. Check the unit that our clients send and read.",
            ),
        };
        let finding = about(before, after, Kind::UnitChanged)
            .classed(class)
            .values(old.map(Into::into), new.map(Into::into));
        let name = name(&finding.pointer);
        self.tell_of(
            Direction::Api,
            finding.says(format!("What {name} says of the unit changed.")),
        );
    }

    fn watched_words(
        &mut self,
        before: &[Spot<'a>],
        after: &[Spot<'a>],
        (old, new): (Option<String>, Option<String>),
    ) {
        if old.is_none() && new.is_none() {
            return;
        }
        let mut finding = about(before, after, Kind::WordingChanged)
            .classed((
                Class::ReadThis,
                "It speaks of limits, time, retries, duplicates, fees or the like where money moves. Read both texts, \
                 and see whether our clients and their users still do the right thing.",
            ))
            .values(old.map(Into::into), new.map(Into::into));
        finding.only_where_money_moves = true;
        let name = name(&finding.pointer);
        self.tell_of(
            Direction::Api,
            finding.says(format!(
                "What {name} says changed where it matters for money."
            )),
        );
    }
}

fn about(before: &[Spot<'_>], after: &[Spot<'_>], kind: Kind) -> Finding {
    Finding::in_either(before.first().copied(), after.first().copied(), kind)
}

/// Whose words they are.
fn name(pointer: &str) -> String {
    let parent = pointer.rsplit_once('/').map_or("", |(parent, _)| parent);
    let of_schema = parent.starts_with("/components/schemas/") || parent.contains("/schema");
    match of_schema {
        true => format!("the description of {}", subject(parent)),
        false if parent.contains("/parameters/") => "the description of the parameter".to_owned(),
        false if parent.ends_with("/requestBody") => {
            "the description of the request body".to_owned()
        }
        false => match parent.rsplit_once("/responses/") {
            Some((_, status)) => format!("the description of the answer {status}"),
            None => "the description of the operation".to_owned(),
        },
    }
}

/// The sentences of either that the other has not, each side put together.
fn difference(
    old: &[&str],
    new: &[&str],
    is_wanted: impl Fn(&str) -> bool,
) -> (Option<String>, Option<String>) {
    let wanted = |texts: &[&str]| -> Sentences {
        let all = texts.iter().flat_map(|text| sentences(text));
        all.filter(|sentence| is_wanted(sentence))
            .map(|sentence| (normal(sentence), sentence.to_owned()))
            .collect()
    };
    let (old_wanted, new_wanted) = (wanted(old), wanted(new));
    let mut gone = in_order(old, &old_wanted, &new_wanted);
    let mut come = in_order(new, &new_wanted, &old_wanted);
    // The other side is shown even where it lost the word that made the sentence one to be read.
    if gone.is_none() && come.is_some() {
        gone = in_order(old, &all_of(old), &all_of(new));
    }
    if come.is_none() && gone.is_some() {
        come = in_order(new, &all_of(new), &all_of(old));
    }
    (gone, come)
}

fn all_of(texts: &[&str]) -> Sentences {
    let all = texts.iter().flat_map(|text| sentences(text));
    all.map(|sentence| (normal(sentence), sentence.to_owned()))
        .collect()
}

/// The sentences of `texts` that are in `some` and not in `others`, in the order of the texts.
fn in_order(texts: &[&str], some: &Sentences, others: &Sentences) -> Option<String> {
    let all = texts.iter().flat_map(|text| sentences(text));
    let kept = all.filter(|sentence| {
        let normal = normal(sentence);
        some.contains_key(&normal) && !others.contains_key(&normal)
    });
    let kept: Vec<&str> = kept.collect();
    (!kept.is_empty()).then(|| kept.join(" "))
}

/// The sentences of a text.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        while !rest.is_empty() {
            let end = end_of_sentence(rest);
            let (sentence, after) = rest.split_at(end);
            rest = after;
            let sentence = sentence.trim();
            if !sentence.is_empty() {
                return Some(sentence);
            }
        }
        None
    })
}

/// The offset after the first sentence.
fn end_of_sentence(text: &str) -> usize {
    let mut letters = text.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        let next = letters.peek().map(|(_, next)| *next);
        let ends = match letter {
            '\n' => true,
            '.' | '!' | '?' | ';' => next.is_none_or(char::is_whitespace),
            _ => false,
        };
        if ends {
            return at + letter.len_utf8();
        }
    }
    text.len()
}

/// How a sentence is compared: without case, spacing, punctuation and Markdown, but with the point of `.5`.
fn normal(sentence: &str) -> String {
    let words = sentence.split_whitespace().map(|word| {
        let is_mark = |letter: char| "*_`.,;:!?()\"'".contains(letter);
        let bare = word.trim_matches(is_mark);
        let before = word.len() - word.trim_start_matches(is_mark).len();
        let is_fraction =
            word[..before].ends_with('.') && bare.starts_with(|one: char| one.is_ascii_digit());
        let point = if is_fraction { "." } else { "" };
        format!("{point}{}", bare.to_lowercase())
    });
    words
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

fn has_watched_word(sentence: &str) -> bool {
    let lower = apart(sentence).to_lowercase();
    WATCHED.iter().any(|word| begins_word(&lower, word)) || has_price(sentence)
}

/// The text with the words of a name such as `refundedAmount` apart.
pub(super) fn apart(text: &str) -> String {
    let mut apart = String::with_capacity(text.len());
    let mut before = ' ';
    for letter in text.chars() {
        if before.is_lowercase() && letter.is_uppercase() {
            apart.push(' ');
        }
        apart.push(letter);
        before = letter;
    }
    apart
}

/// Whether there is a percentage or a price in it.
fn has_price(sentence: &str) -> bool {
    let dollars = |(at, _)| {
        let next = sentence.get(at + 1..).and_then(|rest| rest.chars().next());
        next.is_some_and(|next| next.is_ascii_digit())
    };
    let is_sign = |letter| matches!(letter, '%' | '¢'..='¥' | '฿' | '\u{20a0}'..='\u{20cf}');
    sentence.contains(is_sign) || sentence.match_indices('$').any(dollars) || has_sum(sentence)
}

/// Whether there is a number beside what may be the code of a currency: `500 USD`.
fn has_sum(sentence: &str) -> bool {
    let is_code = |word: &str| {
        word.len() == 3
            && word.bytes().all(|byte| byte.is_ascii_uppercase())
            && !["ISO", "RFC", "API", "UTF"].contains(&word)
    };
    let words = sentence.split(|letter: char| !letter.is_alphanumeric() && letter != '.');
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let is_number = |word: &str| word.starts_with(|first: char| first.is_ascii_digit());
    words.windows(2).any(|two| {
        let [first, second] = [two[0].trim_matches('.'), two[1].trim_matches('.')];
        is_code(first) && is_number(second) || is_number(first) && is_code(second)
    })
}

fn speaks_of_amounts(sentence: &str) -> bool {
    let lower = sentence.to_lowercase();
    ["amount", "price", "currency", "balance", "fee", "total"]
        .iter()
        .any(|word| begins_word(&lower, word))
}

/// Whether a word of the text begins so.
fn begins_word(lower: &str, beginning: &str) -> bool {
    lower.match_indices(beginning).any(|(at, _)| {
        let before = lower[..at].chars().next_back();
        !before.is_some_and(char::is_alphanumeric)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn watched(old: &str, new: &str) -> (Option<String>, Option<String>) {
        difference(&[old], &[new], has_watched_word)
    }

    #[test]
    fn only_the_sentences_that_matter_are_compared() {
        let old = "Starts a refund. A key is kept for 24 hours. See the guide";
        assert_eq!(
            watched(old, "Begins a refund! A key is kept for `24` hours"),
            (None, None)
        );
        assert_eq!(
            watched(old, "Starts a refund. A key is kept for 48 hours."),
            (
                Some("A key is kept for 24 hours.".to_owned()),
                Some("A key is kept for 48 hours.".to_owned())
            )
        );
    }

    #[test]
    fn a_sentence_that_lost_its_word_is_shown_as_it_is_now() {
        assert_eq!(
            watched(
                "Retry it after an error. Fine.",
                "Never send it after an error. Fine."
            ),
            (
                Some("Retry it after an error.".to_owned()),
                Some("Never send it after an error.".to_owned())
            )
        );
    }

    #[test]
    fn a_decimal_point_ends_no_sentence() {
        assert_eq!(
            sentences("At most 10.50 a day.\n\nFine").collect::<Vec<_>>(),
            ["At most 10.50 a day.", "Fine"]
        );
    }

    #[test]
    fn words_are_found_as_words() {
        assert!(has_watched_word("Up to 5 retries") && !has_watched_word("A refused payment"));
        assert!(has_watched_word("2.9% and $0.30") && !has_watched_word("See $ref"));
        assert!(has_watched_word("Refunds above 500 USD are refused."));
        assert!(has_watched_word("It is (EUR 2.50)") && has_watched_word("₹ 5"));
        assert!(!has_watched_word(
            "As ISO 4217 has it. The API 2 knows USD."
        ));
        assert!(has_watched_word("\"refundedAmount\": 100") && !has_watched_word("paramounts"));
    }

    #[test]
    fn texts_differ_by_what_their_sentences_say() {
        for (before, after, expected) in [
            ("Starts a refund.", "Starts\na  refund.", Wording::Same),
            ("Starts a refund.", "starts a *refund*", Wording::Words),
            (
                "\"status\": \"DONE\"",
                "\"status\": \"done\"",
                Wording::Words,
            ),
            ("A fee of .5%.", "A fee of 5%.", Wording::Money),
            (
                "Cards. 3%. Wallets. Free.",
                "Cards. Free. Wallets. 3%.",
                Wording::Money,
            ),
            ("One. Two.", "Two. One.", Wording::Words),
            ("Starts a refund.", "Begins a refund.", Wording::Words),
            (
                "The Idempotency-Key header is honoured.",
                "The Idempotency-Key header is not honoured.",
                Wording::Money,
            ),
            (
                "See the guide.",
                "See the guide. Fees may apply.",
                Wording::Money,
            ),
            (
                "Signed with HMAC. Old.",
                "Signed with HMAC. New.",
                Wording::Words,
            ),
        ] {
            assert_eq!(wording(before, after), expected, "{before} {after}");
        }
    }
}
