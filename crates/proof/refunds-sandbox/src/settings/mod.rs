//! What no document says, and what documents say in two ways: each with a
//! default.

mod kotanipay;
mod mce;
mod optty;
mod retry_schedule;
mod tazapay;

use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use kotanipay::{AcceptedBody, KotanipaySettings, RateLimits, SigningSecret};
pub use mce::{MceSettings, SuccessCode};
pub use optty::{OpttySettings, PendingRefunds};
pub use retry_schedule::RetrySchedule;
pub use tazapay::{
    CreatedAt, OmittedAmount, RefundCounts, RefundedForm, RunningKey, TazapaySettings,
};

use crate::{Provider, SandboxError, serde_duration::optional_milliseconds};

/// How the providers behave where their documentation leaves it open.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Kotani Pay.
    pub kotanipay: KotanipaySettings,
    /// MCE.
    pub mce: MceSettings,
    /// Optty.
    pub optty: OpttySettings,
    /// Tazapay.
    pub tazapay: TazapaySettings,
    /// How long after its last answer an idle connection is closed, in real time,
    /// at every provider; none closes one by itself. Default none.
    #[serde(
        rename = "close_idle_after_ms",
        with = "optional_milliseconds",
        skip_serializing_if = "Option::is_none"
    )]
    pub close_idle_after: Option<Duration>,
}

/// What a provider does with a request that it has carried out already, where
/// the documentation does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Repeat {
    /// It refuses.
    Refused,
    /// It answers as at the first time and does nothing.
    Replayed,
    /// It carries it out again.
    PaysAgain,
}

impl Settings {
    /// The most dangerous reading of what is not documented: whatever may pay
    /// again, pays again, and what may be kept silent is. Kotani Pay's rate limits
    /// are off, so that nothing but the client prevents a double. Tazapay forgets
    /// the key of an answer that got lost, so that a repetition under it is a new
    /// refund; only a full refund is refused there the second time, with 30010.
    ///
    /// How long something takes is no reading: times are the defaults.
    pub fn hostile() -> Self {
        let mut settings = Self::default();
        settings.kotanipay.repeated_retry = Repeat::PaysAgain;
        settings.kotanipay.repeated_invoice = Repeat::PaysAgain;
        settings.kotanipay.rate_limits = None;
        settings.mce.repeated_create = Repeat::PaysAgain;
        settings.optty.repeated_reference = Repeat::PaysAgain;
        settings.tazapay.running_key = RunningKey::RunsAgain;
        settings.tazapay.changed_request = Repeat::PaysAgain;
        settings.tazapay.lost_answer_keeps_key = false;
        settings.tazapay.refund_counts = RefundCounts::WhenSucceeded;
        settings
    }

    /// When a provider's events are delivered again.
    pub(crate) fn webhook_retries(&self, provider: Provider) -> RetrySchedule {
        match provider {
            Provider::Kotanipay => self.kotanipay.webhook_retries,
            Provider::Mce => self.mce.webhook_retries,
            Provider::Optty => self.optty.webhook_retries,
            Provider::Tazapay => self.tazapay.webhook_retries,
        }
    }

    pub(crate) fn check(&self) -> Result<(), SandboxError> {
        let statuses = [
            ("optty.refund_status", self.optty.refund_status),
            ("optty.details_status", self.optty.details_status),
            ("tazapay.create_status", self.tazapay.create_status),
            ("kotanipay.accepted_status", self.kotanipay.accepted_status),
        ];
        for (setting, status) in statuses {
            if !(200..300).contains(&status) || status == 204 {
                return Err(SandboxError::Setting {
                    setting,
                    value: status.to_string(),
                    problem: "not the status of a success with a body; give 200 to 299, but not 204",
                });
            }
        }
        let status = self.mce.no_pending_status;
        if !(400..500).contains(&status) {
            return Err(SandboxError::Setting {
                setting: "mce.no_pending_status",
                value: status.to_string(),
                problem: "not the status of a refusal; give 400 to 499",
            });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_can_be_given_in_part() {
        let text = r#"{"optty": {"token_life": 60}, "tazapay": {"create_status": 200}}"#;
        let settings: Settings = serde_json::from_str(text).unwrap();
        assert_eq!(settings.optty.token_life.as_secs(), 60);
        assert_eq!(settings.tazapay.create_status, 200);
        assert_eq!(settings.mce, MceSettings::default());
    }

    #[test]
    fn settings_survive_being_written_and_read() {
        for settings in [Settings::default(), Settings::hostile()] {
            let text = serde_json::to_string(&settings).unwrap();
            assert_eq!(serde_json::from_str::<Settings>(&text).unwrap(), settings);
        }
    }

    #[test]
    fn a_status_that_no_answer_can_have_is_refused() {
        let mut settings = Settings::default();
        settings.tazapay.create_status = 404;
        let message = settings.check().unwrap_err().to_string();
        assert!(message.contains("tazapay.create_status"), "{message}");
    }

    #[test]
    fn a_signing_secret_is_not_shown() {
        let mut settings = Settings::default();
        settings.kotanipay.signing_secret = Some(SigningSecret::new("hidden-words"));
        assert!(!format!("{settings:?}").contains("hidden-words"));
    }
}
