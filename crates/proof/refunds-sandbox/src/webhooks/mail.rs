//! What is to be delivered, and what was.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};

use super::{
    Announcement, DeliveryKind, WebhookRecord, WebhookTarget,
    letter::{Hand, Letter},
    opposite::opposite_word,
};
use crate::{
    EventPart, FaultPlan, Provider, RetrySchedule, ScriptedFault, WebhookFault, clock,
    faults::FaultSource,
};

/// Events and deliveries in the order in which they are due.
type Queue = BTreeMap<(DateTime<Utc>, u64), Item>;

/// The deliveries of all providers.
pub(crate) struct Mail {
    targets: [Option<WebhookTarget>; Provider::ALL.len()],
    retries: [RetrySchedule; Provider::ALL.len()],
    queues: [Queue; Provider::ALL.len()],
    faults: FaultSource<WebhookFault>,
    records: Vec<WebhookRecord>,
    events: u64,
    queued: u64,
    under_way: usize,
}

enum Item {
    Event(Announcement),
    Parcel(Box<Parcel>),
}

/// A letter on its way.
#[derive(Debug, Clone)]
pub(crate) struct Parcel {
    event: u64,
    provider: Provider,
    name: String,
    subject: String,
    pub(super) letter: Arc<Letter>,
    kind: DeliveryKind,
    attempt: u32,
    began_at: DateTime<Utc>,
    /// Whether the answer to this attempt gets lost.
    answer_lost: bool,
    /// What the next attempt brings, if it is another letter.
    corrected: Option<Arc<Letter>>,
}

/// What a provider's postman does next.
pub(crate) enum Next {
    /// Carries these: each batch after the other, the parcels of a batch at the
    /// same time.
    Carry(WebhookTarget, Vec<Vec<Parcel>>),
    /// Waits until then, or until something changes.
    Wait(Option<DateTime<Utc>>),
}

impl Mail {
    /// `retries` are in the order of [`Provider::ALL`].
    pub(crate) fn new(retries: [RetrySchedule; Provider::ALL.len()]) -> Self {
        Self {
            targets: Default::default(),
            retries,
            queues: Default::default(),
            faults: FaultSource::new(FaultPlan::None),
            records: Vec::new(),
            events: 0,
            queued: 0,
            under_way: 0,
        }
    }

    pub(crate) fn set_target(&mut self, provider: Provider, target: Option<WebhookTarget>) {
        self.targets[provider.index()] = target;
    }

    pub(crate) const fn has_target(&self, provider: Provider) -> bool {
        self.targets[provider.index()].is_some()
    }

    pub(crate) fn set_faults(&mut self, plan: FaultPlan<WebhookFault>) {
        self.faults = FaultSource::new(plan);
    }

    pub(crate) fn inject(&mut self, entry: ScriptedFault<WebhookFault>) {
        self.faults.push(entry);
    }

    pub(crate) fn records(&self) -> &[WebhookRecord] {
        &self.records
    }

    /// Deliveries that are due later or under way.
    pub(crate) fn waiting(&self) -> usize {
        let queued = Provider::ALL.into_iter().filter(|it| self.has_target(*it));
        let queued = queued.map(|provider| self.queues[provider.index()].len());
        queued.sum::<usize>() + self.under_way
    }

    pub(crate) fn announce(&mut self, announcement: Announcement) {
        let (provider, at) = (announcement.provider, announcement.at);
        self.queue(provider, at, Item::Event(announcement));
    }

    /// Delivers the bytes of an earlier delivery again. Tells whether there is
    /// one of this number.
    pub(crate) fn replay(&mut self, number: u64, now: DateTime<Utc>) -> bool {
        let index = number
            .checked_sub(1)
            .and_then(|it| usize::try_from(it).ok());
        let Some(record) = index.and_then(|index| self.records.get(index)) else {
            return false;
        };
        let parcel = Parcel {
            event: record.event,
            provider: record.provider,
            name: record.name.clone(),
            subject: record.subject.clone(),
            letter: Arc::new(Letter {
                headers: record.headers.clone(),
                body: record.body.clone(),
            }),
            kind: DeliveryKind::Replayed,
            attempt: 1,
            began_at: now,
            answer_lost: false,
            corrected: None,
        };
        self.queue(parcel.provider, now, Item::Parcel(Box::new(parcel)));
        true
    }

    /// What is due at a provider. What it has nobody to send to is dropped when
    /// it is due.
    pub(crate) fn next(&mut self, provider: Provider, now: DateTime<Utc>) -> Next {
        loop {
            let queue = &mut self.queues[provider.index()];
            let Some(first) = queue.first_entry() else {
                return Next::Wait(None);
            };
            let due = first.key().0;
            if due > now {
                return Next::Wait(Some(due));
            }
            let item = first.remove();
            let Some(target) = self.targets[provider.index()].clone() else {
                continue;
            };
            let batches = match item {
                Item::Event(announcement) => self.open(announcement, &target, now),
                Item::Parcel(parcel) => vec![vec![*parcel]],
            };
            if !batches.is_empty() {
                self.under_way += batches.iter().map(Vec::len).sum::<usize>();
                return Next::Carry(target, batches);
            }
        }
    }

    /// Makes parcels of an event, as the fault that it meets says.
    fn open(
        &mut self,
        announcement: Announcement,
        target: &WebhookTarget,
        now: DateTime<Utc>,
    ) -> Vec<Vec<Parcel>> {
        let (provider, name) = (announcement.provider, announcement.event.as_str());
        let fault = self.faults.next(provider, Some(name));
        if fault == Some(WebhookFault::Reorder)
            && let Some(due) = self.next_about(&announcement)
        {
            // Behind that one, which was queued before.
            let parcel = self.parcel(&announcement, target, now, DeliveryKind::Genuine);
            self.queue(provider, due, Item::Parcel(Box::new(parcel)));
            return Vec::new();
        }
        let genuine = self.parcel(&announcement, target, now, DeliveryKind::Genuine);
        let sibling = |kind, hand| Parcel {
            kind,
            letter: Arc::new(Letter::write(
                &announcement,
                genuine.event,
                target.secret.as_ref(),
                hand,
            )),
            ..genuine.clone()
        };
        match fault {
            None | Some(WebhookFault::Reorder) => vec![vec![genuine]],
            Some(WebhookFault::Duplicate) => {
                let again = sibling(DeliveryKind::Duplicate, Hand::Provider);
                vec![vec![genuine, again]]
            }
            Some(WebhookFault::Delay { by }) => {
                let due = clock::after(now, by);
                self.queue(provider, due, Item::Parcel(Box::new(genuine)));
                Vec::new()
            }
            Some(WebhookFault::WrongSignature) if target.secret.is_some() => {
                let kind = DeliveryKind::BadlySigned;
                vec![vec![Parcel {
                    corrected: Some(genuine.letter.clone()),
                    ..sibling(kind, Hand::ProviderWithOtherSecret)
                }]]
            }
            Some(WebhookFault::WrongSignature) => vec![vec![genuine]],
            Some(WebhookFault::AnswerLost) => vec![vec![Parcel {
                answer_lost: true,
                ..genuine
            }]],
            Some(WebhookFault::Replay { after }) => {
                let replayed = Parcel {
                    kind: DeliveryKind::Replayed,
                    ..genuine.clone()
                };
                let due = clock::after(now, after);
                self.queue(provider, due, Item::Parcel(Box::new(replayed)));
                vec![vec![genuine]]
            }
            Some(WebhookFault::Forged) => {
                let forged = sibling(DeliveryKind::Forged, Hand::Forger);
                vec![vec![forged], vec![genuine]]
            }
            Some(WebhookFault::Altered) => {
                let altered = sibling(DeliveryKind::Altered, Hand::Between);
                vec![vec![altered], vec![genuine]]
            }
            Some(WebhookFault::Contradicting { part })
                if Letter::has_opposite(&announcement, part) =>
            {
                // An event of its own: whoever knows its id does not know the genuine one.
                self.events += 1;
                let hand = Hand::ProviderInContradiction(part);
                let secret = target.secret.as_ref();
                let letter = Letter::write(&announcement, self.events, secret, hand);
                let contradiction = Parcel {
                    event: self.events,
                    kind: DeliveryKind::Contradicting,
                    name: match part {
                        EventPart::Name => opposite_word(&announcement.event),
                        EventPart::Data => announcement.event.clone(),
                    },
                    letter: Arc::new(letter),
                    ..genuine.clone()
                };
                vec![vec![contradiction], vec![genuine]]
            }
            Some(WebhookFault::Contradicting { .. }) => vec![vec![genuine]],
        }
    }

    /// A numbered event, written as documented.
    fn parcel(
        &mut self,
        announcement: &Announcement,
        target: &WebhookTarget,
        now: DateTime<Utc>,
        kind: DeliveryKind,
    ) -> Parcel {
        self.events += 1;
        let secret = target.secret.as_ref();
        let letter = Letter::write(announcement, self.events, secret, Hand::Provider);
        Parcel {
            event: self.events,
            provider: announcement.provider,
            name: announcement.event.clone(),
            subject: announcement.subject.clone(),
            letter: Arc::new(letter),
            kind,
            attempt: 1,
            began_at: now,
            answer_lost: false,
            corrected: None,
        }
    }

    /// When the next event about the same refund is due.
    fn next_about(&self, announcement: &Announcement) -> Option<DateTime<Utc>> {
        let queue = &self.queues[announcement.provider.index()];
        queue.iter().find_map(|((due, _), item)| match item {
            Item::Event(later) if later.subject == announcement.subject => Some(*due),
            _ => None,
        })
    }

    /// Takes note that a parcel is handed over now; the number of its record.
    pub(crate) fn note_sent(&mut self, parcel: &Parcel, now: DateTime<Utc>) -> u64 {
        let number = self.records.len() as u64 + 1;
        self.records.push(WebhookRecord {
            number,
            event: parcel.event,
            provider: parcel.provider,
            name: parcel.name.clone(),
            subject: parcel.subject.clone(),
            kind: parcel.kind,
            attempt: parcel.attempt,
            at: now,
            answered: None,
            headers: parcel.letter.headers.clone(),
            body: parcel.letter.body.clone(),
        });
        number
    }

    /// Takes note of the answer, and plans another attempt where there is one.
    pub(crate) fn note_answered(
        &mut self,
        number: u64,
        parcel: Parcel,
        status: Option<u16>,
        now: DateTime<Utc>,
    ) {
        self.under_way = self.under_way.saturating_sub(1);
        let index = number
            .checked_sub(1)
            .and_then(|it| usize::try_from(it).ok());
        if let Some(record) = index.and_then(|index| self.records.get_mut(index)) {
            record.answered = status;
        }
        let is_taken = status.is_some_and(|status| (200..300).contains(&status));
        let is_retried = matches!(
            parcel.kind,
            DeliveryKind::Genuine | DeliveryKind::BadlySigned
        );
        if !is_retried || (is_taken && !parcel.answer_lost) {
            return;
        }
        let so_far = now.signed_duration_since(parcel.began_at);
        let so_far = so_far.to_std().unwrap_or(Duration::ZERO);
        let retries = self.retries[parcel.provider.index()];
        let Some(pause) = retries.pause(parcel.attempt, so_far) else {
            return;
        };
        let again = Parcel {
            kind: DeliveryKind::Genuine,
            letter: parcel.corrected.unwrap_or(parcel.letter),
            attempt: parcel.attempt + 1,
            answer_lost: false,
            corrected: None,
            ..parcel
        };
        let due = clock::after(now, pause);
        self.queue(again.provider, due, Item::Parcel(Box::new(again)));
    }

    fn queue(&mut self, provider: Provider, due: DateTime<Utc>, item: Item) {
        self.queued += 1;
        self.queues[provider.index()].insert((due, self.queued), item);
    }
}
