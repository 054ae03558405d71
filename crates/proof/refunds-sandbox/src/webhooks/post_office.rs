//! What the world does with mail.

use tokio::sync::watch;

use super::{Next, Parcel, WebhookRecord, WebhookTarget};
use crate::{FaultPlan, Provider, SandboxError, ScriptedFault, WebhookFault, world::World};

impl World {
    /// Sends a provider's events there from now on, or nowhere.
    pub(crate) fn set_webhooks(
        &self,
        provider: Provider,
        target: Option<WebhookTarget>,
    ) -> Result<(), SandboxError> {
        if let Some(target) = &target {
            target.check(provider)?;
        }
        self.state().mail.set_target(provider, target);
        self.mail_news.send_replace(());
        Ok(())
    }

    pub(crate) fn set_webhook_faults(
        &self,
        plan: FaultPlan<WebhookFault>,
    ) -> Result<(), SandboxError> {
        plan.check(|_, _| true)?;
        self.state().mail.set_faults(plan);
        Ok(())
    }

    pub(crate) fn inject_webhook_fault(&self, entry: ScriptedFault<WebhookFault>) {
        self.state().mail.inject(entry);
    }

    pub(crate) fn replay_webhook(&self, number: u64) -> Result<(), SandboxError> {
        let now = self.clock.now();
        if !self.state().mail.replay(number, now) {
            return Err(SandboxError::NoSuchDelivery { number });
        }
        self.mail_news.send_replace(());
        Ok(())
    }

    pub(crate) fn webhooks(&self) -> Vec<WebhookRecord> {
        self.state().mail.records().to_vec()
    }

    pub(crate) fn webhooks_waiting(&self) -> usize {
        let mut state = self.state();
        let announcements = state.book.take_announcements();
        for announcement in announcements {
            state.mail.announce(announcement);
        }
        state.mail.waiting()
    }

    /// Hears of whatever may be a reason to send mail.
    pub(crate) fn mail_news(&self) -> watch::Receiver<()> {
        self.mail_news.subscribe()
    }

    /// What a provider's postman does next.
    pub(crate) fn next_mail(&self, provider: Provider) -> Next {
        let now = self.clock.now();
        let mut state = self.state();
        let has_target = state.mail.has_target(provider);
        let mut due = None;
        if has_target {
            let (imitation, book) = state.imitation(provider);
            imitation.pass_time(now, book);
            due = imitation.next_due();
        }
        for announcement in state.book.take_announcements() {
            state.mail.announce(announcement);
        }
        match state.mail.next(provider, now) {
            Next::Wait(until) => Next::Wait(until.into_iter().chain(due).min()),
            carry @ Next::Carry(..) => carry,
        }
    }

    pub(crate) fn note_mail_sent(&self, parcel: &Parcel) -> u64 {
        let now = self.clock.now();
        self.state().mail.note_sent(parcel, now)
    }

    pub(crate) fn note_mail_answered(&self, number: u64, parcel: Parcel, status: Option<u16>) {
        let now = self.clock.now();
        self.state().mail.note_answered(number, parcel, status, now);
    }
}
