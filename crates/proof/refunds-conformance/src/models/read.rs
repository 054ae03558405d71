//! A read, whatever the provider: the truth in any form, a claim that a contradiction makes worthless, or nothing.

use super::{
    Plain, Served,
    write::{answer, describe},
};
use crate::{
    alphabet::{Form, LOSSES, Odd, Refusal, Symbol, hints},
    json::Json,
    teller::{Moment, Teller},
    wire::{Answer, BodyEnd, Delivery},
};

/// All that can come back of a read.
#[derive(Debug)]
pub struct ReadAlphabet {
    /// Forms that leave the truth what it is; the first is the plain one.
    pub honest: &'static [Form],
    /// Forms that contradict themselves, so that they may claim anything.
    pub worthless: &'static [Form],
    pub refusals: &'static [Refusal],
    pub unreadable: &'static [Odd],
    pub elsewhere: &'static [Odd],
}

/// Forms, and whether they contradict the claim at a place.
pub type Contradicting<'a> = (&'static [Form], &'a dyn Fn(usize) -> bool);

/// A read that a provider has got.
pub struct Read<'a> {
    pub alphabet: &'a ReadAlphabet,
    /// Further forms that contradict themselves or what the user asked for, beside the claims that they do
    /// contradict.
    pub contradicting: &'a [Contradicting<'a>],
    /// What can be claimed, in words. The first `truths` of them can be told honestly.
    pub claims: &'a [&'static str],
    pub truths: usize,
    /// The answer that makes a claim, by its place in `claims`.
    pub shown: &'a dyn Fn(usize) -> Json,
    /// Whether a claim shows the same state as the truth does.
    pub is_alike: &'a dyn Fn(usize) -> bool,
}

#[derive(Clone, Copy)]
enum Told {
    Claim(usize, &'static Form, bool),
    Other(Symbol),
}

impl Read<'_> {
    /// Answers, and tells which of the truths was told, if one was.
    pub fn serve(self, teller: &mut Teller, moment: Moment) -> (Served, Option<usize>) {
        if !moment.is_heard {
            teller.say(|| "provider: answers, but nobody hears it".to_owned());
            return (Served::with(Delivery::Silence), None);
        }
        let truths = || 0..self.truths;
        let told = if moment.is_free {
            let told = self.possibilities(moment.is_first);
            teller.pick(&moment.sampled(told.into_iter(), |told| match told {
                Told::Claim(_, form, is_true) => *is_true && form.is_plain(),
                // Where one is asked again within a call, nothing was learnt of what came before.
                Told::Other(symbol) => moment.is_first && symbol.is_always_told(),
            }))
        } else {
            let plain: Vec<_> = truths()
                .filter_map(|claim| Some(Told::Claim(claim, self.alphabet.honest.first()?, true)))
                .collect();
            teller.pick(&plain)
        };
        let (claim, form, is_true) = match told {
            Some(Told::Claim(claim, form, is_true)) => (claim, form, is_true),
            Some(Told::Other(symbol)) => {
                let served = answer(symbol, &|| (self.shown)(0));
                teller.say(|| describe("provider: is asked", symbol, &served.delivery));
                return (Served::with(served.delivery), None);
            }
            None => return (Served::with(Delivery::Silence), None),
        };
        let symbol = Symbol::Form(form);
        let mut served = answer(symbol, &|| (self.shown)(claim));
        let is_plain = is_true
            && self
                .alphabet
                .honest
                .first()
                .is_some_and(|first| std::ptr::eq(first, form));
        served.plain = is_plain.then_some(Plain::Shown);
        served.says_no = false;
        served.is_worthless = !is_true && !(self.is_alike)(claim);
        teller.say(|| {
            let claimed = self.claims.get(claim).copied().unwrap_or("nothing");
            let how = if is_true { "truly" } else { "worthlessly" };
            let deed = format!("provider: says {how} that {claimed}");
            describe(&deed, symbol, &served.delivery)
        });
        (served, is_true.then_some(claim))
    }

    fn possibilities(&self, is_first: bool) -> Vec<Told> {
        let mut told = Vec::new();
        let ReadAlphabet {
            honest,
            worthless,
            refusals,
            unreadable,
            elsewhere,
        } = self.alphabet;
        for form in *honest {
            told.extend((0..self.truths).map(|claim| Told::Claim(claim, form, true)));
        }
        let answers: Vec<_> = (0..self.claims.len()).map(self.shown).collect();
        let every: &dyn Fn(usize) -> bool = &|_| true;
        let groups = [(*worthless, every)].into_iter();
        for (forms, contradicts) in groups.chain(self.contradicting.iter().copied()) {
            for form in forms {
                let claims = answers.iter().enumerate();
                // A form that leaves an answer as it is contradicts nothing.
                let claims =
                    claims.filter(|(claim, honest)| contradicts(*claim) && form.changes(honest));
                told.extend(claims.map(|(claim, _)| Told::Claim(claim, form, false)));
            }
        }
        let others = refusals.iter().map(Symbol::Refusal);
        let others = others.chain(LOSSES.iter().map(Symbol::Loss));
        let others = others.chain([BodyEnd::Broken, BodyEnd::Silence].map(Symbol::Cut));
        let others = others.chain(unreadable.iter().chain(*elsewhere).map(Symbol::Odd));
        let others = others.chain(hints(is_first));
        told.extend(others.map(Told::Other));
        told
    }
}

/// What no document has, and what is not there.
pub fn not_there(teller: &mut Teller) -> Served {
    teller.say(|| "provider: has no such thing, and answers 404".to_owned());
    Served::with(Delivery::Answered(Answer {
        status: 404,
        headers: Vec::new(),
        body: Vec::new(),
        end: BodyEnd::Whole,
    }))
}
