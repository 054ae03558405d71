//! What a provider of a model can write: every form of its answers, from the plain one to those that contradict it.

use crate::{
    alphabet::{
        Alphabet, Binds, Change, ELSEWHERE, Form, Means, Odd, Says, UNREADABLE, When, becomes,
        gone, twice,
    },
    json::Json,
    model::{At, Keys, Model, Shown, State, refusal},
    models::{Entry, Fate, read::ReadAlphabet},
    wire::stamp,
};

impl Model {
    /// What can come back of a request for a refund.
    pub(crate) fn alphabet(&self) -> &'static Alphabet {
        let status_at = self.shown.status.unwrap_or(&[]);
        let mut forms = vec![Form {
            status: self.status,
            at: &[],
            change: Change::Nothing,
            says: match self.words.first() {
                Some((_, State::Paid)) => Says::Succeeded,
                _ => Says::Accepted,
            },
        }];
        forms.extend(self.words.iter().skip(1).map(|(word, state)| {
            let says = match state {
                State::Pending => Says::Accepted,
                State::Paid => Says::Succeeded,
                State::Failed => Says::Failed,
            };
            becomes(status_at, quoted(word), says)
        }));
        forms.extend(odd_forms(&self.shown, &[], Says::AsGood));
        forms.extend(misnamed(&self.shown, &[]));
        forms.extend(of_another_request(&self.shown, &[]));
        for form in &mut forms {
            form.status = self.status;
        }
        kept(Alphabet {
            forms: forms.leak(),
            pays_at_once: self.words.first().is_some_and(|word| word.1 == State::Paid),
            status_at,
            refusals: self.refusals.clone().leak(),
            unreadable: UNREADABLE,
            elsewhere: kept([self.elsewhere()]),
        })
    }

    /// What any server can answer, as far as the documents say what it means.
    fn elsewhere(&self) -> &'static [Odd] {
        let known = ELSEWHERE.iter().map(|odd| Odd {
            binds: match self.refused.contains(&odd.status) {
                true => Binds::DidNothing,
                false => odd.binds,
            },
            ..*odd
        });
        known.collect::<Vec<_>>().leak()
    }

    /// What can come back of a repeated request that is refused.
    pub(crate) fn refusing(&self) -> Option<&'static Alphabet> {
        let Keys::RefuseSecond { status, body } = self.keys else {
            return None;
        };
        let refused = refusal(status, body, When::Repeated, Means::MayEcho);
        Some(kept(Alphabet {
            forms: &[],
            pays_at_once: false,
            status_at: &[],
            refusals: kept([refused]),
            unreadable: &[],
            elsewhere: kept([self.elsewhere()]),
        }))
    }

    /// What can come back of a read.
    pub(crate) fn read_alphabet(&self) -> &'static ReadAlphabet {
        let (prefix, shown) = match &self.find {
            Some(find) => {
                let mut prefix = find.list.unwrap_or(&[]).to_vec();
                if find.list.is_some() {
                    prefix.push("0");
                }
                (prefix, find.shown.clone())
            }
            None => (Vec::new(), Shown::default()),
        };
        let mut forms = odd_forms(&shown, &prefix, Says::AsGood);
        // Whoever reads one refund by its name knows that name, and what was asked for under it only with a record.
        if prefix.is_empty() {
            forms.extend(misnamed(&shown, &prefix));
        }
        let (worthless, mut honest): (Vec<_>, Vec<_>) = forms
            .into_iter()
            .partition(|form| form.says == Says::Anything);
        honest.insert(
            0,
            Form {
                status: 200,
                at: &[],
                change: Change::Nothing,
                says: Says::Accepted,
            },
        );
        kept(ReadAlphabet {
            honest: honest.leak(),
            worthless: worthless.leak(),
            refusals: &[],
            unreadable: UNREADABLE,
            elsewhere: ELSEWHERE,
        })
    }

    /// What of a read contradicts the request that it is made for.
    pub(crate) fn other_refund(&self) -> &'static [Form] {
        let Some(find) = &self.find else {
            return &[];
        };
        let mut prefix = find.list.unwrap_or(&[]).to_vec();
        if find.list.is_some() {
            prefix.push("0");
        }
        let mut forms = of_another_request(&find.shown, &prefix);
        if !prefix.is_empty() {
            forms.extend(misnamed(&find.shown, &prefix));
        }
        forms.leak()
    }

    /// A refund as an answer shows it.
    pub(crate) fn json(&self, shown: &Shown, number: usize, entry: &Entry, fate: Fate) -> Json {
        let reference = entry.reference.as_deref().unwrap_or("of somebody else");
        let mut json = Json::object([]);
        let state = State::of(fate);
        let word = self.words.iter().find(|(_, own)| *own == state);
        let word = word.or(self.words.first()).map_or("pending", |word| word.0);
        let mut put = |at: Option<At>, value: Json| {
            if let Some(at) = at {
                put(&mut json, at, value);
            }
        };
        put(shown.yes.map(|yes| yes.0), raw(shown.yes));
        put(shown.id, Json::text(id(number)));
        put(shown.created, Json::text(stamp(entry.at)));
        put(shown.reference, Json::text(reference));
        put(shown.status, Json::text(word));
        put(shown.payment.map(|payment| payment.0), raw(shown.payment));
        put(shown.amount.map(|amount| amount.0), raw(shown.amount));
        put(
            shown.currency.map(|currency| currency.0),
            raw(shown.currency),
        );
        for member in &shown.more {
            put(Some(member.0), raw(Some(*member)));
        }
        json
    }
}

fn raw(member: Option<(At, &'static str)>) -> Json {
    Json::raw(member.map_or("null", |member| member.1))
}

/// A reference that no refund of a search or a campaign has: theirs end with a number.
pub(crate) const OTHER_REFERENCE: &str = "r-x";

/// The id of a refund.
pub(crate) fn id(number: usize) -> String {
    format!("rf-{number}")
}

/// Puts a member, with the objects that it stands in.
fn put(json: &mut Json, at: At, value: Json) {
    for end in 1..at.len() {
        let outer = at.get(..end).unwrap_or(at);
        if json.at(outer).is_none() {
            json.set(outer, Json::object([]));
        }
    }
    json.set(at, value);
}

/// Forms of a refund that say something else than the documents have, or leave out what they promise.
fn odd_forms(shown: &Shown, prefix: &[&'static str], fine: Says) -> Vec<Form> {
    use Says::Anything;
    let within = |at: At| -> At { [prefix, at].concat().leak() };
    let mut forms = Vec::new();
    if let Some(at) = shown.status.map(within) {
        forms.extend([r#""PARKED""#, "5", "{}"].map(|json| becomes(at, json, Anything)));
        forms.push(twice(at, r#""PARKED""#));
        forms.push(gone(at, fine));
    }
    if let Some(at) = shown.reference.map(within) {
        forms.push(gone(at, fine));
    }
    if let Some((at, json)) = shown.amount {
        let at = within(at);
        forms.extend([r#""abc""#, "{}"].map(|json| becomes(at, json, Anything)));
        forms.push(becomes(at, negative(json), Anything));
        forms.push(gone(at, fine));
    }
    if let Some(at) = shown.currency.map(|currency| within(currency.0)) {
        forms.push(becomes(at, "{}", Anything));
        forms.push(gone(at, fine));
    }
    if let Some((at, _)) = shown.yes {
        forms.extend(["false", r#""no""#, "null", "{}"].map(|json| becomes(at, json, Anything)));
        forms.push(twice(at, "false"));
        forms.push(gone(at, Anything));
    }
    forms
}

/// Forms of a refund of another name, or of none.
fn misnamed(shown: &Shown, prefix: &[&'static str]) -> Vec<Form> {
    use Says::Anything;
    let within = |at: At| -> At { [prefix, at].concat().leak() };
    let mut forms = Vec::new();
    if let Some(at) = shown.id.map(within) {
        forms.extend([r#""""#, r#""   ""#, "null"].map(|json| becomes(at, json, Anything)));
        forms.push(gone(at, Anything));
    }
    if let Some(at) = shown.reference.map(within) {
        forms.push(becomes(at, quoted(OTHER_REFERENCE), Anything));
    }
    forms
}

/// Forms of a refund that was not asked for.
fn of_another_request(shown: &Shown, prefix: &[&'static str]) -> Vec<Form> {
    use Says::Anything;
    let within = |at: At| -> At { [prefix, at].concat().leak() };
    let mut forms = Vec::new();
    if let Some(at) = shown.created.map(within)
        && !prefix.is_empty()
    {
        forms.push(becomes(at, r#""2025-12-01T00:00:00.000Z""#, Anything));
    }
    if let Some((at, json)) = shown.payment {
        forms.push(becomes(within(at), other(json), Anything));
    }
    if let Some((at, json)) = shown.amount {
        forms.push(becomes(within(at), other(json), Anything));
    }
    if let Some((at, _)) = shown.currency {
        forms.push(becomes(within(at), r#""XAF""#, Anything));
    }
    forms
}

/// Another amount or name in the same form: `500` becomes `1500`.
fn other(json: &'static str) -> &'static str {
    changed(json, "1")
}

fn negative(json: &'static str) -> &'static str {
    changed(json, "-")
}

fn changed(json: &'static str, with: &str) -> &'static str {
    match json.strip_prefix('"') {
        Some(rest) => format!("\"{with}{rest}").leak(),
        None => format!("{with}{json}").leak(),
    }
}

fn quoted(word: &str) -> &'static str {
    Json::text(word).to_string().leak()
}

/// A model lives as long as the tests that use it.
fn kept<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}
