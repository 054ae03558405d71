//! What pages say where no rule looks: around their documents, and in words and examples within them.

mod around;
mod lines;
mod within;

use openapi_drift::{Change, Class, PageLine, Wording, wording};

pub(super) use around::around;
pub(super) use lines::Lines;
pub(super) use within::within;

/// Lines of texts that are told together.
const SHOWN: usize = 20;

const WHY_MONEY: &str = "It speaks of amounts, keys, limits, fees, time, retries, signatures or the like, and no rule tells it. \
                         Read both texts, and see whether our clients and their users still do the right thing.";
const WHY_WORDS: &str = "No word of it is known to speak of amounts, keys, limits, fees, time, retries or signatures, which no list of \
                         words can know of every sentence. Read both texts.";

/// A text that is another one now.
struct Text {
    place: PageLine,
    before: Option<String>,
    after: Option<String>,
    /// What it is, for a sentence: `the page says under "Fees"`.
    what: String,
    wording: Wording,
}

impl Text {
    /// Under a heading, or of what has a name: a number under "Fees" is about fees.
    fn under(mut self, names: &str) -> Self {
        if self.wording == Wording::Words {
            self.wording = self.wording.max(wording("", names));
        }
        self
    }
}

/// The changes: each text that speaks of money as one, and all others of a page as one.
fn changes(texts: Vec<Text>) -> Vec<Change> {
    let mut found = Vec::new();
    let mut rest: Vec<Text> = Vec::new();
    for text in texts {
        match text.wording {
            Wording::Same => {}
            Wording::Words => rest.push(text),
            Wording::Money => {
                let mut change = Change::of_text(text.place, text.before, text.after);
                change.message = format!("What {} changed where it matters for money.", text.what);
                change.why = WHY_MONEY.to_owned();
                change.class = Class::ReadThis;
                change.money = true;
                found.push(change);
            }
        }
    }
    while let Some(first) = rest.first() {
        let file = first.place.file.clone();
        let (of_file, others): (Vec<Text>, Vec<Text>) =
            rest.into_iter().partition(|text| text.place.file == file);
        rest = others;
        found.extend(together(&of_file));
    }
    found
}

/// Changes of a page in which no word is known, as one.
fn together(texts: &[Text]) -> Option<Change> {
    let first = texts.first()?;
    let side = |of: fn(&Text) -> &Option<String>| {
        let all = texts.iter().filter_map(|text| of(text).as_deref());
        let lines: Vec<&str> = all.flat_map(str::lines).take(SHOWN).collect();
        (!lines.is_empty()).then(|| lines.join("\n"))
    };
    let mut change = Change::of_text(
        first.place.clone(),
        side(|text| &text.before),
        side(|text| &text.after),
    );
    change.message = match texts {
        [one] => format!("What {} changed.", one.what),
        more => format!(
            "What {} changed, and {} texts besides.",
            first.what,
            more.len() - 1
        ),
    };
    change.why = WHY_WORDS.to_owned();
    change.class = Class::ReadThis;
    Some(change)
}
