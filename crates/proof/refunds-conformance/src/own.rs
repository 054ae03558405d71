//! The provider of a model, which does whatever its documents leave open.

use std::{
    hash::{Hash, Hasher},
    sync::Arc,
    time::Duration,
};

use refunds::Decimal;

use crate::{
    alphabet::{Alphabet, Form},
    json::Json,
    model::{Asked, Finding, Keys, Model as Described, RawRequest, State, Told},
    models::{
        Entry, Event, Fate, Key, Ledger, Model, Served,
        read::{self, Contradicting, Read, ReadAlphabet},
        write::Write,
    },
    teller::{Moment, Teller},
    wire::{Request, stamp},
    written::{OTHER_REFERENCE, id},
};
#[cfg(feature = "campaign")]
use crate::{judged::Judged, wire::Delivery};

/// A provider, and the payment that is refunded there.
#[derive(Clone, Debug)]
pub(crate) struct Own {
    ledger: Ledger,
    is_astray: bool,
    described: Arc<Alphabets>,
    /// The number of the first refund, by which its id is told from those of other payments.
    first_number: usize,
    #[cfg(feature = "campaign")]
    judged: Option<Arc<Judged>>,
}

#[derive(Debug)]
struct Alphabets {
    model: Described,
    create: &'static Alphabet,
    refusing: Option<&'static Alphabet>,
    read: &'static ReadAlphabet,
    other: &'static [Form],
    event_names_reference: bool,
}

impl PartialEq for Own {
    fn eq(&self, other: &Self) -> bool {
        self.ledger == other.ledger && self.is_astray == other.is_astray
    }
}

impl Eq for Own {}

impl Hash for Own {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (&self.ledger, self.is_astray).hash(state);
    }
}

impl Own {
    pub(crate) fn new(model: Described) -> Self {
        Self {
            ledger: Ledger {
                once: matches!(model.keys, Keys::RefuseSecond { .. }),
                ..Ledger::new(model.room)
            },
            is_astray: false,
            first_number: 0,
            #[cfg(feature = "campaign")]
            judged: None,
            described: Arc::new(Alphabets {
                create: model.alphabet(),
                refusing: model.refusing(),
                read: model.read_alphabet(),
                other: model.other_refund(),
                event_names_reference: model.event_names_reference(),
                model,
            }),
        }
    }

    /// Requests and plain answers are judged by a document.
    #[cfg(feature = "campaign")]
    pub(crate) fn judged_by(mut self, judged: Arc<Judged>) -> Self {
        self.judged = Some(judged);
        self
    }

    /// One of several payments: the numbers of its refunds begin there.
    #[cfg(feature = "campaign")]
    pub(crate) fn with_first_number(mut self, first_number: usize) -> Self {
        self.first_number = first_number;
        self
    }

    fn create(&mut self, asked: Asked, teller: &mut Teller, moment: Moment) -> Served {
        let described = Arc::clone(&self.described);
        let model = &described.model;
        self.is_astray |= !is_expected(&model.expected, &asked);
        let reference = asked.reference.or_else(|| asked.key.clone());
        let reference: Arc<str> = reference.as_deref().unwrap_or("without a reference").into();
        let key: Option<Arc<str>> = asked.key.as_deref().map(Arc::from);
        let is_same = |entry: &Entry| entry.reference.as_ref() == Some(&reference);
        let (mut alphabet, mut stored, mut repeated) = (described.create, None, None);
        match (model.keys, &key) {
            (Keys::KeepEveryAnswer(kept), Some(key)) => {
                // The first one is carried out before the second one is looked at.
                let late = std::mem::take(&mut self.ledger.late);
                for entry in late {
                    if entry.shows.as_ref() == Some(key) && self.ledger.has_room(entry.amount) {
                        self.ledger.entries.push(entry);
                    } else {
                        self.ledger.late.push(entry);
                    }
                }
                stored = self.stored(key, kept, |_| Key::Kept, moment);
            }
            (Keys::KeepSuccesses(kept), Some(key)) => {
                let decide = |teller: &mut Teller| match teller.choose(2) {
                    0 => Key::Lost,
                    _ => Key::Kept,
                };
                stored = self.stored(key, kept, |_| decide(teller), moment);
            }
            (Keys::RefuseSecond { .. }, _) => {
                stored = self.ledger.entries.iter().position(is_same);
                if let (Some(_), Some(refusing)) = (stored, described.refusing) {
                    alphabet = refusing;
                }
            }
            _ => repeated = self.ledger.entries.iter().position(is_same),
        }
        let first_number = self.first_number;
        let write = Write {
            alphabet,
            entry: Entry {
                reference: Some(reference),
                life: moment.life,
                amount: 1,
                fate: Fate::Taken,
                shows: key,
                key: Key::Perhaps,
                at: moment.noted(),
            },
            stored,
            repeated,
            honest: &|entry, number| {
                // What a success says at first, whatever becomes of it.
                model.json(&model.shown, first_number + number, entry, first(model))
            },
        };
        write.serve(&mut self.ledger, teller, moment)
    }

    /// The refund whose answer is kept under a key. Where it may be, it is decided now, and for good.
    fn stored(
        &mut self,
        key: &Arc<str>,
        kept: Duration,
        mut decide: impl FnMut(&Entry) -> Key,
        moment: Moment,
    ) -> Option<usize> {
        for (at, entry) in self.ledger.entries.iter_mut().enumerate() {
            if entry.shows.as_ref() != Some(key) || moment.now >= entry.at.saturating_add(kept) {
                continue;
            }
            if entry.key == Key::Perhaps {
                entry.key = decide(entry);
            }
            if entry.key == Key::Kept {
                return Some(at);
            }
        }
        None
    }

    fn find(
        &mut self,
        by: &str,
        request: &RawRequest<'_>,
        teller: &mut Teller,
        moment: Moment,
    ) -> Served {
        let described = Arc::clone(&self.described);
        let model = &described.model;
        let Some(find) = &model.find else {
            return read::not_there(teller);
        };
        let is_meant = |entry: &Entry| find.by_payment || entry.reference.as_deref() == Some(by);
        let meant = self.ledger.entries.iter().enumerate();
        let meant: Vec<(usize, Entry)> = meant
            .filter(|(_, entry)| is_meant(entry))
            .map(|(at, entry)| (at, entry.clone()))
            .collect();
        let first_number = self.first_number;
        if meant.is_empty() && find.list.is_none() {
            return read::not_there(teller);
        }
        let pages = find.pages.as_ref().filter(|_| !meant.is_empty());
        let next = pages.and_then(|pages| Some((pages.next_at, (pages.next)(request)?)));
        let claims = match next {
            Some(_) => (&[Claim::First][..], 1),
            None => claims(&meant, find.tells_failure(), moment),
        };
        // The last one stands on the second page.
        let on_page = match (pages, &next, meant.split_last()) {
            (Some(_), Some(_), Some((_, before))) => before,
            (Some(_), None, Some(_)) => meant.get(meant.len() - 1..).unwrap_or_default(),
            _ => &meant,
        };
        let words: Vec<_> = claims.0.iter().map(|claim| claim.words()).collect();
        let truths = claims.1;
        let every: &dyn Fn(usize) -> bool = &|_| true;
        let other: [Contradicting<'_>; 1] = [(described.other, every)];
        let contradicting = if moment.knows_request {
            &other[..]
        } else {
            &[]
        };
        let read = Read {
            alphabet: described.read,
            contradicting,
            claims: &words,
            truths,
            shown: &|claim| {
                let claim = claims.0.get(claim).copied();
                let mut json = shown(model, find, first_number, on_page, claim);
                if let Some((at, next)) = &next {
                    json.set(at, Json::raw(next.as_str()));
                }
                json
            },
            is_alike: &|claim| claim < truths,
        };
        let (served, told) = read.serve(teller, moment);
        if let (Some(Claim::Shown(fate)), [(at, _)]) =
            (told.and_then(|told| claims.0.get(told)), meant.as_slice())
            && let Some(entry) = self.ledger.entries.get_mut(*at)
        {
            entry.learn(*fate);
        }
        served
    }
}

/// What can be claimed of the refunds that are read.
#[derive(Clone, Copy, Debug)]
enum Claim {
    Hidden,
    Shown(Fate),
    Several,
    /// What stands on the first of two pages.
    First,
}

impl Claim {
    fn words(self) -> &'static str {
        match self {
            Self::Hidden => "there is no such refund",
            Self::Shown(fate) => fate.word(),
            Self::Several => "there are several",
            Self::First => "there is another page",
        }
    }
}

/// What can be claimed, and how much of it is true: a refund need not show at once, but in the calm.
fn claims(
    meant: &[(usize, Entry)],
    tells_failure: bool,
    moment: Moment,
) -> (&'static [Claim], usize) {
    use Claim::{Hidden, Several, Shown};
    use Fate::{Failed, Paid, Taken};
    let (claims, truths): (&'static [Claim], usize) = match meant {
        [] => (&[Hidden], 1),
        [(_, entry)] => match entry.fate {
            // In the calm, nothing comes of it that nobody could be told.
            Taken if !moment.is_free && !tells_failure => (&[Shown(Taken), Shown(Paid), Hidden], 3),
            Taken => (&[Shown(Taken), Shown(Paid), Shown(Failed), Hidden], 4),
            Paid => (&[Shown(Paid), Hidden, Shown(Failed)], 2),
            Failed => (&[Shown(Failed), Hidden, Shown(Paid)], 2),
        },
        _ => (&[Several, Hidden], 2),
    };
    let hides = truths > 1;
    (
        claims,
        if moment.is_free || !hides {
            truths
        } else {
            truths - 1
        },
    )
}

/// The answer to a read.
fn shown(
    model: &Described,
    find: &Finding,
    first_number: usize,
    meant: &[(usize, Entry)],
    claim: Option<Claim>,
) -> Json {
    let of = |(at, entry): &(usize, Entry), fate: Fate| {
        model.json(&find.shown, first_number + at, entry, fate)
    };
    let listed: Vec<Json> = match claim {
        Some(Claim::Shown(fate)) => meant.iter().map(|entry| of(entry, fate)).collect(),
        Some(Claim::Several | Claim::First) => {
            meant.iter().map(|entry| of(entry, entry.1.fate)).collect()
        }
        Some(Claim::Hidden) | None => Vec::new(),
    };
    match find.list {
        None => listed.into_iter().next().unwrap_or(Json::raw("{}")),
        Some([]) => Json::Array(listed),
        Some(at) => {
            let mut json = Json::object([]);
            for end in 1..at.len() {
                json.set(at.get(..end).unwrap_or(at), Json::object([]));
            }
            json.set(at, Json::Array(listed));
            json
        }
    }
}

/// What a plain success says.
fn first(model: &Described) -> Fate {
    match model.words.first() {
        Some((_, State::Paid)) => Fate::Paid,
        Some((_, State::Failed)) => Fate::Failed,
        _ => Fate::Taken,
    }
}

/// Whether what arrived is what the story is about.
fn is_expected(expected: &Asked, asked: &Asked) -> bool {
    let is_same = |expected: &Option<String>, asked: &Option<String>| match (expected, asked) {
        (None, _) => true,
        (Some(expected), Some(asked)) => {
            let number = |text: &str| text.parse::<Decimal>().ok();
            expected == asked || number(expected).is_some() && number(expected) == number(asked)
        }
        (Some(_), None) => false,
    };
    is_same(&expected.payment, &asked.payment)
        && is_same(&expected.amount, &asked.amount)
        && is_same(&expected.currency, &asked.currency)
}

impl Model for Own {
    fn serve(&mut self, request: &Request, teller: &mut Teller, moment: Moment) -> Served {
        self.ledger.land(teller, moment);
        let described = Arc::clone(&self.described);
        let raw = RawRequest::new(request);
        let served = if let Some(asked) = (described.model.create)(&raw) {
            self.create(asked, teller, moment)
        } else {
            let find = described.model.find.as_ref();
            match find.and_then(|find| (find.asks)(&raw)) {
                Some(by) => self.find(&by, &raw, teller, moment),
                None => read::not_there(teller),
            }
        };
        #[cfg(feature = "campaign")]
        if let Some(judged) = &self.judged {
            judged.request(request);
            if let (Some(_), Delivery::Answered(answer)) = (served.plain, &served.delivery) {
                judged.answer(request, answer);
            }
        }
        served
    }

    fn is_read(&self, request: &Request) -> bool {
        (self.described.model.create)(&RawRequest::new(request)).is_none()
    }

    fn settle(&mut self, teller: &mut Teller, moment: Moment) {
        self.ledger.land(teller, moment);
    }

    fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    fn is_astray(&self) -> bool {
        self.is_astray
    }

    fn event(&mut self, teller: &mut Teller, moment: Moment, is_honest: bool) -> Option<Event> {
        self.ledger.land(teller, moment);
        let described = Arc::clone(&self.described);
        let write = described.model.event.as_ref()?;
        let number = self
            .ledger
            .entries
            .iter()
            .position(|entry| entry.reference.is_some())?;
        let entry = self.ledger.entries.get_mut(number)?;
        let fates: &[Fate] = match entry.fate {
            Fate::Taken if is_honest && !described.model.dates_events => &[Fate::Paid],
            Fate::Taken => &[Fate::Paid, Fate::Failed],
            Fate::Paid => &[Fate::Paid],
            Fate::Failed => &[Fate::Failed],
        };
        let fate = teller.pick(fates)?;
        let json = |member: Option<(&'static [&'static str], &'static str)>| {
            member.map_or_else(|| "null".to_owned(), |member| member.1.to_owned())
        };
        let shown = &described.model.shown;
        let mut told = Told {
            id: id(self.first_number + number),
            reference: entry.reference.as_deref().unwrap_or_default().to_owned(),
            state: State::of(fate),
            amount: json(shown.amount),
            currency: json(shown.currency),
            created: stamp(entry.at),
        };
        let honest = told.clone();
        // One that is about something else may claim anything.
        match if is_honest { 0 } else { teller.choose(3) } {
            1 => told.amount = told.amount.replacen(|c: char| c.is_ascii_digit(), "17", 1),
            2 => told.reference = OTHER_REFERENCE.to_owned(),
            _ => {}
        }
        let (headers, body) = write(&told);
        // What the provider does not write into its events contradicts nothing.
        let is_contradictory = told != honest && body != write(&honest).1;
        if !is_contradictory {
            entry.learn(fate);
        }
        teller.say(|| format!("provider: sends the event {told:?}"));
        Some(Event {
            headers,
            body,
            is_contradictory,
        })
    }

    // One from before the records were lost is not told from another of the same reference.
    fn can_be_settled(&self, reference: &str, moment: Moment, by_event: bool) -> bool {
        let model = &self.described.model;
        let is_ours = |entry: &&Entry| entry.reference.as_deref() == Some(reference);
        let ours: Vec<_> = self.ledger.entries.iter().filter(is_ours).collect();
        let [only] = ours.as_slice() else {
            return false;
        };
        if only.life != moment.life {
            return false;
        }
        if by_event {
            return self.described.event_names_reference
                && (model.dates_events || only.fate != Fate::Failed);
        }
        let is_kept = match model.keys {
            Keys::KeepEveryAnswer(kept) => {
                // It may have been sent as the story began, however late it was carried out.
                only.fate != Fate::Failed && moment.now + MARGIN < kept
            }
            _ => false,
        };
        let is_shown = model.find.as_ref().is_some_and(|find| {
            find.shown.reference.is_some() && (find.tells_failure() || only.fate != Fate::Failed)
        });
        is_kept || is_shown
    }
}

/// Nobody repeats under a key that ends so soon.
const MARGIN: Duration = Duration::from_secs(3600);

#[cfg(test)]
mod tests;
