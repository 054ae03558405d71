//! A provider as its documents have it, in raw HTTP.

use std::{
    borrow::Cow,
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use crate::{
    alphabet::{Means, Refusal, When},
    models::Fate,
    plot::NEXT_DAY,
    wire::Request,
};

const HOUR: Duration = Duration::from_secs(3600);
const YEAR: Duration = Duration::from_secs(366 * 24 * 3600);

/// A request as the provider gets it.
#[derive(Clone, Debug)]
pub struct RawRequest<'a>(&'a Request);

impl<'a> RawRequest<'a> {
    pub(crate) fn new(request: &'a Request) -> Self {
        Self(request)
    }

    /// Its method, in upper case.
    pub fn method(&self) -> &'a str {
        &self.0.method
    }

    /// The path, without the host and the query.
    pub fn path(&self) -> &'a str {
        let path = self.0.path.as_str();
        path.split_once('?').map_or(path, |(path, _)| path)
    }

    /// A member of the query, with what is escaped in it as it came.
    pub fn query(&self, name: &str) -> Option<&'a str> {
        let (_, query) = self.0.path.split_once('?')?;
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let (_, value) = pairs.find(|(own, _)| *own == name)?;
        Some(value)
    }

    /// A header, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&'a str> {
        let mut headers = self.0.headers.iter();
        let (_, value) = headers.find(|(own, _)| own == name)?;
        Some(value)
    }

    /// The bytes of its body.
    pub fn body(&self) -> &'a [u8] {
        &self.0.body
    }

    /// The text of a member of its JSON body, by its pointer: a text as it is, a number in its digits.
    pub fn member(&self, pointer: &str) -> Option<String> {
        let body: serde_json::Value = serde_json::from_slice(self.body()).ok()?;
        Some(match body.pointer(pointer)? {
            serde_json::Value::Null => return None,
            serde_json::Value::String(text) => text.clone(),
            other => other.to_string(),
        })
    }
}

/// What a request for a refund asks for, as its bytes have it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(
    clippy::exhaustive_structs,
    reason = "it is made by literals, in models"
)]
pub struct Asked {
    /// What is refunded.
    pub payment: Option<String>,
    /// The caller's reference, where the provider shows or compares it.
    pub reference: Option<String>,
    /// By what a repeated request is recognised, where something does that.
    pub key: Option<String>,
    /// How much.
    pub amount: Option<String>,
    /// Of which currency.
    pub currency: Option<String>,
}

/// What the documents say of a repeated request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Keys {
    /// Nothing: it may be carried out again, and may get the answer of the first.
    NotDocumented,
    /// The key keeps the answer of the first, whatever it was, for so long, and while that one is under way.
    KeepEveryAnswer(Duration),
    /// The key keeps the answer of a success only: one whose answer nobody knows may be carried out again.
    KeepSuccesses(Duration),
    /// A second one with the same reference is refused, whatever became of the first; of two that are under way at once, the
    /// one that comes later to its end.
    RefuseSecond {
        /// With this status,
        status: u16,
        /// and this body.
        body: &'static str,
    },
}

/// How a refund stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_enums, reason = "there are no others")]
pub enum State {
    /// It was taken on.
    Pending,
    /// The money is paid.
    Paid,
    /// It has failed for good.
    Failed,
}

impl State {
    pub(crate) fn of(fate: Fate) -> Self {
        match fate {
            Fate::Taken => Self::Pending,
            Fate::Paid => Self::Paid,
            Fate::Failed => Self::Failed,
        }
    }
}

/// Where a refund shows what, in JSON pointers; values are JSON as the provider writes it: `500`, `"5.00"`.
#[derive(Clone, Debug, Default)]
pub struct Shown {
    pub(crate) id: Option<At>,
    pub(crate) reference: Option<At>,
    pub(crate) status: Option<At>,
    pub(crate) created: Option<At>,
    pub(crate) payment: Option<(At, &'static str)>,
    pub(crate) amount: Option<(At, &'static str)>,
    pub(crate) currency: Option<(At, &'static str)>,
    pub(crate) yes: Option<(At, &'static str)>,
    pub(crate) more: Vec<(At, &'static str)>,
}

/// The names of a pointer.
pub(crate) type At = &'static [&'static str];

impl Shown {
    /// One with its id there.
    #[must_use]
    pub fn new(id: &'static str) -> Self {
        Self {
            id: Some(names(id)),
            ..Self::default()
        }
    }

    /// With the caller's reference.
    #[must_use]
    pub fn with_reference(mut self, at: &'static str) -> Self {
        self.reference = Some(names(at));
        self
    }

    /// With the word for its state.
    #[must_use]
    pub fn with_status(mut self, at: &'static str) -> Self {
        self.status = Some(names(at));
        self
    }

    /// With the time at which it was created, as RFC 3339 has it.
    #[must_use]
    pub fn with_created(mut self, at: &'static str) -> Self {
        self.created = Some(names(at));
        self
    }

    /// With what is refunded.
    #[must_use]
    pub fn with_payment(mut self, at: &'static str, json: impl Into<Cow<'static, str>>) -> Self {
        self.payment = Some((names(at), kept(json)));
        self
    }

    /// With the amount.
    #[must_use]
    pub fn with_amount(mut self, at: &'static str, json: impl Into<Cow<'static, str>>) -> Self {
        self.amount = Some((names(at), kept(json)));
        self
    }

    /// With the currency.
    #[must_use]
    pub fn with_currency(mut self, at: &'static str, json: impl Into<Cow<'static, str>>) -> Self {
        self.currency = Some((names(at), kept(json)));
        self
    }

    /// With a member that says that the call went well.
    #[must_use]
    pub fn with_yes(mut self, at: &'static str, json: impl Into<Cow<'static, str>>) -> Self {
        self.yes = Some((names(at), kept(json)));
        self
    }

    /// With another member, which says nothing of the refund.
    #[must_use]
    pub fn with_member(mut self, at: &'static str, json: impl Into<Cow<'static, str>>) -> Self {
        self.more.push((names(at), kept(json)));
        self
    }
}

/// What an event tells, to be written and signed as the provider does it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Told {
    /// The provider's id of the refund.
    pub id: String,
    /// The caller's reference.
    pub reference: String,
    /// How it stands.
    pub state: State,
    /// The amount, as JSON.
    pub amount: String,
    /// The currency, as JSON.
    pub currency: String,
    /// When the refund was created, as RFC 3339 has it.
    pub created: String,
}

impl Told {
    /// One by which it is seen what a model's events are made of.
    pub(crate) fn example(id: &str, reference: &str) -> Self {
        Self {
            id: id.to_owned(),
            reference: reference.to_owned(),
            state: State::Paid,
            amount: "500".to_owned(),
            currency: "\"EUR\"".to_owned(),
            created: "2026-01-01T00:00:00.000Z".to_owned(),
        }
    }
}

/// Headers and body of an event.
pub type EventParts = (Vec<(&'static str, String)>, Vec<u8>);

type Create = dyn Fn(&RawRequest<'_>) -> Option<Asked> + Send + Sync;
type Find = dyn Fn(&RawRequest<'_>) -> Option<String> + Send + Sync;
type Next = dyn Fn(&RawRequest<'_>) -> Option<String> + Send + Sync;
type Write = dyn Fn(&Told) -> EventParts + Send + Sync;

/// A provider as its documents have it: which request asks for a refund, what it asks for, what is answered. It shares
/// nothing with the provider under test, and may do whatever is not said here.
#[derive(Clone)]
pub struct Model {
    pub(crate) create: Arc<Create>,
    pub(crate) expected: Asked,
    pub(crate) status: u16,
    pub(crate) shown: Shown,
    pub(crate) words: Vec<(&'static str, State)>,
    pub(crate) refusals: Vec<Refusal>,
    pub(crate) refused: Vec<u16>,
    pub(crate) keys: Keys,
    pub(crate) find: Option<Finding>,
    pub(crate) event: Option<Arc<Write>>,
    pub(crate) dates_events: bool,
    pub(crate) room: Option<u32>,
}

impl fmt::Debug for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Model")
            .field("expected", &self.expected)
            .field("keys", &self.keys)
            .finish_non_exhaustive()
    }
}

#[derive(Clone)]
pub(crate) struct Finding {
    pub(crate) asks: Arc<Find>,
    /// Where the list is; none where one refund is shown.
    pub(crate) list: Option<At>,
    pub(crate) shown: Shown,
    pub(crate) by_payment: bool,
    pub(crate) shows_all: bool,
    pub(crate) pages: Option<InPages>,
}

/// A list of two pages.
#[derive(Clone)]
pub(crate) struct InPages {
    /// Where the first one says what comes after it.
    pub(crate) next_at: At,
    /// What it says there, as JSON; `None` of a request for the second one.
    pub(crate) next: Arc<Next>,
}

impl Finding {
    /// Whether one that has failed is known to be the refund that is meant.
    pub(crate) fn tells_failure(&self) -> bool {
        self.shows_all && self.shown.created.is_some()
    }
}

impl Model {
    /// A provider that takes refunds by requests of which `create` tells what they ask for, and `None` of others; a
    /// success has this status and shows the refund so.
    ///
    /// `expected` is what every story is about, in the provider's own words: whatever else arrives is a mistake. Amounts
    /// are compared by their value, so that `5.00` is `5`. Its reference and key are not looked at.
    pub fn new(
        expected: Asked,
        create: impl Fn(&RawRequest<'_>) -> Option<Asked> + Send + Sync + 'static,
        status: u16,
        shown: Shown,
    ) -> Self {
        Self {
            create: Arc::new(create),
            expected,
            status,
            shown,
            words: Vec::new(),
            refusals: Vec::new(),
            refused: Vec::new(),
            keys: Keys::NotDocumented,
            find: None,
            event: None,
            dates_events: false,
            room: None,
        }
    }

    /// With the documented words for the state of a refund.
    #[must_use]
    pub fn with_words(mut self, words: &[(&'static str, State)]) -> Self {
        self.words = words.to_vec();
        self
    }

    /// With what is documented of a repeated request.
    #[must_use]
    pub fn with_keys(mut self, keys: Keys) -> Self {
        self.keys = keys;
        self
    }

    /// With a documented refusal by which nothing has happened, whatever was done before.
    #[must_use]
    pub fn with_refusal(mut self, status: u16, body: &'static str) -> Self {
        self.refusals
            .push(refusal(status, body, When::Always, Means::Definite));
        self
    }

    /// With a status that means that nothing has happened, whatever its body, by the documents.
    #[must_use]
    pub fn with_refused_status(mut self, status: u16) -> Self {
        self.refused.push(status);
        self
    }

    /// With a documented refusal that an earlier refund of the same may have caused.
    #[must_use]
    pub fn with_echo(mut self, status: u16, body: &'static str) -> Self {
        self.refusals
            .push(refusal(status, body, When::Always, Means::MayEcho));
        self
    }

    /// With a list of refunds at a pointer (`""` for the answer itself): `asks` tells of a request by which reference they
    /// are wanted, and `None` of others.
    #[must_use]
    pub fn with_list(
        mut self,
        asks: impl Fn(&RawRequest<'_>) -> Option<String> + Send + Sync + 'static,
        list: &'static str,
        shown: Shown,
    ) -> Self {
        self.find = Some(Finding {
            asks: Arc::new(asks),
            list: Some(names(list)),
            shown,
            by_payment: false,
            shows_all: false,
            pages: None,
        });
        self
    }

    /// With a read of the one refund of a reference: `asks` tells of a request which one. Your provider says that it is read
    /// so by [`Found::by_name`](refunds::custom::Found::by_name), with the reference in
    /// [`asked_by`](refunds::custom::Provider::asked_by).
    #[must_use]
    pub fn with_read(
        mut self,
        asks: impl Fn(&RawRequest<'_>) -> Option<String> + Send + Sync + 'static,
        shown: Shown,
    ) -> Self {
        self.find = Some(Finding {
            asks: Arc::new(asks),
            list: None,
            shown,
            by_payment: false,
            shows_all: true,
            pages: None,
        });
        self
    }

    /// The list is of all refunds of a payment, of which the requests tell the name.
    #[must_use]
    pub fn listing_by_payment(mut self) -> Self {
        self.find = self.find.map(|find| Finding {
            by_payment: true,
            ..find
        });
        self
    }

    /// The list is documented to show all there are: one that has failed is then the only one.
    #[must_use]
    pub fn listing_all(mut self) -> Self {
        self.find = self.find.map(|find| Finding {
            shows_all: true,
            ..find
        });
        self
    }

    /// The list comes in pages: as soon as there is a refund, the last one stands on a second page, and the first page, which
    /// may be empty, says at `next_at` what comes after it. `next` gives that for a request for the first page, as JSON (a
    /// cursor, `"\"page-2\""`, or a link), and `None` of a request for the second.
    #[must_use]
    pub fn listing_in_pages(
        mut self,
        next_at: &'static str,
        next: impl Fn(&RawRequest<'_>) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        let pages = InPages {
            next_at: names(next_at),
            next: Arc::new(next),
        };
        self.find = self.find.map(|find| Finding {
            pages: Some(pages),
            ..find
        });
        self
    }

    /// With events, which are written and signed by this function.
    #[must_use]
    pub fn with_events(
        mut self,
        event: impl Fn(&Told) -> EventParts + Send + Sync + 'static,
    ) -> Self {
        self.event = Some(Arc::new(event));
        self
    }

    /// Events tell when the refund was created, so that one that has failed is not taken for another.
    #[must_use]
    pub fn dating_events(mut self) -> Self {
        self.dates_events = true;
        self
    }

    /// Whether events tell the caller's reference, without which nobody knows whose refund one is about.
    pub(crate) fn event_names_reference(&self) -> bool {
        let Some(write) = &self.event else {
            return false;
        };
        let body = |reference| write(&Told::example("rf-1", reference)).1;
        body("r-1") != body("r-2")
    }

    /// For how long keys are kept, where they are.
    pub(crate) fn kept(&self) -> Option<Duration> {
        match self.keys {
            Keys::KeepEveryAnswer(kept) | Keys::KeepSuccesses(kept) => Some(kept),
            Keys::NotDocumented | Keys::RefuseSecond { .. } => None,
        }
    }

    /// From now on, notes whether a request for a refund has come.
    pub(crate) fn noting_requests(&mut self) -> Arc<AtomicBool> {
        let has_come = Arc::new(AtomicBool::new(false));
        let (create, noted) = (Arc::clone(&self.create), Arc::clone(&has_come));
        self.create = Arc::new(move |request| {
            let asked = create(request)?;
            noted.store(true, Ordering::Relaxed);
            Some(asked)
        });
        has_come
    }

    /// A wait after which nothing is kept any more; of keys that are kept for longer than a year, nobody waits for the end.
    pub(crate) fn outlasting(&self) -> Duration {
        match self.kept() {
            Some(kept) if kept <= YEAR => NEXT_DAY.max(kept + HOUR),
            _ => NEXT_DAY,
        }
    }

    /// With a limit: the payment has room for so many such refunds.
    #[must_use]
    pub fn with_room_for(mut self, refunds: u32) -> Self {
        self.room = Some(refunds);
        self
    }
}

pub(crate) fn refusal(status: u16, body: &'static str, when: When, means: Means) -> Refusal {
    Refusal {
        name: body,
        status,
        body,
        when,
        means,
    }
}

/// A model lives as long as the tests that use it.
fn kept(json: impl Into<Cow<'static, str>>) -> &'static str {
    match json.into() {
        Cow::Borrowed(json) => json,
        Cow::Owned(json) => json.leak(),
    }
}

/// The names of a JSON pointer (RFC 6901).
fn names(pointer: &'static str) -> At {
    let names = pointer.split('/').skip(1);
    let names = names.map(|name| match name.contains('~') {
        true => &*name.replace("~1", "/").replace("~0", "~").leak(),
        false => name,
    });
    names.collect::<Vec<_>>().leak()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_names_members_that_have_slashes_and_tildes_in_their_names() {
        assert_eq!(names(""), [""; 0]);
        // RFC 6901, section 5, and the order of section 4: `~01` is `~1`.
        assert_eq!(names("/a~1b/m~0n/~01/0"), ["a/b", "m~n", "~1", "0"]);
    }
}
