//! A write, whatever the provider: which answers go with which effects.

use super::{Entry, Fate, Key, Ledger, Plain, Served};
use crate::{
    alphabet::{Alphabet, Binds, Change, Form, Loss, Means, Odd, Refusal, Says, Symbol, When},
    json::Json,
    teller::{Moment, Teller},
    wire::{Answer, BodyEnd, Delivery},
};

const JSON: &[(&str, &str)] = &[("content-type", "application/json; charset=utf-8")];

/// What nobody hears.
static UNHEARD: Loss = Loss::Cut(b"");

/// A write that a provider has got.
pub struct Write<'a> {
    pub alphabet: &'a Alphabet,
    /// The refund that it asks for.
    pub entry: Entry,
    /// The entry whose answer is kept under the request's key: it is answered again, and nothing is done.
    pub stored: Option<usize>,
    /// An entry of the same name, where no document says what a repetition does.
    pub repeated: Option<usize>,
    /// The honest answer about a refund, which is the one of this number.
    pub honest: &'a dyn Fn(&Entry, usize) -> Json,
}

/// What the provider does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Effect {
    Nothing,
    Takes,
    TakesLater,
    Fails,
    /// It has the entry already.
    Has(usize),
}

/// Those of the effects that are possible.
#[derive(Clone, Copy, Default)]
struct Effects([Option<Effect>; 3]);

impl Effects {
    fn is_empty(self) -> bool {
        self.0.iter().all(Option::is_none)
    }

    fn pick(self, teller: &mut Teller) -> Option<Effect> {
        let possible = || self.0.into_iter().flatten();
        let chosen = teller.choose(possible().count());
        possible().nth(chosen)
    }
}

impl Write<'_> {
    pub fn serve(self, ledger: &mut Ledger, teller: &mut Teller, moment: Moment) -> Served {
        let symbol = if !moment.is_heard {
            Some(Symbol::Loss(&UNHEARD))
        } else if moment.is_free {
            let symbols = self.alphabet.symbols(moment.is_first);
            let possible = symbols.filter(|symbol| !self.effects(*symbol, ledger).is_empty());
            teller.pick(&moment.sampled(possible, Symbol::is_always_told))
        } else {
            self.honest_symbol(ledger)
        };
        let Some(symbol) = symbol else {
            return Served::with(Delivery::Silence);
        };
        let effects = self.effects(symbol, ledger);
        let effect = effects.pick(teller).unwrap_or(Effect::Nothing);
        self.told(symbol, effect, ledger, teller, moment)
    }

    /// What the provider may do, given what comes back.
    fn effects(&self, symbol: Symbol, ledger: &Ledger) -> Effects {
        let has_room = ledger.has_room(self.entry.amount);
        let stored = self
            .stored
            .and_then(|at| Some((at, ledger.entries.get(at)?.fate)));
        let open = |may_come_late: bool| {
            let may_take = stored.is_none() && has_room;
            Effects([
                Some(Effect::Nothing),
                may_take.then_some(Effect::Takes),
                (may_take && may_come_late).then_some(Effect::TakesLater),
            ])
        };
        let only = |effect: Effect| Effects([Some(effect), None, None]);
        match symbol {
            Symbol::Loss(_) => open(true),
            Symbol::Cut(_) => open(false),
            Symbol::Odd(odd) => match odd.binds {
                Binds::Nothing => open(false),
                Binds::NothingYet => open(true),
                Binds::DidNothing => only(Effect::Nothing),
            },
            Symbol::Refusal(refusal) => {
                let is_true = match refusal.when {
                    When::Always => true,
                    When::NothingLeft => ledger.left() == Some(0),
                    When::TooLittleLeft => !has_room,
                    When::Repeated => stored.is_some(),
                };
                let is_given = is_true && (stored.is_none() || refusal.when == When::Repeated);
                Effects([is_given.then_some(Effect::Nothing), None, None])
            }
            Symbol::Form(form) => match (form.says, stored) {
                (Says::Anything, _) => open(false),
                (Says::Accepted | Says::AsGood, Some((at, fate))) if fate != Fate::Failed => {
                    only(Effect::Has(at))
                }
                (Says::Succeeded, Some((at, Fate::Paid)))
                | (Says::Failed, Some((at, Fate::Failed))) => only(Effect::Has(at)),
                (_, Some(_)) => Effects::default(),
                (Says::Accepted | Says::AsGood | Says::Succeeded, None) => {
                    let is_same = |at: &usize| {
                        ledger.entries.get(*at).is_some_and(|entry| {
                            entry.fate == Fate::Paid
                                || entry.fate == Fate::Taken && !self.alphabet.says_paid(form)
                        })
                    };
                    let has = self.repeated.filter(is_same).map(Effect::Has);
                    Effects([has_room.then_some(Effect::Takes), has, None])
                }
                (Says::Failed | Says::No, None) => only(Effect::Fails),
            },
        }
    }

    /// What an honest provider answers that works as it is documented.
    fn honest_symbol(&self, ledger: &Ledger) -> Option<Symbol> {
        let forms = self.alphabet.forms.iter();
        let mut works = forms
            .filter(|form| {
                matches!(form.says, Says::Accepted | Says::Succeeded | Says::Failed)
                    && (form.says != Says::Failed || self.stored.is_some())
            })
            .map(Symbol::Form)
            .filter(|symbol| !self.effects(*symbol, ledger).is_empty());
        works.next().or_else(|| {
            let refusals = self.alphabet.refusals.iter();
            refusals
                .filter(|refusal| refusal.when != When::Always)
                .map(Symbol::Refusal)
                .find(|symbol| !self.effects(*symbol, ledger).is_empty())
        })
    }

    fn told(
        self,
        symbol: Symbol,
        effect: Effect,
        ledger: &mut Ledger,
        teller: &mut Teller,
        moment: Moment,
    ) -> Served {
        // The refund that the answer is about, if it is one.
        let (about, number) = match self.stored.or(match effect {
            Effect::Has(at) => Some(at),
            _ => None,
        }) {
            Some(at) => (ledger.entries.get(at).unwrap_or(&self.entry).clone(), at),
            None => (self.entry.clone(), ledger.entries.len()),
        };
        let mut entry = self.entry;
        entry.at = moment.noted();
        if let Symbol::Form(form) = symbol {
            if self.alphabet.says_paid(form) {
                entry.fate = Fate::Paid;
            }
            if matches!(
                form.says,
                Says::Accepted | Says::Succeeded | Says::AsGood | Says::Failed
            ) {
                entry.key = Key::Kept;
            }
        }
        let deed = match (effect, self.stored) {
            (Effect::Nothing, Some(_)) => "knows the key and does nothing more",
            (Effect::Has(_), Some(_)) => "knows the key, does nothing more",
            (Effect::Has(_), None) => "knows the reference, does nothing more",
            (Effect::Nothing, None) => "does nothing",
            (Effect::Takes, _) => "takes the refund on",
            (Effect::TakesLater, _) => "will take the refund on, but later",
            (Effect::Fails, _) => "takes the refund on, which fails for good",
        };
        match effect {
            Effect::Nothing | Effect::Has(_) => {}
            Effect::Takes => ledger.entries.push(entry),
            Effect::TakesLater => ledger.late.push(entry),
            Effect::Fails => {
                entry.fate = Fate::Failed;
                ledger.entries.push(entry);
            }
        }
        let has_ours = ledger.has_ours();
        let mut served = answer(symbol, &|| (self.honest)(&about, number));
        served.is_echo &= has_ours;
        teller.say(|| describe(&format!("provider: {deed}"), symbol, &served.delivery));
        served
    }
}

/// The answer, with what it says as a document has it.
pub fn answer(symbol: Symbol, honest: &dyn Fn() -> Json) -> Served {
    match symbol {
        Symbol::Loss(Loss::Cut(heard)) => Served::with(Delivery::Lost { heard }),
        Symbol::Loss(Loss::Silence) => Served::with(Delivery::Silence),
        Symbol::Odd(odd) => {
            let mut served = Served::with(answered(odd));
            served.is_echo = odd.binds != Binds::DidNothing && (400..500).contains(&odd.status);
            served
        }
        Symbol::Refusal(refusal) => {
            let mut served = Served::with(refused(refusal));
            match refusal.means {
                Means::Definite => served.plain = Some(Plain::Refusal),
                Means::MayEcho => served.is_echo = true,
            }
            served
        }
        Symbol::Form(form) => {
            let mut served = Served::with(formed(form, honest()));
            served.plain = match form.says {
                Says::Accepted | Says::Succeeded => Some(Plain::Success),
                Says::Failed => Some(Plain::Failure),
                Says::AsGood | Says::No | Says::Anything => None,
            };
            served.says_no = matches!(form.says, Says::Failed | Says::No);
            served
        }
        Symbol::Cut(end) => {
            let mut body = honest().to_string().into_bytes();
            body.truncate(body.len() / 2);
            Served::with(Delivery::Answered(Answer {
                status: 200,
                headers: JSON.to_vec(),
                body,
                end,
            }))
        }
    }
}

/// A line about what the provider did, and what came back of it.
pub fn describe(deed: &str, symbol: Symbol, delivery: &Delivery) -> String {
    let detail = match symbol {
        Symbol::Form(form) => {
            let at = form.at.join(".");
            match form.change {
                Change::Nothing => String::new(),
                Change::Becomes(json) if at.is_empty() => format!(" whose body is `{json}`"),
                Change::Becomes(json) => format!(" whose `{at}` is {json}"),
                Change::Twice(json) => format!(" with a second `{at}`, {json}"),
                Change::Gone if at.is_empty() => " without a body".to_owned(),
                Change::Gone => format!(" without `{at}`"),
            }
        }
        Symbol::Refusal(refusal) => format!(" ({})", refusal.name),
        Symbol::Odd(odd) => {
            let mut detail = String::new();
            for (name, value) in odd.headers {
                if *name != "content-type" {
                    detail.push_str(&format!(" ({name}: {value})"));
                }
            }
            match odd.body {
                "" => detail.push_str(" without a body"),
                body => detail.push_str(&format!(" `{body}`")),
            }
            detail
        }
        Symbol::Cut(_) | Symbol::Loss(_) => String::new(),
    };
    match delivery {
        Delivery::Lost { heard: b"" } => format!("{deed}; the connection ends without an answer"),
        Delivery::Lost { heard } => format!(
            "{deed}; the connection ends after `{}`",
            String::from_utf8_lossy(heard).escape_debug()
        ),
        Delivery::Silence => format!("{deed}; no answer comes in time"),
        Delivery::NotSent | Delivery::Killed => deed.to_owned(),
        Delivery::Answered(answer) => {
            let end = match answer.end {
                BodyEnd::Whole => "",
                BodyEnd::Broken => ", whose body breaks off",
                BodyEnd::Silence => ", whose body does not come to its end in time",
            };
            format!("{deed}, and answers {}{detail}{end}", answer.status)
        }
    }
}

fn answered(odd: &Odd) -> Delivery {
    Delivery::Answered(Answer {
        status: odd.status,
        headers: odd.headers.to_vec(),
        body: odd.body.as_bytes().to_vec(),
        end: BodyEnd::Whole,
    })
}

fn refused(refusal: &Refusal) -> Delivery {
    Delivery::Answered(Answer {
        status: refusal.status,
        headers: JSON.to_vec(),
        body: refusal.body.as_bytes().to_vec(),
        end: BodyEnd::Whole,
    })
}

fn formed(form: &Form, mut honest: Json) -> Delivery {
    let body = match form.change {
        Change::Gone if form.at.is_empty() => String::new(),
        change => {
            match change {
                Change::Nothing => {}
                Change::Becomes(json) => honest.set(form.at, Json::raw(json)),
                Change::Twice(json) => honest.add(form.at, Json::raw(json)),
                Change::Gone => honest.remove(form.at),
            }
            honest.to_string()
        }
    };
    Delivery::Answered(Answer {
        status: form.status,
        headers: if body.is_empty() {
            Vec::new()
        } else {
            JSON.to_vec()
        },
        body: body.into_bytes(),
        end: BodyEnd::Whole,
    })
}
